"""A rebuild: fill a shadow generation beside the one that answers, compare, let it take its place."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from app.adapters.search_sqlite import generations, rows, schema, writing
from app.ports.search_index import BadDocumentError, SearchUnavailableError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from app.adapters.search_sqlite.connections import Connections
    from app.ports.search_index import BeforeSwitch, StoryDoc

_BATCH = 40
"""Stories a rebuild writes in one transaction, so that other writers wait well under a second."""


def rebuild(
    connections: Connections, version: str, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None
) -> list[str]:
    """Fill a shadow and switch; writes of this version made meanwhile go to both. Gives the refused stories.

    While ``before_switch`` runs no process writes to the file. Killed at any moment it leaves the old generation.
    """
    shadow = _begin(connections, version)
    try:
        refused = _switched(connections, shadow, documents, before_switch)
    finally:
        # What does not answer now goes: the old generation, or the shadow that was broken off.
        with suppress(SearchUnavailableError), connections.writing() as connection:
            if generations.fact(connection, "shadow") == str(shadow):
                generations.forget(connection, "shadow", "shadow_version")
            for stale in schema.generations(connection) - set(generations.known(connection)):
                schema.drop_generation(connection, stale)
    return refused


def _switched(
    connections: Connections, shadow: int, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None
) -> list[str]:
    refused: list[str] = []
    loaded: set[str] = set()
    batch: dict[str, rows.StoryRows] = {}
    for story in documents:
        try:
            folded = rows.rows_of(story)
        except BadDocumentError:
            refused.append(story.story_id)
            continue
        if len(batch) >= _BATCH or story.story_id in batch:
            _fill(connections, shadow, batch)
            loaded.update(batch)
            batch = {}
        batch[story.story_id] = folded
    _fill(connections, shadow, batch)
    loaded.update(batch)
    with connections.writing() as connection:
        _own(connection, shadow)
        held = _compared(connection, shadow, loaded)
        if before_switch is not None:
            before_switch(held)
        version = generations.fact(connection, "shadow_version") or ""
        generations.note(connection, live=str(shadow), version=version)
        generations.forget(connection, "shadow", "shadow_version")
        generations.confirm(connection)
    return refused


def _begin(connections: Connections, version: str) -> int:
    """Make the shadow; what an earlier rebuild left of its own goes."""
    with connections.writing() as connection:
        live = generations.live(connection)
        for stale in schema.generations(connection) - {live}:
            schema.drop_generation(connection, stale)
        shadow = 1 + max(live, int(generations.fact(connection, "last") or 0))
        schema.create_generation(connection, shadow)
        # What was taken out stays out, should the documents be older than the removal.
        connection.execute(
            f"INSERT INTO stories_{shadow} (story_id, revision, gone)"
            f" SELECT story_id, revision, 1 FROM stories_{live} WHERE gone = 1"
        )
        generations.note(connection, shadow=str(shadow), last=str(shadow), shadow_version=version)
    return shadow


def _fill(connections: Connections, shadow: int, batch: Mapping[str, rows.StoryRows]) -> None:
    with connections.writing() as connection:
        _own(connection, shadow)
        words: Counter[str] = Counter()
        for one in batch.values():
            writing.put(connection, shadow, one, words)
        writing.add_words(connection, shadow, words)


def _own(connection: sqlite3.Connection, shadow: int) -> None:
    if generations.fact(connection, "shadow") != str(shadow):
        message = "another rebuild of the search index took over"
        raise SearchUnavailableError(message)


def _compared(connection: sqlite3.Connection, shadow: int, loaded: set[str]) -> dict[str, int]:
    """Revisions of what the shadow holds; raises ``SearchUnavailableError`` where it is not what was put into it."""
    stories = connection.execute(f"SELECT story_id, revision, gone, passages FROM stories_{shadow}").fetchall()
    (passages,) = connection.execute(f"SELECT count(*) FROM passages_{shadow}").fetchone()
    (tokens,) = connection.execute(f"SELECT count(*) FROM fts_{shadow}").fetchone()
    wanted = sum(number for *_, number in stories)
    lost = loaded - {story_id for story_id, *_ in stories}
    if lost or not wanted == passages == tokens:
        message = f"the new search index is not whole: {len(lost)} stories, {wanted - passages} passages are missing"
        raise SearchUnavailableError(message)
    return {story_id: revision for story_id, revision, gone, _ in stories if not gone}
