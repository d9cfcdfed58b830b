"""Words and names that go on from what is being typed, counted in passages this reader may see."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from app.adapters.search_sqlite import conditions, expressions
from app.adapters.search_sqlite.vocabulary import as_written
from app.ports.search_index import Suggested
from app.search.domain.going_on import begins, runs, usual
from app.search.domain.query import terms_of

if TYPE_CHECKING:
    import sqlite3

    from app.ports.search_index import Access

_LOOKED_AT = 300
"""Passages, the last added first: enough to know the usual words, and bounded for a common letter."""


def suggest(connection: sqlite3.Connection, generation: int, prefix: str, access: Access, n: int) -> Suggested:
    """At most ``n`` suggestions for the last word of ``prefix``: names first, then the most usual words."""
    terms = terms_of(prefix, typing=True)
    if not terms or (not terms[-1].prefix and not terms[-1].is_unspaced):
        return Suggested()
    last = terms[-1]
    rows = connection.execute(
        f"SELECT p.passage_id, st.story_id, f.text, p.text, p.names FROM fts_{generation} AS f"
        f" JOIN stories_{generation} AS st ON st.no = f.rowid >> 16"
        f" JOIN passages_{generation} AS p ON p.no = f.rowid"
        f" WHERE f.fts_{generation} MATCH :wanted AND "
        + conditions.ACCESS.replace("{g}", str(generation))
        + " ORDER BY f.rowid DESC LIMIT :most",
        {
            "wanted": expressions.all_of(expressions.exact(term) for term in terms),
            "most": _LOOKED_AT,
            **conditions.access_values(access),
        },
    ).fetchall()
    passages = {passage_id: story_id for passage_id, story_id, *_ in rows}
    names = Counter(name for *_, found in rows for name in json.loads(found) if begins(name, last))
    found = [name for name, _ in usual(names)[:n]]
    if last.is_unspaced:
        words = runs([text for *_, text, _ in rows], last)
        return Suggested(tuple(dict.fromkeys([*found, *(word for word, _ in usual(words))]))[:n], passages)
    counted: Counter[str] = Counter()
    goes_on = re.compile("(?:^| )(" + re.escape(last.tokens[-1]) + "[^ ]*)")
    for _, _, tokens, _, _ in rows:
        counted.update(set(goes_on.findall(tokens)))
    for word, _ in usual(counted):
        if len(found) >= n:
            break
        written = as_written(connection, generation, word, access)
        if written is not None and written.text not in found:
            found.append(written.text)
            passages[written.passage_id] = written.story_id
    return Suggested(tuple(found[:n]), passages)
