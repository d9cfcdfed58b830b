"""A Postgres server that is killed and started again: its data, and the rows that were worked on meanwhile."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from procrastinate import PsycopgConnector
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.adapters.jobs_procrastinate import connector_to
from app.kernel import leases
from app.kernel.db import is_away, make_engine, unit
from app.kernel.settings import PostgresDatabase
from app.search.models import StoryIndexing
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from tests.factories.stories import a_story
from workers.servers.postgres import a_postgres, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.kernel.leases import Claim
    from tests.factories.archive import TestArchive
    from workers.servers.postgres import PostgresServer

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


def processes_of(server: PostgresServer) -> list[int]:
    """Everything that runs with the server's port or calls itself one of its processes."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = (place / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if f"-p {server.port} " in said or (said.startswith("postgres: ") and int(parent) in found):
            found.append(int(place.name))
    return found


def test_a_killed_server_keeps_what_was_committed() -> None:
    """All of its processes die at once; started again it is at the same address with the same rows; twice."""
    with a_postgres(durable=True) as server:
        server.create("one")
        engine = make_engine(PostgresDatabase(kind="postgresql", url=server.url("one")).url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept (n int)"))
        for number in range(2):
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})
            assert len(processes_of(server)) > 3
            server.kill()
            assert processes_of(server) == []
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", server.port)) != 0
            with pytest.raises(OperationalError) as caught, engine.connect():
                pass
            assert is_away(caught.value)
            server.start()
            assert server.is_alive
            with engine.connect() as connection:
                assert connection.scalars(text("SELECT n FROM kept ORDER BY n")).all() == list(range(number + 1))
        engine.dispose()
        server.kill()  # and it can end while it is killed
    assert not server.is_alive


def test_a_wait_that_was_too_long_is_no_server_that_is_away() -> None:
    """Only what says that the line broke or the server goes or comes is: anything else may be the work's own fault."""
    engine = make_engine(DATABASES.empty().url)
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 50"))
        with pytest.raises(OperationalError) as caught:
            connection.execute(text("SELECT pg_sleep(5)"))
    assert not is_away(caught.value)
    with engine.connect() as connection, pytest.raises(OperationalError) as caught:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_away(caught.value)
    engine.dispose()


def test_every_line_notices_a_server_that_vanished() -> None:
    """Those of units and those of the queue: an unanswered byte and a silent line both end within a minute."""
    database = DATABASES.empty()
    engine = make_engine(database.url, database)
    with engine.connect() as connection:
        told = [connection.connection.driver_connection.info.get_parameters()]  # type: ignore[union-attr]
    engine.dispose()

    async def of_the_queue(connector: PsycopgConnector) -> dict[str, str]:
        await connector.open_async()
        async with connector.pool.connection() as line:
            parameters = line.info.get_parameters()
        await connector.close_async()
        return parameters

    address = database.url.replace("postgresql+psycopg://", "postgresql://")
    told.append(asyncio.run(of_the_queue(connector_to(address, 2))))
    for parameters in told:
        idle, every, times = (int(parameters[f"keepalives_{word}"]) for word in ("idle", "interval", "count"))
        assert idle + every * times <= 60
        assert 0 < int(parameters["tcp_user_timeout"]) <= 60_000


@contextmanager
def an_archive_on(server: PostgresServer, folder: Path) -> Iterator[TestArchive]:
    """An archive whose server can be killed."""
    server.create("one")
    with an_archive(folder, database=PostgresDatabase(kind="postgresql", url=server.url("one"))) as archive:
        yield archive


def claimed(archive: TestArchive) -> tuple[str, Claim]:
    """A row under a fresh claim of this process."""

    def make(session: Session) -> str:
        story_id = a_story(session).id
        session.add(StoryIndexing(id=story_id))
        return story_id

    id_ = archive.in_unit(make)
    taken = archive.in_unit(lambda session: leases.claim(session, StoryIndexing, id_))
    assert taken is not None
    return id_, taken


def test_work_that_ended_without_the_database_is_given_back(tmp_path: Path) -> None:
    """The next heartbeat that gets through frees the row, with nothing counted against it, for anybody at once."""
    with a_postgres(durable=True) as server, an_archive_on(server, tmp_path) as archive:
        id_, taken = claimed(archive)
        server.kill()
        with pytest.raises(OperationalError), leases.held(taken):
            archive.in_unit(lambda session: leases.finish(session, taken))
        with pytest.raises(OperationalError):
            leases.beat(archive.ports.sessions)
        server.start()
        leases.beat(archive.ports.sessions)
        with unit(archive.ports.sessions) as session:
            row = session.get_one(StoryIndexing, id_)
            assert (row.lease_owner, row.lease_until, row.crashes, row.attempts) == (None, None, 0, 0)
            assert leases.claim(session, StoryIndexing, id_) is not None


def test_what_another_has_taken_meanwhile_stays_theirs(tmp_path: Path) -> None:
    """A row that somebody else claimed in between is not given back by who lost it."""
    with a_postgres(durable=True) as server, an_archive_on(server, tmp_path) as archive:
        id_, taken = claimed(archive)
        server.kill()
        with pytest.raises(OperationalError), leases.held(taken):
            archive.in_unit(lambda session: leases.finish(session, taken))
        server.start()
        archive.in_unit(lambda session: leases.free(session, leases.process_name()))
        again = archive.in_unit(lambda session: leases.claim(session, StoryIndexing, id_))
        assert again is not None
        leases.beat(archive.ports.sessions)
        with unit(archive.ports.sessions, write=False) as session:
            assert session.get_one(StoryIndexing, id_).lease_owner == leases.process_name()
