"""What jobs read: versions to plan, batches to transcribe."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select

from app.recordings.models import Recording
from app.transcripts.models import Batch, Cue, TranscriptVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.orm import Session

BATCHES_BEFORE_A_GUESS = 3


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


def heard_since(session: Session, engine: Mapping[str, Any], since: dt.datetime) -> bool:
    """Whether batches of any version were committed since that were planned with the model of this provenance."""
    facts = TranscriptVersion.engine
    found = (
        exists()
        .where(Batch.version_id == TranscriptVersion.id, Batch.done_at > since)
        # Of all others no batch is as young.
        .where(or_(TranscriptVersion.completed_at.is_(None), TranscriptVersion.completed_at > since))
        .where(*(facts[name].as_string() == engine[name] for name in ("name", "model", "model_sha256")))
    )
    return bool(session.scalar(select(found)))


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
