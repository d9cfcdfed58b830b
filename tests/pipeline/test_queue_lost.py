"""What the job queue does when a line of its own dies, or a message stands as being done that nobody does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app import pipeline
from app.kernel.db import unit
from app.kernel.settings import PostgresDatabase
from app.kernel.settings import ProcrastinateJobs as ProcrastinateSettings
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from workers.engine import Engine
from workers.servers.postgres import a_postgres, find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
QUEUE = ProcrastinateSettings(kind="procrastinate")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on Postgres with Procrastinate beside its tables."""
    with an_archive(tmp_path / "archive", database=DATABASES.empty(), jobs=QUEUE) as made:
        yield made


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that the lane index was given, by messages alone: nothing is put again by the sweep."""
    given: list[str] = []
    monkeypatch.setattr(pipeline, "sweep", lambda _ports: 0)
    monkeypatch.setitem(pipeline.JOBS, "recordings.sweep_upload", lambda _ports, id_: given.append(id_))
    return given


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for the condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def put(archive: TestArchive, id_: str) -> None:
    """A message for the lane index."""
    with unit(archive.ports.sessions) as session:
        archive.ports.jobs.put(session, "recordings.sweep_upload", id_)


def test_a_lane_that_lost_its_line_takes_again_while_the_others_go_on(archive: TestArchive, done: list[str]) -> None:
    """The line on which one lane listens dies while the database takes no new ones: that lane comes back by itself."""
    name = archive.ports.sessions.kw["bind"].url.database
    engine = Engine(archive.ports, ("media", "index"))
    engine.start()
    try:
        put(archive, "first")
        until(lambda: done == ["first"], 15, "a lane that works")
        listening = text("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%#index%' AND datname = :name")
        with DATABASES.server._connected() as connection:
            (line,) = connection.scalars(listening, {"name": name}).all()
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": line})
            time.sleep(1)
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        put(archive, "second")
        until(lambda: done == ["first", "second"], 20, "the lane is dead")
    finally:
        assert engine.stop(10)


def test_a_message_that_stands_as_being_done_and_is_not_is_forgotten(archive: TestArchive, done: list[str]) -> None:
    """Its taker lives and beats; what it really does is left alone, and the row is told again by the next sweep."""
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:
        put(archive, "first")
        until(lambda: done == ["first"], 15, "a lane that works")
        standing = (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, worker_id) SELECT 'index',"
            """ 'recordings.sweep_upload', 1, '{"id": "left"}', 'doing', max(id) FROM procrastinate_workers"""
        )
        with unit(archive.ports.sessions) as session:
            session.execute(text(standing))

        def is_gone() -> bool:
            with unit(archive.ports.sessions, write=False) as session:
                return session.execute(text("SELECT 1 FROM procrastinate_jobs WHERE args->>'id' = 'left'")).all() == []

        until(is_gone, 40, "it stands for ever")
        assert done == ["first"]
    finally:
        assert engine.stop(10)


def test_every_lane_takes_again_after_the_server_was_killed(tmp_path: Path, done: list[str]) -> None:
    """Killed three times with everything it has, and each time back on the same data."""
    with a_postgres(durable=True) as server:
        server.create("one")
        database = PostgresDatabase(kind="postgresql", url=server.url("one"))
        with an_archive(tmp_path / "archive", database=database, jobs=QUEUE) as archive:
            engine = Engine(archive.ports, ("media", "index"))
            engine.start()
            try:
                for number in range(3):
                    server.kill()
                    time.sleep(0.5 * number)
                    server.start()
                    put(archive, str(number))
                    until(lambda: str(number) in done, 30, f"lost after kill {number}")  # noqa: B023  at once
            finally:
                assert engine.stop(10)
