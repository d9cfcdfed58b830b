"""The words of the index in memory, for finding what a mistyped word may have meant."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.adapters.search_sqlite import conditions, expressions
from app.adapters.search_sqlite.rows import is_vocabulary
from app.ports.search_index import Word
from app.search.domain.fold import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from app.ports.search_index import Access
    from app.search.domain.matching import Wanted

ONE_FROM, TWO_FROM = 5, 9
"""Letters from which one and two typing errors are forgiven."""
MOST = 8
"""Words that one mistyped word may stand for."""
_MOST_LOOKED_AT = 200


class Vocabulary:
    """Words by first letter and length, read on as they come into the file (a worker's too)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = 0
        self._last = 0
        self._words: dict[tuple[str, int], list[str]] = {}

    def _refresh(self, connection: sqlite3.Connection, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                self._generation, self._last, self._words = generation, 0, {}
            rows = connection.execute(
                f"SELECT id, word FROM words_{generation} WHERE id > ? ORDER BY id", (self._last,)
            )
            for self._last, word in rows:
                self._words.setdefault((word[0], len(word)), []).append(word)

    def meant(self, connection: sqlite3.Connection, generation: int, word: str, access: Access) -> tuple[str, ...]:
        """Words near ``word`` that stand in a passage this reader may see, nearest first.

        Transposed neighbours are one error; the first letter is taken to be right.
        """
        if not is_vocabulary(word) or len(word) < ONE_FROM:
            return ()
        self._refresh(connection, generation)
        errors = 1 if len(word) < TWO_FROM else 2
        near: list[tuple[int, str]] = []
        for length in range(len(word) - errors, len(word) + errors + 1):
            choices = self._words.get((word[0], length), [])
            found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=errors, limit=None)
            near += [(int(distance), other) for other, distance, _ in found if other != word]
        seen: list[str] = []
        for _, other in sorted(set(near))[:_MOST_LOOKED_AT]:
            if is_seen(connection, generation, other, access) is not None:
                seen.append(other)
                if len(seen) == MOST:
                    break
        return tuple(seen)


def is_seen(connection: sqlite3.Connection, generation: int, word: str, access: Access) -> int | None:
    """The first passage with this word that this reader may see."""
    row = connection.execute(
        f"SELECT f.rowid FROM fts_{generation} AS f JOIN stories_{generation} AS st ON st.no = f.rowid >> 16"
        f" WHERE f.fts_{generation} MATCH :word AND " + conditions.ACCESS.replace("{g}", str(generation)) + " LIMIT 1",
        {
            "word": expressions.quoted([word]),
            **conditions.access_values(access),
        },
    ).fetchone()
    return row[0] if row else None


def as_written(connection: sqlite3.Connection, generation: int, word: str, access: Access) -> Word | None:
    """The word as the first passage this reader may see writes it (nakamura → Nakamura); None where none has it."""
    no = is_seen(connection, generation, word, access)
    if no is None:
        return None
    text, names, title, story_id, passage_id = connection.execute(
        f"SELECT p.text, p.names, st.title, st.story_id, p.passage_id FROM passages_{generation} AS p"
        f" JOIN stories_{generation} AS st ON st.no = p.no >> 16 WHERE p.no = ?",
        (no,),
    ).fetchone()
    for raw in (text, title, names):
        folded = fold(raw)
        if word in folded.tokens:
            i = folded.tokens.index(word)
            return Word(str(raw[folded.starts[i] : folded.ends[i]]), story_id, passage_id)
    return Word(word, story_id, passage_id)


def known_aliases(connection: sqlite3.Connection, generation: int, wanted: Sequence[Wanted]) -> list[Wanted]:
    """The terms with only those aliases that stand anywhere: most have none, and then cost nothing more."""
    sql = f"SELECT 1 FROM fts_{generation} WHERE fts_{generation} MATCH ? LIMIT 1"
    return [
        replace(
            one,
            aliases=tuple(
                keys for keys in one.aliases if connection.execute(sql, (expressions.alias(keys, one.term),)).fetchone()
            ),
        )
        if one.aliases
        else one
        for one in wanted
    ]
