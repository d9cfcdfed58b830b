"""A machine whose clock differs from the database's is told so, by ``doctor`` and when a worker starts."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.kernel.db import make_engine
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from workers.clocks import clock_told
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from app.kernel.settings import PostgresDatabase

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


def turn(database: PostgresDatabase, ahead_s: float) -> None:
    """Let this database say another time than its machine: its own function is found before Postgres'."""
    engine = make_engine(database.url)
    with engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        told = f"SELECT pg_catalog.clock_timestamp() + interval '{ahead_s} seconds'"
        connection.execute(
            text(f"CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ {told} $$")
        )
        connection.execute(text(f"ALTER DATABASE {name} SET search_path = public, pg_catalog"))
    engine.dispose()


@pytest.fixture
def database() -> PostgresDatabase:
    """An empty database of the server of this test process."""
    return DATABASES.empty()


def on(database: PostgresDatabase, folder: Path) -> LivingArchive:
    """An archive on it, before ``migrate``."""
    made = LivingArchive(folder, {"STORYBRAID_DATABASE__KIND": "postgres", "STORYBRAID_DATABASE__URL": database.url})
    made.run("migrate")
    return made


@pytest.mark.parametrize(("ahead_s", "told"), [(40.0, "40 s behind the database's"), (-130.0, "130 s ahead of the")])
def test_doctor_says_how_far_the_clock_is_off(
    tmp_path: Path, database: PostgresDatabase, ahead_s: float, told: str
) -> None:
    """In seconds and in which direction, with the line that mends it; as a warning, since nothing is unreachable."""
    living = on(database, tmp_path)
    turn(database, ahead_s)
    (part,) = [part for part in living.json("doctor")["parts"] if part["part"] == "clock"]
    assert told in part["warning"]
    assert "NTP" in part["warning"]
    command = [sys.executable, "-m", "workers", "worker", "--queues", "index"]
    with subprocess.Popen(command, env=living.env, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        said = list(takewhile(lambda line: "is ready" not in line, worker.stderr))
        worker.send_signal(signal.SIGTERM)
        worker.stderr.read()
    assert told in said[0]
    assert worker.returncode == 0


def test_a_clock_that_agrees_is_no_warning(tmp_path: Path, database: PostgresDatabase) -> None:
    """Nor is that of a machine whose database is a file of its own."""
    ports = on(database, tmp_path / "server").ports()
    assert clock_told(ports) == ("within 2 s of the database's", "")
    alone = LivingArchive(tmp_path / "file", {"STORYBRAID_DATABASE__KIND": "sqlite"})
    alone.run("migrate")
    assert clock_told(alone.ports()) == ("this machine's own", "")
