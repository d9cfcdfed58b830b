"""What jobs and the sweep read: versions to plan, batches to transcribe."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from app.kernel.leases import Owed, state_of
from app.recordings.models import MediaFile, Recording
from app.stories.models import Story
from app.transcripts.models import Batch, Cue, TranscriptVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

LOOKED_AT = 64
"""Batches listed at once; more are seen when these are done."""
BATCHES_BEFORE_A_GUESS = 3
NEW_UPLOAD = 1
OPEN = ("in_progress", "failed")


def version_for_work(session: Session, version_id: str) -> TranscriptVersion | None:
    """A version as jobs see it."""
    return session.get(TranscriptVersion, version_id, populate_existing=True)


def batch_for_work(session: Session, batch_id: str) -> Batch | None:
    """A batch as jobs see it."""
    return session.get(Batch, batch_id, populate_existing=True)


def unplanned_version(session: Session, recording_id: str) -> TranscriptVersion | None:
    """The oldest version of the recording that waits for its plan."""
    return session.scalar(
        select(TranscriptVersion)
        .where(TranscriptVersion.recording_id == recording_id, TranscriptVersion.planned.is_(False))
        .order_by(TranscriptVersion.number)
        .limit(1)
    )


def versions_of(session: Session, recording_id: str) -> Sequence[TranscriptVersion]:
    """Every version of the recording, oldest first."""
    return session.scalars(
        select(TranscriptVersion)
        .where(TranscriptVersion.recording_id == recording_id)
        .order_by(TranscriptVersion.number)
    ).all()


def next_version_number(session: Session, recording_id: str) -> int:
    """One more than the newest version's number."""
    newest = session.scalar(
        select(func.max(TranscriptVersion.number)).where(TranscriptVersion.recording_id == recording_id)
    )
    return (newest or 0) + 1


def batches_left(session: Session, version_id: str) -> int:
    """How many batches of the version are not committed yet."""
    return (
        session.scalar(
            select(func.count()).select_from(Batch).where(Batch.version_id == version_id, Batch.done_at.is_(None))
        )
        or 0
    )


def newest_done_at(session: Session, version_id: str) -> dt.datetime:
    """When the version's newest batch was committed; long ago while there is none."""
    newest = session.scalar(select(func.max(Batch.done_at)).where(Batch.version_id == version_id))
    return newest or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def committed_cues(session: Session, version_id: str) -> Sequence[Cue]:
    """All cues of a version by time."""
    return session.scalars(
        select(Cue).where(Cue.version_id == version_id).order_by(Cue.start_ms, Cue.channel, Cue.end_ms, Cue.id)
    ).all()


def seconds_left(session: Session, version: TranscriptVersion) -> int | None:
    """Whole seconds until the last batch, from the batches done; None before three are."""
    done, seconds, speech = session.execute(
        select(func.count(), func.sum(Batch.seconds), func.sum(Batch.speech_ms)).where(
            Batch.version_id == version.id, Batch.done_at.is_not(None), Batch.seconds.is_not(None)
        )
    ).one()
    if done < BATCHES_BEFORE_A_GUESS or not speech:
        return None
    return round(float(seconds or 0) / speech * max(0, version.speech_ms - version.done_ms))


def owed(session: Session, moment: dt.datetime) -> list[Owed]:
    """Recordings to plan, batches to transcribe, and versions whose batch failed for good."""
    rows: list[Owed] = []
    has_sound = exists().where(MediaFile.recording_id == Recording.id, MediaFile.use == "working_sound")
    has_version = exists().where(TranscriptVersion.recording_id == Recording.id)
    new = session.execute(
        select(Recording.id, Recording.created_at)
        .join(Story, Story.id == Recording.story_id)
        .where(
            Recording.state == "processing",
            Story.machine_text_allowed.is_(True),
            has_sound,
            ~has_version,
        )
        .order_by(Recording.id)
    ).all()
    rows += [Owed("transcripts.plan", id_, NEW_UPLOAD, since, "waiting") for id_, since in new]
    unplanned = session.execute(
        select(TranscriptVersion, has_sound.label("ready"))
        .join(Recording, Recording.id == TranscriptVersion.recording_id)
        .where(TranscriptVersion.planned.is_(False), TranscriptVersion.status.in_(OPEN))
        .order_by(TranscriptVersion.id)
    ).all()
    for version, ready in unplanned:
        rows.append(_owed("transcripts.plan", version, version.recording_id, moment, ready=ready))
        rows += _given_up(version, version)
    undone = (
        select(Batch, TranscriptVersion, has_sound.label("ready"))
        .join(TranscriptVersion, TranscriptVersion.id == Batch.version_id)
        .join(Recording, Recording.id == TranscriptVersion.recording_id)
        .where(
            Batch.done_at.is_(None),
            TranscriptVersion.status.in_(OPEN),
        )
        .order_by(TranscriptVersion.id, Batch.seq)
        .limit(LOOKED_AT)
    )
    # What failed for good is listed for people, and takes no place from what is still to be done.
    batches = [
        *session.execute(undone.where(Batch.failed_reason.is_(None))),
        *session.execute(undone.where(Batch.failed_reason.is_not(None))),
    ]
    for batch, version, ready in batches:
        rows.append(_owed("transcripts.transcribe", batch, batch.id, moment, ready=ready))
        rows += _given_up(batch, version)
    return rows


def _owed(job: str, row: Batch | TranscriptVersion, id_: str, moment: dt.datetime, *, ready: bool = True) -> Owed:
    state, due = state_of(row, moment)
    since = row.created_at if isinstance(row, TranscriptVersion) else moment
    return Owed(
        job,
        id_,
        NEW_UPLOAD,
        since,
        state if ready else "waiting for the sound",
        row.attempts,
        row.crashes,
        row.failed_reason,
        due and ready,
    )


def _given_up(row: Batch | TranscriptVersion, version: TranscriptVersion) -> list[Owed]:
    if row.failed_reason is None or version.status == "failed":
        return []
    return [
        Owed(
            "transcripts.give_up",
            version.id,
            0,
            version.created_at,
            "waiting",
            reason=row.failed_reason,
        )
    ]


def failed_batch_reason(session: Session, version_id: str) -> str | None:
    """Why a batch of the version failed for good, None when none did."""
    return session.scalar(
        select(Batch.failed_reason)
        .where(Batch.version_id == version_id, Batch.failed_reason.is_not(None))
        .order_by(Batch.seq)
        .limit(1)
    )


def recording_ids(session: Session, story_id: str) -> Sequence[str]:
    """The story's recordings in their order."""
    return session.scalars(select(Recording.id).where(Recording.story_id == story_id).order_by(Recording.number)).all()


def recordings_by_number(session: Session, story_id: str) -> list[tuple[str, int]]:
    """Id and number of the story's recordings, in their order; a number is never given to another."""
    rows = session.execute(
        select(Recording.id, Recording.number).where(Recording.story_id == story_id).order_by(Recording.number)
    )
    return [(row.id, row.number) for row in rows]


def count_of_cues(session: Session, version_id: str) -> int:
    """How many cues the version has so far."""
    return session.scalar(select(func.count()).select_from(Cue).where(Cue.version_id == version_id)) or 0
