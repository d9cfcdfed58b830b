"""Putting and taking stories: which revision wins, what is on its way, and what a rebuild must take along."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import rows, schema, versions
from app.adapters.search_meilisearch.letters import quoted
from app.ports.search_index import SearchUnavailableError, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.adapters.search_meilisearch.engine import Engine
    from app.adapters.search_meilisearch.rows import Documents

MOST_IN_A_TASK = 5_000
MOST_CHARACTERS = 30_000_000
"""Of one task, by a rough count: the engine refuses more than 100 MB."""
_REMEMBERED = 10_000


@dataclass(frozen=True)
class Held:
    """What the engine holds, or will hold when its tasks are done, of one story."""

    revision: int
    gone: bool
    tasks: tuple[int, ...] = ()
    generation: str = ""


class Writer:
    """Writes of one process, which does not see what others asked for until the engine has done it.

    Tasks are done in the order of asking, and each write clears away what is older than itself: what others had
    asked for before it goes, done or not. Nothing here keeps out something older that is asked for after something
    newer and before the engine has done that. Its worker has lost its claim, or its story has changed since: the
    row is owed, and what is put then clears that away in turn.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.lock = threading.RLock()
        """Held from looking at what is there until the task is asked for, and while a rebuild switches."""
        self._coming: OrderedDict[str, Held] = OrderedDict()
        self.journal: dict[str, Documents | int] | None = None
        """While a rebuild loads: what was put (its documents) or taken (the revision) meanwhile."""
        self.version = ""

    def put(self, story: Documents) -> Ticket:
        """Replace all passages of a story; an older revision than the one held is ignored."""
        with self.lock:
            generation = self._generation()
            held = self._held(story.story_id, generation)
            if held is not None:
                if story.revision < held.revision or (held.gone and story.revision == held.revision):
                    return Ticket("")
                if held.tasks and held.revision == story.revision and not self._is_overtaken(story.story_id, held):
                    # The very same is on its way already: a slow engine gets no second task to do.
                    return _ticket(held.tasks)
            tasks = put_tasks(self._engine, self._engine.live, story)
            self._note(story.story_id, Held(story.revision, gone=False, tasks=tasks, generation=generation))
            if self.journal is not None:
                self.journal[story.story_id] = story
        return _ticket(tasks)

    def take(self, story_id: str, revision: int) -> Ticket:
        """Take a story out unless a newer revision is held; its tombstone keeps older ones out."""
        with self.lock:
            generation = self._generation()
            held = self._held(story_id, generation)
            if held is not None and revision < held.revision:
                return Ticket("")
            tasks = take_tasks(self._engine, self._engine.live, story_id, revision)
            self._note(story_id, Held(revision, gone=True, tasks=tasks, generation=generation))
            if self.journal is not None:
                self.journal[story_id] = revision
        return _ticket(tasks)

    def wait(self, ticket: Ticket, timeout_s: float) -> bool:
        """True once every task of the ticket is done; raises what the engine refused it with."""
        tasks = [int(one) for one in ticket.value.split(",") if one]
        # When the last one has ended so have the others: all of them have the one time limit.
        if tasks and self._engine.outcome(tasks[-1], timeout_s) is None:
            return False
        self._forget(tasks)
        self._engine.settle(tasks)
        return True

    def forget_all(self) -> None:
        """What was on its way went to an index that is not the live one any more."""
        self._coming.clear()

    def _generation(self) -> str:
        meta = self._engine.document(self._engine.live, schema.META)
        if meta is None:
            raise SearchUnavailableError("the search index has not been made: run storybraid search setup")
        if not versions.may_be_written(meta.version, self.version):
            raise SearchUnavailableError("the search index is of another version and waits for its rebuild")
        return meta.generation

    def _held(self, story_id: str, generation: str) -> Held | None:
        coming = self._coming.get(story_id)
        if coming is not None and coming.generation == generation:
            return coming
        return self._there(story_id)

    def _there(self, story_id: str) -> Held | None:
        """What the engine has done; of a head and a tombstone the newer counts, and of equals the tombstone."""
        ids = rows.head_id(story_id), rows.stone_id(story_id)
        found = (self._engine.document(self._engine.live, id_) for id_ in ids)
        # Older programs wrote the tombstone in the head's place.
        both = ((row.revision, row.kind == "gone") for row in found if row is not None)
        newest = max(both, default=None)
        return None if newest is None else Held(*newest)

    def _is_overtaken(self, story_id: str, held: Held) -> bool:
        """Whether the engine has done what was on its way, and after it something older that another asked for."""
        if self._engine.outcome(held.tasks[-1], 0) is None:
            return False
        there = self._there(story_id)
        return there is None or there.revision < held.revision

    def _note(self, story_id: str, held: Held) -> None:
        self._coming[story_id] = held
        self._coming.move_to_end(story_id)
        while len(self._coming) > _REMEMBERED:
            self._coming.popitem(last=False)

    def _forget(self, tasks: Sequence[int]) -> None:
        with self.lock:
            done = [story_id for story_id, held in self._coming.items() if held.tasks == tuple(tasks)]
            for story_id in done:
                del self._coming[story_id]


def put_tasks(engine: Engine, uid: str, story: Documents) -> tuple[int, ...]:
    """Ask for a story's documents to be put, and then for all that is older of it to go.

    Each document takes the place of the old one, so that nothing is missing for a moment. What is left of older
    revisions goes whatever is known of it here: another process may have asked for more than the engine has yet.
    """
    note = _note_of(story.story_id, story.revision)
    old = f"story_id = {quoted(story.story_id)} AND revision < {story.revision}"
    added = [engine.add(uid, some, note=note) for some in in_tasks(story.documents)]
    return (*added, engine.take(uid, old, note=note))


def take_tasks(engine: Engine, uid: str, story_id: str, revision: int) -> tuple[int, ...]:
    """Ask for a story to be remembered as gone, and then for all of it up to the revision to go."""
    note = _note_of(story_id, revision)
    old = f'story_id = {quoted(story_id)} AND kind IN ["passage", "head"] AND revision <= {revision}'
    return engine.add(uid, [rows.tombstone(story_id, revision)], note=note), engine.take(uid, old, note=note)


def _note_of(story_id: str, revision: int) -> str:
    return f"story={story_id} revision={revision}"


def in_tasks(documents: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Documents in tasks that the engine takes."""
    some: list[dict[str, Any]] = []
    size = 0
    for document in documents:
        length = sum(len(value) for value in document.values() if isinstance(value, str))
        if some and (len(some) >= MOST_IN_A_TASK or size + length > MOST_CHARACTERS):
            yield some
            some, size = [], 0
        some.append(document)
        size += length
    if some:
        yield some


def _ticket(tasks: Sequence[int]) -> Ticket:
    return Ticket(",".join(map(str, tasks)))
