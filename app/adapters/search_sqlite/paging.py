"""One page of stories from one snapshot of the search file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.search_sqlite import reading, statements
from app.ports.search_index import MOST_MATCHED, Page, StoryHit
from app.search.domain import aliases
from app.search.domain.matching import Wanted
from app.search.domain.query import terms_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from app.ports.search_index import Access, Query


def wanted_of(query: Query) -> list[Wanted]:
    """The terms of a question, each with the names it may stand for."""
    return [
        Wanted(
            term,
            () if query.literal or term.quoted else aliases.query_keys(term.raw, term.joined),
        )
        for term in terms_of(query.text, typing=query.mode == "prefix")
    ]


def nothing(query: Query) -> Page:
    """The answer to a question of signs alone."""
    return Page(
        stories=(),
        total_stories=0,
        total_moments=0,
        total_is_exact=True,
        facets={name: {} for name in query.facets},
        corrected=None,
        degraded=False,
        took_ms=0.0,
        matched={},
        matched_are_all=True,
    )


def page(  # noqa: PLR0913, one snapshot, one question, one reader
    connection: sqlite3.Connection,
    live: int,
    query: Query,
    access: Access,
    wanted: Sequence[Wanted],
    *,
    limit: int | None = None,
    more: Sequence[int] = (),
) -> Page:
    """One page, ``more`` rowids joined in; with ``limit`` only of the newest so many matches, and said to be so."""
    statement = (
        statements.search(query, access, wanted, limit=limit, more=more) if wanted else statements.browse(query, access)
    )
    total, moments = 0, 0
    facets: dict[str, dict[str, int]] = {name: {} for name in query.facets}
    stories: list[tuple[int, int, str, int]] = []
    matched: dict[str, int] = {}
    hits: dict[int, list[tuple[int, int]]] = {}
    for kind, a, b, c, d in connection.execute(statement.of(live), statement.values):
        if kind == "matched":
            matched[a] = b
        elif kind == "total":
            total, moments = a, b
        elif kind == "facet":
            facets[a][b] = c
        elif kind == "story":
            stories.append((d, a, b, c))
        else:
            hits.setdefault(a, []).append((c, b))
    numbers = [no for places in hits.values() for _, no in places]
    found = reading.hits_of(connection, live, numbers, wanted) if numbers else {}
    return Page(
        stories=tuple(
            StoryHit(story_id, tuple(found[r] for _, r in sorted(hits.get(no, ()))), n)
            for _, no, story_id, n in sorted(stories)
        ),
        total_stories=total,
        total_moments=moments,
        total_is_exact=limit is None,
        facets=facets,
        corrected=None,
        degraded=limit is not None,
        took_ms=0.0,
        matched=matched,
        matched_are_all=total <= MOST_MATCHED,
    )
