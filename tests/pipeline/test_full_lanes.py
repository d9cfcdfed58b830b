"""A lane of messages that is full of long work keeps no other lane waiting, nor the sweep, and loses no message."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from app import pipeline
from app.adapters import jobs_procrastinate
from app.adapters.jobs_procrastinate import ProcrastinateTaker
from app.kernel.db import unit
from app.kernel.settings import ProcrastinateJobs as ProcrastinateSettings
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from workers.engine import Engine
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
THREADS = min(32, (os.cpu_count() or 1) + 4)
"""What an event loop has for all that blocks, unless it is given more."""
WIDTH = THREADS // 2 + 1
"""Two lanes of this width are more than that."""
LONG, SHORT = ("transcripts.transcribe", "recordings.derive"), "recordings.sweep_upload"
SWEPT_S = 25
"""Two times of the sweep, and a moment."""


class Work:
    """Jobs that last until they are let go of, a short one, and sweeps that are counted."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.sweeps = 0

    def last(self, _ports: object, id_: str) -> None:
        """Until let go of."""
        self.begun.append(id_)
        assert self.go_on.wait(120)
        self.ended.append(id_)

    def pass_by(self, _ports: object, id_: str) -> None:
        """Short."""
        self.begun.append(id_)
        self.ended.append(id_)

    def sweep(self, _ports: object) -> int:
        """Nothing is put again."""
        self.sweeps += 1
        return 0


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on Postgres with Procrastinate beside its tables."""
    queue = ProcrastinateSettings(kind="procrastinate")
    with an_archive(tmp_path / "archive", database=DATABASES.empty(), jobs=queue) as made:
        yield made


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """What the lanes are given; nothing of it lasts longer than its test."""
    made = Work()
    for job in LONG:
        monkeypatch.setitem(pipeline.JOBS, job, made.last)
    monkeypatch.setitem(pipeline.JOBS, SHORT, made.pass_by)
    monkeypatch.setattr(pipeline, "sweep", made.sweep)
    yield made
    made.go_on.set()


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for the condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def put(archive: TestArchive, job: str, *ids: str) -> None:
    """Messages of this job."""
    with unit(archive.ports.sessions) as session:
        for id_ in ids:
            archive.ports.jobs.put(session, job, id_)


def standing(archive: TestArchive, state: str) -> list[str]:
    """The ids of the messages in this state, in order."""
    with unit(archive.ports.sessions, write=False) as session:
        rows = session.execute(
            text("SELECT args->>'id' FROM procrastinate_jobs WHERE status::text = :state AND args ? 'id'"),
            {"state": state},
        )
        return sorted(rows.scalars())


def threads_of_jobs() -> list[str]:
    """The threads of this process in which messages are done."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("message")]


def test_full_lanes_hold_up_neither_another_lane_nor_the_sweep(
    archive: TestArchive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More long jobs than a loop has threads: all run at once, index goes on, the sweep comes, no message is lost."""
    monkeypatch.setattr(jobs_procrastinate, "LOOK_S", 1.0)
    for job in LONG:
        put(archive, job, *(f"{job}-{number}" for number in range(WIDTH)))
    long = standing(archive, "todo")
    engine = Engine(archive.ports, concurrency=WIDTH)
    with capture_logs() as told:
        engine.start()
        try:
            until(lambda: len(work.begun) == 2 * WIDTH, 20, "not all of them began")
            before = work.sweeps
            put(archive, SHORT, "short")
            until(lambda: work.ended == ["short"], 5, "the lane index waits for the others")
            until(lambda: work.sweeps >= before + 2, SWEPT_S, "the sweep waits for the lanes")
            assert standing(archive, "doing") == long
            work.go_on.set()
            until(lambda: len(work.ended) == 2 * WIDTH + 1, 10, "let go of, and still not done")
        finally:
            work.go_on.set()
            assert engine.stop(10)
    assert standing(archive, "doing") == standing(archive, "todo") == []
    assert "message_left" not in {line["event"] for line in told}
    assert threads_of_jobs() == []


def test_the_sweep_waits_for_no_long_job_of_who_sweeps(
    archive: TestArchive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large upload is joined for minutes in the lane index: what died elsewhere is put again all the same."""
    monkeypatch.setitem(pipeline.JOBS, SHORT, work.last)
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:
        put(archive, SHORT, "long")
        until(lambda: work.begun == ["long"], 10, "a lane that works")
        before = work.sweeps
        until(lambda: work.sweeps >= before + 2, SWEPT_S, "the sweep waits for the job")
        assert work.ended == []
    finally:
        work.go_on.set()
        assert engine.stop(10)


def test_a_message_that_waits_for_a_thread_here_is_not_forgotten(
    archive: TestArchive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands as being done by us, though its job has not begun: it is ours, and is done when a thread is free."""
    monkeypatch.setattr(jobs_procrastinate, "LOOK_S", 0.3)
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:
        put(archive, SHORT, "first")
        until(lambda: work.ended == ["first"], 10, "a lane that works")
        keep_every_thread(engine, work.go_on)
        put(archive, SHORT, "second")
        until(lambda: standing(archive, "doing") == ["second"], 10, "it was not taken")
        time.sleep(2)
        assert standing(archive, "doing") == ["second"]
        assert work.ended == ["first"]
        work.go_on.set()
        until(lambda: work.ended == ["first", "second"], 10, "it is never done")
    finally:
        work.go_on.set()
        assert engine.stop(10)


def keep_every_thread(engine: Engine, until_set: threading.Event) -> None:
    """Occupy whatever threads the loop of the taker has."""
    taker = engine._taker
    assert isinstance(taker, ProcrastinateTaker)
    loop: asyncio.AbstractEventLoop | None = taker._loop
    assert loop is not None
    kept = threading.Event()

    def keep() -> None:
        for _ in range(50):
            loop.run_in_executor(None, until_set.wait, 120)
        kept.set()

    loop.call_soon_threadsafe(keep)
    assert kept.wait(5)


def test_the_sweep_leaves_the_messages_that_are_in_hand_here(archive: TestArchive, work: Work) -> None:
    """After a time without the database our own beats are old, and what we do looks like a dead worker's."""
    engine = Engine(archive.ports, ("transcribe", "index"))
    engine.start()
    try:
        put(archive, LONG[0], "ours")
        until(lambda: work.begun == ["ours"], 10, "a lane that works")
        with unit(archive.ports.sessions) as session:
            session.execute(text("UPDATE procrastinate_jobs SET worker_id = NULL WHERE args->>'id' = 'ours'"))
        before = work.sweeps
        until(lambda: work.sweeps >= before + 2, SWEPT_S, "the sweep does not come")
        assert standing(archive, "doing") == ["ours"]
    finally:
        work.go_on.set()
        assert engine.stop(10)
    assert standing(archive, "doing") == []


@pytest.mark.parametrize(("queues", "wide", "enough"), [(("transcribe",), 5, 6), (("media", "index"), 2, 8)])
def test_a_worker_says_that_its_jobs_share_too_few_connections(
    tmp_path: Path, queues: tuple[str, ...], wide: int, enough: int
) -> None:
    """Also of Postgres each lane needs its own: as many as docker-compose.yml gives are enough, one less is told."""
    for most, is_told in ((enough, False), (enough - 1, True)):
        database = DATABASES.empty().model_copy(update={"pool_size": 2, "pool_overflow": most - 2})
        jobs = ProcrastinateSettings(kind="procrastinate")
        with an_archive(tmp_path / str(most), database=database, jobs=jobs) as archive, capture_logs() as told:
            engine = Engine(archive.ports, queues, wide)
            engine.start()
            assert engine.stop(10)
        few = [line for line in told if line["event"] == "connections_few"]
        assert [(line["wanted"], line["there"]) for line in few] == ([(enough, most)] if is_told else [])
