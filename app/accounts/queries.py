"""What is known of accounts, sign-ins and links."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import Select, bindparam, select

from app.accounts.domain.limits import is_over
from app.accounts.models import Account, FailedSignIns, Invitation, SignInSession

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


# Built once: every request asks this, and building it takes longer than the answer.
_SIGNED_IN = (
    select(SignInSession, Account)
    .join(Account, Account.id == SignInSession.account_id)
    .where(SignInSession.token_sha256 == bindparam("digest"), Account.disabled_at.is_(None))
)


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_admin(session: Session) -> bool:
    """Whether an admin can sign in, so that the set-up is done."""
    found = select(Account.id).where(Account.role == "admin", Account.disabled_at.is_(None)).limit(1)
    return session.scalar(found) is not None


def account(session: Session, account_id: str, *, lock: bool = False) -> Account | None:
    """One account by its id; with ``lock`` nobody else changes it or ends its sign-ins meanwhile."""
    return session.get(Account, account_id, with_for_update={"key_share": True} if lock else None)


def account_by_email(session: Session, email: str, *, lock: bool = False) -> Account | None:
    """The account with this address, as ``domain.email.composed_email`` writes it; for writing with ``lock``."""
    wanted = select(Account).where(Account.email == email)
    return session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)


def accounts(session: Session) -> Sequence[Account]:
    """All accounts, oldest first."""
    return session.scalars(select(Account).order_by(Account.created_at, Account.id)).all()


def signed_in_by(session: Session, token: str, now: dt.datetime) -> tuple[SignInSession, Account] | None:
    """The sign-in of this token and its account, while it holds and the account is not disabled."""
    row = session.execute(_SIGNED_IN, {"digest": digest_of(token)}).one_or_none()
    if row is None or is_over(row[0].seen_at, row[0].expires_at, now):
        return None
    return row[0], row[1]


def still_holds(session: Session, sign_in_id: str, now: dt.datetime) -> bool:
    """Whether a sign-in holds yet and its account is not disabled."""
    found = (
        select(SignInSession)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.id == sign_in_id, Account.disabled_at.is_(None))
    )
    row = session.scalar(found)
    return row is not None and not is_over(row.seen_at, row.expires_at, now)


def sessions_of(session: Session, account_id: str, now: dt.datetime) -> Sequence[SignInSession]:
    """The account's sign-ins that still hold, last used first."""
    found = select(SignInSession).where(SignInSession.account_id == account_id)
    rows = session.scalars(found.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())).all()
    return [row for row in rows if not is_over(row.seen_at, row.expires_at, now)]


def open_invitation(session: Session, token: str, now: dt.datetime) -> Invitation | None:
    """The link of this token while it can be used; a set-up link only while there is no admin."""
    found = select(Invitation).where(
        Invitation.token_sha256 == digest_of(token),
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
    link = session.scalar(found)
    if link is not None and link.kind == "setup" and has_admin(session):
        return None
    return link


def failures(session: Session, key: str, now: dt.datetime) -> FailedSignIns | None:
    """The counter of this key while its window is open."""
    found = select(FailedSignIns).where(FailedSignIns.key == key, FailedSignIns.window_ends_at > now)
    return session.scalar(found.execution_options(populate_existing=True))


def ended_windows(now: dt.datetime) -> Select[str]:
    """Keys of counters whose window is over, but for those that somebody else is writing just now."""
    return select(FailedSignIns.key).where(FailedSignIns.window_ends_at <= now).with_for_update(skip_locked=True)
