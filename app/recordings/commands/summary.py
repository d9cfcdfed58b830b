"""What a story's small summary says of its recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.recordings import queries
from app.recordings.domain.descriptions import story_progress
from app.stories.commands import write_summary
from app.stories.queries import hold_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def summarise(session: Session, story_id: str) -> None:
    """Write length, poster and progress of all recordings together into the story."""
    session.flush()
    hold_story(session, story_id)  # two of its recordings may change at the same moment
    recordings = queries.recordings_of_story(session, story_id)
    posters = (r.id for r in recordings if queries.media_file(session, r.id, "poster") is not None)
    write_summary(
        session,
        story_id,
        duration_ms=sum(r.duration_ms for r in recordings),
        poster_recording_id=next(posters, None),
        progress=story_progress(r.state for r in recordings),
    )
