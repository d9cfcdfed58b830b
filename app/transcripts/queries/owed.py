"""Which rows of this room are owed something: recordings to plan, batches to transcribe, versions to give up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, exists, func, select

from app.kernel.owing import MOST, WAITING, Kind, is_free, line, state_of
from app.ports.job_queue import NEW_UPLOAD, PERSON_WAITS
from app.recordings.models import MediaFile, Recording
from app.stories.models import Story
from app.transcripts.models import Batch, TranscriptVersion

if TYPE_CHECKING:
    from sqlalchemy import CTE, Select

PLAN: Final = "transcripts.plan"
TRANSCRIBE: Final = "transcripts.transcribe"
GIVE_UP: Final = "transcripts.give_up"
WITHOUT_SOUND: Final = "waiting for the sound"
BATCHES_TURN: Final = 1
"""Plans go before batches: all workers then have something to do."""
FAILED_TURN: Final = 2
"""What is left of a version that was given up goes last: the words that it may still give take no other's place."""

_HAS_SOUND: Final = and_(
    Recording.state != "rejected",
    exists().where(MediaFile.recording_id == Recording.id, MediaFile.use == "working_sound").correlate(Recording),
)
_OPEN: Final = TranscriptVersion.status.in_(("in_progress", "failed"))
"""One that was given up stays listed, so that an admin can try again what failed."""
_PLANNED: Final = func.coalesce(TranscriptVersion.planned_at, TranscriptVersion.created_at)


_new = Kind(
    [PLAN],
    select(*line(PLAN, Recording.id, since=Recording.created_at, priority=NEW_UPLOAD))
    .join(Story, Story.id == Recording.story_id)
    .where(
        Recording.state == "processing",
        Story.machine_text_allowed.is_(True),
        _HAS_SOUND,
        ~exists().where(TranscriptVersion.recording_id == Recording.id),
    ),
    Recording.id,
)
_unplanned = Kind(
    [PLAN],
    select(
        *line(
            PLAN,
            TranscriptVersion.recording_id,
            since=TranscriptVersion.created_at,
            priority=NEW_UPLOAD,
            state=case(
                (and_(state_of(TranscriptVersion) == WAITING, ~_HAS_SOUND), WITHOUT_SOUND),
                else_=state_of(TranscriptVersion),
            ),
            lease=TranscriptVersion,
        )
    )
    .join(Recording, Recording.id == TranscriptVersion.recording_id)
    .where(TranscriptVersion.planned.is_(False), _OPEN),
    TranscriptVersion.created_at,
    TranscriptVersion.id,
)
_versions = (
    select(
        TranscriptVersion.id,
        _PLANNED.label("planned"),
        case((TranscriptVersion.status == "failed", FAILED_TURN), else_=BATCHES_TURN).label("turn"),
        case((_HAS_SOUND, 1), else_=0).label("sound"),
    )
    .join(Recording, Recording.id == TranscriptVersion.recording_id)
    .where(TranscriptVersion.planned.is_(True), _OPEN)
)
_due_here = exists().where(
    Batch.version_id == TranscriptVersion.id, Batch.done_at.is_(None), state_of(Batch) == WAITING
)
# A version has up to hundreds of batches: what is said of it is found out once, before they are looked at.
_open = _versions.cte("open").prefix_with("MATERIALIZED")
_soon = (
    _versions.where(_HAS_SOUND, _due_here)
    .order_by("turn", "planned", TranscriptVersion.id)
    .limit(MOST)
    .cte("soon")
    .prefix_with("MATERIALIZED")
)


def _batches_of(versions: CTE) -> Select[Any]:
    state = state_of(Batch)
    waits = case((and_(state == WAITING, versions.c.sound == 0), WITHOUT_SOUND), else_=state)
    return (
        select(
            *line(
                TRANSCRIBE,
                Batch.id,
                since=versions.c.planned,
                priority=NEW_UPLOAD,
                turn=versions.c.turn,
                state=waits,
                lease=Batch,
            )
        )
        .join(versions, versions.c.id == Batch.version_id)
        .where(Batch.done_at.is_(None))
    )


_batches = Kind(
    [TRANSCRIBE],
    _batches_of(_open),
    _soon.c.turn,
    _soon.c.planned,
    _soon.c.id,
    Batch.seq,
    first=_batches_of(_soon).where(is_free(Batch)),
)
_plans_given_up = Kind(
    [GIVE_UP],
    select(
        *line(
            GIVE_UP,
            TranscriptVersion.id,
            since=TranscriptVersion.created_at,
            priority=PERSON_WAITS,
            reason=TranscriptVersion.failed_reason,
        )
    ).where(
        TranscriptVersion.status == "in_progress",
        TranscriptVersion.planned.is_(False),
        TranscriptVersion.failed_reason.is_not(None),
    ),
    TranscriptVersion.created_at,
)
_versions_given_up = Kind(
    [GIVE_UP],
    select(
        *line(
            GIVE_UP,
            TranscriptVersion.id,
            since=_PLANNED,
            priority=PERSON_WAITS,
            reason=func.min(Batch.failed_reason),
        )
    )
    .join(Batch, Batch.version_id == TranscriptVersion.id)
    .where(TranscriptVersion.status == "in_progress", Batch.done_at.is_(None), Batch.failed_reason.is_not(None))
    .group_by(TranscriptVersion.id),
    _PLANNED,
)

OWED: Final = (_new, _unplanned, _batches, _plans_given_up, _versions_given_up)
"""Recordings to plan, batches to transcribe, and versions of which something failed for good."""
