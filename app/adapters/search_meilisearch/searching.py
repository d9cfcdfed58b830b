"""Asking the engine and putting its answers together: pages, moments of a story, browsing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import conditions, expressions, reading, schema, splitting
from app.adapters.search_meilisearch.asking import Asked, Asker, asked_of
from app.adapters.search_meilisearch.letters import listed, quoted, value_of
from app.ports.search_index import FACETS, Page, StoryHit
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
FIRST = 20
"""Moments asked for at once with their texts, beside a page of the engine's own: often all that there are."""
TOGETHER = 1000
"""Up to so many moments every way of meaning a question is put together, where there is more than one; beyond, the
engine pages alone. To fetch a thousand costs it as much as ten pages."""
LOOKED_AT = 300
"""Texts that are looked at where the engine finds more than was meant."""
PLENTY = 50
"""With so many moments found as typed, nobody needs what the words may have meant besides."""
_TEXTS_AT_ONCE = 200
_LOOKED_AT_PER_STORY = 6
"""Moments that are fetched for each story of a page: three are shown, and some stories have most of them."""
_STORY = "story_id"
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


@dataclass(frozen=True)
class Ways:
    """What each way of meaning a question finds, the better ways first."""

    plain: Question
    """As it was typed."""
    marked: Question | None
    """As it was typed, marks and all: some of the same."""
    answers: dict[Question, Answer]

    @property
    def moments(self) -> int:
        """How many there are as typed."""
        return self.answers[self.plain].estimated or 0

    @property
    def are_all(self) -> bool:
        """Whether everything that there is has been fetched."""
        return all((one.estimated or 0) <= len(one.hits) for one in self.answers.values())

    @property
    def others(self) -> bool:
        """Whether anything is found by another meaning."""
        return any(answer.hits for way, answer in self.answers.items() if way not in {self.plain, self.marked})

    @property
    def parted(self) -> bool:
        """Whether some have the marks and some have not."""
        return self.marked is not None and 0 < (self.answers[self.marked].estimated or 0) < self.moments


class Searcher:
    """One question of one reader."""

    def __init__(self, engine: Engine, query: Query, access: Access) -> None:
        self._asker = Asker(engine, access)
        self._query = query
        self._began = time.perf_counter()
        self._wanted = wanted_of(query)
        self._size = max(1, min(query.per_page, 50))
        self._page = max(1, min(query.page, _LAST_PAGE))
        self._facets = tuple(kind for kind in query.facets if kind in FACETS)
        self._sort: dict[str, Any] = {} if query.sort == "relevance" else {"sort": _SORTS[query.sort]}

    def page(self) -> Page:
        """One page of stories."""
        if not self._asker.may_find or (not self._wanted and self._query.text.strip()):
            return self._made([], 0, 0, {})
        if not self._wanted:
            return self._browse()
        extra = conditions.filters(self._query)
        ways, pages = self._ways(extra, limit=FIRST, pages=True)
        if not ways.are_all and pages:
            plain = pages[ways.plain]
            if ways.moments > TOGETHER:
                return self._wide(ways, extra, plain, plain)
            if not ways.others:
                better = pages[ways.marked] if ways.parted and ways.marked is not None else plain
                # Where the better ones end, the others must be told from them.
                if better is plain or self._page * self._size <= (better.total or 0):
                    return self._wide(ways, extra, plain, better)
        return self._together(self._gather(self._more(ways, extra), extra))

    def in_story(self, story_id: str) -> list[Hit]:
        """Every moment of one story in the order of the sound."""
        if not self._asker.may_find or not self._wanted:
            return []
        extra = [f"story_id = {quoted(story_id)}"]
        ways, _ = self._ways(extra, limit=MOST_IN_STORY)
        found = self._gather(ways, extra, full=True)
        rows = sorted((row for row in found.rows.values() if row.story_id == story_id), key=lambda row: row.seq)
        rows = self._texts(rows[:MOST_IN_STORY])
        return reading.hits_of(rows, self._wanted, literal=self._query.literal)

    def texts(self, limit: int) -> tuple[list[Wanted], list[Row]]:
        """The terms, and the texts of the best documents that have them all as typed."""
        if not self._asker.may_find or not self._wanted:
            return self._wanted, []
        plain = expressions.questions(self._wanted, literal=True)[0]
        return self._wanted, list(self._asker.one(asked_of(plain, limit=limit, texts=True)).hits)

    # — asking —

    def _asked(self, question: Question, extra: Sequence[str], *, limit: int, **more: Any) -> Asked:  # noqa: ANN401
        asked = asked_of(question, extra, limit=LOOKED_AT if question.check else limit, **more)
        return replace(asked, attributes=(*asked.attributes, *self._facets))

    def _paged(self, question: Question, extra: Sequence[str]) -> Asked:
        """Each story once, by its best moment; how many there are in all, and by each facet."""
        more = {"distinct": _STORY, "page": self._page, "hitsPerPage": self._size, "facets": list(self._facets)}
        return Asked(question.words, (*extra, *question.filters), None, schema.SHOWN, more=more | self._sort)

    def _ways(self, extra: Sequence[str], *, limit: int, pages: bool = False) -> tuple[Ways, dict[Question, Answer]]:
        """The first moments of every way of meaning the question, and with ``pages`` the page as the engine has it.

        With ``pages`` the moments come with their texts. There are none where the engine finds more than was meant.
        """
        in_order = pages and not self._sort
        marked = expressions.marks(self._wanted, literal=self._query.literal) if in_order else None
        plain, *others = self._questions([replace(one, aliases=()) for one in self._wanted])
        typed = [plain] if marked is None else [marked, plain]
        paged = typed if pages and not any(way.check for way in typed) else []
        # Names that the words may stand for only where one is there at all; mostly there is none.
        keys = expressions.alias_keys(self._wanted)
        stands = [Asked("", (*extra, f"alias IN {listed(keys)}"), 1)] if keys else []

        def asked(way: Question) -> Asked:
            return self._asked(way, extra, limit=limit, texts=pages, **(self._sort if way == plain else {}))

        known = [*typed, *others]
        answers = self._asker.all([*map(asked, known), *(self._paged(way, extra) for way in paged), *stands])
        found = dict(zip(known, answers, strict=False))
        if stands and answers[-1].hits:
            more = [way for way in self._questions(self._wanted) if way not in found]
            found |= zip(more, self._asker.all([asked(way) for way in more]), strict=True)
        else:
            self._wanted = [replace(one, aliases=()) for one in self._wanted]
        order = dict.fromkeys([*typed, *self._questions(self._wanted)])
        ways = Ways(plain, marked, {way: found[way] for way in order})
        return ways, dict(zip(paged, answers[len(known) :], strict=False))

    def _questions(self, wanted: Sequence[Wanted]) -> list[Question]:
        return expressions.questions(wanted, literal=self._query.literal)

    def _more(self, ways: Ways, extra: Sequence[str]) -> Ways:
        """The same ways, with as many moments of each as are put together."""
        short = [way for way, one in ways.answers.items() if not way.check and (one.estimated or 0) > len(one.hits)]
        asked = [self._asked(way, extra, limit=TOGETHER, **(self._sort if way == ways.plain else {})) for way in short]
        more = dict(zip(short, self._asker.all(asked), strict=True))
        return replace(ways, answers=ways.answers | more)

    def _gather(self, ways: Ways, extra: Sequence[str], *, full: bool = False) -> Moments:
        """Every way of meaning the question, put together; ``full``: of one story, all of it."""
        found = Moments(is_all=ways.are_all)
        for way, answer in ways.answers.items():
            (found.add_across if way.across else found.add)(self._right(answer, way))
        if len(found.rows) < PLENTY or full:
            self._look_further(found, extra, typos=not self._query.literal and not (full and found.rows))
        return found

    def _look_further(self, found: Moments, extra: Sequence[str], *, typos: bool) -> None:
        """What is parted between a passage and its story's title, and what was mistyped."""
        mistyped = expressions.typos(self._wanted) if typos else None
        heads = splitting.heads(self._asked, extra, self._wanted)
        near = [self._asked(replace(mistyped, check=True), extra, limit=LOOKED_AT)] if mistyped is not None else []
        answers = self._asker.all([*(asked for _, asked in heads), *near])
        parted = splitting.groups(self._wanted, ((i, answer) for (i, _), answer in zip(heads, answers, strict=False)))
        for answer in self._asker.all(splitting.rests(self._asked, extra, self._wanted, parted)):
            found.add(answer.hits)
        if not near or len(found.rows) >= PLENTY:
            return
        meant = reading.with_typos(self._wanted, answers[-1].hits)
        found.add(row for row in answers[-1].hits if not reading.stand(row, meant).missing)
        rests = splitting.mistyped(self._asked, extra, self._wanted, parted)
        for (rest, _), answer in zip(rests, self._asker.all([asked for _, asked in rests]), strict=True):
            meant = reading.with_typos(rest, answer.hits)
            found.add(row for row in answer.hits if not reading.stand(row, meant).missing)

    def _right(self, answer: Answer, question: Question) -> list[Row]:
        """The documents that are meant; each text is looked at where the engine may find more."""
        if not question.check:
            return list(answer.hits)
        return [row for row in answer.hits if not reading.stand(row, self._wanted).missing]

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

    def _wide(self, ways: Ways, extra: Sequence[str], counted: Answer, paged: Answer) -> Page:
        """A question with many moments, of which the engine has counted the stories and made the page."""
        shown = {row.story_id: [row] for row in paged.hits}
        counts: dict[str, int] = {}
        if shown:
            scope = [*extra, f"story_id IN {listed(shown)}"]
            most = _LOOKED_AT_PER_STORY * len(shown)
            asked = [
                Asked(way.words, (*scope, *way.filters), most, schema.SHOWN, more={"facets": [_STORY]})
                for way in dict.fromkeys([ways.plain if ways.marked is None else ways.marked, ways.plain])
            ]
            answers = self._asker.all(asked)
            counts = answers[-1].facets.get(_STORY, {})
            for answer in answers:
                _fill(shown, answer.hits)
        hits = self._hits([row for rows in shown.values() for row in rows])
        total = counted.total or 0
        return self._made(
            [StoryHit(one, tuple(hits[one]), max(counts.get(one, 0), len(hits[one]))) for one in shown],
            total,
            ways.moments,
            self._decoded(counted),
            exact=not ways.others and total < schema.MOST_HITS,
        )

    def _browse(self) -> Page:
        """All stories that this reader may see, newest first unless sorted otherwise; no hits."""
        sort = _SORTS["oldest" if self._query.sort == "oldest" else "newest"]
        more = {"sort": sort, "page": self._page, "hitsPerPage": self._size, "facets": list(self._facets)}
        answer = self._asker.one(Asked("", tuple(conditions.filters(self._query)), kind="head", more=more))
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


def _fill(shown: dict[str, list[Row]], rows: Iterable[Row]) -> None:
    """Give each story that is shown its next best moments, as many as a page has."""
    for row in rows:
        known = shown[row.story_id]
        if len(known) < HITS_PER_STORY and all(row.id != one.id for one in known):
            known.append(row)


def _newest(row: Row) -> tuple[int, int, str]:
    return -row.recorded_newest, -row.published_at, row.story_id


def _oldest(row: Row) -> tuple[int, int, str]:
    return row.recorded_oldest, row.published_at, row.story_id
