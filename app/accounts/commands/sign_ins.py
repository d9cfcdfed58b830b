"""Signing in and out, and what ends sign-ins."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, update

from app.accounts import queries
from app.accounts.commands.hashing import check_password
from app.accounts.commands.tries import count_try, forgive_try
from app.accounts.domain.email import composed_email
from app.accounts.domain.limits import ABSOLUTE, counters
from app.accounts.models import Account, SignInSession
from app.accounts.schemas import Actor, WrongSignInError
from app.kernel.db import unit
from app.kernel.errors import NotAllowedError, NotFoundError
from app.kernel.text import composed
from app.kernel.time import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

_USER_AGENT_CHARACTERS = 300


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in that was just made; the token is known here only once."""

    account: Account
    token: str


def sign_in(  # noqa: PLR0913  what the form says and where it came from
    sessions: sessionmaker[Session],
    email: str,
    password: str,
    *,
    address: str,
    user_agent: str = "",
    device_of: Callable[[str], str | None] = lambda _email: None,
    old_token: str | None = None,
) -> NewSignIn:
    """Sign in by e-mail and password, in units of its own: the count holds whatever the answer is.

    ``address`` is the network address of who asks; ``device_of(email)`` names the known device of
    that account, None for an unknown one; the sign-in of ``old_token`` ends. An unknown address, a
    wrong password and a disabled account are the same: ``WrongSignInError`` after the same work.
    Raises ``TooManyTriesError`` before the password is looked at, ``UnavailableError`` in a flood.
    """
    known = composed_email(email) or ""
    counted = counters(known, address, device=device_of(known))
    with unit(sessions) as session:
        count_try(session, counted)
        account = queries.account_by_email(session, known)
        kept = account.password_hash if account is not None and account.disabled_at is None else None
    right, fresh = check_password(password, kept)
    if not right or account is None:
        raise WrongSignInError
    with unit(sessions) as session:
        account = queries.account(session, account.id, lock=True)
        # It may have been disabled, or its password changed, while we computed.
        if account is None or account.disabled_at is not None or account.password_hash != kept:
            raise WrongSignInError
        if fresh is not None:
            account.password_hash = fresh
        forgive_try(session, counted)
        token = start_sign_in(session, account, user_agent=user_agent, old_token=old_token)
    return NewSignIn(account, token)


def start_sign_in(session: Session, account: Account, *, user_agent: str = "", old_token: str | None = None) -> str:
    """Make a sign-in; of its new 256-bit token only the SHA-256 is kept. The old sign-in ends."""
    if old_token:
        session.execute(delete(SignInSession).where(SignInSession.token_sha256 == queries.digest_of(old_token)))
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            account_id=account.id,
            token_sha256=queries.digest_of(token),
            user_agent=composed(user_agent)[:_USER_AGENT_CHARACTERS],
            expires_at=now() + ABSOLUTE,
        )
    )
    session.flush()
    return token


def note_seen(session: Session, sign_in_id: str) -> None:
    """Write down that a sign-in was used just now."""
    session.execute(update(SignInSession).where(SignInSession.id == sign_in_id).values(seen_at=now()))


def end_sign_in(session: Session, actor: Actor, sign_in_id: str) -> None:
    """End one of the actor's own sign-ins; raises ``NotFoundError`` for any other."""
    ended = session.execute(
        delete(SignInSession).where(SignInSession.id == sign_in_id, SignInSession.account_id == actor.account_id)
    )
    if not isinstance(ended, CursorResult) or ended.rowcount != 1:
        raise NotFoundError


def disable_account(session: Session, actor: Actor, email: str) -> Account:
    """Let the account sign in no more and end all its sign-ins; its stories stay.

    Raises ``NotAllowedError`` unless the actor is an admin, ``NotFoundError`` for no account.
    """
    account = _account_for(session, actor, email)
    account.disabled_at = account.disabled_at or now()
    session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
    return account


def enable_account(session: Session, actor: Actor, email: str) -> Account:
    """Let a disabled account sign in again; errors as ``disable_account``."""
    account = _account_for(session, actor, email)
    account.disabled_at = None
    return account


def _account_for(session: Session, actor: Actor, email: str) -> Account:
    if actor.role != "admin":
        raise NotAllowedError
    account = queries.account_by_email(session, composed_email(email) or "", lock=True)
    if account is None:
        message = "There is no account with this e-mail address."
        raise NotFoundError(message)
    return account
