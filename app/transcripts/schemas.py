"""Transcripts on the wire, as SHAPES says."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.stories.schemas import BraidSegment, LanguageShare, StoryHead, Tag


class WordRead(BaseModel):
    """One word with its times on the recording's media clock."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


class CueRead(BaseModel):
    """The smallest timed text; a doubtful one has no words for readers."""

    recording_id: str
    start_ms: int
    end_ms: int
    language: str
    speaker: str | None
    text: str
    words: list[WordRead]
    doubtful: bool
    provenance: dict[str, Any]


class LiveCue(CueRead):
    """A cue as its contributor sees it arrive."""

    id: str
    reason: str | None
    """Why it is doubtful."""


class UntranscribedRead(BaseModel):
    """Sound for which no words were found."""

    start_ms: int
    end_ms: int
    reason: str


class TranscriptState(BaseModel):
    """Which version of a recording's transcript the cues are from."""

    recording_id: str
    version: int
    status: str
    untranscribed: list[UntranscribedRead]


class TranscriptRead(BaseModel):
    """The transcript of a story, recording by recording, cues by time."""

    story_id: str
    transcripts: list[TranscriptState]
    cues: list[CueRead]


class LiveCues(BaseModel):
    """Cues that arrived since ``after``, and where to go on."""

    items: list[LiveCue]
    untranscribed: list[UntranscribedRead]
    next: str


class RecordingBraid(BaseModel):
    """The languages of one recording, most spoken first, and where each is heard."""

    recording_id: str
    languages: list[LanguageShare]
    segments: list[BraidSegment]


class BraidRead(BaseModel):
    """The braid of every recording of a story."""

    recordings: list[RecordingBraid]


class TranscribeRequest(BaseModel):
    """Transcribe again with other languages or another model."""

    model_config = ConfigDict(extra="forbid")

    languages: list[Tag] = Field(default_factory=list, max_length=20)
    model: str | None = Field(default=None, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")


class TranscribeAccepted(BaseModel):
    """The new version's number."""

    version: int


class TranscriptSummary(BaseModel):
    """The transcript of a recording in one line."""

    version: int
    status: str
    machine: bool
    languages: list[str]
    warnings: list[dict[str, Any]]


class WarningRead(BaseModel):
    """A warning in a sentence."""

    slug: str
    sentence: str


class LanguageAdvice(BaseModel):
    """What to know of languages before a model hears them."""

    model: str
    warnings: list[WarningRead]


class GapRead(BaseModel):
    """A pause of the recorder: silence on the media clock."""

    start_ms: int
    end_ms: int


class MediaRead(BaseModel):
    """What was taken of the file, in words."""

    track: str
    channels: str


class RecordingRead(BaseModel):
    """A recording as the story's page shows it."""

    id: str
    number: int
    state: str
    step: str | None
    reason: str | None
    duration_ms: int
    has_sound: bool
    has_picture: bool
    warnings: list[WarningRead]
    gaps: list[GapRead]
    media: MediaRead | None
    sound_url: str | None
    waveform_url: str | None
    poster_url: str | None
    master_url: str | None
    filename: str | None
    transcript: TranscriptSummary | None


class StoryRead(StoryHead):
    """A story with its recordings."""

    recordings: list[RecordingRead]
