"""How far search is with each story: found without reading all stories, and taken along by the migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text

from app.kernel.db import unit
from app.kernel.time import now
from app.search.models import StoryIndexing
from app.search.queries import OWED
from app.stories.commands import touch_story
from app.stories.models import Story
from migrations import chain
from tests.factories.stories import a_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.leases import Owed
    from tests.factories.archive import TestArchive

STORIES = 3_000


def owed(session: Session) -> list[Owed]:
    """What search is owed, due or not."""
    return [row for kind in OWED for row in (*kind.due(session, now()), *kind.rest(session, now()))]


def many_indexed(archive: TestArchive) -> list[str]:
    """Stories of which search has the newest revision."""

    def make(session: Any) -> list[str]:
        made = [Story(identifier=f"SB-MANY-{n:05}", title="Told", indexed_revision=1) for n in range(STORIES)]
        session.add_all(made)
        session.flush()
        session.add_all(StoryIndexing(id=one.id) for one in made)
        return [one.id for one in made]

    ids = archive.in_unit(make)
    archive.in_unit(lambda session: session.execute(text("ANALYZE")))
    return ids


def plans(archive: TestArchive) -> list[str]:
    """How the database finds what search is owed and due, one text for each question."""
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: object) -> None:
        asked.append((statement, parameters))

    with unit(archive.ports.sessions, write=False) as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", listen)
        for kind in OWED:
            kind.due(session, now())
        event.remove(connection, "before_cursor_execute", listen)
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return [
            "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
            for statement, parameters in asked
        ]


def test_what_is_owed_is_found_without_reading_every_story(archive: TestArchive) -> None:
    """Each worker asks once a second: only the stories that search is behind are read, by their index."""
    ids = many_indexed(archive)
    with unit(archive.ports.sessions, write=False) as session:
        assert owed(session) == []
    behind = ids[7]
    archive.in_unit(lambda session: touch_story(session, behind))
    with unit(archive.ports.sessions, write=False) as session:
        assert [row.id for row in owed(session)] == [behind]
    found = plans(archive)
    assert found
    for plan in found:
        assert "ix_stories_behind" in plan
        assert "Seq Scan" not in plan


def test_how_far_search_was_is_known_after_the_migration_and_after_its_way_back(archive: TestArchive) -> None:
    """No story is indexed again because the number moved, and none that is owed is forgotten."""

    def make(session: Any) -> tuple[str, str, str]:
        known, behind, new = (a_story(session) for _ in range(3))
        known.revision = known.indexed_revision = 4
        behind.revision, behind.indexed_revision = 3, 2
        session.add_all(StoryIndexing(id=story.id) for story in (known, behind))
        return known.id, behind.id, new.id

    known, behind, new = archive.in_unit(make)
    engine = archive.ports.sessions.kw["bind"]
    assert chain.downgrade_one(engine)
    assert chain.downgrade_one(engine)
    with engine.connect() as connection:
        before = connection.execute(text("SELECT id, indexed_revision FROM story_indexings")).all()
    assert dict(map(tuple, before)) == {known: 4, behind: 2}
    assert chain.migrate(engine)
    with unit(archive.ports.sessions, write=False) as session:
        assert {story.id: story.indexed_revision for story in session.query(Story)} == {known: 4, behind: 2, new: 0}
        assert {row.id for row in owed(session)} == {behind, new}
