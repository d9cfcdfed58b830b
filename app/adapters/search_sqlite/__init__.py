"""The embedded search index: SQLite FTS5 over folded tokens, in a file of its own."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from app.adapters.search_sqlite import (
    conditions,
    generations,
    paging,
    reading,
    rebuilding,
    rows,
    splitting,
    statements,
    suggesting,
    writing,
)
from app.adapters.search_sqlite.connections import Connections
from app.adapters.search_sqlite.generations import live as _live
from app.adapters.search_sqlite.paging import wanted_of
from app.adapters.search_sqlite.vocabulary import Vocabulary, as_written, is_seen, known_aliases
from app.ports.search_index import NotMadeError, Suggested, Ticket
from app.search.domain import aliases, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from app.ports.search_index import Access, BeforeSwitch, Hit, IndexSpec, Need, Page, Query, StoryDoc
    from app.search.domain.matching import Wanted

CUTOFF_S = 1.5
DEGRADED_ROWS = 5_000
MAX_HITS_IN_STORY = 500
PLENTY = 50
"""With so many moments found as typed, nobody needs what the words may have meant besides."""


class SqliteSearchIndex:
    """The port on one file; any number of threads and processes may use it at once."""

    def __init__(self, path: Path, *, cutoff_s: float = CUTOFF_S) -> None:
        self._cutoff_s = cutoff_s
        self.name = f"SQLite FTS5 {sqlite3.sqlite_version}"
        self._connections = Connections(path)
        self._vocabulary = Vocabulary()
        self._version = ""

    def ensure(self, spec: IndexSpec) -> Need:
        """Make the file and its tables, and say what it wants."""
        self._connections.path.parent.mkdir(parents=True, exist_ok=True)
        # It holds the words of stories that are open to few; the files beside it follow its rights.
        self._connections.path.touch(mode=0o600, exist_ok=True)
        self._version = f"{spec.version}/{fold.VERSION}/{aliases.VERSION}"
        with self._connections.writing() as connection:
            return generations.made(connection, self._version)

    def confirm(self) -> None:
        """The rows know what the index lacks: the next ``ensure`` need not ask again."""
        with self._connections.writing() as connection:
            generations.confirm(connection)

    def put_story(self, story: StoryDoc) -> Ticket:
        """Replace all passages of the story, in the live index and in one being rebuilt.

        Raises ``SearchUnavailableError`` while the index is of another version and waits for its rebuild.
        """
        folded = rows.rows_of(story)
        with self._connections.writing() as connection:
            for generation in generations.written(connection, self._version):
                writing.put(connection, generation, folded)
        return Ticket(f"{story.story_id}:{story.revision}")

    def delete_story(self, story_id: str, revision: int) -> Ticket:
        """Take the story out, whatever the index's version; when this returns nobody finds it."""
        with self._connections.writing() as connection:
            for generation in generations.known(connection):
                writing.take(connection, generation, story_id, revision)
        return Ticket(f"{story_id}:{revision}")

    def wait(self, ticket: Ticket, timeout_s: float) -> bool:
        """Always True: a write is committed before its ticket is given."""
        del ticket, timeout_s
        return True

    def search(self, query: Query, access: Access) -> Page:
        """Stories that match every word, best first."""
        began = time.perf_counter()
        wanted = wanted_of(query)
        if not wanted and query.text.strip():
            return paging.nothing(query)
        with self._connections.reading() as connection:
            older = generations.is_older(connection, self._version)
        page = self._found(query, access, wanted)
        if wanted and not query.literal and page.total_moments < PLENTY and not page.degraded:
            meant = self._meant(wanted, access)
            if meant is not None:
                few = page.total_moments == 0
                page = self._found(query, access, meant)
                if few and page.total_moments:
                    page = self._corrected(page, query, meant, access)
        # Its words were folded otherwise: some that are there may not be found.
        return replace(page, degraded=page.degraded or older, took_ms=(time.perf_counter() - began) * 1000)

    def _found(self, query: Query, access: Access, wanted: Sequence[Wanted]) -> Page:
        """Where few passages hold every word, also those whose story's title or names hold the rest."""
        page = self._page(query, access, wanted)
        if len(wanted) < 2 or page.total_moments >= PLENTY or page.degraded:  # noqa: PLR2004
            return page
        try:
            with self._connections.reading(self._cutoff_s) as connection:
                more = splitting.split_rows(connection, _live(connection), wanted, access)
        except TimeoutError:
            return page
        return self._page(query, access, wanted, more) if more else page

    def _page(self, query: Query, access: Access, wanted: Sequence[Wanted], more: Sequence[int] = ()) -> Page:
        try:
            with self._connections.reading(self._cutoff_s) as connection:
                return paging.page(connection, _live(connection), query, access, wanted, more=more)
        except TimeoutError:
            with self._connections.reading() as connection:
                return paging.page(connection, _live(connection), query, access, wanted, limit=DEGRADED_ROWS)

    def _meant(self, wanted: Sequence[Wanted], access: Access) -> list[Wanted] | None:
        """The same terms with what they may have meant; None when nothing is near any of them."""
        with self._connections.reading(self._cutoff_s) as connection:
            live = _live(connection)
            found = [
                replace(one, typos=self._vocabulary.meant(connection, live, one.term.tokens[0], access))
                if one.term.is_word and not one.term.quoted
                else one
                for one in wanted
            ]
        return found if any(one.typos for one in found) else None

    def _corrected(self, page: Page, query: Query, meant: Sequence[Wanted], access: Access) -> Page:
        """The page, and the question with each word that is nowhere to be seen replaced by the nearest one that is."""
        text, words = query.text, []
        with self._connections.reading(self._cutoff_s) as connection:
            live = _live(connection)
            for one in meant:
                if one.typos and is_seen(connection, live, one.term.tokens[0], access) is None:
                    written = as_written(connection, live, one.typos[0], access)
                    if written is not None:
                        words.append(written)
                        text = text.replace(one.term.raw, written.text, 1)
        return replace(page, corrected=text, corrected_by=tuple(words))

    def in_story(self, story_id: str, query: Query, access: Access, *, best_first: bool = False) -> Sequence[Hit]:
        """All matching passages of one story in the order of the sound, or the best first, at most 500."""
        wanted = wanted_of(query)
        if not wanted:
            return ()
        found = self._hits_in(story_id, wanted, access, best_first=best_first)
        if not found and not query.literal and (meant := self._meant(wanted, access)) is not None:
            found = self._hits_in(story_id, meant, access, best_first=best_first)
        return found

    def _hits_in(self, story_id: str, wanted: Sequence[Wanted], access: Access, *, best_first: bool) -> Sequence[Hit]:
        with self._connections.reading(self._cutoff_s) as connection:
            live = _live(connection)
            no = self._visible(connection, live, story_id, access)
            if no is None:
                return ()
            wanted = known_aliases(connection, live, wanted)
            more = splitting.split_rows(connection, live, wanted, access, only=no)
            statement = statements.in_story(wanted, no, MAX_HITS_IN_STORY, more=more, best_first=best_first)
            numbers = [r for (r,) in connection.execute(statement.of(live), statement.values)]
            found = reading.hits_of(connection, live, numbers, wanted)
        return tuple(found[r] for r in numbers)

    def suggest(self, prefix: str, access: Access, n: int) -> Suggested:
        """At most ``n`` words that go on from the prefix, only from passages this reader may read."""
        try:
            with self._connections.reading(self._cutoff_s) as connection:
                return suggesting.suggest(connection, _live(connection), prefix, access, n)
        except TimeoutError:
            return Suggested()

    def inventory(self) -> Iterator[tuple[str, int, int]]:
        """(story_id, revision, passages) of all that is held."""
        with self._connections.reading() as connection:
            live = _live(connection)
            held = connection.execute(
                f"SELECT story_id, revision, passages FROM stories_{live} WHERE gone = 0 ORDER BY story_id"
            ).fetchall()
        yield from held

    def rebuild(self, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None = None) -> Sequence[str]:
        """Fill a shadow generation and switch; writes made meanwhile go to both."""
        return rebuilding.rebuild(self._connections, self._version, documents, before_switch)

    def health(self) -> None:
        """Raise ``SearchUnavailableError`` when the file cannot be read, ``NotMadeError`` when nothing is in it."""
        with self._connections.reading() as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
                message = "not made yet: run storybraid migrate"
                raise NotMadeError(message)
            live = _live(connection)
            connection.execute(f"SELECT count(*) FROM fts_{live} WHERE fts_{live} MATCH '\"a\"'").fetchone()

    def close(self) -> None:
        """Close this thread's connection."""
        self._connections.close()

    @staticmethod
    def _visible(connection: sqlite3.Connection, live: int, story_id: str, access: Access) -> int | None:
        row = connection.execute(
            f"SELECT st.no FROM stories_{live} AS st WHERE st.story_id = :story_id AND "
            + conditions.ACCESS.replace("{g}", str(live)),
            {"story_id": story_id, **conditions.access_values(access)},
        ).fetchone()
        return row[0] if row else None
