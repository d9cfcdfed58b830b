"""Keeping what the media child made of a master, or its refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from app.kernel.events import announce
from app.kernel.leases import Claim, LeaseLostError, finish
from app.kernel.time import now
from app.recordings import queries
from app.recordings.commands.acceptance import note_event
from app.recordings.commands.progress import make_ready_if_done
from app.recordings.commands.summary import summarise
from app.recordings.domain.descriptions import channels_sentence, track_sentence
from app.recordings.events import AccessCopyMade, RecordingDerived
from app.recordings.models import MediaFile, Recording, RecordingStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Made:
    """A derivative that lies in the object store and in no row yet."""

    use: str
    key: str
    content_type: str
    size_bytes: int
    sha256: str
    channel: int = 0


def begin_step(session: Session, recording_id: str, step: str) -> Recording | None:
    """A job starts on a step that it has claimed; a failure of this step is forgotten."""
    recording = queries.recording_for_work(session, recording_id, lock=True)
    if recording is None:
        return None
    before = recording.state
    if before == "stored" or (before == "failed" and recording.failed_step == step):
        recording.state, recording.failed_step, recording.reason = "processing", None, None
    if recording.step in (None, "derive", "access_copy"):
        recording.step, recording.done_ms, recording.total_ms = step, 0, recording.duration_ms
        recording.seconds_left = None
    session.flush()
    if recording.state != before:
        summarise(session, recording.story_id)
    return recording


def note_step_progress(session: Session, taken: Claim, *, done_ms: int, total_ms: int) -> None:
    """How far a claimed step is; what is being written down counts for more than the copy made beside it.

    Raises ``LeaseLostError`` when another worker took the step over.
    """
    held = session.get(RecordingStep, taken.id, populate_existing=True)
    if held is None or held.fence != taken.fence:
        raise LeaseLostError(taken.id)
    recording = queries.recording_for_work(session, held.recording_id, lock=True)
    if recording is not None and recording.step == held.step:
        recording.done_ms, recording.total_ms = done_ms, total_ms


def keep_derived(
    session: Session, taken: Claim, recording_id: str, result: dict[str, Any], made: Sequence[Made]
) -> list[str]:
    """Keep what ``derive`` found and made; returns the keys of objects that nothing names any more.

    Without a working sound among ``made`` no words will be written. Raises ``LeaseLostError``.
    """
    finish(session, taken, done_at=now())
    recording = queries.recording_for_work(session, recording_id, lock=True)
    assert recording is not None  # noqa: S101  the step's foreign key
    recording.media = {
        **result,
        "track_sentence": track_sentence(result),
        "channels_sentence": channels_sentence(result),
    }
    recording.duration_ms = recording.done_ms = recording.total_ms = result["duration_ms"]
    recording.has_sound, recording.has_picture = result["has_sound"], result["has_video"]
    recording.warnings = list(result["warnings"])
    master = queries.master_of(session, recording_id)
    if master is not None:
        master.content_type = result["format"]["content_type"]
    left = _replace(session, recording_id, made)
    if queries.step_of(session, recording_id, "access_copy") is None:
        session.add(RecordingStep(recording_id=recording_id, step="access_copy"))
    if not any(one.use == "working_sound" for one in made):
        recording.transcript_settled_at = now()
    session.flush()
    _note_made(session, recording_id, made)
    make_ready_if_done(session, recording)
    announce(session, RecordingDerived(recording_id))
    return left


def keep_access_copy(
    session: Session, taken: Claim, recording_id: str, result: dict[str, Any], made: Sequence[Made]
) -> list[str]:
    """Keep the copy for listening or watching and the poster, as ``keep_derived`` does."""
    finish(session, taken, done_at=now())
    recording = queries.recording_for_work(session, recording_id, lock=True)
    assert recording is not None  # noqa: S101  the step's foreign key
    known = {one["slug"] for one in recording.warnings}
    fresh = [one for one in result.get("warnings", ()) if one["slug"] not in known]
    recording.warnings = [*recording.warnings, *fresh]
    left = _replace(session, recording_id, made)
    if recording.step == "access_copy":
        recording.step = None
    session.flush()
    _note_made(session, recording_id, made)
    make_ready_if_done(session, recording)
    announce(session, AccessCopyMade(recording_id))
    return left


def _replace(session: Session, recording_id: str, made: Sequence[Made]) -> list[str]:
    """Rows for what was made; those of the same use that are not among it go."""
    keys = {one.key for one in made}
    held = queries.files_of_use(session, recording_id, *{one.use for one in made})
    gone = [file for file in held if file.key not in keys]
    session.execute(delete(MediaFile).where(MediaFile.id.in_([file.id for file in gone])))
    known = {file.key for file in held}
    session.add_all(
        MediaFile(
            recording_id=recording_id,
            use=one.use,
            channel=one.channel,
            key=one.key,
            content_type=one.content_type,
            size_bytes=one.size_bytes,
            sha256=one.sha256,
        )
        for one in made
        if one.key not in known
    )
    return [file.key for file in gone]


def _note_made(session: Session, recording_id: str, made: Sequence[Made]) -> None:
    for one in made:
        note_event(
            session,
            recording_id,
            "normalization",
            use=one.use,
            channel=one.channel,
            content_type=one.content_type,
            size_bytes=one.size_bytes,
            digest=one.sha256,
        )


def reject_recording(session: Session, taken: Claim, recording_id: str, slug: str, sentence: str) -> None:
    """The file gives no copies; the original is kept apart. Raises ``LeaseLostError``."""
    finish(session, taken, done_at=now())
    recording = queries.recording_for_work(session, recording_id, lock=True)
    assert recording is not None  # noqa: S101  the step's foreign key
    recording.state, recording.reason = "rejected", sentence[:1000]
    recording.step, recording.failed_step, recording.seconds_left = None, "derive", None
    recording.has_sound = False
    recording.warnings = [{"slug": slug, "sentence": sentence}]
    note_event(session, recording_id, "validation", outcome="failure", slug=slug)
    summarise(session, recording.story_id)


def forget_spent_sound(session: Session, file_ids: Sequence[str]) -> None:
    """The objects of these working sounds are gone."""
    session.execute(delete(MediaFile).where(MediaFile.id.in_(file_ids), MediaFile.use == "spent_working_sound"))
