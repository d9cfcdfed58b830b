"""Passages as they were indexed, and how far the search index is behind each story."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.leases import Leased


class Passage(Base):
    """A run of cues of about 30 s: what the engine finds is shown from here."""

    __tablename__ = "passages"
    __table_args__ = (Index("ix_passages_story_id_seq", "story_id", "seq"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Letters, digits, - and _ only."""
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"))
    recording_id: Mapped[str | None] = mapped_column(ForeignKey("recordings.id"), default=None)
    transcript_version_id: Mapped[str | None] = mapped_column(String(36), default=None)
    seq: Mapped[int]
    revision: Mapped[int]
    start_ms: Mapped[int | None] = mapped_column(default=None)
    end_ms: Mapped[int | None] = mapped_column(default=None)
    text: Mapped[str] = mapped_column(Text)
    cue_map: Mapped[list[Any]]
    """What search.domain.passages makes of the cues: where each word of the text is in time."""


_FAILED = text("failed_reason IS NOT NULL")


class StoryIndexing(Leased, Base):
    """Who brings a story to the search index, which ``Story.indexed_revision`` says how far it is."""

    __tablename__ = "story_indexings"
    # What failed for good is listed beside what is due, each second: few rows of many.
    __table_args__ = (Index("ix_story_indexings_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),)

    id: Mapped[str] = mapped_column(ForeignKey("stories.id"), primary_key=True)
    """The story's id."""
    indexed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
