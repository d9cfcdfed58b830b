"""Asking the engine and putting its answers together: pages, moments of a story, browsing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import conditions, expressions, reading, schema, splitting
from app.adapters.search_meilisearch.letters import listed, quoted, value_of
from app.ports.search_index import FACETS, Page, SearchUnavailableError, StoryHit
from app.search.domain import aliases
from app.search.domain.matching import Wanted
from app.search.domain.query import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.adapters.search_meilisearch.engine import Answer, Engine, Row
    from app.adapters.search_meilisearch.expressions import Question
    from app.ports.search_index import Access, Hit, Query

HITS_PER_STORY = 3
MOST_IN_STORY = 500
TOGETHER = 1000
"""Up to so many moments every way of meaning a question is put together; beyond, the engine pages alone."""
LOOKED_AT = 300
"""Texts that are looked at where the engine finds more than was meant."""
PLENTY = 50
"""With so many moments found as typed, nobody needs what the words may have meant besides."""
_HITS_OF_A_PAGE = 200
_LAST_PAGE = 100_000
_SORTS = {
    "newest": ["recorded_newest:desc", "published_at:desc", "story_id:asc"],
    "oldest": ["recorded_oldest:asc", "published_at:asc", "story_id:asc"],
}


def wanted_of(query: Query) -> list[Wanted]:
    """The terms of a question, each with the names it may stand for."""
    return [
        Wanted(term, () if query.literal or term.quoted else aliases.query_keys(term.raw, term.joined))
        for term in terms_of(query.text, typing=query.mode == "prefix")
    ]


@dataclass
class Moments:
    """What was found, best first, each passage once."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    is_all: bool = True

    def add(self, rows: Iterable[Row]) -> None:
        """Add what is not there yet."""
        for row in rows:
            self.rows.setdefault((row.story_id, row.seq), row)

    def add_across(self, rows: Iterable[Row]) -> None:
        """Add what lies across a seam, unless it, or the next passage that repeats the seam's words, is there."""
        known = set(self.rows)
        self.add(row for row in rows if not known & {(row.story_id, row.seq), (row.story_id, row.seq + 1)})

    def by_story(self) -> dict[str, list[Row]]:
        """Each story's moments, the story with the best one first."""
        stories: dict[str, list[Row]] = {}
        for row in self.rows.values():
            stories.setdefault(row.story_id, []).append(row)
        return stories


class Searcher:
    """One question of one reader."""

    def __init__(self, engine: Engine, query: Query, access: Access) -> None:
        self._engine = engine
        self._query = query
        self._began = time.perf_counter()
        self._access = access
        self._guard = conditions.guard(access)
        self._wanted = wanted_of(query)
        self._size = max(1, min(query.per_page, 50))
        self._page = max(1, min(query.page, _LAST_PAGE))
        self._facets = tuple(kind for kind in query.facets if kind in FACETS)

    def page(self) -> Page:
        """One page of stories."""
        if self._guard is None or (not self._wanted and self._query.text.strip()):
            return self._made([], 0, 0, {})
        if not self._wanted:
            return self._browse()
        extra = conditions.filters(self._query)
        asked = self._ways(extra)
        plain = asked[0]
        limit = LOOKED_AT if plain.check else TOGETHER
        first = self._ask(plain, extra, limit=limit, sort=True)
        if not plain.check and (first.estimated or 0) > TOGETHER:
            return self._wide(plain, extra, first.estimated or 0)
        return self._together(self._gather(first, extra, asked))

    def in_story(self, story_id: str) -> list[Hit]:
        """Every moment of one story in the order of the sound."""
        if self._guard is None or not self._wanted:
            return []
        extra = [f"story_id = {quoted(story_id)}"]
        asked = self._ways(extra)
        self._facets = ()
        found = self._gather(self._ask(asked[0], extra, limit=MOST_IN_STORY), extra, asked, full=True)
        rows = sorted((row for row in found.rows.values() if row.story_id == story_id), key=lambda row: row.seq)
        rows = self._texts(rows[:MOST_IN_STORY])
        return reading.hits_of(rows, self._wanted, literal=self._query.literal)

    def texts(self, limit: int) -> tuple[list[Wanted], list[Row]]:
        """The terms, and the texts of the best documents that have them all as typed."""
        if self._guard is None or not self._wanted:
            return self._wanted, []
        plain = expressions.questions(self._wanted, literal=True)[0]
        return self._wanted, list(self._ask(replace(plain, check=True), [], limit=limit).hits)

    # — asking —

    def _search(self, words: str, scope: Sequence[str], *, kind: str = "passage", **body: Any) -> Answer:  # noqa: ANN401
        """Ask under this reader's guard; an answer that holds what was not asked for is no answer."""
        guard = self._guard or [conditions.NOBODY]
        answer = self._engine.search(
            self._engine.live, words, filter=[*guard, f"kind = {quoted(kind)}", *scope], **body
        )
        if not all(row.kind == kind and conditions.may_see(row, self._access) for row in answer.hits):
            raise SearchUnavailableError("the search engine answers what was not asked for")
        return answer

    def _ask(
        self, question: Question, extra: Sequence[str], *, limit: int, sort: bool = False, kind: str = "passage"
    ) -> Answer:
        attributes = schema.FULL if question.check else schema.LIGHT
        body: dict[str, Any] = {
            "limit": limit,
            "attributesToRetrieve": [*attributes, *self._facets],
        }
        if sort and self._query.sort != "relevance":
            body["sort"] = _SORTS[self._query.sort]
        return self._search(question.words, [*extra, *question.filters], kind=kind, **body)

    def _ways(self, extra: Sequence[str]) -> list[Question]:
        """Every way of meaning the question; names that it may stand for only where one is there at all."""
        if not self._stands_as_alias(extra):
            self._wanted = [replace(one, aliases=()) for one in self._wanted]
        return expressions.questions(self._wanted, literal=self._query.literal)

    def _stands_as_alias(self, extra: Sequence[str]) -> bool:
        """Whether any name that a term may stand for is there at all; mostly there is none."""
        keys = expressions.alias_keys(self._wanted)
        if not keys:
            return False
        scope = [*extra, f"alias IN {listed(keys)}"]
        return bool(self._search("", scope, limit=1, attributesToRetrieve=list(schema.GUARDED)).hits)

    def _gather(self, first: Answer, extra: Sequence[str], asked: Sequence[Question], *, full: bool = False) -> Moments:
        """Every way of meaning the question, put together; ``full``: of one story, all of it."""
        found = Moments()
        literal = self._query.literal
        if not full and (marked := expressions.marks(self._wanted, literal=literal)) is not None:
            found.add(self._right(self._ask(marked, extra, limit=TOGETHER), marked))
        found.add(self._right(first, asked[0]))
        found.is_all = (first.estimated or 0) <= len(first.hits)
        for question in asked[1:]:
            more = self._ask(question, extra, limit=LOOKED_AT if question.check else TOGETHER)
            found.is_all = found.is_all and (more.estimated or 0) <= len(more.hits)
            (found.add_across if question.across else found.add)(self._right(more, question))
        parted: splitting.Groups = {}
        if full or len(found.rows) < PLENTY:
            parted = splitting.groups(self._ask, extra, self._wanted)
            found.add(splitting.split_rows(self._ask, extra, self._wanted, parted, typos=False))
        wants_more = not found.rows if full else len(found.rows) < PLENTY
        if not literal and wants_more and (mistyped := expressions.typos(self._wanted)) is not None:
            near = self._ask(replace(mistyped, check=True), extra, limit=LOOKED_AT)
            meant = reading.with_typos(self._wanted, near.hits)
            found.add(row for row in near.hits if not reading.stand(row, meant).missing)
            found.add(splitting.split_rows(self._ask, extra, self._wanted, parted, typos=True))
        return found

    def _right(self, answer: Answer, question: Question) -> list[Row]:
        """The documents that are meant; each text is looked at where the engine may find more."""
        if not question.check:
            return list(answer.hits)
        return [row for row in answer.hits if not reading.stand(row, self._wanted).missing]

    def _texts(self, rows: Sequence[Row]) -> list[Row]:
        """The same documents with their texts, under the same guard."""
        bare = [row.id for row in rows if not row.passage_id]
        full: dict[str, Row] = {}
        for i in range(0, len(bare), _HITS_OF_A_PAGE):
            some = bare[i : i + _HITS_OF_A_PAGE]
            answer = self._search(
                "", [f"id IN {listed(some)}"], limit=len(some), attributesToRetrieve=list(schema.FULL)
            )
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
        for kind, counted in facets.items():
            for moments in stories.values():
                for coded in getattr(moments[0], kind):
                    if (value := value_of(coded)) is not None:
                        counted[value] = counted.get(value, 0) + 1
        page = self._made(
            [StoryHit(one, tuple(hits.get(one, ())), len(stories[one])) for one in shown],
            len(order),
            len(found.rows),
            facets,
            exact=found.is_all,
        )
        best = rows[0] if rows and self._page == 1 else None
        if best is not None and hits[best.story_id][0].via == "typo" and not self._query.literal:
            page = replace(page, corrected=reading.corrected(self._query.text, best, self._wanted))
        return page

    def _wide(self, plain: Question, extra: Sequence[str], moments: int) -> Page:
        """A question with very many moments: the engine pages, and counts stories, by itself."""
        body: dict[str, Any] = {}
        scope = [*extra, *plain.filters]
        if self._query.sort != "relevance":
            body["sort"] = _SORTS[self._query.sort]
        answer = self._search(
            plain.words,
            scope,
            distinct="story_id",
            page=self._page,
            hitsPerPage=self._size,
            attributesToRetrieve=list(schema.FULL),
            facets=list(self._facets),
            **body,
        )
        shown = {row.story_id: [row] for row in answer.hits}
        counts: dict[str, int] = {}
        if shown:
            more = self._search(
                plain.words,
                [*scope, f"story_id IN {listed(shown)}"],
                facets=["story_id"],
                limit=_HITS_OF_A_PAGE,
                attributesToRetrieve=list(schema.FULL),
            )
            counts = more.facets.get("story_id", {})
            for row in more.hits:
                rows = shown.get(row.story_id, [])
                if len(rows) < HITS_PER_STORY and all(row.id != known.id for known in rows):
                    rows.append(row)
        hits = self._hits([row for rows in shown.values() for row in rows])
        return self._made(
            [StoryHit(one, tuple(hits[one]), max(counts.get(one, 0), len(hits[one]))) for one in shown],
            answer.total or 0,
            moments,
            self._decoded(answer),
            exact=False,
        )

    def _browse(self) -> Page:
        """All stories that this reader may see, newest first unless sorted otherwise; no hits."""
        answer = self._search(
            "",
            conditions.filters(self._query),
            kind="head",
            sort=_SORTS["oldest" if self._query.sort == "oldest" else "newest"],
            page=self._page,
            hitsPerPage=self._size,
            attributesToRetrieve=list(schema.GUARDED),
            facets=list(self._facets),
        )
        total = answer.total or 0
        stories = [StoryHit(row.story_id, (), 0) for row in answer.hits]
        return self._made(stories, total, 0, self._decoded(answer), exact=total < schema.MOST_HITS)

    def _hits(self, rows: Sequence[Row]) -> dict[str, list[Hit]]:
        hits: dict[str, list[Hit]] = {}
        for hit in reading.hits_of(rows, self._wanted, literal=self._query.literal):
            hits.setdefault(hit.story_id, []).append(hit)
        return hits

    def _decoded(self, answer: Answer) -> dict[str, dict[str, int]]:
        return {
            kind: {
                value: n for coded, n in answer.facets.get(kind, {}).items() if (value := value_of(coded)) is not None
            }
            for kind in self._facets
        }

    def _made(
        self,
        stories: Sequence[StoryHit],
        total: int,
        moments: int,
        facets: dict[str, dict[str, int]],
        *,
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
        )


def _newest(row: Row) -> tuple[int, int, str]:
    return -row.recorded_newest, -row.published_at, row.story_id


def _oldest(row: Row) -> tuple[int, int, str]:
    return row.recorded_oldest, row.published_at, row.story_id
