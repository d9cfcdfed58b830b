"""Versions: begun, planned, asked for again, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from app.access.commands import audit, require
from app.kernel.errors import NotReadyError
from app.kernel.events import announce
from app.kernel.ids import new_id
from app.kernel.leases import Claim, finish
from app.kernel.time import now
from app.recordings.commands import fail_recording, keep_older_words, note_progress, owe_working_sound
from app.recordings.queries import recording_for_work
from app.transcripts import queries
from app.transcripts.commands.batches import complete_version
from app.transcripts.events import TranscriptPlanned
from app.transcripts.models import Batch, TranscriptVersion, UntranscribedSpan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.recordings.models import Recording

FIRST_TOLD = 32
"""So many batches of a plan are announced one by one; the sweep tells of the others in time."""


class StillTranscribingError(NotReadyError):
    """A version of the recording is being made already."""

    slug = "still-transcribing"
    title = "The words of this recording are being written down now. Wait until that is done, then ask again."


def begin_version(
    session: Session, recording: Recording, languages: Sequence[str], model: str | None = None
) -> TranscriptVersion:
    """A new version of the recording's transcript, to be planned."""
    version = TranscriptVersion(
        recording_id=recording.id,
        story_id=recording.story_id,
        number=queries.next_version_number(session, recording.id),
        languages=list(languages),
        model=model,
    )
    session.add(version)
    session.flush()
    return version


def transcribe_again(
    session: Session, actor: Actor, recording_id: str, languages: Sequence[str], model: str | None
) -> TranscriptVersion:
    """Ask for a new version with other languages or another model; the old one stays and is shown meanwhile."""
    story, recording = queries.recording_of_reader(session, actor, recording_id)
    require(actor, "transcribe", story)
    recording_for_work(session, recording_id, lock=True)  # two who ask at once begin one version
    if not story.machine_text_allowed:
        message = "The narrator does not want a computer to write down the words. Nothing was started."
        raise NotReadyError(message)
    if not recording.has_sound or recording.state not in ("ready", "failed"):
        raise StillTranscribingError
    if any(v.status == "in_progress" for v in queries.versions_of(session, recording_id)):
        raise StillTranscribingError
    version = begin_version(session, recording, languages, model)
    owe_working_sound(session, recording_id)
    audit(session, actor, "transcripts.transcribe_again", recording_id, languages=list(languages), model=model)
    return version


def keep_plan(  # noqa: PLR0913  what a plan is
    session: Session,
    taken: Claim,
    version_id: str,
    *,
    batches: Sequence[Sequence[dict[str, Any]]],
    spans: Sequence[tuple[int, int, str]],
    plan_hash: str,
    engine: dict[str, Any],
    warnings: Sequence[dict[str, str]],
) -> None:
    """Write a version's plan in one transaction under its claim; a version without speech is complete at once.

    ``batches``: windows as ``Batch.windows`` holds them; ``spans``: (start_ms, end_ms, reason) without a region.
    """
    version = queries.version_for_work(session, version_id)
    if version is None:
        return
    speech_ms = 0
    rows: list[Batch] = []
    for seq, windows in enumerate(batches):
        length = sum(w["end_ms"] - w["start_ms"] for w in windows)
        speech_ms += length
        rows.append(Batch(id=new_id(), version_id=version_id, seq=seq, speech_ms=length, windows=list(windows)))
    session.add_all(rows)
    for start, end, reason in spans:
        session.add(UntranscribedSpan(version_id=version_id, start_ms=start, end_ms=end, reason=reason))
    session.flush()
    finish(
        session,
        taken,
        planned=True,
        plan_hash=plan_hash,
        engine=engine,
        warnings=list(warnings),
        speech_ms=speech_ms,
        planned_at=now(),
    )
    note_progress(session, version.recording_id, step="transcribe", done_ms=0, total_ms=speech_ms, seconds_left=None)
    # Where messages are kept, these keep many workers busy until the sweep tells of the rest.
    for row in rows[:FIRST_TOLD]:
        announce(session, TranscriptPlanned(row.id))
    if not rows:
        session.refresh(version)
        complete_version(session, version)


def give_up_version(session: Session, version_id: str) -> None:
    """Say that a version failed for good, with the reason of the row that failed; the sound stays."""
    version = queries.version_for_work(session, version_id)
    if version is None or version.status != "in_progress":
        return
    reason = version.failed_reason or queries.failed_batch_reason(session, version_id)
    if reason is None:
        return
    session.execute(update(TranscriptVersion).where(TranscriptVersion.id == version_id).values(status="failed"))
    others = queries.versions_of(session, version.recording_id)
    # Readers lose nothing by an attempt to do better.
    tell = keep_older_words if any(one.status in queries.COMPLETE for one in others) else fail_recording
    tell(session, version.recording_id, "transcribe", reason)
