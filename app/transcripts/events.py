"""What transcripts announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True)
class TranscriptPlanned(Event):
    """A batch of the plan waits to be transcribed; ``id`` is the batch's."""


@dataclass(frozen=True)
class TranscriptGrew(Event):
    """A batch committed its cues; ``id`` is the story's."""


@dataclass(frozen=True)
class TranscriptCompleted(Event):
    """The last batch is done; ``id`` is the story's."""
