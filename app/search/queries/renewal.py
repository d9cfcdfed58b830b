"""What a new search index is filled from, and whether the present one lacks what is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.access.queries import visible_to
from app.search.models import Passage, StoryIndexing
from app.stories.models import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor

# Each page of search asks: built once. The first condition is the index that holds the stories behind alone.
_LACKING = (
    select(Story.id)
    .outerjoin(StoryIndexing, StoryIndexing.id == Story.id)
    .where(Story.indexed_revision < Story.revision, Story.indexed_revision == 0, Story.state == "published")
    .where(StoryIndexing.failed_reason.is_(None))
    .limit(1)
)


def is_thin(session: Session, actor: Actor) -> bool:
    """Whether a published story that this reader may know of is still to come into the search index.

    So it is while an index that was lost is filled. One that nobody tries any more is not waited for.
    """
    if session.scalar(_LACKING) is None:
        return False
    return session.scalar(_LACKING.where(visible_to(actor, Story))) is not None


def has_passages(session: Session, story_id: str, revision: int) -> bool:
    """Whether passages of this revision of the story are kept."""
    one = select(Passage.id).where(Passage.story_id == story_id, Passage.revision == revision).limit(1)
    return session.scalar(one) is not None


def are_kept(session: Session, story_id: str, revision: int, rows: Sequence[Passage]) -> bool:
    """Whether the passages that are kept of this revision are these, word for word and second for second."""
    kept = select(Passage).where(Passage.story_id == story_id, Passage.revision == revision).order_by(Passage.seq)
    return [_facts(row) for row in session.scalars(kept)] == [_facts(row) for row in rows]


def hold_indexing(session: Session, story_id: str) -> None:
    """Until this writing unit ends nobody claims the story for the index, which writes its passages too."""
    session.execute(select(StoryIndexing.id).where(StoryIndexing.id == story_id).with_for_update())


def _facts(row: Passage) -> tuple[object, ...]:
    cues = json.dumps(row.cue_map)  # as they are read back
    return (row.id, row.recording_id, row.transcript_version_id, row.seq, row.start_ms, row.end_ms, row.text, cues)
