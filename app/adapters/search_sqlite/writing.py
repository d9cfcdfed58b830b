"""Putting and taking stories: which revision wins, and what a generation's tables then hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.adapters.search_sqlite.rows import is_vocabulary

if TYPE_CHECKING:
    import sqlite3

    from app.adapters.search_sqlite.rows import StoryRows


def put(connection: sqlite3.Connection, generation: int, rows: StoryRows, words: Counter[str] | None = None) -> bool:
    """Replace a story; False when a newer revision, or its removal, is already known.

    With ``words`` its vocabulary is counted there, for ``add_words`` in the same transaction.
    """
    g = generation
    story_id, revision, *_ = rows.story
    known = connection.execute(f"SELECT no, revision, gone FROM stories_{g} WHERE story_id = ?", (story_id,)).fetchone()
    if known is not None:
        no, held, gone = known
        if revision < held or (gone and revision == held):
            return False
        _clear(connection, g, no, rows.words)
    connection.execute(
        f"INSERT INTO stories_{g} (story_id, revision, level, owner_id, recorded_low, recorded_high,"
        " published_at, title, passages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (story_id) DO UPDATE SET (revision, level, owner_id, recorded_low, recorded_high,"
        " published_at, title, passages, gone) = (excluded.revision, excluded.level, excluded.owner_id,"
        " excluded.recorded_low, excluded.recorded_high, excluded.published_at, excluded.title,"
        " excluded.passages, 0)",
        rows.story,
    )
    (no,) = connection.execute(f"SELECT no FROM stories_{g} WHERE story_id = ?", (story_id,)).fetchone()
    base = no << 16
    connection.executemany(f"INSERT INTO groups_{g} VALUES (?, ?)", [(no, one) for one in rows.groups])
    connection.executemany(f"INSERT INTO facets_{g} VALUES (?, ?, ?)", [(no, *one) for one in rows.facets])
    connection.executemany(
        f"INSERT INTO passages_{g} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(base | seq, *rest) for seq, *rest in rows.passages],
    )
    connection.executemany(
        f"INSERT INTO fts_{g} (rowid, title, text, seam, extra, marks, alias) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(base | seq, *rest) for seq, *rest in rows.tokens],
    )
    connection.execute(f"INSERT INTO heads_{g} (rowid, tokens, extra, alias) VALUES (?, ?, ?, ?)", (no, *rows.head))
    if words is None:
        add_words(connection, g, Counter(rows.words))
    else:
        words.update(rows.words)
    return True


def add_words(connection: sqlite3.Connection, generation: int, words: Counter[str]) -> None:
    """Count each word's stories up: what is new becomes part of the vocabulary."""
    connection.executemany(
        f"INSERT INTO words_{generation} (word, stories) VALUES (?, ?)"
        " ON CONFLICT (word) DO UPDATE SET stories = stories + excluded.stories",
        sorted(words.items()),
    )


def take(connection: sqlite3.Connection, generation: int, story_id: str, revision: int) -> bool:
    """Remove a story and remember that it is gone; False when a newer revision is held."""
    g = generation
    known = connection.execute(f"SELECT no, revision FROM stories_{g} WHERE story_id = ?", (story_id,)).fetchone()
    if known is not None:
        if revision < known[1]:
            return False
        _clear(connection, g, known[0], frozenset())
    connection.execute(
        f"INSERT INTO stories_{g} (story_id, revision, gone) VALUES (?, ?, 1)"
        " ON CONFLICT (story_id) DO UPDATE SET (revision, gone, level, owner_id, recorded_low,"
        " recorded_high, published_at, title, passages) = (excluded.revision, 1, NULL, NULL, NULL, NULL,"
        " NULL, '', 0)",
        (story_id, revision),
    )
    return True


def _clear(connection: sqlite3.Connection, g: int, no: int, keep: frozenset[str]) -> None:
    """Remove all rows of a story but its own; words of ``keep`` stay in the vocabulary for its return."""
    low, high = no << 16, no << 16 | 0xFFFF
    words: set[str] = set()
    for title, text in connection.execute(f"SELECT title, text FROM fts_{g} WHERE rowid BETWEEN ? AND ?", (low, high)):
        words.update(filter(is_vocabulary, {*title.split(), *text.split()}))
    connection.execute(f"DELETE FROM fts_{g} WHERE rowid BETWEEN ? AND ?", (low, high))
    connection.execute(f"DELETE FROM heads_{g} WHERE rowid = ?", (no,))
    connection.execute(f"DELETE FROM passages_{g} WHERE no BETWEEN ? AND ?", (low, high))
    connection.execute(f"DELETE FROM groups_{g} WHERE story_no = ?", (no,))
    connection.execute(f"DELETE FROM facets_{g} WHERE story_no = ?", (no,))
    connection.executemany(
        f"UPDATE words_{g} SET stories = stories - 1 WHERE word = ?", [(word,) for word in sorted(words)]
    )
    connection.executemany(
        f"DELETE FROM words_{g} WHERE word = ? AND stories <= 0",
        [(word,) for word in sorted(words - keep)],
    )
