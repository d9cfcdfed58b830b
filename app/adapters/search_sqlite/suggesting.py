"""Words and names that go on from what is being typed, counted in passages this reader may see."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from app.adapters.search_sqlite import conditions, expressions
from app.adapters.search_sqlite.vocabulary import as_written
from app.search.domain.fold import fold, fold_text, script_of
from app.search.domain.query import terms_of

if TYPE_CHECKING:
    import sqlite3

    from app.ports.search_index import Access
    from app.search.domain.query import Term

_LOOKED_AT = 300
"""Passages, the last added first: enough to know the usual words, and bounded for a common letter."""


def suggest(connection: sqlite3.Connection, generation: int, prefix: str, access: Access, n: int) -> list[str]:
    """At most ``n`` suggestions for the last word of ``prefix``: names first, then the most usual words."""
    terms = terms_of(prefix, typing=True)
    if not terms or (not terms[-1].prefix and not terms[-1].is_unspaced):
        return []
    last = terms[-1]
    rows = connection.execute(
        f"SELECT f.rowid, f.text, p.text, p.names FROM fts_{generation} AS f"
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
    names = Counter(name for *_, found in rows for name in json.loads(found) if _begins(name, last))
    found = [name for name, _ in _usual(names)[:n]]
    if last.is_unspaced:
        words = _runs([text for _, _, text, _ in rows], last)
        return list(dict.fromkeys([*found, *(word for word, _ in _usual(words))]))[:n]
    counted: Counter[str] = Counter()
    begins = re.compile("(?:^| )(" + re.escape(last.tokens[-1]) + "[^ ]*)")
    for _, tokens, _, _ in rows:
        counted.update(set(begins.findall(tokens)))
    for word, _ in _usual(counted):
        if len(found) >= n:
            break
        written = as_written(connection, generation, word, access)
        if written not in found:
            found.append(written)
    return found[:n]


def _usual(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _begins(name: str, term: Term) -> bool:
    if term.is_unspaced:
        return fold_text(term.raw) in fold_text(name)
    return any(token.startswith(term.tokens[-1]) for token in fold(name).tokens)


def _runs(texts: list[str], term: Term) -> Counter[str]:
    """What follows an unspaced beginning: it with one and with two more characters of its script."""
    begun = fold_text(term.raw)
    kind = script_of(begun)
    counted: Counter[str] = Counter()
    for text in texts:
        folded = fold(text)
        seen: set[str] = set()
        at = folded.plain.find(begun)
        while at >= 0:
            for more in (1, 2):
                end = at + len(begun) + more
                run = folded.plain[at:end]
                if len(run) == len(begun) + more and all(script_of(one) == kind for one in run[-more:]):
                    a, b = folded.raw_span(at, end)
                    seen.add(text[a:b])
            at = folded.plain.find(begun, at + 1)
        counted.update(seen)
    return counted
