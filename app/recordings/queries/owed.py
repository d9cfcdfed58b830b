"""Which rows of this room are owed something."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, bindparam, case, func, or_, select

from app.kernel.db import UtcDateTime
from app.kernel.owing import Kind, line
from app.ports.job_queue import CLEARING_UP, NEW_UPLOAD, PERSON_WAITS
from app.recordings.domain.uploads import ABANDONED_AFTER, CLOSED, SENDING
from app.recordings.models import MediaFile, Recording, RecordingStep, Upload

JOB_OF_STEP: Final = {"derive": "recordings.derive", "access_copy": "recordings.make_access_copy"}
GIVE_UP: Final = "recordings.give_up"

_completed = func.coalesce(Upload.completed_at, Upload.created_at)
_accepts = Kind(
    ["recordings.accept"],
    select(*line("recordings.accept", Upload.id, since=_completed, priority=PERSON_WAITS, lease=Upload)).where(
        or_(
            Upload.state == "completing",
            # One that failed for good stays listed, so that an admin can try it again.
            and_(Upload.state == "failed", Upload.completed_at.is_not(None), Upload.retryable),
        )
    ),
    _completed,
)
_uploads_given_up = Kind(
    [GIVE_UP],
    select(
        *line(GIVE_UP, Upload.id, since=Upload.created_at, priority=PERSON_WAITS, reason=Upload.failed_reason)
    ).where(Upload.state == "completing", Upload.failed_reason.is_not(None)),
    Upload.created_at,
)
_sweeps = Kind(
    ["recordings.sweep_upload"],
    select(*line("recordings.sweep_upload", Upload.id, since=Upload.last_part_at, priority=CLEARING_UP)).where(
        Upload.is_held,
        or_(
            Upload.state.in_((*CLOSED, "stored")),
            and_(
                Upload.state.in_((*SENDING, "failed")),
                Upload.last_part_at < bindparam("abandoned", type_=UtcDateTime()),
            ),
        ),
    ),
    Upload.last_part_at,
    before={"abandoned": ABANDONED_AFTER},
)
_steps = Kind(
    list(JOB_OF_STEP.values()),
    select(
        *line(
            case(JOB_OF_STEP, value=RecordingStep.step),
            RecordingStep.recording_id,
            since=RecordingStep.created_at,
            priority=NEW_UPLOAD,
            lease=RecordingStep,
        )
    ).where(RecordingStep.done_at.is_(None)),
    RecordingStep.created_at,
)
_steps_given_up = Kind(
    [GIVE_UP],
    select(
        *line(
            GIVE_UP,
            RecordingStep.recording_id,
            since=RecordingStep.created_at,
            priority=PERSON_WAITS,
            reason=RecordingStep.failed_reason,
        )
    )
    .join(Recording, Recording.id == RecordingStep.recording_id)
    .where(
        RecordingStep.done_at.is_(None),
        RecordingStep.failed_reason.is_not(None),
        Recording.state.not_in(("failed", "rejected")),
    ),
    RecordingStep.created_at,
)
_spent = Kind(
    ["recordings.drop_working_sound"],
    select(
        *line("recordings.drop_working_sound", MediaFile.recording_id, since=MediaFile.created_at, priority=CLEARING_UP)
    ).where(MediaFile.use == "spent_working_sound", MediaFile.channel == 0),
    MediaFile.id,
)

OWED: Final = (_accepts, _uploads_given_up, _sweeps, _steps, _steps_given_up, _spent)
"""Uploads to accept or sweep, derivations to make, rows that failed, working sound to remove."""
