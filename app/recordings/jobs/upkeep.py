"""What must be put in order: closed uploads, spent working sound, rows that failed for good."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.kernel.db import unit
from app.kernel.logging import log
from app.recordings import commands, queries

if TYPE_CHECKING:
    from app.ports import Ports
    from app.recordings.models import Upload

logger = log("recordings")


def sweep_upload(ports: Ports, upload_id: str) -> None:
    """Close an upload that nobody continues, and free the bytes of one that is closed or stored."""
    with unit(ports.sessions) as session:
        may_be_freed = commands.abandon_upload(session, upload_id)
        upload = queries.upload_for_work(session, upload_id)
    if not may_be_freed or upload is None:
        return
    free_upload(ports, upload)


def free_upload(ports: Ports, upload: Upload) -> None:
    """Free the bytes of an upload that is closed or stored, and what killed processes left beside it."""
    ports.objects.abort(upload.ref)
    with unit(ports.sessions) as session:
        if commands.note_freed(session, upload.id):
            logger.info("upload_freed", upload_id=upload.id, state=upload.state)
    ports.objects.clear_leavings(partial(_held, ports))


def _held(ports: Ports) -> set[str]:
    with unit(ports.sessions, write=False) as session:
        return {upload.ref for upload in queries.held_uploads(session)}


def drop_working_sound(ports: Ports, recording_id: str) -> None:
    """Remove working sound that nobody needs any more."""
    with unit(ports.sessions, write=False) as session:
        spent = [(f.id, f.key) for f in queries.files_of_use(session, recording_id, "spent_working_sound")]
    for _, key in spent:
        ports.objects.delete(key)
    if spent:
        with unit(ports.sessions) as session:
            commands.forget_spent_sound(session, [id_ for id_, _ in spent])


def give_up(ports: Ports, id_: str) -> None:
    """Say of an upload or a recording that its work failed for good, with the reason of its row."""
    with unit(ports.sessions) as session:
        upload = queries.upload_for_work(session, id_)
        if upload is not None:
            if upload.failed_reason is not None:
                commands.fail_upload(session, id_, upload.failed_reason)
            return
        for name in ("derive", "access_copy"):
            step = queries.step_of(session, id_, name)
            if step is not None and step.done_at is None and step.failed_reason is not None:
                commands.fail_recording(session, id_, name, step.failed_reason)
