"""A worker that is told to stop finishes the batch in hand, and the next one goes on; each loads its model once."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from app.admin.models import Worker
from app.kernel.db import unit
from app.kernel.leases import owners
from app.transcripts.models import Batch
from tests.factories.living import LivingArchive
from tests.pipeline.test_kills import a_long_recording, state_of_all, what_was_heard
from tests.shared_data import requires_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.ports import Ports

pytestmark = [pytest.mark.whisper, requires_shared]
MINUTES = 2.0
READY_S = 60
DONE_S = 240
STOPS_WITHIN_S = 60
"""Of the two minutes that a worker gives the work in hand: a batch takes seconds."""


@dataclass
class Running:
    """A ``storybraid worker`` in a process of its own."""

    process: subprocess.Popen[bytes]
    path: Path

    def said(self, words: str) -> int:
        """How often its log has these words."""
        return len(re.findall(words, self.path.read_text(encoding="utf-8", errors="replace")))

    def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Ask often; fails with what it said."""
        began = time.monotonic()
        while not condition():
            alive = self.process.poll() is None
            assert alive and time.monotonic() - began < seconds, self.path.read_text(errors="replace")[-3000:]  # noqa: PT018
            time.sleep(0.02)

    def stop(self) -> int:
        """SIGTERM, as compose and systemd stop it; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_WITHIN_S)


@contextmanager
def a_worker(archive: LivingArchive, name: str, threads: int) -> Iterator[Running]:
    """One that is ready, with a batch at once on each of its threads; it does not outlive the test."""
    environment = archive.env | {"STORYBRAID_TRANSCRIBER__THREADS": str(threads)}
    path = archive.folder / f"{name}.log"
    with path.open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "workers", "worker"], env=environment, stdout=log, stderr=log)
    running = Running(process, path)
    try:
        running.until(lambda: running.said("is ready") == 1, READY_S)
        yield running
    finally:
        process.kill()
        process.wait()


def an_archive_with(sound: Path, folder: Path) -> LivingArchive:
    """A recording was taken in, and nobody works yet."""
    small = {
        "STORYBRAID_TRANSCRIBER__BATCH": "2",
        "STORYBRAID_TRANSCRIBER__DEVICE": "cpu",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    archive = LivingArchive(folder, small)
    folder.mkdir(parents=True, exist_ok=True)
    archive.run("migrate")
    archive.run("ingest", str(sound), "--language", "en", expect=4)
    return archive


def batches(ports: Ports) -> list[Batch]:
    """All of them as they stand."""
    with unit(ports.sessions, write=False) as session:
        return session.query(Batch).order_by(Batch.seq).all()


def in_hand(ports: Ports) -> list[str]:
    """The batches that somebody is writing down now."""
    return [row.id for row in batches(ports) if row.done_at is None and row.lease_owner is not None]


@dataclass
class Calm:
    """A recording and what a worker that nobody stopped heard in it, two batches at once."""

    sound: Path
    heard: list[tuple[Any, ...]]
    batches: int
    most_at_once: int
    loads: int


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """The same recording, undisturbed."""
    folder = tmp_path_factory.mktemp("calm")
    sound = a_long_recording(folder / "long.wav", MINUTES)
    archive = an_archive_with(sound, folder / "calm")
    ports = archive.ports()
    most = [0]

    def is_ready() -> bool:
        most[0] = max(most[0], len(in_hand(ports)))
        return state_of_all(ports) == {"ready"}

    with a_worker(archive, "calm", threads=2) as worker:
        worker.until(is_ready, DONE_S)
        assert worker.stop() == 0
        loads = worker.said("model_loaded")
    return Calm(sound, what_was_heard(ports), len(batches(ports)), most[0], loads)


def test_a_process_loads_its_model_once(calm: Calm) -> None:
    """However many batches it writes down, and two of them at once."""
    assert calm.batches >= 4
    assert calm.most_at_once == 2
    assert calm.loads == 1
    assert calm.heard


def test_a_worker_that_is_told_to_stop_finishes_its_batch_and_takes_no_other(calm: Calm, tmp_path: Path) -> None:
    """It ends well within its patience and leaves nothing behind; the next worker goes on, and no word is another."""
    archive = an_archive_with(calm.sound, tmp_path / "stopped")
    ports = archive.ports()

    def in_the_middle() -> bool:
        return len(in_hand(ports)) == 1 and any(row.done_at for row in batches(ports))

    with a_worker(archive, "first", threads=1) as first:
        first.until(in_the_middle, DONE_S)
        taken = {row.id for row in batches(ports) if row.fence > 0}
        mine = in_hand(ports)
        committed = first.said("batch_committed")
        assert first.stop() == 0
        assert first.said("batch_committed") == committed + 1
    after = batches(ports)
    assert len(mine) == 1
    assert {row.id for row in after if row.done_at is not None} == taken
    assert {row.id: row.fence for row in after} == {row.id: int(row.id in taken) for row in after}
    assert len(taken) < len(after)
    with unit(ports.sessions, write=False) as session:
        assert session.query(Worker).count() == 0
        assert owners(session) == set()
    with a_worker(archive, "second", threads=1) as second:
        second.until(lambda: state_of_all(ports) == {"ready"}, DONE_S)
        assert second.stop() == 0
        assert second.said("batch_committed") == len(after) - len(taken)
        assert second.said("model_loaded") == 1
    assert [row.fence for row in batches(ports)] == [1] * calm.batches
    assert what_was_heard(ports) == calm.heard
