"""Deriving what people need from a master: one decode for the facts, a second for the copy."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from app.kernel.child import ChildError
from app.kernel.db import in_unit, raise_if_away, unit
from app.kernel.leases import Claim, LeaseLostError, claim, held, put_back, report_error
from app.kernel.logging import log
from app.ports.object_store import StoreFullError, StoreRestsError
from app.recordings import commands, media_child, queries
from app.recordings.commands.derivatives import Made
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.refusals import MediaRejected
from app.recordings.domain.refusals import NoRoomError
from app.recordings.models import RecordingStep
from app.stories.queries import story_for_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.ports import Ports
    from app.ports.object_store import ObjectStore

logger = log("recordings")
PROGRESS_EVERY_S: Final = 1.0
NO_ROOM_DELAY_S: Final = 60.0
WORKING_SOUND: Final = "audio/L16;rate=16000;channels=1"
_FAILED = "Something went wrong on our side while this recording was read. The original is kept as it came."


@dataclass(frozen=True)
class _Task:
    """What a job needs to know of its recording; read once, when the step is claimed."""

    taken: Claim
    recording_id: str
    step: str
    key: str
    languages: tuple[str, ...]
    with_words: bool
    media: dict[str, Any]


def derive(ports: Ports, recording_id: str) -> None:
    """One decode: probe, clock, loudness, working sound, waveform. A refusal ends as ``rejected``."""
    task = _claim(ports, recording_id, "derive")
    if task is not None:
        _run(ports, task, _derive)


def make_access_copy(ports: Ports, recording_id: str) -> None:
    """The copy for listening or watching, and a poster where there is a picture."""
    task = _claim(ports, recording_id, "access_copy")
    if task is not None:
        _run(ports, task, _make_access_copy)


def _claim(ports: Ports, recording_id: str, step_name: str) -> _Task | None:
    with unit(ports.sessions) as session:
        step = queries.step_of(session, recording_id, step_name)
        master = queries.master_of(session, recording_id)
        if step is None or master is None:
            return None
        taken = claim(session, RecordingStep, step.id, RecordingStep.done_at.is_(None))
        if taken is None:
            return None
        recording = commands.begin_step(session, recording_id, step_name)
        assert recording is not None  # noqa: S101  the step's foreign key
        story = story_for_work(session, recording.story_id)
        assert story is not None  # noqa: S101  the recording's foreign key
        return _Task(
            taken,
            recording_id,
            step_name,
            master.key,
            tuple(story.languages),
            story.machine_text_allowed,
            recording.media,
        )


def _run(ports: Ports, task: _Task, work: Callable[[Ports, _Task, BinaryIO, Path], list[str]]) -> None:
    with held(task.taken):
        try:
            with _folder(ports) as folder, _master(ports.objects, task.key, folder) as master:
                left = work(ports, task, master, folder)
            for key in left:
                ports.objects.delete(key)
        except LeaseLostError:
            logger.warning("step_lost", recording_id=task.recording_id, step=task.step)
        except MediaRejected as error:
            logger.info("media_rejected", recording_id=task.recording_id, step=task.step, slug=error.slug)
            _refuse(ports, task, error)
        except StoreFullError:
            logger.warning("store_full", recording_id=task.recording_id, step=task.step)
            _report(ports, task, NoRoomError.title, delay_s=NO_ROOM_DELAY_S)
        except StoreRestsError:
            logger.warning("store_rests", recording_id=task.recording_id, step=task.step)
            with unit(ports.sessions) as session:
                put_back(session, task.taken)
        except ChildError as error:
            logger.warning(
                "media_child_failed",
                recording_id=task.recording_id,
                step=task.step,
                slug=error.slug,
                detail=error.detail[-1000:],
            )
            _report(ports, task, f"{error.sentence} The original is kept as it came.")
        except Exception as error:
            raise_if_away(error)  # no fault of this row, which is given back
            logger.exception("step_failed", recording_id=task.recording_id, step=task.step)
            _report(ports, task, _FAILED)


def _refuse(ports: Ports, task: _Task, error: MediaRejected) -> None:
    with unit(ports.sessions) as session:
        if task.step == "derive" and not task.media:
            commands.reject_recording(session, task.taken, task.recording_id, error.slug, error.sentence)
        else:  # it was readable before, so the recording itself stays
            report_error(session, task.taken, error.sentence, final=True)
            commands.fail_recording(session, task.recording_id, task.step, error.sentence)


def _report(ports: Ports, task: _Task, reason: str, *, delay_s: float = 2.0) -> None:
    with unit(ports.sessions) as session:
        if report_error(session, task.taken, reason, delay_s=delay_s):
            commands.fail_recording(session, task.recording_id, task.step, reason)


def _derive(ports: Ports, task: _Task, master: BinaryIO, folder: Path) -> list[str]:
    derived = media_child.derive(
        master,
        folder,
        declared_languages=task.languages,
        media_limits=_limits(ports),
        on_progress=_noting(ports, task),
    )
    made = [_store(ports.objects, task, "waveform", derived.peaks, "application/octet-stream")]
    if task.with_words:
        made += [
            _store(ports.objects, task, "working_sound", path, WORKING_SOUND, channel=n, name=_working(task, n))
            for n, path in enumerate(derived.working)
        ]
    _forget_working(ports, task, len(derived.working), range(1, task.taken.fence))
    try:
        return in_unit(
            ports.sessions,
            lambda session: commands.keep_derived(session, task.taken, task.recording_id, derived.result, made),
        )
    except LeaseLostError:
        _forget_working(ports, task, len(derived.working), [task.taken.fence])
        raise


def _working(task: _Task, channel: int, fence: int | None = None) -> str:
    """The name of a working sound is new with each claim, so that removing an old one never meets a new one."""
    return f"working-{task.taken.id}-{fence or task.taken.fence}-{channel}"


def _forget_working(ports: Ports, task: _Task, channels: int, fences: Iterable[int]) -> None:
    """Remove what those made who claimed this step and were killed before any row named it."""
    with unit(ports.sessions, write=False) as session:
        uses = "working_sound", "spent_working_sound"
        named = {file.key for file in queries.files_of_use(session, task.recording_id, *uses)}
    for fence in fences:
        for channel in range(channels):
            key = f"copies/{task.recording_id}/{_working(task, channel, fence)}"
            if key not in named:
                ports.objects.delete(key)


def _make_access_copy(ports: Ports, task: _Task, master: BinaryIO, folder: Path) -> list[str]:
    copied = media_child.make_access_copy(
        master, folder, task.media, media_limits=_limits(ports), on_progress=_noting(ports, task)
    )
    made = []
    if copied.copy is not None:
        made.append(_store(ports.objects, task, "access_copy", copied.copy, copied.content_type))
    if copied.poster is not None:
        made.append(_store(ports.objects, task, "poster", copied.poster, "image/jpeg"))
    return in_unit(
        ports.sessions,
        lambda session: commands.keep_access_copy(session, task.taken, task.recording_id, copied.result, made),
    )


def _limits(ports: Ports) -> MediaLimits:
    limits = ports.settings.limits
    return MediaLimits(most_channels=limits.channels, longest_s=limits.hours * 3600, highest_rate=limits.sample_rate)


def _noting(ports: Ports, task: _Task) -> Callable[[dict[str, Any]], None]:
    """Write progress at most once a second; a lost lease ends the child."""
    last = time.monotonic()

    def note(progress: dict[str, Any]) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_EVERY_S:
            return
        last = time.monotonic()
        with unit(ports.sessions) as session:
            commands.note_step_progress(
                session,
                task.taken,
                done_ms=int(progress.get("done_ms") or 0),
                total_ms=int(progress.get("total_ms") or 0),
            )

    return note


def _store(  # noqa: PLR0913  what an object is
    objects: ObjectStore,
    task: _Task,
    use: str,
    path: Path,
    content_type: str,
    *,
    channel: int = 0,
    name: str | None = None,
) -> Made:
    """Put a file of the work folder into the store, under a name that its content decides."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        key = f"copies/{task.recording_id}/{name or f'{use}-{sha256[:32]}'}"
        stat = objects.put(key, file, sha256, content_type)
    path.unlink()
    return Made(use, key, content_type, stat.size_bytes, sha256, channel)


@contextmanager
def _folder(ports: Ports) -> Iterator[Path]:
    """An empty folder of this job's own; what killed processes left goes when it is a day old."""
    parent = ports.settings.data / "work"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in parent.iterdir():
        try:
            is_old = old.stat().st_mtime < time.time() - 24 * 3600
        except FileNotFoundError:
            continue
        if is_old:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _master(objects: ObjectStore, key: str, folder: Path) -> Iterator[BinaryIO]:
    """The master as a regular open file; a store without files gives a copy in the work folder."""
    with objects.open(key) as source:
        try:
            source.fileno()
        except OSError:
            path = folder / "master"
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1024 * 1024)
        else:
            yield source
            return
    with path.open("rb") as copied:
        yield copied
