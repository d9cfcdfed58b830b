"""Uploads and the progress of recordings on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.recordings.domain.uploads import MOST_ADDRESSES, MOST_PARTS

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, le=MOST_PARTS)]


class _Write(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UploadCreate(_Write):
    """A file that wants in; without ``story_id`` it gets a draft of its own."""

    story_id: str | None = Field(default=None, max_length=36)
    filename: str = Field(min_length=1, max_length=1024)
    size_bytes: int = Field(ge=0, le=2**53)
    content_type: str = Field(default="", max_length=200)
    last_modified: dt.datetime | int | None = None
    """As the browser says it: a moment, or milliseconds since 1970."""
    first_part_sha256: Sha256 | None = None


class UploadPlan(BaseModel):
    """How to send it."""

    id: str
    state: str
    story_id: str
    part_size_bytes: int
    part_count: int
    max_concurrency: int
    expires_at: dt.datetime
    """When the parts sent so far are forgotten, unless more come."""


class PartWanted(_Write):
    """A part that the sender has, by its digest."""

    number: Number
    sha256: Sha256


class PartsRequest(_Write):
    """Parts that want an address."""

    parts: list[PartWanted] = Field(max_length=MOST_ADDRESSES)


class PartAddressRead(BaseModel):
    """Where one part goes."""

    number: int
    method: str
    url: str
    headers: dict[str, str]
    expires_at: dt.datetime


class PartsAnswer(BaseModel):
    """Addresses for what is asked for, and the numbers of the parts that are there.

    A part of the request that is there with another digest is not in ``received``: it must be sent again.
    """

    parts: list[PartAddressRead]
    received: list[int]


class PartSent(_Write):
    """A part as its sender names it at the end."""

    number: Number
    etag: str = Field(max_length=200)
    sha256: Sha256


class CompleteRequest(_Write):
    """All parts of the file."""

    parts: list[PartSent] = Field(max_length=MOST_PARTS)


class CompleteAnswer(BaseModel):
    """What became of it; the recording answers from ``stored`` on."""

    state: str
    recording_id: str


class ProgressRead(BaseModel):
    """How far a recording is."""

    state: str
    step: str | None
    done_ms: int
    total_ms: int
    seconds_left: int | None


class UploadRead(BaseModel):
    """How far an upload is; from ``stored`` on the state is the recording's."""

    id: str
    story_id: str
    filename: str
    size_bytes: int
    part_size_bytes: int
    part_count: int
    state: str
    received: list[int]
    bytes_received: int
    reason: str | None
    retryable: bool
    """Of a failed upload: whether sending or completing it again can help."""
    recording_id: str | None
    processing: ProgressRead | None


class UploadList(BaseModel):
    """The uploads of one account, newest first."""

    items: list[UploadRead]
