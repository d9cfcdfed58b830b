"""Recordings, their media files and steps; readers see those of stories they may hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.access.queries import visible_to
from app.kernel.errors import NotFoundError
from app.kernel.ids import is_id
from app.recordings.models import MediaFile, Recording, RecordingStep
from app.recordings.schemas import ProgressRead
from app.stories.models import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor


def recording_of_reader(session: Session, actor: Actor, recording_id: str) -> tuple[Story, Recording]:
    """A recording with its story, if the actor may know of it; else ``NotFoundError``."""
    found = None
    if is_id(recording_id):
        found = session.execute(
            select(Story, Recording)
            .join(Recording, Recording.story_id == Story.id)
            .where(Recording.id == recording_id, visible_to(actor, Story))
        ).one_or_none()
    if found is None:
        raise NotFoundError
    return found[0], found[1]


def file_of_reader(
    session: Session, actor: Actor, recording_id: str, use: str
) -> tuple[Story, Recording, MediaFile | None]:
    """A media file of a recording that the actor may know of; None where there is none of that use."""
    story, recording = recording_of_reader(session, actor, recording_id)
    return story, recording, media_file(session, recording_id, use)


def media_file(session: Session, recording_id: str, use: str) -> MediaFile | None:
    """The newest media file of that use."""
    return session.scalar(
        select(MediaFile)
        .where(MediaFile.recording_id == recording_id, MediaFile.use == use)
        .order_by(MediaFile.id.desc())
        .limit(1)
    )


def files_of_use(session: Session, recording_id: str, *uses: str) -> Sequence[MediaFile]:
    """The media files of those uses, by use and channel."""
    return session.scalars(
        select(MediaFile)
        .where(MediaFile.recording_id == recording_id, MediaFile.use.in_(uses))
        .order_by(MediaFile.use, MediaFile.channel, MediaFile.id)
    ).all()


def working_sounds(session: Session, recording_id: str) -> Sequence[MediaFile]:
    """The working sound, one file a channel: raw 16 kHz s16le, sample n of the media clock at byte 2n."""
    return files_of_use(session, recording_id, "working_sound")


def master_of(session: Session, recording_id: str) -> MediaFile | None:
    """The preservation master."""
    return media_file(session, recording_id, "preservation_master")


def recording_for_work(session: Session, recording_id: str, *, lock: bool = False) -> Recording | None:
    """A recording as jobs and upper rooms' commands see it; with ``lock`` nobody else writes it meanwhile."""
    wanted = {"key_share": True} if lock else None
    return session.get(Recording, recording_id, populate_existing=True, with_for_update=wanted)


def step_of(session: Session, recording_id: str, step: str) -> RecordingStep | None:
    """One derivation of the recording."""
    return session.scalar(
        select(RecordingStep)
        .where(RecordingStep.recording_id == recording_id, RecordingStep.step == step)
        .execution_options(populate_existing=True)
    )


def recordings_of_story(session: Session, story_id: str) -> Sequence[Recording]:
    """The story's recordings in their order; the caller has checked who asks."""
    found = select(Recording).where(Recording.story_id == story_id).order_by(Recording.number)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def next_number(session: Session, story_id: str) -> int:
    """The number of the story's next recording; the caller holds the story."""
    last = session.scalar(select(func.max(Recording.number)).where(Recording.story_id == story_id))
    return (last or 0) + 1


def progress_read(recording: Recording) -> ProgressRead:
    """How far it is, on the wire."""
    return ProgressRead(
        state=recording.state,
        step=recording.step,
        done_ms=recording.done_ms,
        total_ms=recording.total_ms,
        seconds_left=recording.seconds_left,
    )


def progress_of(session: Session, actor: Actor, recording_id: str) -> ProgressRead:
    """How far the recording is, if the actor may know of it; else ``NotFoundError``."""
    _, recording = recording_of_reader(session, actor, recording_id)
    return progress_read(recording)
