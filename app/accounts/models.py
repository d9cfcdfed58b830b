"""Tables of accounts: who may sign in, their sessions, invitations and failed sign-ins."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.time import now


class Account(Base):
    """A person who may sign in."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    """Composed and casefolded."""
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20))
    """registered, researcher, volunteer, archivist or admin."""
    password_hash: Mapped[str | None] = mapped_column(String(300), default=None)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class SignInSession(Base):
    """One signed-in browser; only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    seen_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    """The absolute limit; the idle limit is counted from ``seen_at``."""


class Invitation(Base):
    """A one-time link: the first admin's set-up, an invitation, or a new password."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    """setup, invite or reset."""
    email: Mapped[str | None] = mapped_column(String(320), default=None)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class FailedSignIns(Base):
    """Counters against guessing, shared by all processes: per account and per address."""

    __tablename__ = "failed_sign_ins"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    """SHA-256 of the kind and the e-mail or address: no personal data."""
    failures: Mapped[int] = mapped_column(default=0)
    window_ends_at: Mapped[dt.datetime]
