"""Two worker processes of one thread each against one, on the same interview and an archive of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.admin.queries import living_workers
from app.kernel.db import unit
from app.kernel.time import now
from app.recordings.models import Recording, Upload
from app.transcripts.models import Batch
from bench.rows import row
from bench.sets import add_set
from bench.splice import known_clips, splice
from bench.transcription import SHARED
from tests.factories.living import LivingArchive
from tests.factories.sets import THE_SET
from tests.factories.sound import write_wav

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from app.ports import Ports

LEAST = 1.7
ONE_THREAD = {"STORYBRAID_TRANSCRIBER__THREADS": "1"}
ACCEPTED = 4
"""What ``ingest`` exits with when nobody has worked on the file yet."""
LOOK_S = 0.1
ENDED = ("ready", "failed")


def run(minutes: float = 20, rounds: int = 1) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met; ``ratio`` says how many times as fast two are.

    Each worker has one core to itself, as a small machine would be: two of them are twice one, also for the
    copy for listening that is made meanwhile. The clock runs from the file's arrival (its row's ``completed_at``)
    until the recording is ready, so loading the model, reading the sound and listening for speech, which one process
    does alone, count too. Of several rounds, by turns, the best of each side counts.
    """
    if not SHARED.exists():
        return []
    sound = splice(SHARED, known_clips(SHARED, "en"), minutes, seed=5).sound
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        path = write_wav(Path(name) / "interview.wav", sound)
        for turn in range(rounds):
            for count in (1, 2):
                measured = _measure(Path(name) / f"{turn}-{count}", path, count)
                found[count] = min(measured, found.get(count, measured), key=lambda each: each["whole_s"])
    one, two = found[1], found[2]
    return [
        _faster(
            f"two one-thread workers, {minutes:g} min, whole, x real time (peer: one)", minutes, two, one, "whole_s"
        ),
        _faster("  the batches alone, x real time (peer: one)", minutes, two, one, "batches_s"),
        row(
            "  batches of the worker that did fewer, of all",
            two["fewest"],
            two["batches"],
            "> 0",
            met=two["fewest"] > 0,
        ),
    ]


def _faster(name: str, minutes: float, two: dict[str, float], one: dict[str, float], field: str) -> dict[str, Any]:
    ours, peer = (minutes * 60 / max(0.001, each[field]) for each in (two, one))
    if field == "whole_s":
        return row(name, ours, peer, f"ratio >= {LEAST}", met=ours >= LEAST * peer)
    return row(name, ours, peer, "shown", met=True)


def _measure(folder: Path, path: Path, count: int) -> dict[str, float]:
    """Seconds of the whole and of the batches, on a new archive with ``count`` workers."""
    archive = LivingArchive(folder, dict(ONE_THREAD))
    archive.run("migrate")
    ports = archive.ports()
    with _workers(archive, count) as running:
        _until(ports, running, lambda ports: _living(ports) == count)
        archive.run("ingest", str(path), "--language", "en", expect=ACCEPTED)
        # The workers began when the file had arrived, some tenths of a second before the command had ended.
        began = time.monotonic() - _arrived_before_s(ports)
        planned = _until(ports, running, _planned)
        ready = _until(ports, running, _ended)
    with unit(ports.sessions, write=False) as session:
        state = session.scalars(select(Recording.state)).one()
        assert state == "ready", f"the recording is {state}"
        batches = session.scalar(select(func.count()).select_from(Batch)) or 0
    shares = [_batches_done(log) for log in sorted(folder.glob("worker-*.log"))]
    return {
        "whole_s": ready - began,
        "batches_s": ready - planned,
        "batches": batches,
        "fewest": min(shares),
    }


@contextmanager
def _workers(archive: LivingArchive, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many ``storybraid worker`` processes on the archive, ended afterwards."""
    running: list[subprocess.Popen[bytes]] = []
    cores = sorted(os.sched_getaffinity(0))
    for number in range(count):
        with (archive.folder / f"worker-{number}.log").open("wb") as log:
            command = [sys.executable, "-m", "workers", "worker", "--concurrency", "1"]
            started = subprocess.Popen(command, env=archive.env, stdout=log, stderr=log)
            os.sched_setaffinity(started.pid, {cores[number % len(cores)]})
            running.append(started)
    try:
        yield running
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(ports: Ports, running: list[subprocess.Popen[bytes]], reached: Callable[[Ports], bool]) -> float:
    """The moment at which it is so; raises when a worker has ended before."""
    while not reached(ports):
        if any(process.poll() is not None for process in running):
            message = "a worker ended; its log lies beside the archive"
            raise RuntimeError(message)
        time.sleep(LOOK_S)
    return time.monotonic()


def _living(ports: Ports) -> int:
    with unit(ports.sessions, write=False) as session:
        return len(living_workers(session, now()))


def _arrived_before_s(ports: Ports) -> float:
    """Seconds since the file is there for workers, by its row."""
    with unit(ports.sessions, write=False) as session:
        arrived = session.scalars(select(Upload.completed_at)).one()
    assert arrived is not None, "the file has not arrived"
    return (now() - arrived).total_seconds()


def _planned(ports: Ports) -> bool:
    with unit(ports.sessions, write=False) as session:
        return session.scalars(select(Batch.id).limit(1)).first() is not None or _has_ended(session)


def _ended(ports: Ports) -> bool:
    with unit(ports.sessions, write=False) as session:
        return _has_ended(session)


def _has_ended(session: Session) -> bool:
    state: str | None = session.scalars(select(Recording.state)).first()
    return state in ENDED


def _batches_done(log: Path) -> int:
    """Batches that a worker says it has committed."""
    return log.read_text(encoding="utf-8", errors="replace").count("batch_committed")


def main() -> None:
    """Print the rows, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    add_set(parser)
    given = parser.parse_args()
    THE_SET.choose(given.set)
    for one in run(given.minutes, given.rounds):
        print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    main()
