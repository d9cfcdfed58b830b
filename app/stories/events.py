"""What stories announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True)
class StoryChanged(Event):
    """A person changed what is said of the story; ``id`` is the story's."""


@dataclass(frozen=True)
class StoryGrew(Event):
    """Its words or its summary changed with the work on its recordings; ``id`` is the story's."""


@dataclass(frozen=True)
class StoryPublished(Event):
    """The story may be heard by its level from now on, and by nobody fewer; ``id`` is the story's."""


@dataclass(frozen=True)
class StoryTakenBack(Event):
    """Some who might know of the story may not from now on; ``id`` is the story's."""
