"""The queue's own tables on a real Postgres: made once, brought up by Procrastinate's migrations, never taken down."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from procrastinate.schema import SchemaManager
from psycopg.errors import DivisionByZero
from sqlalchemy import text

from app.adapters.jobs_procrastinate import ProcrastinateJobs
from app.adapters.jobs_procrastinate_schema import UNMARKED, QueueSchema
from app.kernel.db import make_engine, unit
from app.kernel.settings import ProcrastinateJobs as ProcrastinateSettings
from app.stories.models import Story
from migrations import chain
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from workers.engine import Engine as Worker
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from sqlalchemy import Engine

    from app.kernel.settings import PostgresDatabase
    from tests.factories.archive import TestArchive

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")

FILES = {path.stem: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}
OLDER = "03.03.00_01_pre_priority_lock_fetch_job"
NEWER = "03.10.00_01_pre_a_place"
SHAPE = """
SELECT 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(p.prosrc)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prokind = 'f'
UNION ALL SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name LIKE 'procrastinate%'
UNION ALL SELECT 'trigger', tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'value', enumtypid::regtype::text, enumlabel FROM pg_enum
UNION ALL SELECT 'index', indexname, tablename FROM pg_indexes WHERE indexname LIKE 'procrastinate%'
"""


@pytest.fixture
def database() -> PostgresDatabase:
    """An empty database."""
    return DATABASES.empty()


@pytest.fixture
def engine(database: PostgresDatabase) -> Iterator[Engine]:
    """Looks into it."""
    made = make_engine(database.url)
    yield made
    made.dispose()


def run(engine: Engine, script: str) -> None:
    """A script of several statements, in a transaction."""
    with engine.begin() as connection:
        raw: psycopg.Connection[object] = connection.connection.driver_connection  # type: ignore[assignment]
        raw.execute(script)


def comment_on(engine: Engine, words: str | None) -> None:
    """Note something at the queue's first table."""
    run(engine, f"COMMENT ON TABLE procrastinate_jobs IS {'NULL' if words is None else repr(words)}")


def comment_of(engine: Engine) -> str | None:
    """What is noted there."""
    with engine.connect() as connection:
        found: str | None = connection.scalar(text("SELECT obj_description('procrastinate_jobs'::regclass)"))
    return found


def shape(engine: Engine) -> set[tuple[str, ...]]:
    """Functions, columns, triggers, values and indexes of the database."""
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(SHAPE))}


def an_older_schema(engine: Engine) -> None:
    """The tables as an older Procrastinate left them, with our mark."""
    for name, path in FILES.items():
        if name <= OLDER:
            run(engine, path.read_text(encoding="utf-8"))
    comment_on(engine, f"storybraid: the schema has {OLDER}")


def is_indexed(archive: TestArchive, story_id: str) -> bool:
    """Whether a job has put the story into search."""
    with unit(archive.ports.sessions, write=False) as session:
        story = session.get(Story, story_id)
        return story is not None and story.indexed_revision > 0


def folder_with(tmp_path: Path, **added: str) -> Path:
    """The package's migrations and some that a later one might have."""
    folder = tmp_path / "migrations"
    shutil.copytree(SchemaManager.get_migrations_path(), folder)
    for number, script in added.items():
        (folder / f"{NEWER[:9]}{number.removeprefix('n')}{NEWER[11:]}.sql").write_text(script, encoding="utf-8")
    return folder


def an_archive_on(database: PostgresDatabase, folder: Path) -> LivingArchive:
    """An archive whose rows and messages are in this database."""
    return LivingArchive(
        folder,
        {
            "STORYBRAID_DATABASE__KIND": database.kind,
            "STORYBRAID_DATABASE__URL": database.url,
            "STORYBRAID_JOBS__KIND": "procrastinate",
            "STORYBRAID_SEARCH__KIND": "sqlite",
        },
    )


def test_what_is_taken_for_unmarked_is_what_3_10_0_has() -> None:
    """The locked package has it as its newest; a later one must keep it, or unmarked databases are misread."""
    assert UNMARKED in FILES


def test_migrate_brings_older_tables_up_and_jobs_run(
    database: PostgresDatabase, engine: Engine, tmp_path: Path
) -> None:
    """Doctor and commands say what to run; after it the tables are as if made today, and messages are taken."""
    an_older_schema(engine)
    chain.migrate(engine)
    living = an_archive_on(database, tmp_path / "archive")
    assert living.run("jobs", expect=1).stderr.strip().endswith("Run: storybraid migrate")
    (part,) = [part for part in living.json("doctor")["parts"] if part["part"] == "database"]
    assert part["warning"] == "not at this version: run storybraid migrate"
    assert "is ready." in living.run("migrate").stderr
    assert "was ready already." in living.run("migrate").stderr
    assert living.json("jobs", "list") == []
    fresh = make_engine(DATABASES.empty().url)
    chain.migrate(fresh)
    QueueSchema().bring_up(fresh)
    assert shape(engine) == shape(fresh)
    assert comment_of(engine) == comment_of(fresh) == f"storybraid: the schema has {max(FILES)}"
    fresh.dispose()
    queue = ProcrastinateSettings(kind="procrastinate")
    with an_archive(tmp_path / "again", database=database, jobs=queue) as archive:
        worker = Worker(archive.ports, ("index",))
        worker.start()
        try:
            made = archive.client("volunteer").post("/api/v1/stories", json={"title": "Rain"}).json()
            until = time.monotonic() + 10
            while not is_indexed(archive, made["id"]):
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            assert worker.stop(5)


def test_tables_from_before_the_mark_get_what_came_after_3_10_0(
    database: PostgresDatabase, engine: Engine, tmp_path: Path
) -> None:
    """Without a mark they are what 3.10.0 made: only newer migrations are run, and then it is noted."""
    jobs = ProcrastinateJobs(database.url, {})
    assert jobs.prepare(engine)
    comment_on(engine, None)
    assert jobs.is_ready(engine)
    assert jobs.prepare(engine) is False
    assert comment_of(engine) == f"storybraid: the schema has {UNMARKED}"
    comment_on(engine, None)
    folder = folder_with(tmp_path, n01="ALTER TABLE procrastinate_jobs ADD COLUMN place text DEFAULT '100 %';")
    later = ProcrastinateJobs(database.url, {}, QueueSchema(folder))
    assert not later.is_ready(engine)
    assert later.prepare(engine)
    assert later.is_ready(engine)
    assert later.prepare(engine) is False
    assert ("column", "procrastinate_jobs.place", "text") in shape(engine)
    assert comment_of(engine) == f"storybraid: the schema has {NEWER}"


def test_a_migration_that_fails_leaves_those_before_it_done(
    database: PostgresDatabase, engine: Engine, tmp_path: Path
) -> None:
    """Each is whole or not at all, and the next run goes on where it stopped; values of types may be used after."""
    jobs = ProcrastinateJobs(database.url, {})
    jobs.prepare(engine)
    folder = folder_with(
        tmp_path,
        n01="ALTER TYPE procrastinate_job_status ADD VALUE 'resting';",
        n50="CREATE INDEX procrastinate_rests ON procrastinate_jobs (id) WHERE status = 'resting'",
        n51="CREATE TABLE procrastinate_half (id int); SELECT 1 / 0",
    )
    later = ProcrastinateJobs(database.url, {}, QueueSchema(folder))
    with pytest.raises(DivisionByZero):
        later.prepare(engine)
    assert comment_of(engine) == f"storybraid: the schema has {NEWER.replace('_01_', '_50_')}"
    assert ("index", "procrastinate_rests", "procrastinate_jobs") in shape(engine)
    assert not any("procrastinate_half" in one[1] for one in shape(engine))
    assert not later.is_ready(engine)
    (folder / f"{NEWER.replace('_01_', '_51_')}.sql").write_text("SELECT 1", encoding="utf-8")
    assert later.prepare(engine)
    assert later.is_ready(engine)


def test_newer_tables_are_left_as_they_are(database: PostgresDatabase, engine: Engine, tmp_path: Path) -> None:
    """An older program works on, changes neither tables nor mark, and says which program they want."""
    QueueSchema(folder_with(tmp_path, n01="ALTER TABLE procrastinate_jobs ADD COLUMN place text;")).bring_up(engine)
    before = shape(engine), comment_of(engine)
    living = an_archive_on(database, tmp_path / "archive")
    assert "newer Procrastinate" in living.run("migrate").stderr
    assert {one for one in shape(engine) if "procrastinate" in one[1]} == {
        one for one in before[0] if "procrastinate" in one[1]
    }
    assert comment_of(engine) == before[1] == f"storybraid: the schema has {NEWER}"
    parts = {part["part"]: part for part in living.json("doctor")["parts"]}
    assert parts["database"]["warning"] == ""
    assert "newer Procrastinate" in parts["jobs"]["warning"]
    assert ProcrastinateJobs(database.url, {}).prepare(engine) is False
