"""A rebuild: fill a shadow index, take along what was written meanwhile, compare, let the two change places."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from app.adapters.search_meilisearch import rows, schema, versions
from app.adapters.search_meilisearch.writing import MOST_IN_A_TASK, in_tasks, put_tasks, take_tasks
from app.ports.search_index import BadDocumentError, SearchUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.adapters.search_meilisearch.engine import Engine, Row
    from app.adapters.search_meilisearch.rows import Documents
    from app.adapters.search_meilisearch.writing import Writer
    from app.ports.search_index import BeforeSwitch, StoryDoc


def rebuild(
    engine: Engine, writer: Writer, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None
) -> list[str]:
    """Fill a shadow and switch; gives the ids of stories that were refused.

    Writes of this process are kept in a journal and put into the shadow before the switch. Those of other
    processes are not known here: before the switch the old index is marked as resting, so that nobody writes to
    it any more, and ``before_switch`` owes again what the rows have and the shadow has not.
    """
    begins = f"{engine.live}_next_"
    shadow = begins + secrets.token_hex(8)
    with writer.lock:
        if writer.journal is not None:
            raise SearchUnavailableError("the search index is being rebuilt already")
        writer.journal = {}
    try:
        for name in engine.names():
            if name.startswith(begins):
                engine.drop(name)  # of a rebuild that was killed
        engine.create(shadow)
        refused, loaded = _load(engine, writer, shadow, documents)
        loaded |= _replay(engine, writer, shadow)  # most of it, while others still write
        _switch(engine, writer, shadow, loaded, before_switch)
    except BaseException:
        writer.journal = None
        _drop(engine, shadow)
        raise
    _drop(engine, shadow)
    return refused


def _switch(engine: Engine, writer: Writer, shadow: str, loaded: set[str], before_switch: BeforeSwitch | None) -> None:
    with writer.lock:
        # Tasks are done in their order: a write asked for before the mark is in the journal or its story is
        # found to be owed, one asked for after the switch goes to the new index, and in between there is none.
        meta = engine.document(engine.live, schema.META)
        if meta is None:
            raise SearchUnavailableError("the search index has been removed while it was rebuilt")
        try:
            _mark(engine, meta, versions.resting(meta.version))
            loaded |= _replay(engine, writer, shadow)
            held = _compared(engine, shadow, loaded)
            if before_switch is not None:
                before_switch(held)
        except BaseException:
            # Where the engine rests the mark stays, and the next rebuild takes it away.
            with suppress(SearchUnavailableError):
                _mark(engine, meta, meta.version)
            raise
        # Nothing takes the mark away from here on: whether or not this is heard of, the engine may do it.
        task = engine.swap(engine.live, shadow)
        writer.journal = None
        writer.forget_all()
        engine.settle([task], role="admin")


def _mark(engine: Engine, meta: Row, version: str) -> None:
    """Say of the live index what version it is of; its generation stays."""
    document = versions.meta(version) | {"generation": meta.generation}
    engine.settle([engine.add(engine.live, [document], role="admin")], role="admin")


def _compared(engine: Engine, shadow: str, loaded: set[str]) -> dict[str, int]:
    """Revisions of what the shadow holds; raises ``SearchUnavailableError`` where it is not what was put into it."""
    fields = ("id", "kind", "story_id", "revision", "passages")
    heads = {row.story_id: row for row in engine.scan(shadow, 'kind = "head"', fields)}
    gone = {row.story_id for row in engine.scan(shadow, 'kind = "gone"', fields)}
    missing = sum(row.passages for row in heads.values()) - engine.count(shadow, 'kind = "passage"')
    lost = loaded - heads.keys() - gone
    if lost or missing:
        message = f"the new search index is not whole: {len(lost)} stories, {missing} passages are missing"
        raise SearchUnavailableError(message)
    return {story_id: row.revision for story_id, row in heads.items()}


def _drop(engine: Engine, uid: str) -> None:
    """What is left of a rebuild goes; where the engine rests it stays and harms nobody."""
    try:
        engine.drop(uid)
    except SearchUnavailableError:
        return


def _load(engine: Engine, writer: Writer, shadow: str, documents: Iterable[StoryDoc]) -> tuple[list[str], set[str]]:
    """Put the documents; (refused, put) stories."""
    gone: dict[str, int] = {}
    for row in engine.scan(engine.live, 'kind = "gone"', ("id", "kind", "story_id", "revision")):
        gone[row.story_id] = max(row.revision, gone.get(row.story_id, -1))
    stones = [rows.tombstone(story_id, revision) for story_id, revision in gone.items()]
    first = [engine.add(shadow, some, role="admin") for some in in_tasks([versions.meta(writer.version), *stones])]
    engine.settle(first, role="admin")
    refused: list[str] = []
    loaded: set[str] = set()
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
        loaded.add(made.story_id)
        size += len(made.documents)
    refused += _fill(engine, shadow, list(batch.values()))
    return refused, loaded - set(refused)


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
            engine.settle(take_tasks(engine, shadow, story.story_id, story.revision))
            return [story.story_id]
        half = len(stories) // 2
        return _fill(engine, shadow, stories[:half]) + _fill(engine, shadow, stories[half:])
    return []


def _replay(engine: Engine, writer: Writer, shadow: str) -> set[str]:
    """Put into the shadow what was written since the rebuild began, or since the last time; whose it was."""
    with writer.lock:
        written, writer.journal = writer.journal or {}, {}
    kept = set(written)
    for story_id, what in written.items():
        if isinstance(what, int):
            engine.settle(take_tasks(engine, shadow, story_id, what), role="admin")
            continue
        try:
            engine.settle(put_tasks(engine, shadow, what), role="admin")
        except BadDocumentError:
            # The live index refused it too, and whoever put it was told.
            engine.settle(take_tasks(engine, shadow, story_id, what.revision), role="admin")
            kept.remove(story_id)
    return kept
