"""The one statement of a search: matches, grouped by story, seen by this reader, with totals and page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.adapters.search_sqlite import conditions, expressions
from app.ports.search_index import MOST_MATCHED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from app.ports.search_index import Access, Query
    from app.search.domain.matching import Wanted

HITS_PER_STORY = 3
_MATCHED = f"SELECT * FROM (SELECT 'matched', story_id, n, NULL, NULL FROM seen LIMIT {MOST_MATCHED:d})"
_LAST_PAGE = 1_000_000
"""A larger number is this one: SQLite's integers end."""
_ORDERS = {
    "relevance": "tier, n DESC, st.published_at DESC, st.story_id",
    "newest": "st.recorded_low IS NULL, st.recorded_low DESC, st.published_at DESC, st.story_id",
    "oldest": "st.recorded_low IS NULL, st.recorded_low, st.published_at, st.story_id",
}


@dataclass(frozen=True)
class Statement:
    """SQL with ``{g}`` for the generation, and its bound values."""

    sql: str
    values: dict[str, Any] = field(default_factory=dict)

    def of(self, generation: int) -> str:
        """The SQL on one generation's tables."""
        return self.sql.replace("{g}", str(generation))


def matches(
    wanted: Sequence[Wanted], *, within: bool = False, limit: int | None = None, more: Sequence[int] = ()
) -> tuple[str, dict[str, Any]]:
    """SQL of the matching rowids: ``within`` one story (``:low`` to ``:high``); newest ``limit`` only; and ``more``.

    A phrase may lie across the seam to the next passage: such a passage joins unless it, or the next
    one, which repeats the seam's words, matches anyway. So it is found once.
    """
    values: dict[str, Any] = {"wide": expressions.all_of(expressions.any_of(one) for one in wanted)}
    span = " AND rowid BETWEEN :low AND :high" if within else ""
    cut = f" ORDER BY rowid DESC LIMIT {limit:d}" if limit else ""
    sql = f"core(r) AS MATERIALIZED (SELECT rowid FROM fts_{{g}} WHERE fts_{{g}} MATCH :wide{span}{cut})"
    if more:
        sql = sql[:-1] + " UNION SELECT value FROM json_each(:more))"
        values["more"] = json.dumps(list(more))
    if not any(expressions.may_cross(one.term) for one in wanted):
        return sql.replace("core(r)", "main(r)"), values
    values["seam"] = expressions.all_of(expressions.any_of(one, seam=True) for one in wanted)
    if len(wanted) == 1:
        term = wanted[0].term
        signed = (expressions.SEAM + token for token in term.tokens)
        values["seam"] = expressions.quoted(signed, prefix=term.prefix)
    return (
        f"{sql}, main(r) AS MATERIALIZED (SELECT r FROM core UNION ALL"
        f" SELECT rowid FROM fts_{{g}} WHERE fts_{{g}} MATCH :seam{span}"
        " AND rowid NOT IN (SELECT r FROM core) AND rowid + 1 NOT IN (SELECT r FROM core))"
    ), values


def search(
    query: Query,
    access: Access,
    wanted: Sequence[Wanted],
    *,
    limit: int | None = None,
    more: Sequence[int] = (),
) -> Statement:
    """Rows: total(stories, moments), matched(id, n), facet(name, value, n), story(no, id, n, place), hit(no, r, place).

    Order by relevance looks only at what this reader may see, so that it cannot tell of the rest: first
    stories whose title or names match, then words as typed and beside each other, then other exact
    ones, aliases, typos; among equals the story with the most moments.
    """
    rows, values = matches(wanted, limit=limit, more=more)
    filtering, filter_values = conditions.filters(query)
    tiers = _tiers(wanted)
    sets = _sets(tiers) + "".join(
        f", s_{name}(s) AS MATERIALIZED (SELECT DISTINCT r >> 16 FROM t_{name})" for name in tiers
    )
    values |= tiers
    by_story = " ".join(f"WHEN st.no IN (SELECT s FROM s_{name}) THEN {i}" for i, name in enumerate(tiers))
    sql = f"""
WITH {rows}{sets},
grouped(s, n) AS (SELECT r >> 16, count(*) FROM main GROUP BY 1),
seen AS MATERIALIZED (
  SELECT st.no, st.story_id, st.recorded_low, st.published_at, grouped.n,
    CASE {by_story} ELSE {len(tiers)} END AS tier
  FROM grouped JOIN stories_{{g}} AS st ON st.no = grouped.s
  WHERE {conditions.ACCESS}{filtering}
),
page AS MATERIALIZED (
  SELECT no, story_id, n, row_number() OVER (ORDER BY {_ORDERS[query.sort]}) AS place
  FROM seen AS st ORDER BY place LIMIT :size OFFSET :skip
),
hits AS (
  SELECT m.r, row_number() OVER (
    PARTITION BY m.r >> 16 ORDER BY {_place(tiers)}, m.r) AS place
  FROM main AS m WHERE m.r >> 16 IN (SELECT no FROM page)
)
SELECT 'total' AS kind, count(*) AS a, coalesce(sum(n), 0) AS b, NULL AS c, NULL AS d FROM seen
UNION ALL {_MATCHED}
UNION ALL SELECT 'story', no, story_id, n, place FROM page
UNION ALL SELECT 'hit', r >> 16, r, place, NULL FROM hits WHERE place <= {HITS_PER_STORY}
{_facets(query)}"""
    return Statement(sql, values | filter_values | conditions.access_values(access) | _paging(query))


def in_story(
    wanted: Sequence[Wanted], no: int, most: int, *, more: Sequence[int] = (), best_first: bool = False
) -> Statement:
    """Rowids of the matching passages of story ``no``, and of ``more``, in the order of the sound or of a page."""
    rows, values = matches(wanted, within=True, more=more)
    values |= {"low": no << 16, "high": no << 16 | 0xFFFF}
    if not best_first:
        return Statement(f"WITH {rows} SELECT r FROM main ORDER BY r LIMIT {most:d}", values)
    tiers = _tiers(wanted)
    rows += _sets(tiers, within=True)
    return Statement(
        f"WITH {rows} SELECT m.r FROM main AS m ORDER BY {_place(tiers)}, m.r LIMIT {most:d}", values | tiers
    )


def _tiers(wanted: Sequence[Wanted]) -> dict[str, str]:
    """The better ways to match, best first: name → expression."""
    terms = [one.term for one in wanted]
    tiers = {"title": expressions.in_title(terms)}
    if (marks := expressions.with_marks(terms)) is not None:
        tiers["marks"] = marks
    if (near := expressions.near(terms)) is not None:
        tiers["near"] = near
    typos = any(one.typos for one in wanted)
    if typos or any(one.aliases for one in wanted):
        tiers["exact"] = expressions.all_of(expressions.exact(term) for term in terms)
        if typos and any(one.aliases for one in wanted):
            tiers["alias"] = expressions.all_of(expressions.any_of(one, typos=False) for one in wanted)
    return tiers


def _sets(tiers: Iterable[str], *, within: bool = False) -> str:
    """The rowids of each tier, ``within`` one story (``:low`` to ``:high``)."""
    span = " AND rowid BETWEEN :low AND :high" if within else ""
    return "".join(
        f", t_{name}(r) AS MATERIALIZED (SELECT rowid FROM fts_{{g}} WHERE fts_{{g}} MATCH :{name}{span})"
        for name in tiers
    )


def _place(tiers: Collection[str]) -> str:
    """What a moment ``m.r`` is ordered by."""
    whens = " ".join(f"WHEN m.r IN (SELECT r FROM t_{name}) THEN {i}" for i, name in enumerate(tiers))
    return f"CASE {whens} ELSE {len(tiers)} END"


def browse(query: Query, access: Access) -> Statement:
    """All stories that this reader may see, newest first unless sorted otherwise; no hits."""
    more, values = conditions.filters(query)
    order = _ORDERS["newest" if query.sort == "relevance" else query.sort]
    sql = f"""
WITH seen AS MATERIALIZED (
  SELECT st.no, st.story_id, st.recorded_low, st.published_at, 0 AS n FROM stories_{{g}} AS st
  WHERE {conditions.ACCESS}{more}
),
page AS MATERIALIZED (
  SELECT no, story_id, n, row_number() OVER (ORDER BY {order}) AS place
  FROM seen AS st ORDER BY place LIMIT :size OFFSET :skip
)
SELECT 'total' AS kind, count(*) AS a, 0 AS b, NULL AS c, NULL AS d FROM seen
UNION ALL {_MATCHED}
UNION ALL SELECT 'story', no, story_id, n, place FROM page
{_facets(query)}"""
    return Statement(sql, values | conditions.access_values(access) | _paging(query))


def _paging(query: Query) -> dict[str, Any]:
    size = max(1, min(query.per_page, 50))
    return {
        "size": size,
        "skip": (max(1, min(query.page, _LAST_PAGE)) - 1) * size,
        "wanted_facets": "|" + "|".join(query.facets) + "|",
    }


def _facets(query: Query) -> str:
    if not query.facets:
        return ""
    # CROSS keeps SQLite from reading every facet of the archive to find those of a few stories.
    return """UNION ALL SELECT 'facet', f.kind, f.value, count(*), NULL
  FROM seen CROSS JOIN facets_{g} AS f
  WHERE f.story_no = seen.no AND instr(:wanted_facets, '|' || f.kind || '|') GROUP BY f.kind, f.value"""
