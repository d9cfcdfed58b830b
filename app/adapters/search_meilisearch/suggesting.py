"""Words and names that go on from what is being typed, counted in passages this reader may see."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.adapters.search_meilisearch.reading import as_written
from app.adapters.search_meilisearch.searching import Searcher
from app.ports.search_index import Query, Suggested
from app.search.domain.fold import fold
from app.search.domain.going_on import begins, runs, usual

if TYPE_CHECKING:
    from app.adapters.search_meilisearch.engine import Engine
    from app.ports.search_index import Access

_LOOKED_AT = 100
"""Documents, the best first: enough to know the usual words."""


def suggest(engine: Engine, prefix: str, access: Access, n: int) -> Suggested:
    """At most ``n`` suggestions for the last word of ``prefix``: names first, then the most usual words."""
    wanted, rows = Searcher(engine, Query(prefix, mode="prefix", literal=True), access).texts(_LOOKED_AT)
    if not wanted:
        return Suggested()
    last = wanted[-1].term
    if not last.prefix and not last.is_unspaced:
        return Suggested()
    passages = {row.passage_id: row.story_id for row in rows}
    names = Counter(name for row in rows for name in row.names if begins(name, last))
    found = [name for name, _ in usual(names)[:n]]
    if last.is_unspaced:
        words = runs([row.text for row in rows], last)
        return Suggested(tuple(dict.fromkeys([*found, *(word for word, _ in usual(words))]))[:n], passages)
    counted: Counter[str] = Counter()
    for row in rows:
        counted.update({token for token in _tokens(row.text, row.core) if token.startswith(last.tokens[-1])})
    for word, _ in usual(counted):
        if len(found) >= n:
            break
        where = next(row for row in rows if word in _tokens(row.text, row.core))
        written = as_written(where, word)
        if written not in found:
            found.append(written)
    return Suggested(tuple(found[:n]), passages)


def _tokens(text: str, core: int) -> list[str]:
    return fold(text).before(core).tokens
