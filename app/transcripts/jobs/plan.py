"""Plan a transcription: regions of speech, their languages, windows and batches, all written before the first word."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from app.kernel.db import in_unit, raise_if_away, unit
from app.kernel.leases import LeaseLostError, claim, held, put_back, report_error
from app.kernel.logging import log
from app.ports.object_store import ObjectMissingError, StoreRestsError
from app.ports.transcriber import TranscriberRestsError, with_model
from app.recordings.commands import lose_working_sound, note_progress
from app.recordings.queries import recording_for_work, working_sounds
from app.stories.queries import story_for_work
from app.transcripts import commands, queries
from app.transcripts.jobs.planning import Plan, Planner
from app.transcripts.jobs.sound import WorkingSound
from app.transcripts.jobs.transcribe import delay_of, leave_for_later, reason_of
from app.transcripts.models import TranscriptVersion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.leases import Claim
    from app.ports import Ports

logger = log("transcripts")


def plan(ports: Ports, recording_id: str) -> None:
    """Plan the recording's first or next version, if it is due and this process has a transcriber."""
    if ports.transcriber is None:
        return
    with unit(ports.sessions) as session:
        recording = recording_for_work(session, recording_id, lock=True)
        story = story_for_work(session, recording.story_id) if recording else None
        files = working_sounds(session, recording_id)
        if recording is None or story is None or not files or not story.machine_text_allowed:
            return
        version = queries.unplanned_version(session, recording_id)
        if version is None:
            if queries.versions_of(session, recording_id):
                return
            version = commands.begin_version(session, recording, story.languages)
        taken = claim(session, TranscriptVersion, version.id, TranscriptVersion.planned.is_(False))
        if taken is None:
            return
    sounds = [WorkingSound(ports.objects, f.key, f.size_bytes, f.channel) for f in files]
    with held(taken):
        try:
            _plan(ports, taken, version, sounds)
        except LeaseLostError:
            logger.warning("plan_lost", recording_id=recording_id)
        except (StoreRestsError, TranscriberRestsError) as error:
            leave_for_later(ports, taken, recording_id, error)
        except ObjectMissingError:
            logger.warning("working_sound_gone", recording_id=recording_id)
            # Where the lease is lost too, others have written the words meanwhile.
            with contextlib.suppress(LeaseLostError), unit(ports.sessions) as session:
                lose_working_sound(session, recording_id, [f.id for f in files])
                put_back(session, taken)
        except Exception as error:
            raise_if_away(error)  # no fault of this row, which is given back
            logger.exception("plan_failed", recording_id=recording_id)
            with unit(ports.sessions) as session:
                report_error(session, taken, reason_of(error), delay_s=delay_of(error))


def _plan(ports: Ports, taken: Claim, version: TranscriptVersion, sounds: list[WorkingSound]) -> None:
    assert ports.transcriber is not None  # noqa: S101  asked before the claim
    wanted = ports.settings.transcriber
    planner = Planner(with_model(ports.transcriber, version.model), wanted.batch, wanted.beam)

    def note(done_ms: int, total_ms: int) -> None:
        with unit(ports.sessions) as session:
            note_progress(
                session, version.recording_id, step="plan", done_ms=done_ms, total_ms=total_ms, seconds_left=None
            )

    made: Plan = planner.plan(sounds, version.languages, note)

    def keep(session: Session) -> None:
        commands.keep_plan(
            session,
            taken,
            version.id,
            batches=made.batches,
            spans=made.spans,
            plan_hash=made.hash,
            engine=made.engine,
            warnings=made.warnings,
        )

    in_unit(ports.sessions, keep)
    logger.info("plan_kept", recording_id=version.recording_id, batches=len(made.batches))
