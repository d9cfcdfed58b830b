"""Which stories the search index is owed: those whose present revision it does not have."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import and_, bindparam, case, func, or_, select

from app.kernel.db import UtcDateTime
from app.kernel.owing import WAITING, Kind, is_free, line, state_of
from app.ports.job_queue import CHANGED
from app.search.models import StoryIndexing
from app.stories.models import Story

GROWING: Final = dt.timedelta(seconds=30)
"""A story that is still being transcribed is indexed at most this often, unless a person changed it."""

_grown = bindparam("grown", type_=UtcDateTime())
_may_go = or_(
    Story.progress != "processing",
    Story.search_priority <= CHANGED,
    StoryIndexing.indexed_at.is_(None),
    StoryIndexing.indexed_at <= _grown,
)
_state = state_of(StoryIndexing)
_rows = select(
    *line(
        "search.index_story",
        Story.id,
        since=func.coalesce(Story.search_behind_since, Story.created_at),
        priority=Story.search_priority,
        state=case((and_(_state == WAITING, ~_may_go), "waiting for more"), else_=_state),
        lease=StoryIndexing,
    )
).where(Story.indexed_revision < Story.revision)  # as its index has it, which holds these alone

OWED: Final = (
    Kind(
        ["search.index_story"],
        _rows.outerjoin(StoryIndexing, StoryIndexing.id == Story.id),
        Story.search_priority,
        Story.search_behind_since,
        Story.id,
        rests=_rows.join(StoryIndexing, StoryIndexing.id == Story.id),
        first=_rows.outerjoin(StoryIndexing, StoryIndexing.id == Story.id).where(is_free(StoryIndexing), _may_go),
        before={"grown": GROWING},
    ),
)
"""A person's takedown before a person's change, that before what grows, and the rest of a new index last."""
