"""A rebuild: fill a shadow index, take along what was written meanwhile, let the two change places."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import rows, schema
from app.adapters.search_meilisearch.writing import MOST_IN_A_TASK, in_tasks, put_tasks, take_tasks
from app.ports.search_index import BadDocumentError, SearchUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.adapters.search_meilisearch.engine import Engine
    from app.adapters.search_meilisearch.rows import Documents
    from app.adapters.search_meilisearch.writing import Writer
    from app.ports.search_index import StoryDoc


def meta(version: str) -> dict[str, Any]:
    """The document that says which version an index is of; ``generation`` is new for each one."""
    return {"id": schema.META, "kind": "meta", "version": version, "generation": secrets.token_hex(8)}


def rebuild(engine: Engine, writer: Writer, documents: Iterable[StoryDoc]) -> list[str]:
    """Fill a shadow and switch; gives the ids of stories that were refused.

    Writes of this process are kept in a journal and put into the shadow before the switch. Those of other
    processes are not known here: whoever rebuilds while others write makes the stories owed again afterwards.
    """
    shadow = f"{engine.live}_next_" + secrets.token_hex(8)
    with writer.lock:
        if writer.journal is not None:
            raise SearchUnavailableError("the search index is being rebuilt already")
        writer.journal = {}
    try:
        engine.create(shadow)
        refused = _load(engine, writer, shadow, documents)
        _replay(engine, writer, shadow)  # most of it, while others still write
        with writer.lock:
            # Tasks are done in their order: a write asked for before the switch is in the journal, one asked
            # for after it goes to the new index.
            _replay(engine, writer, shadow)
            task = engine.swap(engine.live, shadow)
            writer.journal = None
            writer.forget_all()
            engine.settle([task], role="admin")
    except BaseException:
        writer.journal = None
        _drop(engine, shadow)
        raise
    _drop(engine, shadow)
    return refused


def _drop(engine: Engine, uid: str) -> None:
    """What is left of a rebuild goes; where the engine rests it stays and harms nobody."""
    try:
        engine.drop(uid)
    except SearchUnavailableError:
        return


def _load(engine: Engine, writer: Writer, shadow: str, documents: Iterable[StoryDoc]) -> list[str]:
    gone = {
        row.story_id: row.revision
        for row in engine.scan(engine.live, 'kind = "gone"', ("id", "kind", "story_id", "revision"))
    }
    stones = [rows.tombstone(story_id, revision) for story_id, revision in gone.items()]
    first = [engine.add(shadow, some, role="admin") for some in in_tasks([meta(writer.version), *stones])]
    engine.settle(first, role="admin")
    refused: list[str] = []
    batch: dict[str, Documents] = {}
    size = 0
    for story in documents:
        try:
            made = rows.documents_of(story)
        except BadDocumentError:
            refused.append(story.story_id)
            continue
        if made.revision <= gone.get(made.story_id, -1):
            continue  # taken out since its document was made
        if batch and (size + len(made.documents) > MOST_IN_A_TASK or made.story_id in batch):
            refused += _fill(engine, shadow, list(batch.values()))
            batch, size = {}, 0
        batch[made.story_id] = made
        size += len(made.documents)
    return refused + _fill(engine, shadow, list(batch.values()))


def _fill(engine: Engine, shadow: str, stories: Sequence[Documents]) -> list[str]:
    """Put stories; of a batch that is refused each half is tried again, until the bad one stands alone."""
    if not stories:
        return []
    try:
        documents = [document for story in stories for document in story.documents]
        engine.settle([engine.add(shadow, some, role="admin") for some in in_tasks(documents)], role="admin")
    except BadDocumentError:
        if len(stories) == 1:
            story = stories[0]
            # A long story may be there in part.
            engine.settle(take_tasks(engine, shadow, story.story_id, story.revision, clear=True))
            return [story.story_id]
        half = len(stories) // 2
        return _fill(engine, shadow, stories[:half]) + _fill(engine, shadow, stories[half:])
    return []


def _replay(engine: Engine, writer: Writer, shadow: str) -> None:
    """Put into the shadow what was written since the rebuild began, or since the last time."""
    with writer.lock:
        written, writer.journal = writer.journal or {}, {}
    tasks: list[int] = []
    for story_id, what in written.items():
        if isinstance(what, int):
            tasks += take_tasks(engine, shadow, story_id, what, clear=True)
        else:
            tasks += put_tasks(engine, shadow, what, clear=True)
    engine.settle(tasks, role="admin")
