"""What stories announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True)
class StoryChanged(Event):
    """Words, names, access or languages of the story changed; ``id`` is the story's."""


@dataclass(frozen=True)
class StoryPublished(Event):
    """The story may be heard by its level from now on, or no longer; ``id`` is the story's."""
