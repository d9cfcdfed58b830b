"""What admin says on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class OwedRead(_Read):
    """One row that is owed something."""

    job: str
    id: str
    state: str
    since: dt.datetime
    attempts: int
    crashes: int
    reason: str | None


class OwedCount(_Read):
    """All rows that are owed the same job and are in the same state."""

    job: str
    state: str
    count: int
    oldest: dt.datetime
    """Since when the one that waits longest is owed."""


class OwedList(_Read):
    """What is owed, the longest waiting first."""

    items: list[OwedRead]
    counts: list[OwedCount]
    """All that is owed, also what is not listed."""
    left_off: int
    """How many rows are owed and not listed: the list is cut."""


class RetryRequest(BaseModel):
    """The work to try again."""

    model_config = ConfigDict(extra="forbid")

    job: str = Field(max_length=100)
    id: str = Field(max_length=100)


class RetryRead(_Read):
    """What will be tried."""

    job: str
    id: str


class WorkerRead(_Read):
    """One worker process."""

    id: str
    host: str
    pid: int
    queues: list[str]
    started_at: dt.datetime
    seen_at: dt.datetime


class WorkerList(_Read):
    """The living workers."""

    items: list[WorkerRead]


class Health(_Read):
    """Whether the process answers."""

    ok: Literal[True]


class PartHealth(_Read):
    """One part of the archive as this process reaches it."""

    part: Literal["database", "objects", "search", "work", "index"]
    ok: bool


class Readiness(_Read):
    """Whether this process can serve readers; no count, which would tell of stories that readers may not see."""

    ok: bool
    parts: list[PartHealth]
    """``work`` and ``index`` are well unless something waits for a quarter of an hour: no worker is there for it, or
    they are too few. Without the database nobody knows, and they are not."""
    oldest_owed_seconds: int | None
    """How long the work waits that waits longest, search aside; 0 up to a quarter of an hour, so that it does not move
    with stories that readers may not see; null when nobody knows."""
    search_behind_seconds: int | None
    """How long search has lacked the oldest change of a story; 0 up to a quarter of an hour, null when nobody knows."""


class DoorSeen(_Read):
    """How a request arrived, as the archive believes it and as the server in front said it."""

    scheme: str
    host: str
    address: str
    """Whom a wrong password would be counted against."""
    forwarded_for: str
    forwarded_proto: str
