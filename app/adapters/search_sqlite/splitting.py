"""Passages that hold only some of the words, where their story's title or names hold the others."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from app.adapters.search_sqlite import conditions, expressions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from app.ports.search_index import Access
    from app.search.domain.matching import Wanted

MOST_TERMS = 6
"""A longer question says by itself which passage is meant."""
MOST_STORIES = 200
"""Stories looked into, those whose title and names hold the most of the words first; each costs some 20 µs."""
MOST_ROWS = 1_000


def split_rows(
    connection: sqlite3.Connection,
    generation: int,
    wanted: Sequence[Wanted],
    access: Access,
    *,
    only: int | None = None,
) -> list[int]:
    """Rowids of passages with the words that their story's title or names have not (``only``: of this story).

    Looks at nothing that this reader may not see, so that neither order nor cut tells of it.
    """
    if not 1 < len(wanted) <= MOST_TERMS:
        return []
    named = _stories_named(connection, generation, wanted, access, only)
    by_rest: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for no, held in sorted(named.items(), key=lambda one: (-len(one[1]), one[0]))[:MOST_STORIES]:
        rest = tuple(i for i in range(len(wanted)) if i not in held)
        if rest:
            by_rest[rest].append(no)
    found: set[int] = set()
    for rest, numbers in by_rest.items():
        rows = connection.execute(
            f"SELECT f.rowid FROM json_each(:numbers) AS s CROSS JOIN fts_{generation} AS f"
            f" WHERE f.fts_{generation} MATCH :rest"
            " AND f.rowid BETWEEN s.value << 16 AND s.value << 16 | 65535 LIMIT :most",
            {
                "numbers": json.dumps(sorted(numbers)),
                "rest": expressions.all_of(expressions.any_of(wanted[i]) for i in rest),
                "most": MOST_ROWS,
            },
        )
        found.update(r for (r,) in rows)
    return sorted(found)


def _stories_named(
    connection: sqlite3.Connection, generation: int, wanted: Sequence[Wanted], access: Access, only: int | None
) -> dict[int, set[int]]:
    """Which words stand in the title or the names, by story."""
    one_story = "" if only is None else " AND h.rowid = :only"
    sql = (
        f"SELECT h.rowid FROM heads_{generation} AS h JOIN stories_{generation} AS st ON st.no = h.rowid"
        f" WHERE h.heads_{generation} MATCH :term{one_story} AND " + conditions.ACCESS.replace("{g}", str(generation))
    )
    values = {"only": only, **conditions.access_values(access)}
    named: dict[int, set[int]] = defaultdict(set)
    for i, one in enumerate(wanted):
        for (no,) in connection.execute(sql, {"term": expressions.any_of(one), **values}):
            named[no].add(i)
    return named
