"""What becomes of an upload once all was sent: a recording with its master, or a reason."""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, update

from app.kernel.events import announce
from app.kernel.leases import Claim, finish
from app.kernel.time import now
from app.recordings import queries
from app.recordings.commands.summary import summarise
from app.recordings.domain.uploads import ABANDONED_AFTER, CLOSED, SENDING
from app.recordings.events import RecordingStored
from app.recordings.models import MediaFile, PreservationEvent, Recording, RecordingStep, Upload
from app.stories.queries import hold_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@functools.cache
def _program() -> str:
    return f"storybraid {version('storybraid')}"


def store_recording(session: Session, taken: Claim, upload_id: str, *, key: str, sha256: str) -> Recording:
    """The master lies under its key, read back and compared: make the recording and what it is owed.

    Raises ``LeaseLostError``.
    """
    upload = queries.upload_for_work(session, upload_id)
    assert upload is not None  # noqa: S101  the claim holds its row
    finish(session, taken, state="stored", reason=None)
    hold_story(session, upload.story_id)
    recording = Recording(
        id=upload.recording_id,
        story_id=upload.story_id,
        number=queries.next_number(session, upload.story_id),
        filename=upload.filename,
    )
    session.add(recording)
    session.flush()
    session.add_all(
        [
            MediaFile(
                recording_id=recording.id,
                use="preservation_master",
                key=key,
                content_type="application/octet-stream",
                size_bytes=upload.size_bytes,
                sha256=sha256,
            ),
            RecordingStep(recording_id=recording.id, step="derive"),
        ]
    )
    note_event(
        session,
        recording.id,
        "ingestion",
        agent=upload.owner,
        upload_id=upload.id,
        parts=upload.part_count,
        size_bytes=upload.size_bytes,
    )
    note_event(
        session,
        recording.id,
        "message digest calculation",
        algorithm="SHA-256",
        digest=sha256,
        size_bytes=upload.size_bytes,
        read_back=True,
    )
    session.flush()
    summarise(session, upload.story_id)
    announce(session, RecordingStored(recording.id))
    return recording


def note_event(
    session: Session,
    recording_id: str,
    type_: str,
    *,
    outcome: str = "success",
    agent: str | None = None,
    **detail: Any,  # noqa: ANN401  JSON values
) -> None:
    """Append a PREMIS event of the recording; without ``agent`` this program did it."""
    session.add(
        PreservationEvent(
            recording_id=recording_id, type=type_, outcome=outcome, agent=agent or _program(), detail=detail
        )
    )


def refuse_parts(session: Session, taken: Claim, upload_id: str, bad: list[int], *, retryable: bool) -> None:
    """Reading back found parts that are not what was sent; ``retryable``: only these must come again."""
    if retryable:
        reason = (
            f"{len(bad)} of the parts did not reach our disk as they were sent. The others are kept: "
            "send the file again and only those parts are sent."
        )
    else:
        reason = "The file did not reach our disk as it was sent. Please send it again."
    finish(session, taken, state="failed", reason=reason, retryable=retryable, completed_at=None)
    upload = queries.upload_for_work(session, upload_id)
    if upload is not None:
        note_event(
            session,
            upload.recording_id,
            "fixity check",
            outcome="failure",
            upload_id=upload_id,
            bad_parts=bad[:100],
        )


def lose_upload(session: Session, taken: Claim, reason: str) -> None:
    """The store knows the upload no more: only a new one helps. Raises ``LeaseLostError``."""
    finish(session, taken, state="failed", reason=reason, retryable=False, completed_at=None)


def fail_upload(session: Session, upload_id: str, reason: str) -> None:
    """Accepting failed for good; everything sent is kept, and completing again may help."""
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state == "completing")
        .values(state="failed", reason=reason[:1000], retryable=True)
    )


def abandon_upload(session: Session, upload_id: str) -> bool:
    """Close an upload to which no part came for seven days; True where its bytes may be freed now."""
    stale = now() - ABANDONED_AFTER
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state.in_((*SENDING, "failed")), Upload.last_part_at < stale)
        .values(state="abandoned", failed_reason=None, reason="No part came for seven days, so it was closed.")
    )
    upload = queries.upload_for_work(session, upload_id)
    return upload is not None and upload.is_held and upload.state in (*CLOSED, "stored")


def note_freed(session: Session, upload_id: str) -> bool:
    """The store holds nothing of the upload any more."""
    done = session.execute(update(Upload).where(Upload.id == upload_id, Upload.is_held).values(is_held=False))
    return isinstance(done, CursorResult) and done.rowcount == 1
