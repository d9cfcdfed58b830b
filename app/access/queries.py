"""The access policy as SQL and as the search filter, and what is known of consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.access.domain.policy import rights_of
from app.access.models import AuditEvent, ConsentRecord
from app.ports.search_index import Access

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor


def visible_to(actor: Actor, entity: Any) -> ColumnElement[bool]:  # noqa: ANN401  any class with Guarded's columns
    """The rows of a ``Guarded`` class that the actor may know, read and hear.

    The same table as ``domain.policy.decide``: it says ALLOW for "know" exactly where this is true.
    """
    rights = rights_of(actor.role)
    if rights.drafts == "all":
        return true()
    readable = and_(entity.state == "published", entity.level.in_(sorted(rights.levels))) if rights.levels else false()
    if rights.drafts == "own" and actor.account_id is not None:
        return or_(readable, and_(entity.state == "draft", entity.contributor_id == actor.account_id))
    return readable


def levels_of(actor: Actor) -> frozenset[str]:
    """Levels of published stories that the actor may read."""
    return rights_of(actor.role).levels


def search_access(actor: Actor, now: dt.datetime) -> Access:
    """The search engine's access filter for the actor, from the same table."""
    rights = rights_of(actor.role)
    return Access(
        account_id=actor.account_id,
        role=actor.role,
        levels=rights.levels,
        groups=frozenset(),
        story_grants=frozenset(),
        drafts=rights.drafts,
        now=now,
    )


def consents_of(session: Session, story_id: str) -> Sequence[ConsentRecord]:
    """The story's consent records, oldest first."""
    found = select(ConsentRecord).where(ConsentRecord.story_id == story_id)
    return session.scalars(found.order_by(ConsentRecord.created_at, ConsentRecord.id)).all()


def audit_of(session: Session, object_id: str) -> Sequence[AuditEvent]:
    """What was done to one object, oldest first."""
    found = select(AuditEvent).where(AuditEvent.object_id == object_id)
    return session.scalars(found.order_by(AuditEvent.at, AuditEvent.id)).all()
