"""Pages, moments of a story, browsing: what a question finds, as the port gives it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import conditions, expressions, meanings, reading, schema
from app.adapters.search_meilisearch.asking import Asked, Asker, asked_of
from app.adapters.search_meilisearch.letters import listed, quoted, value_of
from app.adapters.search_meilisearch.meanings import Besides, Meanings
from app.ports.search_index import FACETS, MOST_MATCHED, Page, StoryHit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.adapters.search_meilisearch.engine import Answer, Engine, Row
    from app.adapters.search_meilisearch.expressions import Question
    from app.adapters.search_meilisearch.meanings import Moments, Ways
    from app.ports.search_index import Access, Hit, Query
    from app.search.domain.matching import Wanted

HITS_PER_STORY = 3
MOST_IN_STORY = 500
_TEXTS_AT_ONCE = 200
_LOOKED_AT_PER_STORY = 6
"""Moments that are fetched for each story of a page: three are shown, and some stories have most of them."""
_STORY = "story_id"
_LAST_PAGE = 100_000
_SORTS = {
    "newest": ["recorded_newest:desc", "published_at:desc", "story_id:asc"],
    "oldest": ["recorded_oldest:asc", "published_at:asc", "story_id:asc"],
}


class Searcher:
    """One question of one reader."""

    def __init__(self, engine: Engine, query: Query, access: Access) -> None:
        self._asker = Asker(engine, access)
        self._query = query
        self._began = time.perf_counter()
        self._size = max(1, min(query.per_page, 50))
        self._page = max(1, min(query.page, _LAST_PAGE))
        self._facets = tuple(kind for kind in query.facets if kind in FACETS)
        self._sort: dict[str, Any] = {} if query.sort == "relevance" else {"sort": _SORTS[query.sort]}
        self._meanings = Meanings(self._asker, query, self._facets, self._sort)

    def page(self) -> Page:
        """One page of stories."""
        if not self._asker.may_find or (not self._meanings.wanted and self._query.text.strip()):
            return self._made([], 0, 0, {}, {})
        if not self._meanings.wanted:
            return self._browse()
        extra = conditions.filters(self._query)
        ways, pages = self._meanings.ways(extra, limit=meanings.FIRST, page=lambda way: self._paged(way, extra))
        paged = self._page_of(ways, pages)
        if paged is not None:
            return self._wide(ways, extra, pages[ways.plain], paged)
        return self._together(self._meanings.gather(self._meanings.more(ways, extra), extra))

    def _page_of(self, ways: Ways, pages: Mapping[Question, Answer]) -> Answer | None:
        """The engine's own page, where it is the one that all moments together would make."""
        if ways.are_all or not pages:
            return None
        plain = pages[ways.plain]
        if ways.moments > meanings.TOGETHER:
            return plain
        if ways.moments < meanings.PLENTY or (ways.others and not self._can_put_behind(ways)):
            return None
        if not ways.parted or ways.marked is None:
            return plain
        better = pages[ways.marked]
        # Where the better ones end, the others must be told from them.
        return better if self._page * self._size <= (better.total or 0) else None

    def _can_put_behind(self, ways: Ways) -> bool:
        """Whether the moments of other meanings are all here and stand behind those as typed."""
        return ways.few_others and not self._sort

    def in_story(self, story_id: str, *, best_first: bool) -> list[Hit]:
        """Every moment of one story in the order of the sound, or as the engine and the ways of meaning have it."""
        if not self._asker.may_find or not self._meanings.wanted:
            return []
        extra = [f"story_id = {quoted(story_id)}"]
        ways, _ = self._meanings.ways(extra, limit=MOST_IN_STORY, in_order=best_first)
        found = self._meanings.gather(ways, extra, full=True)
        rows = [row for row in found.rows.values() if row.story_id == story_id]
        if not best_first:
            rows.sort(key=lambda row: row.seq)
        rows = self._texts(rows[:MOST_IN_STORY])
        return reading.hits_of(rows, self._meanings.wanted, literal=self._query.literal)

    def texts(self, limit: int) -> tuple[list[Wanted], list[Row]]:
        """The terms, and the texts of the best documents that have them all as typed."""
        if not self._asker.may_find or not self._meanings.wanted:
            return self._meanings.wanted, []
        plain = expressions.questions(self._meanings.wanted, literal=True)[0]
        return self._meanings.wanted, list(self._asker.one(asked_of(plain, limit=limit, texts=True)).hits)

    def _paged(self, question: Question, extra: Sequence[str]) -> Asked:
        """Each story once, by its best moment; how many there are in all, and by each facet."""
        more = {"distinct": _STORY, "page": self._page, "hitsPerPage": self._size, "facets": list(self._facets)}
        return Asked(question.words, (*extra, *question.filters), None, schema.SHOWN, more=more | self._sort)

    def _texts(self, rows: Sequence[Row]) -> list[Row]:
        """The same documents with their texts, under the same guard."""
        bare = [row.id for row in rows if not row.passage_id]
        full: dict[str, Row] = {}
        for i in range(0, len(bare), _TEXTS_AT_ONCE):
            some = bare[i : i + _TEXTS_AT_ONCE]
            answer = self._asker.one(Asked("", (f"id IN {listed(some)}",), len(some), schema.FULL))
            full |= {row.id: row for row in answer.hits}
        return [full.get(row.id, row) for row in rows if row.passage_id or row.id in full]

    # — pages —

    def _together(self, found: Moments) -> Page:
        stories = found.by_story()
        order = list(stories)
        if self._query.sort == "newest":
            order.sort(key=lambda one: _newest(stories[one][0]))
        elif self._query.sort == "oldest":
            order.sort(key=lambda one: _oldest(stories[one][0]))
        shown = order[(self._page - 1) * self._size :][: self._size]
        rows = self._texts([row for one in shown for row in stories[one][:HITS_PER_STORY]])
        hits = self._hits(rows)
        facets: dict[str, dict[str, int]] = {kind: {} for kind in self._facets}
        _count(facets, (moments[0] for moments in stories.values()))
        page = self._made(
            [StoryHit(one, tuple(hits.get(one, ())), len(stories[one])) for one in shown],
            len(order),
            len(found.rows),
            facets,
            {one: len(moments) for one, moments in stories.items()},
            exact=found.is_all,
        )
        best = rows[0] if rows and self._page == 1 else None
        if best is not None and hits[best.story_id][0].via == "typo" and not self._query.literal:
            text, words = reading.corrected(self._query.text, best, self._meanings.wanted)
            page = replace(page, corrected=text, corrected_by=words)
        return page

    def _wide(self, ways: Ways, extra: Sequence[str], counted: Answer, paged: Answer) -> Page:
        """A question with many moments, of which the engine has counted the stories and made the page."""
        shown = {row.story_id: [row] for row in paged.hits}
        scope = [*extra, f"{_STORY} IN {listed(shown)}"]
        most = _LOOKED_AT_PER_STORY * len(shown)
        asked = [
            Asked(way.words, (*scope, *way.filters), most, schema.SHOWN, more={"facets": [_STORY]})
            for way in dict.fromkeys([ways.plain if ways.marked is None else ways.marked, ways.plain])
            if shown
        ]
        behind = bool(ways.others) and self._can_put_behind(ways)
        tells = self._meanings.besides_asked(ways, extra) if behind else []
        answers = self._asker.all([*asked, *tells])
        besides = self._meanings.besides(ways, *answers[-2:]) if behind else Besides()
        counts = Counter(answers[len(asked) - 1].facets.get(_STORY, {}) if asked else {})
        for answer in answers[: len(asked)]:
            _fill(shown, answer.hits)
        typed = counted.total or 0
        first = max(0, (self._page - 1) * self._size - typed)
        last = max(0, self._page * self._size - typed)
        shown |= {one: [] for one in list(besides.stories)[first:last]}
        _fill(shown, besides.rows)
        counts.update(row.story_id for row in besides.rows)
        hits = self._hits([row for rows in shown.values() for row in rows])
        facets = self._decoded(counted)
        _count(facets, (rows[0] for rows in besides.stories.values()))
        total = typed + len(besides.stories)
        named = ways.answers[ways.plain].facets.get(_STORY, {})
        matched = Counter(named)
        matched.update(row.story_id for row in besides.rows)
        return self._made(
            [StoryHit(one, tuple(hits[one]), max(counts[one], len(hits[one]))) for one in shown],
            total,
            ways.moments + len(besides.rows),
            facets,
            matched,
            are_all=ways.moments <= sum(named.values()),
            exact=(behind or not ways.others) and typed < schema.MOST_HITS,
        )

    def _browse(self) -> Page:
        """All stories that this reader may see, newest first unless sorted otherwise; no hits."""
        sort = _SORTS["oldest" if self._query.sort == "oldest" else "newest"]
        facets = [*self._facets, _STORY]  # who counts must know which stories are counted
        more = {"sort": sort, "page": self._page, "hitsPerPage": self._size, "facets": facets}
        answer = self._asker.one(Asked("", tuple(conditions.filters(self._query)), kind="head", more=more))
        total = answer.total or 0
        stories = [StoryHit(row.story_id, (), 0) for row in answer.hits]
        matched = dict.fromkeys(answer.facets.get(_STORY, {}), 0)
        return self._made(
            stories,
            total,
            0,
            self._decoded(answer),
            matched,
            are_all=total <= len(matched) < MOST_MATCHED,
            exact=total < schema.MOST_HITS,
        )

    def _hits(self, rows: Sequence[Row]) -> dict[str, list[Hit]]:
        hits: dict[str, list[Hit]] = {}
        for hit in reading.hits_of(rows, self._meanings.wanted, literal=self._query.literal):
            hits.setdefault(hit.story_id, []).append(hit)
        return hits

    def _decoded(self, answer: Answer) -> dict[str, dict[str, int]]:
        return {
            kind: {
                value: n for coded, n in answer.facets.get(kind, {}).items() if (value := value_of(coded)) is not None
            }
            for kind in self._facets
        }

    def _made(  # noqa: PLR0913  a page's parts
        self,
        stories: Sequence[StoryHit],
        total: int,
        moments: int,
        facets: dict[str, dict[str, int]],
        matched: Mapping[str, int],
        *,
        are_all: bool = True,
        exact: bool = True,
    ) -> Page:
        return Page(
            stories=tuple(stories),
            total_stories=total,
            total_moments=moments,
            total_is_exact=exact,
            facets={kind: facets.get(kind, {}) for kind in self._query.facets},
            corrected=None,
            degraded=False,
            took_ms=(time.perf_counter() - self._began) * 1000,
            matched=matched,
            matched_are_all=are_all,
        )


def _fill(shown: dict[str, list[Row]], rows: Iterable[Row]) -> None:
    """Give each story that is shown its next best moments, as many as a page has."""
    for row in rows:
        known = shown.get(row.story_id)
        if known is not None and len(known) < HITS_PER_STORY and all(row.id != one.id for one in known):
            known.append(row)


def _count(facets: dict[str, dict[str, int]], stories: Iterable[Row]) -> None:
    """Add to each facet's values the stories that these documents are of."""
    for row in stories:
        for kind, counted in facets.items():
            for coded in getattr(row, kind):
                if (value := value_of(coded)) is not None:
                    counted[value] = counted.get(value, 0) + 1


def _newest(row: Row) -> tuple[int, int, str]:
    return -row.recorded_newest, -row.published_at, row.story_id


def _oldest(row: Row) -> tuple[int, int, str]:
    return row.recorded_oldest, row.published_at, row.story_id
