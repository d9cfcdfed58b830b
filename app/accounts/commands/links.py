"""One-time links: set-up, invitations, new passwords. Opening one changes nothing."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.commands.hashing import hash_password
from app.accounts.commands.sign_ins import NewSignIn, start_sign_in
from app.accounts.domain.email import composed_email
from app.accounts.domain.limits import LINK_HOLDS
from app.accounts.domain.password import flaw
from app.accounts.models import Account, Invitation, SignInSession
from app.accounts.schemas import ROLES, AccountExistsError, LinkUsedError, WeakPasswordError
from app.kernel.db import alone, unit
from app.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from app.kernel.text import composed
from app.kernel.time import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.accounts.schemas import Actor

_NO_EMAIL = "This is not an e-mail address. Nothing was changed; write it like name@example.org."


def make_set_up_link(session: Session) -> str | None:
    """The token with which the first admin is made, None once there is one; an older link ends."""
    alone(session, "accounts.set_up")
    session.execute(delete(Invitation).where(Invitation.kind == "setup", Invitation.used_at.is_(None)))
    return None if queries.has_admin(session) else _make(session, "setup", None, "admin")


def invite(session: Session, actor: Actor, email: str, role: str) -> str:
    """The token with which the address' owner makes an account of the role; an older one ends.

    Raises ``NotAllowedError`` unless the actor is an admin, ``BadInputError`` for what is no
    address or role, ``AccountExistsError`` where the address has an account.
    """
    kept = _checked(actor, email)
    if role not in ROLES:
        message = f"“{role}” is not a role. Choose one of {', '.join(ROLES)}."
        raise BadInputError(message)
    _end_links(session, kept)
    if queries.account_by_email(session, kept) is not None:
        raise AccountExistsError
    return _make(session, "invite", kept, role)


def make_reset_link(session: Session, actor: Actor, email: str) -> str:
    """The token with which an account chooses a new password; an older one ends.

    Raises ``NotAllowedError`` unless the actor is an admin, ``NotFoundError`` without such an
    account that may sign in.
    """
    account = queries.account_by_email(session, _checked(actor, email))
    if account is None or account.disabled_at is not None:
        message = "There is no account with this e-mail address that may sign in."
        raise NotFoundError(message)
    _end_links(session, account.email)
    return _make(session, "reset", account.email, account.role)


def accept(  # noqa: PLR0913  what the form says and where it came from
    sessions: sessionmaker[Session],
    token: str,
    *,
    email: str | None,
    name: str,
    password: str,
    user_agent: str = "",
    old_token: str | None = None,
) -> NewSignIn:
    """Use a link, once: make the account (or set its new password) and sign it in.

    ``email`` counts for a set-up link only; the other links know theirs. Raises ``LinkUsedError``,
    ``BadInputError``, ``WeakPasswordError``, ``AccountExistsError``, ``UnavailableError``; the link
    then stays good.
    """
    with unit(sessions, write=False) as session:
        link = queries.open_invitation(session, token, now())
    if link is None:
        raise LinkUsedError
    kept = link.email or composed_email(email or "")
    if kept is None:
        raise BadInputError(_NO_EMAIL)
    why = flaw(password, kept, name, "storybraid")
    if why is not None:
        raise WeakPasswordError(why)
    hashed = hash_password(password)
    with unit(sessions) as session:
        alone(session, f"accounts.links:{kept}")
        if link.kind == "setup":
            alone(session, "accounts.set_up")
        _use(session, link.id, token)
        account = _account_of(session, link, kept, composed(name))
        account.password_hash = hashed
        made = start_sign_in(session, account, user_agent=user_agent, old_token=old_token)
    return NewSignIn(account, made)


def _make(session: Session, kind: str, email: str | None, role: str) -> str:
    token = secrets.token_urlsafe(32)
    expires_at = now() + LINK_HOLDS[kind]
    session.add(
        Invitation(
            token_sha256=queries.digest_of(token),
            kind=kind,
            email=email,
            role=role,
            expires_at=expires_at,
        )
    )
    session.flush()
    return token


def _checked(actor: Actor, email: str) -> str:
    if actor.role != "admin":
        raise NotAllowedError
    kept = composed_email(email)
    if kept is None:
        raise BadInputError(_NO_EMAIL)
    return kept


def _end_links(session: Session, email: str) -> None:
    alone(session, f"accounts.links:{email}")
    session.execute(delete(Invitation).where(Invitation.email == email, Invitation.used_at.is_(None)))


def _use(session: Session, link_id: str, token: str) -> None:
    """Mark the link used; of two who press the button at once only one comes through."""
    if queries.open_invitation(session, token, now()) is None:
        raise LinkUsedError
    used = session.execute(
        update(Invitation).where(Invitation.id == link_id, Invitation.used_at.is_(None)).values(used_at=now())
    )
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        raise LinkUsedError


def _account_of(session: Session, link: Invitation, email: str, name: str) -> Account:
    account = queries.account_by_email(session, email, lock=True)
    if link.kind == "reset":
        if account is None or account.disabled_at is not None:
            raise LinkUsedError
        # Whoever knew the old password is signed out everywhere.
        session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
        return account
    if account is not None:
        raise AccountExistsError
    account = Account(email=email, name=name, role=link.role)
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        raise AccountExistsError from error
    return account
