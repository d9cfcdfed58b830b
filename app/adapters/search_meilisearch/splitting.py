"""Passages that hold only some of the words, where their story's title or names hold the others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from app.adapters.search_meilisearch import expressions, reading
from app.adapters.search_meilisearch.letters import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.adapters.search_meilisearch.engine import Answer, Row
    from app.adapters.search_meilisearch.expressions import Question
    from app.search.domain.matching import Wanted

MOST_TERMS = 6
"""A longer question says by itself which passage is meant."""
MOST_STORIES = 200
"""Stories looked into, those whose title and names hold the most of the words first."""
_MOST_ROWS = 200


class Ask(Protocol):
    """Asks the engine under the reader's guard."""

    def __call__(self, question: Question, extra: Sequence[str], *, limit: int, kind: str = "passage") -> Answer:
        """Give the documents of a kind that are found."""


Groups = dict[tuple[int, ...], list[str]]
"""The terms that a story's title and names have not, by number, and the stories of which that is so."""


def groups(ask: Ask, extra: Sequence[str], wanted: Sequence[Wanted]) -> Groups:
    """Stories whose title or names hold some of the words, by the words that are left."""
    if not 1 < len(wanted) <= MOST_TERMS:
        return {}
    named: dict[str, set[int]] = defaultdict(set)
    for i, one in enumerate(wanted):
        for question in _each_way([one]):
            for row in ask(question, extra, limit=_MOST_ROWS, kind="head").hits:
                named[row.story_id].add(i)
    by_rest: Groups = defaultdict(list)
    for story_id, held in sorted(named.items(), key=lambda one: (-len(one[1]), one[0]))[:MOST_STORIES]:
        rest = tuple(i for i in range(len(wanted)) if i not in held)
        if rest:
            by_rest[rest].append(story_id)
    return by_rest


def split_rows(ask: Ask, extra: Sequence[str], wanted: Sequence[Wanted], by_rest: Groups, *, typos: bool) -> list[Row]:
    """Documents of passages with the words that their story's title or names have not.

    With ``typos`` those words may be mistyped; the documents then come with their texts.
    """
    found: list[Row] = []
    for numbers, stories in by_rest.items():
        rest_of = [wanted[i] for i in numbers]
        within = [*extra, f"story_id IN {listed(sorted(stories))}"]
        if typos:
            found += _mistyped(ask, within, rest_of)
            continue
        for question in _each_way(rest_of):
            found += ask(question, within, limit=_MOST_ROWS).hits
    return found


def _each_way(wanted: Sequence[Wanted]) -> Iterator[Question]:
    asked = expressions.questions(wanted, literal=True)
    return (question for question in asked if not question.across)


def _mistyped(ask: Ask, within: Sequence[str], rest: Sequence[Wanted]) -> list[Row]:
    question = expressions.typos(rest)
    if question is None:
        return []
    near = ask(replace(question, check=True), within, limit=_MOST_ROWS).hits
    meant = reading.with_typos(rest, near)
    return [row for row in near if not reading.stand(row, meant).missing]
