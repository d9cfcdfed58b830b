"""Postgres as the archive meets it: its waits and pools, a server that rests, and one that ends with its starter."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.kernel import leases
from app.kernel.db import alone, commits_of, make_engine, make_sessions, product_of, unit
from app.kernel.settings import PostgresDatabase, SettingsError, load_settings, sources
from app.kernel.time import now
from app.search.models import StoryIndexing
from migrations import chain
from tests.factories.archive import an_archive
from tests.factories.at_once import held_open
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.stories import a_story
from workers.servers.own import free_port
from workers.servers.postgres import a_postgres, find_postgres

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


@pytest.fixture
def database() -> PostgresDatabase:
    """An empty database of the server of this test process."""
    return DATABASES.empty()


def engine_of(database: PostgresDatabase, stack: ExitStack, **over: float) -> Engine:
    """An engine with other waits or another pool."""
    wanted = PostgresDatabase(**(database.model_dump() | over))
    engine = make_engine(wanted.url, wanted)
    stack.callback(engine.dispose)
    return engine


def test_every_wait_has_an_end_and_is_a_setting(database: PostgresDatabase) -> None:
    """The server itself ends waits for locks, slow statements and idle transactions, as the settings say."""
    over = {"lock_wait_s": 1.5, "statement_wait_s": 7, "idle_wait_s": 90}
    with ExitStack() as stack, engine_of(database, stack, **over).connect() as connection:
        shown = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "timezone")
        }
    assert shown == {
        "lock_timeout": "1500ms",
        "statement_timeout": "7s",
        "idle_in_transaction_session_timeout": "90s",
        "timezone": "UTC",
    }


def test_who_waits_too_long_for_a_writer_gives_up(database: PostgresDatabase) -> None:
    """Alone means alone: the second waits for the first, and no longer than the setting allows."""
    with ExitStack() as stack:
        sessions = make_sessions(engine_of(database, stack, lock_wait_s=0.3))
        with held_open(sessions, lambda session: alone(session, "a name")):
            with unit(sessions) as session:
                alone(session, "another name")
            with pytest.raises(OperationalError, match="lock timeout"), unit(sessions) as session:
                alone(session, "a name")
        with unit(sessions) as session:
            alone(session, "a name")


def test_the_pool_is_as_large_as_the_settings_say(database: PostgresDatabase) -> None:
    """One connection and one more at most: the third waits, and not for ever."""
    with ExitStack() as stack:
        engine = engine_of(database, stack, pool_size=1, pool_overflow=1, pool_wait_s=0.2)
        with engine.connect(), engine.connect(), pytest.raises(PoolTimeoutError):
            engine.connect()
        with engine.connect() as connection:
            assert product_of(connection).startswith("PostgreSQL ")


def test_commits_of_others_are_seen(database: PostgresDatabase) -> None:
    """The number that workers look at stands still in quiet and moves when somebody commits."""
    with ExitStack() as stack:
        engine = engine_of(database, stack)
        look = commits_of(engine)
        first = look()
        assert look() == first
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE seen (n int)"))
        assert look() > first


def test_the_chain_goes_up_agrees_and_goes_down(database: PostgresDatabase) -> None:
    """On an empty Postgres database the chain makes what the models say, waits briefly for locks, and steps back."""
    with ExitStack() as stack:
        engine = engine_of(database, stack)
        waits = set()

        @event.listens_for(engine, "before_cursor_execute")
        def look(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().startswith(("CREATE TABLE", "ALTER TABLE")):
                waits.add(tuple(connection.scalar(text(f"SHOW {name}_timeout")) for name in ("lock", "statement")))

        assert not chain.is_current(engine)
        assert chain.migrate(engine)
        assert waits == {("10s", "0")}, "every change of a table waits briefly, and may take its time"
        assert not chain.migrate(engine)
        chain.check(engine)
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW lock_timeout")) == "30s"  # the chain's own holds only for itself
        while chain.downgrade_one(engine):
            pass
        assert not chain.is_current(engine)
        with engine.connect() as connection:
            left = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert left == ["alembic_version"]


def test_a_server_that_rests_is_a_sentence(tmp_path: Path) -> None:
    """Without a server: 503 with Retry-After on the page, exit 1 with a sentence on the command line, no traceback."""
    url = f"postgresql://storybraid:very-secret@127.0.0.1:{free_port()}/gone"
    living = LivingArchive(tmp_path, {"STORYBRAID_DATABASE__KIND": "postgresql", "STORYBRAID_DATABASE__URL": url})
    told = living.json("doctor", expect=1)
    part = next(p for p in told["parts"] if p["part"] == "database")
    assert not part["ok"]
    assert "cannot be reached" in part["warning"]
    searched = living.run("search", "umbrella", "--json", expect=1)
    assert "Traceback" not in searched.stderr
    assert "database" in searched.stderr
    for said in (str(told), searched.stdout, searched.stderr):
        assert "very-secret" not in said


def test_the_page_says_that_the_database_rests(tmp_path: Path) -> None:
    """A database that goes away under a running archive gives 503 and Retry-After; back again, all is as before."""
    with a_postgres() as server:
        server.create("one")
        database = PostgresDatabase(kind="postgresql", url=server.url("one"))
        with an_archive(tmp_path / "archive", database=database) as archive:
            client = archive.client("archivist")
            assert client.get("/api/v1/stories").status_code == 200
            server.drop("one")
            answer = client.get("/api/v1/stories")
            assert answer.status_code == 503
            assert answer.json()["type"].endswith("#unavailable")
            assert answer.headers["retry-after"] == "10"
            server.create("one")
            chain.migrate(archive.ports.sessions.kw["bind"])
            assert client.get("/api/v1/home").status_code == 200


def test_a_beat_waits_for_no_row(tmp_path: Path, database: PostgresDatabase) -> None:
    """While one result is being committed, slowly, the leases of the other work in hand are prolonged all the same."""
    with an_archive(tmp_path / "archive", database=database) as archive:

        def make(session: Session) -> list[str]:
            ids = [a_story(session).id for _ in range(3)]
            session.add_all(StoryIndexing(id=id_) for id_ in ids)
            return ids

        ids = archive.in_unit(make)
        claims = [archive.in_unit(partial(claim_of, id_)) for id_ in ids]
        soon = now() + dt.timedelta(seconds=2)
        archive.in_unit(lambda s: s.query(StoryIndexing).update({"lease_until": soon}))
        with ExitStack() as stack:
            for taken in claims:
                stack.enter_context(leases.held(taken))
            began = time.monotonic()
            with held_open(archive.ports.sessions, lambda s: leases.finish(s, claims[1], indexed_at=soon)):
                leases.beat(archive.ports.sessions)
                assert time.monotonic() - began < 2
        with unit(archive.ports.sessions, write=False) as session:
            until = {row.id: row.lease_until for row in session.query(StoryIndexing)}
    assert [(until[id_] or soon) > soon for id_ in ids] == [True, False, True]


def claim_of(id_: str, session: Session) -> leases.Claim:
    """A claim of a row that is free."""
    taken = leases.claim(session, StoryIndexing, id_)
    assert taken is not None
    return taken


def test_doctor_names_the_product(tmp_path: Path, database: PostgresDatabase) -> None:
    """After ``migrate`` the doctor names PostgreSQL and its version, and shows its address without the password."""
    living = LivingArchive(
        tmp_path,
        {
            "STORYBRAID_DATABASE__KIND": "postgres",
            "STORYBRAID_DATABASE__URL": database.url,
            "STORYBRAID_SEARCH__KIND": "sqlite",
        },
    )
    living.run("migrate")
    told = living.json("doctor")
    part = next(p for p in told["parts"] if p["part"] == "database")
    assert re.match(r"PostgreSQL \d+", part["product"])
    assert part["warning"] == ""
    search = next(p for p in told["parts"] if p["part"] == "search")
    assert search["product"].startswith("SQLite"), "the embedded search stands beside Postgres"


def test_passwords_in_addresses_are_masked(tmp_path: Path) -> None:
    """Whatever prints the settings shows no password, and an address of another product is refused by name."""
    settings = load_settings(
        env_file=None, data=tmp_path, database={"kind": "postgresql", "url": "postgres://a:very-secret@h/n"}
    )
    assert settings.database_url == "postgresql+psycopg://a:very-secret@h/n"
    shown = {name: value for name, value, _ in sources(settings)}
    assert shown["STORYBRAID_DATABASE__URL"] == "postgresql+psycopg://a:***@h/n"
    with pytest.raises(SettingsError, match="STORYBRAID_DATABASE__URL"):
        load_settings(env_file=None, data=tmp_path, database={"kind": "postgres", "url": "mysql://h/n"})


def test_env_example_names_every_setting_of_postgres() -> None:
    """Each setting of Postgres stands in .env.example with the default that it has."""
    written = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in PostgresDatabase.model_fields.items():
        if not field.is_required():
            assert f"#STORYBRAID_DATABASE__{name.upper()}={field.default}\n" in written, name


STARTER = """
import sys, time
from workers.servers.postgres import a_postgres
with a_postgres() as server:
    print(server.folder, flush=True)
    time.sleep(600)
"""


def processes_of(folder: Path) -> list[str]:
    """Command lines that name the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


@pytest.mark.parametrize("victim", ["starter", "keeper"])
def test_nothing_stays_of_a_server_whose_starter_was_killed(victim: str) -> None:
    """Kill -9 of the starter leaves neither process nor folder; of its keeper, no process."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    folder = Path(starter.stdout.readline().strip())
    assert processes_of(folder)
    if victim == "starter":
        starter.kill()
    else:
        keepers = subprocess.run(
            ["pgrep", "-P", str(starter.pid)], check=True, capture_output=True, text=True
        ).stdout.split()
        os.kill(int(keepers[0]), signal.SIGKILL)
    until = time.monotonic() + 20
    while time.monotonic() < until and (processes_of(folder) or (victim == "starter" and folder.exists())):
        time.sleep(0.1)
    assert processes_of(folder) == []
    assert victim == "keeper" or not folder.exists()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    shutil.rmtree(folder, ignore_errors=True)  # the starter was not let live to do it
