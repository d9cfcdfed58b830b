"""What a question may mean, and the moments of every meaning, put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import expressions, reading, splitting
from app.adapters.search_meilisearch.asking import Asked, asked_of
from app.adapters.search_meilisearch.letters import listed
from app.adapters.search_meilisearch.rows import document_id
from app.search.domain import aliases
from app.search.domain.matching import Wanted
from app.search.domain.query import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.adapters.search_meilisearch.asking import Asker
    from app.adapters.search_meilisearch.engine import Answer, Row
    from app.adapters.search_meilisearch.expressions import Question
    from app.ports.search_index import Query

FIRST = 20
"""Moments of another meaning that are asked for at once: often all that there are."""
TOGETHER = 1000
"""Up to so many moments every way of meaning a question is put together, where there is more than one; beyond, the
engine pages alone. To fetch a thousand costs it as much as ten pages."""
LOOKED_AT = 300
"""Texts that are looked at where the engine finds more than was meant."""
PLENTY = 50
"""With so many moments found as typed, nobody needs what may have been mistyped, and the engine pages by itself."""
FEW = 100
"""So many documents of other meanings are told from those as typed beside a page of the engine's."""
_STORY = "story_id"


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

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Moments:
        """These, in their order."""
        made = cls()
        made.add(rows)
        return made

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
    def others(self) -> dict[Question, Answer]:
        """The answers to every other meaning that is found."""
        return {way: one for way, one in self.answers.items() if way not in {self.plain, self.marked} and one.hits}

    @property
    def few_others(self) -> bool:
        """Whether all that is found by another meaning has been fetched, and is little."""
        others = self.others.values()
        are_all = all((one.estimated or 0) <= len(one.hits) for one in others)
        return are_all and sum(len(one.hits) for one in others) <= FEW

    @property
    def parted(self) -> bool:
        """Whether some have the marks and some have not."""
        return self.marked is not None and 0 < (self.answers[self.marked].estimated or 0) < self.moments


@dataclass(frozen=True)
class Besides:
    """What is found by another meaning only, beside all that is found as typed."""

    rows: tuple[Row, ...] = ()
    stories: Mapping[str, list[Row]] = field(default_factory=dict)
    """Those that have nothing as typed, the story with the best moment first."""


class Meanings:
    """Every way of meaning one question of one reader."""

    def __init__(self, asker: Asker, query: Query, facets: Sequence[str], sort: Mapping[str, Any]) -> None:
        self.wanted = wanted_of(query)
        """The terms; names that they may stand for go where none is there at all."""
        self._asker = asker
        self._literal = query.literal
        self._facets = facets
        self._sort = sort

    def ways(
        self,
        extra: Sequence[str],
        *,
        limit: int,
        page: Callable[[Question], Asked] | None = None,
        in_order: bool = True,
    ) -> tuple[Ways, dict[Question, Answer]]:
        """The first moments of every way of meaning the question, and the engine's own ``page`` of those as typed.

        With a page these are only counted, since most questions have more of them than are shown. There is none
        where the engine finds more than was meant. Without ``in_order`` the moments are put into an order of the
        caller's, and those with the marks need not come first.
        """
        marked = expressions.marks(self.wanted, literal=self._literal) if in_order and not self._sort else None
        plain, *others = self._questions([replace(one, aliases=()) for one in self.wanted])
        typed = [plain] if marked is None else [marked, plain]
        pages = {way: page(way) for way in typed} if page and not any(way.check for way in typed) else {}
        known = [*typed, *others]
        # Names that the words may stand for only where one is there at all; mostly there is none. Of one word it is
        # as cheap to ask for the moments.
        names = [way for way in self._questions(self.wanted) if way not in known]
        keys = expressions.alias_keys(self.wanted) if len(self.wanted) > 1 else []
        stands = [Asked("", (*extra, f"alias IN {listed(keys)}"), 1)] if keys else []
        if not keys:
            known += names

        def asked(way: Question) -> Asked:
            most = 0 if way in pages else limit
            more = self._sort if way == plain else {}
            if way == plain and way in pages:
                more = {"facets": [_STORY]}  # who counts must know which stories are counted
            return self._asked(way, extra, limit=most, texts=page is not None, **more)

        answers = self._asker.all([*map(asked, known), *pages.values(), *stands])
        found = dict(zip(known, answers, strict=False))
        if stands and answers[-1].hits:
            found |= zip(names, self._asker.all([asked(way) for way in names]), strict=True)
        elif not any(found[way].hits for way in names if way in found):
            self.wanted = [replace(one, aliases=()) for one in self.wanted]
        order = dict.fromkeys([*typed, *self._questions(self.wanted)])
        ways = Ways(plain, marked, {way: found[way] for way in order})
        return ways, dict(zip(pages, answers[len(known) :], strict=False))

    def more(self, ways: Ways, extra: Sequence[str]) -> Ways:
        """The same ways, with as many moments of each as are put together."""
        short = [way for way, one in ways.answers.items() if not way.check and (one.estimated or 0) > len(one.hits)]
        few = ways.moments <= PLENTY
        asked = [
            self._asked(way, extra, limit=TOGETHER, texts=few, **(self._sort if way == ways.plain else {}))
            for way in short
        ]
        more = dict(zip(short, self._asker.all(asked), strict=True))
        return replace(ways, answers=ways.answers | more)

    def gather(self, ways: Ways, extra: Sequence[str], *, full: bool = False) -> Moments:
        """Every way of meaning the question, put together; ``full``: of one story, all of it."""
        found = Moments(is_all=ways.are_all)
        for way, answer in ways.answers.items():
            (found.add_across if way.across else found.add)(self._right(answer, way))
        if len(found.rows) < PLENTY or full:
            self._look_further(found, extra, typos=not self._literal and not (full and found.rows))
        return found

    def besides_asked(self, ways: Ways, extra: Sequence[str]) -> list[Asked]:
        """Searches that tell the few documents of other meanings, and their stories, from those as typed."""
        rows = [row for answer in ways.others.values() for row in answer.hits]
        # What lies across a seam stands in the next passage, too.
        ids = {document_id(row.story_id, row.seq + more) for row in rows for more in (0, 1)}
        stories = {row.story_id for row in rows}
        return [
            asked_of(ways.plain, (*extra, f"id IN {listed(sorted(ids))}"), limit=len(ids)),
            asked_of(ways.plain, (*extra, f"{_STORY} IN {listed(sorted(stories))}"), limit=0, facets=[_STORY]),
        ]

    def besides(self, ways: Ways, as_typed: Answer, stories_as_typed: Answer) -> Besides:
        """What is new in the few documents of other meanings, by the answers to ``besides_asked``."""
        found = Moments()
        found.add(as_typed.hits)
        known = len(found.rows)
        for way, answer in ways.others.items():
            (found.add_across if way.across else found.add)(self._right(answer, way))
        new = tuple(found.rows.values())[known:]
        typed = stories_as_typed.facets.get(_STORY, {})
        return Besides(new, {one: rows for one, rows in Moments.of(new).by_story().items() if one not in typed})

    def _look_further(self, found: Moments, extra: Sequence[str], *, typos: bool) -> None:
        """What is parted between a passage and its story's title, and what was mistyped."""
        mistyped = expressions.typos(self.wanted) if typos else None
        heads = splitting.heads(self._asked, extra, self.wanted)
        near = [self._asked(replace(mistyped, check=True), extra, limit=LOOKED_AT)] if mistyped is not None else []
        answers = self._asker.all([*(asked for _, asked in heads), *near])
        parted = splitting.groups(self.wanted, ((i, answer) for (i, _), answer in zip(heads, answers, strict=False)))
        for answer in self._asker.all(splitting.rests(self._asked, extra, self.wanted, parted)):
            found.add(answer.hits)
        if not near or len(found.rows) >= PLENTY:
            return
        meant = reading.with_typos(self.wanted, answers[-1].hits)
        found.add(row for row in answers[-1].hits if not reading.stand(row, meant).missing)
        rests = splitting.mistyped(self._asked, extra, self.wanted, parted)
        for (rest, _), answer in zip(rests, self._asker.all([asked for _, asked in rests]), strict=True):
            meant = reading.with_typos(rest, answer.hits)
            found.add(row for row in answer.hits if not reading.stand(row, meant).missing)

    def _right(self, answer: Answer, question: Question) -> list[Row]:
        """The documents that are meant; each text is looked at where the engine may find more."""
        if not question.check:
            return list(answer.hits)
        return [row for row in answer.hits if not reading.stand(row, self.wanted).missing]

    def _asked(self, question: Question, extra: Sequence[str], *, limit: int, **more: Any) -> Asked:  # noqa: ANN401
        asked = asked_of(question, extra, limit=LOOKED_AT if question.check else limit, **more)
        return replace(asked, attributes=(*asked.attributes, *self._facets))

    def _questions(self, wanted: Sequence[Wanted]) -> list[Question]:
        return expressions.questions(wanted, literal=self._literal)
