"""Moving an archive between SQLite and Postgres: all rows, compared, or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.access.commands import record_consent
from app.accounts.schemas import Actor
from app.kernel.db import make_engine
from app.tables import METADATA
from migrations import chain
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.stories import a_recording, a_story, a_transcript
from workers.copying import CannotCopyError, Copied, copy_archive
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
LINES = [
    (0, 2000, "vi", "Bà ngoại kể chuyện."),
    (2000, 4000, "ja", "おばあさんの話です。"),
    (4000, 6000, "en", "🍵 Tea."),
]
SPOIL_FUNCTION = """
CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.text := 'x'; RETURN NEW; END $$ LANGUAGE plpgsql
"""
SPOIL_TRIGGER = "CREATE TRIGGER spoil BEFORE INSERT ON cues FOR EACH ROW EXECUTE FUNCTION spoil()"


def an_embedded(folder: Path) -> str:
    """An embedded archive with something in most tables; its address."""
    url = f"sqlite:///{folder / 'storybraid.sqlite'}"
    with an_archive(folder, database={"kind": "sqlite", "url": url}) as archive:

        def make(session: Session) -> None:
            for number in range(3):
                story = a_story(session, title=f"Story {number}", narrator="阮氏蘭")
                a_transcript(session, a_recording(session, story), LINES)
                record_consent(
                    session,
                    Actor.as_operator("t"),
                    story.id,
                    kind="operator_statement",
                    scope=["listen"],
                    statement="Yes.",
                    given_by="Lan",
                )

        archive.in_unit(make)
        archive.client("archivist")
        archive.work()
    return url.replace("sqlite:///", "sqlite:")


def version_of(engine: Engine) -> str:
    """At which migration a database stands."""
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_an_embedded_archive_moves_to_postgres_and_back(tmp_path: Path) -> None:
    """Every table has the same rows there, and moved back it gives the same digests again."""
    source, there = an_embedded(tmp_path / "a"), DATABASES.empty().url
    moved = copy_archive(source, there, lambda _copied: None)
    counts = {one.table: one.rows for one in moved}
    assert counts["stories"] == 3
    assert counts["cues"] == 9
    assert set(counts) == set(METADATA.tables) - {"workers"}
    back = copy_archive(there, f"sqlite:{tmp_path / 'back.sqlite'}", lambda _copied: None)
    assert back == moved


def test_what_moved_is_a_whole_archive(tmp_path: Path) -> None:
    """The command moves it, and the same data folder beside Postgres finds, shows and goes on numbering."""
    living = LivingArchive(tmp_path)
    source = an_embedded(living.data)
    url = DATABASES.empty().url
    told = living.json("copy", "--from", source, "--to", url)
    assert {"table": "stories", "rows": 3}.items() <= next(t for t in told["tables"] if t["table"] == "stories").items()
    living.environment |= {"STORYBRAID_DATABASE__KIND": "postgresql", "STORYBRAID_DATABASE__URL": url}
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE stories SET state = 'published', level = 'public'"))
        id_ = connection.scalar(text("SELECT min(id) FROM stories"))
    engine.dispose()
    living.run("migrate")  # only the queue's tables may be missing, where there is a queue
    words = json.loads(living.run("transcript", str(id_), "--format", "json").stdout)
    assert [cue["text"] for cue in words["cues"]] == [line[3] for line in LINES]


def test_nobody_writes_to_the_source_meanwhile(tmp_path: Path) -> None:
    """While Postgres is the source its writers wait, and readers do not."""
    there = DATABASES.empty()
    copy_archive(an_embedded(tmp_path / "a"), there.url, lambda _copied: None)
    beside = make_engine(there.url, there.model_copy(update={"lock_wait_s": 0.2}))
    waited = list[str]()

    def write(copied: Copied) -> None:
        if copied.table == "stories":
            with beside.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM cues")) == 9
                with pytest.raises(OperationalError, match="lock timeout"):
                    connection.execute(text("UPDATE cues SET text = 'late'"))
            waited.append(copied.table)

    copy_archive(there.url, f"sqlite:{tmp_path / 'back.sqlite'}", write)
    beside.dispose()
    assert waited == ["stories"]


def test_a_target_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    """Nothing is mixed: a second copy into the same database, or a source of another version, is refused."""
    source, there = an_embedded(tmp_path / "a"), DATABASES.empty().url
    copy_archive(source, there, lambda _copied: None)
    with pytest.raises(CannotCopyError, match="not empty"):
        copy_archive(source, there, lambda _copied: None)
    (tmp_path / "nothing.sqlite").touch()
    with pytest.raises(CannotCopyError, match="storybraid migrate"):
        copy_archive(f"sqlite:{tmp_path / 'nothing.sqlite'}", DATABASES.empty().url, lambda _copied: None)
    with pytest.raises(CannotCopyError, match="An address is"):
        copy_archive("mysql://h/n", there, lambda _copied: None)


def test_a_target_with_rows_is_left_at_its_version(tmp_path: Path) -> None:
    """An archive of an older program is not even migrated: what is said of it is true."""
    source, there = an_embedded(tmp_path / "a"), DATABASES.empty().url
    copy_archive(source, there, lambda _copied: None)
    engine = make_engine(there)
    assert chain.downgrade_one(engine)
    before = version_of(engine)
    with pytest.raises(CannotCopyError, match=r"is not empty: there are rows in .* Nothing was changed"):
        copy_archive(source, there, lambda _copied: None)
    assert version_of(engine) == before
    assert not chain.is_current(engine)
    engine.dispose()


def test_a_target_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """It has no row, and this program does not know its tables."""
    source, there = an_embedded(tmp_path / "a"), f"sqlite:{tmp_path / 'newer.sqlite'}"
    engine = make_engine(there.replace("sqlite:", "sqlite:///"))
    chain.migrate(engine)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotCopyError, match="newer program"):
        copy_archive(source, there, lambda _copied: None)
    assert version_of(engine) == "9999"
    engine.dispose()


def test_a_source_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    """A mistyped path is said in a sentence; no folder and no database come of it, here or there."""
    wrong, target = tmp_path / "typo" / "storybraid.sqlite", tmp_path / "new" / "storybraid.sqlite"
    done = LivingArchive(tmp_path).run("copy", "--from", f"sqlite:{wrong}", "--to", f"sqlite:{target}", expect=1)
    assert done.stderr == f"There is no file {wrong}. Nothing was changed.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_does_not_fit_leaves_nothing_there(tmp_path: Path) -> None:
    """SQLite holds longer texts than were promised; the copy says which table, and the target stays empty."""
    source, database = an_embedded(tmp_path / "a"), DATABASES.empty()
    engine = make_engine(source.replace("sqlite:", "sqlite:///"))
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE stories SET title = :long WHERE title = 'Story 2'"), {"long": "x" * 600})
    engine.dispose()
    with pytest.raises(CannotCopyError, match="A row of stories does not fit"):
        copy_archive(source, database.url, lambda _copied: None)
    engine = make_engine(database.url)
    assert chain.is_current(engine)
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            assert connection.execute(table.select()).first() is None, table.name
    engine.dispose()


def test_a_row_that_changed_on_the_way_is_seen(tmp_path: Path) -> None:
    """A target that keeps something else than it was sent (here by a trigger) gets nothing."""
    source, database = an_embedded(tmp_path / "a"), DATABASES.empty()
    engine = make_engine(database.url)
    chain.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text(SPOIL_FUNCTION))
        connection.execute(text(SPOIL_TRIGGER))
    with pytest.raises(CannotCopyError, match="Row 1 of cues"):
        copy_archive(source, database.url, lambda _copied: None)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM stories")) == 0
    engine.dispose()
