"""Transcribe one planned batch: claim, hear outside any transaction, commit under the fence."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from app.kernel.db import in_unit, raise_if_away, unit
from app.kernel.leases import Claim, LeaseLostError, claim, held, put_back, report_error
from app.kernel.logging import log
from app.kernel.time import now
from app.ports.object_store import ObjectMissingError, StoreRestsError
from app.ports.transcriber import MayRest, Options, Region, TranscriberError, TranscriberRestsError, Window
from app.recordings.commands import lose_working_sound, words_wait
from app.recordings.queries import working_sounds
from app.transcripts import commands, queries
from app.transcripts.domain.languages import display_tag
from app.transcripts.jobs.engine import OtherModelError, engine_of
from app.transcripts.jobs.sound import WorkingSound
from app.transcripts.models import Batch, Cue, TranscriptVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy.orm import Session

    from app.ports import Ports
    from app.ports.transcriber import HeardCue, WindowResult

REFUSED_PAUSE_S = 0.2
"""Thousands of batches that wait for one engine are not all written to at once, only to say that it still rests."""
LEFT_S, LONGEST_LEFT_S = 10.0, 300.0
"""How long a batch is left alone that a worker of another model met: as long as nothing was heard of its version."""
TOLD_AFTER_S = 60.0
"""So long without a word its people are told nothing: a worker of its model is at it, or soon will be."""
COUNTED_AFTER = dt.timedelta(days=3)
"""When nobody heard anything with the model for so long, over a weekend too, nobody has it any more."""
LEFT_SAID = (
    "They wait for a worker that has it, and go on by themselves then. The recording is safe, and what is written "
    "stays. If it takes long, tell whoever runs this archive: its workers have different settings."
)
logger = log("transcripts")


def transcribe(ports: Ports, batch_id: str) -> None:
    """Transcribe a batch if it is due and this process has a transcriber; anything else is left to others."""
    if ports.transcriber is None:
        return
    with unit(ports.sessions) as session:
        batch = queries.batch_for_work(session, batch_id)
        version = queries.version_for_work(session, batch.version_id) if batch else None
        files = working_sounds(session, version.recording_id) if version else ()
        if not files:  # it is derived anew, or the words are written
            return
        taken = claim(session, Batch, batch_id, Batch.done_at.is_(None))
        if taken is None:
            return
        batch = queries.batch_for_work(session, batch_id)
        if batch is None or version is None:
            return
    sounds = {f.channel: WorkingSound(ports.objects, f.key, f.size_bytes, f.channel) for f in files}
    with held(taken):
        try:
            _transcribe(ports, taken, batch, version, sounds)
        except LeaseLostError:
            logger.warning("batch_lost", batch_id=batch_id)
        except (StoreRestsError, TranscriberRestsError) as error:
            leave_for_later(ports, taken, version.recording_id, error)
        except OtherModelError as error:
            leave_to_others(ports, taken, version, error)
        except ObjectMissingError:
            logger.warning("working_sound_gone", batch_id=batch_id)
            # Where the lease is lost too, others have written the words meanwhile.
            with contextlib.suppress(LeaseLostError), unit(ports.sessions) as session:
                lose_working_sound(session, version.recording_id, [f.id for f in files])
                put_back(session, taken)
        except Exception as error:
            raise_if_away(error)  # no fault of this row, which is given back
            logger.exception("batch_failed", batch_id=batch_id)
            with unit(ports.sessions) as session:
                report_error(session, taken, reason_of(error), delay_s=delay_of(error))


def leave_for_later(
    ports: Ports, taken: Claim, recording_id: str, error: StoreRestsError | TranscriberRestsError
) -> None:
    """What the row needs is away: it waits with nothing counted against it, and its recording says so of the words."""
    rests = error if isinstance(error, TranscriberRestsError) else None
    # Where the lease is lost too, others are at it.
    with contextlib.suppress(LeaseLostError), unit(ports.sessions) as session:
        if rests is None:
            put_back(session, taken)
        else:
            words_wait(session, recording_id)
            put_back(session, taken, delay_s=rests.again_s)
    if rests is None:
        logger.warning("store_rests", recording_id=recording_id)
    elif rests.is_news:
        logger.warning("transcriber_rests", recording_id=recording_id, why=str(rests), s=round(rests.again_s, 1))
    else:
        time.sleep(REFUSED_PAUSE_S)


def leave_to_others(ports: Ports, taken: Claim, version: TranscriptVersion, error: OtherModelError) -> None:
    """A worker that has the version's model shall hear the batch: nothing is counted against it meanwhile.

    While one is at the version the batch is soon due again, and others take little from it; it rests the longer, the
    longer there is none, so that this worker gets to what it can do. Then the recording says what it waits for, and
    after days without any word of that model it is an error that counts, so that people can choose another model.
    """
    # Where the lease is lost too, others are at it.
    with contextlib.suppress(LeaseLostError), unit(ports.sessions) as session:
        moved = max(version.planned_at or version.created_at, queries.newest_done_at(session, version.id))
        silent = now() - moved
        delay_s = min(max(silent.total_seconds(), LEFT_S), LONGEST_LEFT_S)
        said = f"The words are being written down with the model {error.planned}"
        if silent > COUNTED_AFTER and not queries.heard_since(session, version.engine, now() - COUNTED_AFTER):
            reason = f"{said}, which no worker has had for days. They can be written down anew with another model."
            report_error(session, taken, f"{reason} The recording is safe and can be heard.", delay_s=delay_s)
        else:
            if silent.total_seconds() > TOLD_AFTER_S:
                words_wait(session, version.recording_id, f"{said}. {LEFT_SAID}")
            put_back(session, taken, delay_s=delay_s)
    _tell_once(version.recording_id, error.setting, error.planned, error.here)
    time.sleep(REFUSED_PAUSE_S)


@lru_cache(maxsize=1000)
def _tell_once(recording_id: str, setting: str, planned: str, here: str) -> None:
    """One line a process, not one for each of the hundreds of batches each time."""
    logger.warning("left_to_others", recording_id=recording_id, setting=setting, planned=planned, here=here)


def delay_of(error: Exception) -> float:
    """Seconds until a row is tried again after its first error."""
    return error.again_s if isinstance(error, TranscriberError) else 2.0


def reason_of(error: Exception) -> str:
    """A sentence for people why a batch or a plan failed."""
    if isinstance(error, TranscriberError):
        return f"The words could not be written down: {error} The recording is safe and can be heard."
    return (
        "The words could not be written down, because something went wrong on our side "
        f"({type(error).__name__}). The recording is safe and can be heard."
    )


def _transcribe(
    ports: Ports,
    taken: Claim,
    batch: Batch,
    version: TranscriptVersion,
    sounds: Mapping[int, WorkingSound],
) -> None:
    engine = engine_of(ports, version)
    if isinstance(engine, MayRest):
        engine.raise_if_resting()
    windows = [window_of(w) for w in batch.windows]
    options = Options(**version.engine.get("options", {}))
    began = time.monotonic()
    results = engine.transcribe([sounds[w.channel].read(w.start_ms, w.end_ms) for w in windows], windows, options)
    seconds = time.monotonic() - began
    speakers = len(sounds) > 1
    cues = [
        _cue(batch, version, row["seq"], window, heard, speakers=speakers)
        for row, window, result in zip(batch.windows, windows, results, strict=True)
        for heard in result.cues
    ]
    spans = _spans(results)

    def keep(session: Session) -> None:
        commands.commit_batch(session, taken, batch, version, cues=cues, spans=spans, seconds=seconds)

    in_unit(ports.sessions, keep)
    logger.info("batch_committed", batch_id=batch.id, cues=len(cues), seconds=round(seconds, 2))


def window_of(row: Mapping[str, Any]) -> Window:
    """A window as the plan holds it → as the port takes it."""
    return Window(
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        language=row["language"],
        regions=tuple(Region(start, end) for start, end in row["regions"]),
        channel=row["channel"],
    )


def _spans(results: list[WindowResult]) -> list[tuple[int, int, str]]:
    return [(s.start_ms, s.end_ms, s.reason) for result in results for s in result.untranscribed]


def _cue(  # noqa: PLR0913  where the cue belongs
    batch: Batch,
    version: TranscriptVersion,
    seq: int,
    window: Window,
    heard: HeardCue,
    *,
    speakers: bool,
) -> Cue:
    provenance = {"by": "machine", "model": version.engine.get("model"), "version": version.number}
    if heard.guard:
        provenance["guard"] = heard.guard
    return Cue(
        version_id=version.id,
        recording_id=version.recording_id,
        batch_id=batch.id,
        window_seq=seq,
        start_ms=heard.start_ms,
        end_ms=heard.end_ms,
        channel=window.channel,
        speaker=f"Speaker {window.channel + 1}" if speakers else None,
        language=display_tag(heard.language, heard.text),
        text=heard.text.strip(),
        words=[
            {"text": w.text, "start_ms": w.start_ms, "end_ms": w.end_ms, "probability": round(w.probability, 4)}
            for w in heard.words
        ],
        doubtful=heard.doubtful,
        provenance=provenance,
    )


def give_up(ports: Ports, version_id: str) -> None:
    """A row of the version failed for good: say so on the recording, whose sound stays."""
    with unit(ports.sessions) as session:
        commands.give_up_version(session, version_id)
