"""The workers that are there: who counts as living."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import app.tables  # noqa: F401  every table
from app.admin import commands, queries
from app.admin.models import Worker
from app.kernel.db import Base, make_engine, make_sessions, unit
from app.kernel.leases import process_name
from app.kernel.time import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    """A database with the archive's tables."""
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    Base.metadata.create_all(engine)
    yield make_sessions(engine)
    engine.dispose()


def living(sessions: sessionmaker[Session]) -> list[str]:
    """Ids of the workers that count as living."""
    with unit(sessions, write=False) as session:
        return [worker.id for worker in queries.living_workers(session, now())]


def add(sessions: sessionmaker[Session], id_: str, *, silent_s: float = 0) -> None:
    """The row of a worker, last seen so many seconds ago."""
    host, pid, _ = id_.rsplit(":", 2)
    seen_at = now() - dt.timedelta(seconds=silent_s)
    with unit(sessions) as session:
        session.add(Worker(id=id_, host=host, pid=int(pid), queues=["media"], seen_at=seen_at))


def test_a_worker_comes_and_goes(sessions: sessionmaker[Session]) -> None:
    """A worker that registered is there with its queues until it takes its row away; twice is once."""
    with unit(sessions) as session:
        id_ = commands.register_worker(session, ["media", "index"])
        assert commands.register_worker(session, ["media", "index"]) == id_
    assert living(sessions) == [id_] == [process_name()]
    with unit(sessions) as session:
        row = queries.workers(session)[0]
        assert (row.host, row.pid, row.queues) == (socket.gethostname(), os.getpid(), ["index", "media"])
        commands.unregister(session, id_)
        commands.unregister(session, id_)
    assert living(sessions) == []


def test_a_killed_worker_is_absent_at_once(sessions: sessionmaker[Session]) -> None:
    """A row whose process was killed on this host counts as absent without waiting, and is swept."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = process_name(child.pid)
    add(sessions, name)
    assert living(sessions) == [name]
    child.kill()
    child.communicate()
    assert living(sessions) == []
    with unit(sessions) as session:
        own = commands.register_worker(session, ["index"])
        assert [row.id for row in queries.workers(session)] == [own]


def test_a_reused_pid_is_not_the_dead_worker(sessions: sessionmaker[Session]) -> None:
    """A row with the pid of a living process that started at another time is dead."""
    host, pid, started = process_name().rsplit(":", 2)
    add(sessions, f"{host}:{pid}:{int(started) - 1}")
    assert living(sessions) == []


def test_a_living_worker_of_this_host_may_be_silent(sessions: sessionmaker[Session]) -> None:
    """A process that lives here counts however long it was busy."""
    add(sessions, process_name(), silent_s=3600)
    assert living(sessions) == [process_name()]


def test_a_worker_elsewhere_is_gone_after_a_minute_of_silence(
    sessions: sessionmaker[Session],
) -> None:
    """Of another host only the last sign of life is known: 60 s are borne, more are not."""
    add(sessions, "elsewhere:1:5", silent_s=50)
    add(sessions, "elsewhere:2:5", silent_s=70)
    assert living(sessions) == ["elsewhere:1:5"]
    with unit(sessions) as session:
        assert commands.seen(session, "elsewhere:2:5") is True
        assert commands.seen(session, "elsewhere:3:5") is False
    assert living(sessions) == ["elsewhere:1:5", "elsewhere:2:5"]
