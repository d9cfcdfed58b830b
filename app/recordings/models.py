"""Uploads, recordings, their media files, and the preservation events of both."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.leases import WORKS_IN_CHILD, Leased
from app.kernel.time import now


class Upload(Leased, Base):
    """A file on its way in; its recording exists from `stored` on."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("owner", "idempotency_key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    recording_id: Mapped[str] = mapped_column(String(36), default=new_id, unique=True)
    """Given at the start; the row exists from `stored` on."""
    owner: Mapped[str] = mapped_column(String(60))
    """account:<id> or operator."""
    filename: Mapped[str] = mapped_column(String(1024))
    """As received."""
    content_type: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    last_modified: Mapped[str | None] = mapped_column(String(40), default=None)
    first_part_sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    part_size_bytes: Mapped[int] = mapped_column(BigInteger)
    part_count: Mapped[int]
    ref: Mapped[str] = mapped_column(String(1024))
    """The store's name of it."""
    state: Mapped[str] = mapped_column(String(20), default="created", index=True)
    """created, uploading, completing, stored; aside: failed, abandoned, cancelled."""
    parts: Mapped[list[Any]] = mapped_column(default=list)
    """[{number, etag, sha256}] named by complete."""
    reason: Mapped[str | None] = mapped_column(String(1000), default=None)
    retryable: Mapped[bool] = mapped_column(default=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(200), default=None)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    last_part_at: Mapped[dt.datetime] = mapped_column(default=now)
    completed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    is_held: Mapped[bool] = mapped_column(default=True, index=True)
    """Whether the store may still hold its parts; what is closed or stored is swept until it does not."""


class Recording(Base):
    """The media of a session; ``number`` counts within the story and is never given again."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("story_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    number: Mapped[int]
    filename: Mapped[str] = mapped_column(String(1024))
    state: Mapped[str] = mapped_column(String(20), default="stored", index=True)
    """stored, processing, ready; aside: failed, rejected."""
    step: Mapped[str | None] = mapped_column(String(40), default=None)
    """What is being done now: derive, access_copy, plan, transcribe; None when nothing is."""
    done_ms: Mapped[int] = mapped_column(default=0)
    total_ms: Mapped[int] = mapped_column(default=0)
    seconds_left: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(String(1000), default=None)
    failed_step: Mapped[str | None] = mapped_column(String(40), default=None)
    duration_ms: Mapped[int] = mapped_column(default=0)
    has_sound: Mapped[bool] = mapped_column(default=True)
    has_picture: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    """[{slug, sentence}]."""
    media: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What derive found: format, track, channels, clock segments, gaps, loudness."""
    transcript_settled_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    """When its transcript was complete, or it was clear that none is to be made."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class RecordingStep(Leased, Base):
    """One derivation that a recording is owed: derive, then access_copy."""

    __tablename__ = "recording_steps"
    __table_args__ = (UniqueConstraint("recording_id", "step"), {"info": {WORKS_IN_CHILD: True}})

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None, index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    """Since when it is owed, also where it is owed again."""


class MediaFile(Base):
    """One object of a recording: preservation_master, working_sound, access_copy, waveform, poster.

    A working sound that nobody needs any more is spent_working_sound until its object is gone.
    """

    __tablename__ = "media_files"
    __table_args__ = (Index(None, "use", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    use: Mapped[str] = mapped_column(String(30))
    channel: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(1024), unique=True)
    content_type: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class PreservationEvent(Base):
    """A PREMIS event: ingestion, message digest calculation, fixity check, normalization and others."""

    __tablename__ = "preservation_events"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(String(36), index=True)
    type: Mapped[str] = mapped_column(String(60))
    at: Mapped[dt.datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(20))
    agent: Mapped[str] = mapped_column(String(300))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
