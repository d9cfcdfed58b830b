"""The search index of production: Meilisearch behind our API, fed with our own folded tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.adapters.search_meilisearch import inventory, rebuilding, rows, schema, suggesting, versions
from app.adapters.search_meilisearch.engine import Engine
from app.adapters.search_meilisearch.keys import Keys, keys_of, make_keys
from app.adapters.search_meilisearch.searching import Searcher
from app.adapters.search_meilisearch.writing import Writer
from app.ports.search_index import SearchUnavailableError
from app.search.domain import aliases, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.ports.search_index import (
        Access,
        BeforeSwitch,
        Hit,
        IndexSpec,
        Need,
        Page,
        Query,
        StoryDoc,
        Suggested,
        Ticket,
    )

__all__ = ["Keys", "MeilisearchIndex", "keys_of", "make_keys"]


class MeilisearchIndex:
    """The port on one server. What a process may do is what its keys may do."""

    def __init__(
        self,
        url: str,
        *,
        search_key: str | None = None,
        write_key: str | None = None,
        admin_key: str | None = None,
        uid: str = schema.LIVE,
    ) -> None:
        self.name = "Meilisearch"
        self._engine = Engine(url, search_key=search_key, write_key=write_key, admin_key=admin_key, live=uid)
        self._writer = Writer(self._engine)
        self._sight = versions.Sight(self._engine)

    def ensure(self, spec: IndexSpec) -> Need:
        """Make the index if needed, and say what it wants.

        Only a process with the admin key makes it. One with the write key raises ``SearchUnavailableError``
        where the index is not there or of another version; one that only searches has nothing to do.
        """
        own = self._writer.version = f"{spec.version}/{fold.VERSION}/{aliases.VERSION}/{schema.VERSION}"
        engine = self._engine
        self._sight.forget()
        if not engine.may("write"):
            return "ready"
        meta = engine.document(engine.live, schema.META)
        if not engine.may("admin"):
            if meta is None or not versions.may_be_written(meta.version, own):
                raise SearchUnavailableError("the search index waits for its making: run storybraid search setup")
            return "ready"
        if meta is None:
            engine.create(engine.live)
            made = versions.meta(versions.unconfirmed(own))
            engine.settle([engine.add(engine.live, [made], role="admin")], role="admin")
            return "compare"
        if not versions.may_be_written(meta.version, own):
            return "rebuild"
        return "compare" if versions.is_unconfirmed(meta.version) else "ready"

    def confirm(self) -> None:
        """The rows know what the index lacks: the next ``ensure`` need not ask again."""
        versions.confirm(self._engine)

    def put_story(self, story: StoryDoc) -> Ticket:
        """Ask for all passages of the story to be replaced; ``wait`` says when they can be found."""
        return self._writer.put(rows.documents_of(story))

    def delete_story(self, story_id: str, revision: int) -> Ticket:
        """Ask for the story to be taken out; ``wait`` says when nobody finds it any more."""
        return self._writer.take(story_id, revision)

    def wait(self, ticket: Ticket, timeout_s: float) -> bool:
        """True once the write can be found; False when the engine has not done it in time.

        Raises ``BadDocumentError`` when the engine refused the documents.
        """
        return self._writer.wait(ticket, timeout_s)

    def search(self, query: Query, access: Access) -> Page:
        """Stories that match every word, best first."""
        older = self._sight.is_older(self._writer.version)
        page = Searcher(self._engine, query, access).page()
        return replace(page, degraded=True) if older else page

    def in_story(self, story_id: str, query: Query, access: Access, *, best_first: bool = False) -> Sequence[Hit]:
        """All matching passages of one story in the order of the sound, or the best first, at most 500."""
        self._sight.is_older(self._writer.version)
        return tuple(Searcher(self._engine, query, access).in_story(story_id, best_first=best_first))

    def suggest(self, prefix: str, access: Access, n: int) -> Suggested:
        """At most ``n`` words that go on from the prefix, only from passages this reader may read."""
        self._sight.is_older(self._writer.version)
        return suggesting.suggest(self._engine, prefix, access, n)

    def inventory(self) -> Iterator[tuple[str, int, int]]:
        """(story_id, revision, passages) of all that is held."""
        return inventory.inventory(self._engine)

    def rebuild(self, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None = None) -> Sequence[str]:
        """Fill a shadow index and switch; needs the admin key."""
        refused = rebuilding.rebuild(self._engine, self._writer, documents, before_switch)
        self._sight.forget()
        return refused

    def reach(self) -> None:
        """Raise ``SearchUnavailableError`` when the server does not answer, takes no key of ours or is too old."""
        self._engine.health()
        version = self._engine.version()
        if version is None:
            return
        self.name = f"Meilisearch {version}"
        if _numbers(version) < schema.OLDEST:
            oldest = ".".join(map(str, schema.OLDEST))
            raise SearchUnavailableError(f"Meilisearch {version} is too old: {oldest} or newer is needed")

    def health(self) -> None:
        """Raise ``SearchUnavailableError`` when the engine cannot answer a question."""
        self.reach()
        # The server says that it is available before it has looked at any key or index.
        self._engine.search(self._engine.live, "", filter=['kind = "meta"'], limit=1, attributesToRetrieve=["id"])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".") if part.isdigit())
