"""Which rows of this room are owed something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from app.kernel.leases import Owed, state_of
from app.ports.job_queue import FIXITY, NEW_UPLOAD, PERSON_WAITS
from app.recordings.domain.uploads import ABANDONED_AFTER, CLOSED, SENDING
from app.recordings.models import MediaFile, Recording, RecordingStep, Upload

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

    from app.kernel.leases import Leased

MOST_LISTED = 500
"""Rows of one kind that are listed at once; more are seen when these are done."""
JOB_OF_STEP = {"derive": "recordings.derive", "access_copy": "recordings.make_access_copy"}


def owed(session: Session, moment: dt.datetime) -> list[Owed]:
    """Uploads to accept or sweep, derivations to make, rows that failed, working sound to remove."""
    return [
        *_accepts(session, moment),
        *_sweeps(session, moment),
        *_steps(session, moment),
        *_spent(session),
    ]


def _accept(row: Upload, moment: dt.datetime) -> Owed:
    since = row.completed_at or row.created_at
    return _with_lease(Owed("recordings.accept", row.id, PERSON_WAITS, since, ""), row, moment)


def _step(row: RecordingStep, moment: dt.datetime) -> Owed:
    line = Owed(JOB_OF_STEP[row.step], row.recording_id, NEW_UPLOAD, row.created_at, "")
    return _with_lease(line, row, moment)


def _with_lease(line: Owed, row: Leased, moment: dt.datetime) -> Owed:
    state, due = state_of(row, moment)
    return replace(line, state=state, attempts=row.attempts, crashes=row.crashes, reason=row.failed_reason, due=due)


def _accepts(session: Session, moment: dt.datetime) -> list[Owed]:
    rows = session.scalars(
        select(Upload)
        .where(
            or_(
                Upload.state == "completing",
                # One that failed for good stays listed, so that an admin can try it again.
                and_(Upload.state == "failed", Upload.completed_at.is_not(None), Upload.retryable),
            )
        )
        # What failed for good takes no place from what is still to be done.
        .order_by(Upload.state == "failed", Upload.completed_at)
        .limit(MOST_LISTED)
    ).all()
    lines = [_accept(row, moment) for row in rows]
    lines += [
        Owed("recordings.give_up", row.id, PERSON_WAITS, row.created_at, "waiting", reason=row.failed_reason)
        for row in rows
        if row.state == "completing" and row.failed_reason is not None
    ]
    return lines


def _sweeps(session: Session, moment: dt.datetime) -> list[Owed]:
    rows = session.execute(
        select(Upload.id, Upload.last_part_at)
        .where(
            Upload.is_held,
            or_(
                Upload.state.in_((*CLOSED, "stored")),
                and_(Upload.state.in_((*SENDING, "failed")), Upload.last_part_at < moment - ABANDONED_AFTER),
            ),
        )
        .order_by(Upload.last_part_at)
        .limit(MOST_LISTED)
    ).all()
    return [Owed("recordings.sweep_upload", id_, FIXITY, since, "waiting") for id_, since in rows]


def _steps(session: Session, moment: dt.datetime) -> list[Owed]:
    rows = session.execute(
        select(RecordingStep, Recording.state)
        .join(Recording, Recording.id == RecordingStep.recording_id)
        .where(RecordingStep.done_at.is_(None))
        .order_by(RecordingStep.failed_reason.is_not(None), RecordingStep.created_at)
        .limit(MOST_LISTED)
    ).all()
    lines = []
    for step, state in rows:
        lines.append(_step(step, moment))
        if step.failed_reason is not None and state not in ("failed", "rejected"):
            lines.append(
                Owed(
                    "recordings.give_up",
                    step.recording_id,
                    PERSON_WAITS,
                    step.created_at,
                    "waiting",
                    reason=step.failed_reason,
                )
            )
    return lines


def _spent(session: Session) -> list[Owed]:
    rows = session.execute(
        select(MediaFile.recording_id, MediaFile.created_at)
        .where(MediaFile.use == "spent_working_sound", MediaFile.channel == 0)
        .order_by(MediaFile.id)
        .limit(MOST_LISTED)
    ).all()
    return [Owed("recordings.drop_working_sound", id_, FIXITY, since, "waiting") for id_, since in rows]
