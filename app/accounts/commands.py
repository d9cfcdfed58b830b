"""Writes of accounts: links, accounts, sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from app.accounts.models import SignInSession
from app.kernel.time import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def note_seen(session: Session, sign_in_id: str) -> None:
    """Write down that a sign-in was used just now."""
    session.execute(update(SignInSession).where(SignInSession.id == sign_in_id).values(seen_at=now()))
