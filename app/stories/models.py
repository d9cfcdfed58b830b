"""Stories: the intellectual unit, with the small summary that upper rooms write through commands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.access.models import Guarded
from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.time import now
from app.ports.job_queue import REINDEX

_BEHIND = text("indexed_revision < revision")


class Story(Guarded, Base):
    """An interview, a told tale, a song with its telling."""

    __tablename__ = "stories"
    __table_args__ = (
        Index(None, "contributor_id", "idempotency_key", unique=True),
        # Lists are by id, newest first. An index on the state alone is worse than none: SQLite takes it for
        # ten ids of a page of search and reads every published story.
        Index(None, "state", "id"),
        Index(None, "collection_id", "state", "id"),
        # Only the stories that search is behind, the most urgent first: each worker asks for some once a second.
        Index(
            "ix_stories_behind",
            *("search_priority", "search_behind_since", "id"),
            sqlite_where=_BEHIND,
            postgresql_where=_BEHIND,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    identifier: Mapped[str] = mapped_column(String(40), unique=True)
    """Stable public identifier (SB-2026-0143), never reused."""
    title: Mapped[str] = mapped_column(String(500), default="")
    """Empty until a person gives one: a file name is never a title."""
    title_forms: Mapped[list[Any]] = mapped_column(default=list)
    """[{language, text}]: the title in other languages."""
    description: Mapped[str] = mapped_column(Text, default="")
    collection_id: Mapped[str | None] = mapped_column(ForeignKey("collections.id"), default=None)
    recorded_on: Mapped[str | None] = mapped_column(String(40), default=None)
    """EDTF."""
    place: Mapped[str | None] = mapped_column(String(300), default=None)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    """BCP 47 tags that the contributor declared; empty = any."""
    machine_text_allowed: Mapped[bool] = mapped_column(default=True)
    """Whether a computer may write down the words."""
    fictional: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change that search must know."""
    indexed_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """The revision that the search index has, 0 for none: behind ``revision``, the story is owed to it."""
    search_behind_since: Mapped[dt.datetime | None] = mapped_column(default=now)
    """When the oldest change was made that the search index does not have; says nothing once it has all."""
    search_priority: Mapped[int] = mapped_column(default=REINDEX, server_default=str(REINDEX))
    """How urgent the most urgent of these changes is, as ``ports.job_queue`` counts."""
    withheld_revision: Mapped[int | None] = mapped_column(default=None, index=True)
    """The revision at which fewer people might know of it; None once search knows that too."""
    idempotency_key: Mapped[str | None] = mapped_column(String(200), default=None)
    """The contributor's key of the request that made it, and that request's digest."""
    made_from_sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock for people who edit."""
    duration_ms: Mapped[int] = mapped_column(default=0)
    heard_languages: Mapped[list[Any]] = mapped_column(default=list)
    """[{tag, ms}], most spoken first."""
    braid: Mapped[list[Any]] = mapped_column(default=list)
    """[{tag, start_ms, end_ms}] of the first recording, neighbours of one language joined."""
    first_sentence: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """{text, language, recording_id, start_ms, end_ms}."""
    poster_recording_id: Mapped[str | None] = mapped_column(String(36), default=None)
    progress: Mapped[str] = mapped_column(String(20), default="empty")
    """empty, processing, ready or failed: of its recordings together."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


class StoryPerson(Base):
    """Who is in a story and as what: narrator, interviewer, or a contributor's role."""

    __tablename__ = "story_persons"
    __table_args__ = (UniqueConstraint("story_id", "person_id", "role"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int] = mapped_column(default=0)


class IdentifierCounter(Base):
    """The next number of each series of public identifiers."""

    __tablename__ = "identifier_counters"

    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    next: Mapped[int] = mapped_column(default=1)
