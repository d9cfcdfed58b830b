"""What a page of a list costs does not grow with the archive: counted in steps of SQLite's own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.schemas import Actor
from app.collections.models import Collection
from app.kernel.db import make_engine
from app.kernel.ids import new_id
from app.kernel.time import now
from app.recordings.models import MediaFile, Recording
from app.recordings.queries import OWED
from app.stories.models import Story
from app.stories.queries import story_items, visible_ids
from app.stories.queries.lists import story_page
from app.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FEW, MANY = 200, 3_000
READER = Actor.stranger()
VOLUNTEER = Actor(new_id(), "volunteer")


def a_database(path: Path, stories: int) -> tuple[Session, list[str]]:
    """So many published stories, each with a recording and its copy, in two collections; and ten of their ids."""
    engine = make_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    session = Session(engine)
    collections = [new_id(), new_id()]
    session.execute(
        insert(Collection), [{"id": c, "identifier": f"C-{n}", "title": "C"} for n, c in enumerate(collections)]
    )
    ids = [new_id() for _ in range(stories)]
    session.execute(
        insert(Story),
        [
            {
                "id": i,
                "identifier": f"S-{n}",
                "state": "published",
                "level": "public",
                "collection_id": collections[n % 2],
            }
            for n, i in enumerate(ids)
        ],
    )
    session.execute(insert(Recording), [{"id": i, "story_id": i, "number": 1, "filename": "x"} for i in ids])
    session.execute(
        insert(MediaFile),
        [
            {"recording_id": i, "use": "access_copy", "key": i, "content_type": "", "size_bytes": 1, "sha256": ""}
            for i in ids
        ],
    )
    session.commit()
    return session, ids[:: stories // 10]


def steps(session: Session, do: Callable[[], Any]) -> int:
    """How many instructions SQLite's machine takes, counted in tens."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 10
        return 0

    driver: Any = session.connection().connection.driver_connection
    driver.set_progress_handler(count, 10)
    do()
    driver.set_progress_handler(None, 0)
    return taken


ASKED: dict[str, Callable[[Session, list[str]], Any]] = {
    "the newest": lambda session, _: story_page(session, READER),
    "a page further on": lambda session, _: story_page(
        session, READER, cursor=story_page(session, READER, size=5).next, size=5
    ),
    "a volunteer's": lambda session, _: story_page(session, VOLUNTEER),
    "a collection's": lambda session, _: story_page(
        session, READER, collection=session.query(Collection.id).limit(1).scalar()
    ),
    "the cards of a page of search": lambda session, ids: story_items(session, READER, ids),
    "the cards for a volunteer": lambda session, ids: story_items(session, VOLUNTEER, ids),
    "the re-check of hits": lambda session, ids: visible_ids(session, READER, ids),
    "what recordings owe": lambda session, _: [kind.due(session, now()) + kind.rest(session, now()) for kind in OWED],
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_page_costs_the_same_in_a_large_archive(tmp_path: Path, asked: str) -> None:
    """Fifteen times the stories: the same steps, a fifth more at most."""
    cost = []
    for stories in (FEW, MANY):
        session, ids = a_database(tmp_path / f"{stories}.sqlite", stories)
        with session:
            cost.append(steps(session, lambda s=session, i=ids: ASKED[asked](s, i)))  # type: ignore[misc]
    assert cost[0] > 0
    assert cost[1] <= cost[0] * 1.2, cost
