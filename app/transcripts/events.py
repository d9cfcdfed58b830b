"""What transcripts announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True)
class TranscriptPlanned(Event):
    """The version's batches are in the database; ``id`` is the version's."""


@dataclass(frozen=True)
class TranscriptGrew(Event):
    """A batch committed its cues; ``id`` is the story's."""


@dataclass(frozen=True)
class TranscriptCompleted(Event):
    """The last batch is done; ``id`` is the story's."""
