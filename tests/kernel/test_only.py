"""Work of one process at a time: who has it, who is told no, and how it is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.kernel.db import HoldLostError, make_engine, only_one
from tests.factories.databases import DATABASES
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

ROOT = Path(__file__).resolve().parents[2]
_HOLDER = """
import sys
from app.kernel.db import make_engine, only_one
with only_one(make_engine(sys.argv[1]), "work") as hold:
    print(hold is not None, flush=True)
    sys.stdin.read()
"""
needs_postgres = pytest.mark.skipif(
    find_postgres() is None, reason="no Postgres server here: apt-get install postgresql"
)


@pytest.fixture(params=["SQLite", pytest.param("Postgres", marks=needs_postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "SQLite":
        made = make_engine(f"sqlite:///{tmp_path / 'database'}")
    else:
        database = DATABASES.empty()
        made = make_engine(database.url, database)
    yield made
    made.dispose()


def test_one_has_it_and_the_others_are_told_so_at_once(engine: Engine) -> None:
    """Also within a process, and under another name both go on."""
    with only_one(engine, "work") as mine:
        assert mine is not None
        mine.require()
        with only_one(engine, "work") as other, only_one(engine, "other work") as beside:
            assert other is None
            assert beside is not None
    with only_one(engine, "work") as again:
        assert again is not None


def test_who_dies_has_it_no_more(engine: Engine) -> None:
    """Killed with -9, so that nothing is tidied up."""
    address = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"True"
        with only_one(engine, "work") as mine:
            assert mine is None
        holder.kill()
        holder.wait()
    for _ in range(100):
        with only_one(engine, "work") as mine:
            if mine is not None:
                return
    raise AssertionError


@needs_postgres
def test_a_hold_goes_with_its_line_to_the_server() -> None:
    """Who asks whether it still has it is told no, also where the line has been opened again; the end is quiet."""
    database = DATABASES.empty()
    engine = make_engine(database.url, database)
    with only_one(engine, "work") as mine:
        assert mine is not None
        with engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            )
        for _ in range(2):
            with pytest.raises(HoldLostError):
                mine.require()
        with only_one(engine, "work") as other:
            assert other is not None
    engine.dispose()
