"""Writes of access: consent records and the audit; and the one door that every action passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.access.domain.policy import Action, Guard, Verdict, decide
from app.access.models import AuditEvent, ConsentRecord
from app.kernel.errors import ArchiveError, NotAllowedError, NotFoundError, SignInNeededError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from app.access.domain.consent import Kind, Use
    from app.access.domain.policy import Level
    from app.accounts.schemas import Actor

_ERRORS: dict[Verdict, type[ArchiveError]] = {
    Verdict.WITHHOLD: NotFoundError,
    Verdict.SIGN_IN: SignInNeededError,
    Verdict.REFUSE: NotAllowedError,
}


def require(actor: Actor, action: Action, guarded: Guard | None = None) -> None:
    """Return if the actor may do this to the story (without one: in the archive).

    Raises ``NotFoundError`` where the story's existence is withheld, else ``SignInNeededError`` for
    a stranger and ``NotAllowedError`` for an account.
    """
    verdict = decide(actor, action, guarded)
    if verdict is not Verdict.ALLOW:
        raise _ERRORS[verdict]


def audit(session: Session, actor: Actor, action: str, object_id: str | None, **detail: object) -> None:
    """Append who did what (``room.verb``) to which object, in the transaction of the deed."""
    session.add(AuditEvent(actor=actor.name, action=action, object_id=object_id, detail=detail))


def record_consent(  # noqa: PLR0913  each is a field of the record
    session: Session,
    actor: Actor,
    story_id: str,
    *,
    kind: Kind,
    scope: Iterable[Use],
    statement: str,
    given_by: str,
    language: str = "en",
    audience: Level | None = None,
    fictional: bool = False,
    evidence: dict[str, Any] | None = None,
) -> ConsentRecord:
    """Append a consent record to the story and audit it.

    ``scope`` are the uses agreed to, ``audience`` the widest level where one was named,
    ``evidence`` ``{file_name, sha256, text | base64}`` of a consent file. The caller asked ``require``.
    """
    record = ConsentRecord(
        story_id=story_id,
        kind=kind,
        scope=sorted(set(scope)),
        audience=audience,
        statement=statement,
        language=language,
        given_by=given_by,
        account_id=actor.account_id,
        fictional=fictional,
        evidence=evidence,
    )
    session.add(record)
    session.flush()
    audit(
        session,
        actor,
        "access.record_consent",
        story_id,
        consent_id=record.id,
        kind=kind,
        scope=record.scope,
    )
    return record
