"""Transcript versions with their planned batches and windows, cues and untranscribed spans."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.leases import Leased
from app.kernel.time import now


class TranscriptVersion(Leased, Base):
    """An immutable state of a recording's transcript once it is complete; leased while it is planned."""

    __tablename__ = "transcript_versions"
    __table_args__ = (UniqueConstraint("recording_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="verbatim")
    status: Mapped[str] = mapped_column(String(20), default="in_progress", index=True)
    """in_progress, then machine, edited, reviewed, narrator_approved, published."""
    planned: Mapped[bool] = mapped_column(default=False)
    plan_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    """BCP 47 tags it was asked to expect; empty = any."""
    model: Mapped[str | None] = mapped_column(String(200), default=None)
    """Model asked for; None = the setting of the worker that plans it."""
    engine: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Provenance: name, version, model, model_sha256, compute_type, options."""
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    speech_ms: Mapped[int] = mapped_column(default=0)
    done_ms: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    planned_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    completed_at: Mapped[dt.datetime | None] = mapped_column(default=None)


_UNDONE = text("done_at IS NULL")


class Batch(Leased, Base):
    """The windows that are encoded, claimed and committed together."""

    __tablename__ = "transcript_batches"
    __table_args__ = (
        UniqueConstraint("version_id", "seq"),
        # Each worker asks once a second what is left of the few versions that are not done, of however many.
        Index("ix_transcript_batches_undone", "version_id", "seq", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("transcript_versions.id"), index=True)
    seq: Mapped[int]
    speech_ms: Mapped[int]
    windows: Mapped[list[Any]]
    """[{seq, start_ms, end_ms, language, channel, regions: [[start_ms, end_ms], …]}], sorted by length."""
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    seconds: Mapped[float | None] = mapped_column(default=None)
    """How long it took, for the time left."""


class Cue(Base):
    """The smallest timed text."""

    __tablename__ = "cues"
    __table_args__ = (Index("ix_cues_version_id_start_ms", "version_id", "start_ms"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("transcript_versions.id"))
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("transcript_batches.id"), default=None, index=True)
    window_seq: Mapped[int] = mapped_column(default=0)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    channel: Mapped[int] = mapped_column(default=0)
    speaker: Mapped[str | None] = mapped_column(String(200), default=None)
    language: Mapped[str] = mapped_column(String(35))
    """BCP 47."""
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]]
    """[{text, start_ms, end_ms, probability}]."""
    doubtful: Mapped[str | None] = mapped_column(String(60), default=None)
    """Why a person must check it before readers see it."""
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)


class UntranscribedSpan(Base):
    """Sound for which no words were found: a loss never looks like silence."""

    __tablename__ = "untranscribed_spans"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("transcript_versions.id"), index=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("transcript_batches.id"), default=None)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    reason: Mapped[str] = mapped_column(String(60))
