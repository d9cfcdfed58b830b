"""What guards a story, the consent it rests on, and the audit of what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.time import now


class Guarded:
    """Columns that decide who may know, see and hear a row; every query on it takes the actor."""

    state: Mapped[str] = mapped_column(String(20), default="draft")
    """draft or published; indexed by each table together with its id, never alone: nearly all are published."""
    level: Mapped[str | None] = mapped_column(String(20), default=None)
    """Of a published story: public, registered or staff; None = archivists and admins only."""
    contributor_id: Mapped[str | None] = mapped_column(String(36), default=None, index=True)
    """The account whose own draft it is; None for the operator's stories."""


class ConsentRecord(Base):
    """One append-only record of what a narrator agreed to, who says so and on what evidence."""

    __tablename__ = "consent_records"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    """contributor_statement, operator_statement, consent_agreement or release_form."""
    scope: Mapped[list[Any]]
    """Uses agreed to: listen, read, quote, download, publish_online, process_by_ai."""
    audience: Mapped[str | None] = mapped_column(String(20), default=None)
    """The widest level agreed to, where one was named: public, registered, staff."""
    statement: Mapped[str] = mapped_column(Text)
    """The sentence itself, or the text of the signed paper."""
    language: Mapped[str] = mapped_column(String(35), default="en")
    given_by: Mapped[str] = mapped_column(String(300))
    """Who says so: the narrator's name, the account's e-mail, or the Unix user of this machine."""
    account_id: Mapped[str | None] = mapped_column(String(36), default=None)
    fictional: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(default=None, deferred=True)
    """{file_name, sha256, text} of a consent file, where one was given; of a scan {…, base64}. Read where it is wanted:
    a story's page reads the records and not their files."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class AuditEvent(Base):
    """One append-only row: who did what to which object."""

    __tablename__ = "audit_events"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    at: Mapped[dt.datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(300))
    """account:<id>, operator:<Unix user> or stranger."""
    action: Mapped[str] = mapped_column(String(60))
    """``room.verb``."""
    object_id: Mapped[str | None] = mapped_column(String(36), default=None, index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
