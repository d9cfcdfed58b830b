"""How far a recording is, as this room and the rooms above write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from app.kernel.errors import NotReadyError
from app.kernel.events import announce
from app.kernel.time import now
from app.recordings import queries
from app.recordings.commands.summary import summarise
from app.recordings.events import RecordingStored, WorkingSoundSpent
from app.recordings.models import MediaFile, Recording, RecordingStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

_OF_WORDS = frozenset({"plan", "transcribe"})
"""Steps of the room above; while one of them runs it is the one that is shown."""


NOT_WRITTEN_ANEW = "not-written-anew"
WORDS_WAIT = "words-wait"
_PASSING = frozenset({NOT_WRITTEN_ANEW, WORDS_WAIT})
"""Warnings about the words that are being written down: gone once these are there."""
_WORDS_WAIT_SAID = (
    "What writes down the words does not answer right now. The recording is safe, and nothing needs to be done: "
    "the words go on by themselves once it answers again."
)


def note_progress(  # noqa: PLR0913  what progress is
    session: Session,
    recording_id: str,
    *,
    step: str,
    done_ms: int,
    total_ms: int,
    seconds_left: int | None,
) -> None:
    """Say how far a step is, in the transaction of its result. A failure of the same kind is forgotten."""
    recording = queries.recording_for_work(session, recording_id, lock=True)
    if recording is None or recording.state == "rejected":
        return
    resumed = recording.state == "failed" and _is_same(recording.failed_step, step)
    if recording.state == "stored" or resumed:
        recording.state, recording.failed_step, recording.reason = "processing", None, None
    recording.step, recording.done_ms, recording.total_ms = step, done_ms, total_ms
    recording.seconds_left = seconds_left
    _no_longer_waits(recording)
    session.flush()
    if resumed:
        summarise(session, recording.story_id)


def words_wait(session: Session, recording_id: str, sentence: str = _WORDS_WAIT_SAID) -> None:
    """What writes down the words is away: say so on the recording, until words come again or it is settled.

    ``sentence`` takes the place of another one of this kind.
    """
    said = {"slug": WORDS_WAIT, "sentence": sentence}
    seen = queries.recording_for_work(session, recording_id)
    if seen is None or said in seen.warnings:
        return
    recording = queries.recording_for_work(session, recording_id, lock=True)
    if recording is None or recording.state == "rejected" or said in recording.warnings:
        return
    _no_longer_waits(recording)
    recording.warnings = [*recording.warnings, said]
    recording.seconds_left = None


def _waits(recording: Recording) -> bool:
    return any(one["slug"] == WORDS_WAIT for one in recording.warnings)


def _no_longer_waits(recording: Recording) -> None:
    if _waits(recording):
        recording.warnings = [one for one in recording.warnings if one["slug"] != WORDS_WAIT]


def _is_same(failed: str | None, step: str) -> bool:
    return failed == step or (failed in _OF_WORDS and step in _OF_WORDS)


def transcript_settled(session: Session, recording_id: str) -> None:
    """Its words are complete, or it is clear that none will be written: the working sound may go.

    With the access copy there the recording is ready.
    """
    recording = queries.recording_for_work(session, recording_id, lock=True)
    if recording is None:
        return
    recording.transcript_settled_at = now()
    recording.warnings = _other_warnings(recording)
    if recording.state == "failed" and recording.failed_step in _OF_WORDS:
        recording.state, recording.failed_step, recording.reason = "processing", None, None
    spent = session.execute(
        update(MediaFile)
        .where(MediaFile.recording_id == recording_id, MediaFile.use == "working_sound")
        .values(use="spent_working_sound")
        .returning(MediaFile.id)
    ).all()
    if spent:
        announce(session, WorkingSoundSpent(recording_id))
    make_ready_if_done(session, recording)


def make_ready_if_done(session: Session, recording: Recording) -> None:
    """``ready`` once the access copy and the transcript are there; says else what is still being made."""
    copy = queries.step_of(session, recording.id, "access_copy")
    if recording.state == "processing" and recording.transcript_settled_at is not None and copy is not None:
        recording.seconds_left = None
        if copy.done_at is None:
            recording.step = "access_copy"
        else:
            recording.state, recording.step = "ready", None
            recording.done_ms = recording.total_ms = recording.duration_ms
    summarise(session, recording.story_id)


def fail_recording(session: Session, recording_id: str, step: str, reason: str) -> None:
    """A step failed for good; the original and everything made so far stay."""
    recording = queries.recording_for_work(session, recording_id, lock=True)
    if recording is None or recording.state == "rejected":
        return
    recording.state, recording.failed_step, recording.reason = "failed", step, reason[:1000]
    recording.step = recording.seconds_left = None
    if step in _OF_WORDS:
        _no_longer_waits(recording)
    summarise(session, recording.story_id)


def keep_older_words(session: Session, recording_id: str, step: str, reason: str) -> None:
    """Writing the words anew failed for good: the older ones stay, and those who may edit read why.

    The recording is as ready as it was; without a copy for listening it failed as any other.
    """
    recording = queries.recording_for_work(session, recording_id, lock=True)
    copy = queries.step_of(session, recording_id, "access_copy")
    if recording is None or copy is None or copy.done_at is None:
        fail_recording(session, recording_id, step, reason)
        return
    recording.state, recording.failed_step, recording.reason = "ready", None, None
    recording.step = recording.seconds_left = None
    recording.done_ms = recording.total_ms = recording.duration_ms
    sentence = f"The words could not be written down anew, so the older ones stay. {reason}"
    recording.warnings = [*_other_warnings(recording), {"slug": NOT_WRITTEN_ANEW, "sentence": sentence[:1000]}]
    summarise(session, recording.story_id)


def _other_warnings(recording: Recording) -> list[Any]:
    return [one for one in recording.warnings if one["slug"] not in _PASSING]


def owe_working_sound(session: Session, recording_id: str) -> None:
    """The words are to be written again: derive the working sound anew where it is gone.

    Raises ``NotReadyError`` where the file gives no sound.
    """
    recording = queries.recording_for_work(session, recording_id, lock=True)
    step = queries.step_of(session, recording_id, "derive")
    if recording is None or step is None or recording.state == "rejected" or not recording.has_sound:
        message = "This recording has no sound that words could be written down from."
        raise NotReadyError(message)
    recording.transcript_settled_at = None
    recording.state, recording.failed_step, recording.reason = "processing", None, None
    if not queries.working_sounds(session, recording_id):
        _derive_again(session, recording, step)
    summarise(session, recording.story_id)


def lose_working_sound(session: Session, recording_id: str, file_ids: Sequence[str]) -> None:
    """The store has not the objects of these working sounds, as after a backup was restored: derive them anew.

    Nothing is done where they are no working sound any more, because others took their place or none is needed.
    """
    recording = queries.recording_for_work(session, recording_id, lock=True)
    step = queries.step_of(session, recording_id, "derive")
    there = queries.working_sounds(session, recording_id)
    if recording is None or step is None or not {file.id for file in there} & set(file_ids):
        return
    # Those of the other channels go too: one decode makes all of them.
    for file in there:
        file.use = "spent_working_sound"
    session.flush()
    announce(session, WorkingSoundSpent(recording_id))
    _derive_again(session, recording, step)
    summarise(session, recording.story_id)


def _derive_again(session: Session, recording: Recording, step: RecordingStep) -> None:
    recording.step, recording.done_ms, recording.total_ms = "derive", 0, recording.duration_ms
    session.execute(
        update(RecordingStep)
        .where(RecordingStep.id == step.id)
        .values(done_at=None, created_at=now(), failed_reason=None, attempts=0, crashes=0, retry_at=None)
    )
    announce(session, RecordingStored(recording.id))
