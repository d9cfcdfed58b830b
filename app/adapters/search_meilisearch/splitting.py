"""Passages that hold only some of the words, where their story's title or names hold the others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from app.adapters.search_meilisearch import expressions
from app.adapters.search_meilisearch.letters import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.adapters.search_meilisearch.asking import Asked
    from app.adapters.search_meilisearch.engine import Answer
    from app.adapters.search_meilisearch.expressions import Question
    from app.search.domain.matching import Wanted

MOST_TERMS = 6
"""A longer question says by itself which passage is meant."""
MOST_STORIES = 200
"""Stories looked into, those whose title and names hold the most of the words first."""
_MOST_ROWS = 200


class AskedOf(Protocol):
    """Makes one search of a question."""

    def __call__(self, question: Question, extra: Sequence[str], *, limit: int, kind: str = "passage") -> Asked:
        """Ask for so many documents of a kind."""


Groups = dict[tuple[int, ...], list[str]]
"""The terms that a story's title and names have not, by number, and the stories of which that is so."""


def heads(asked_of: AskedOf, extra: Sequence[str], wanted: Sequence[Wanted]) -> list[tuple[int, Asked]]:
    """Searches for the stories whose title or names hold a word, each with the word's number."""
    if not 1 < len(wanted) <= MOST_TERMS:
        return []
    return [
        (i, asked_of(question, extra, limit=_MOST_ROWS, kind="head"))
        for i, one in enumerate(wanted)
        for question in _each_way([one])
    ]


def groups(wanted: Sequence[Wanted], found: Iterable[tuple[int, Answer]]) -> Groups:
    """Stories whose title or names hold some of the words, by the words that are left."""
    named: dict[str, set[int]] = defaultdict(set)
    for i, answer in found:
        for row in answer.hits:
            named[row.story_id].add(i)
    by_rest: Groups = defaultdict(list)
    for story_id, held in sorted(named.items(), key=lambda one: (-len(one[1]), one[0]))[:MOST_STORIES]:
        rest = tuple(i for i in range(len(wanted)) if i not in held)
        if rest:
            by_rest[rest].append(story_id)
    return by_rest


def rests(asked_of: AskedOf, extra: Sequence[str], wanted: Sequence[Wanted], by_rest: Groups) -> list[Asked]:
    """Searches for passages with the words that their story's title and names have not."""
    return [
        asked_of(question, _within(extra, stories), limit=_MOST_ROWS)
        for numbers, stories in by_rest.items()
        for question in _each_way([wanted[i] for i in numbers])
    ]


def mistyped(
    asked_of: AskedOf, extra: Sequence[str], wanted: Sequence[Wanted], by_rest: Groups
) -> list[tuple[list[Wanted], Asked]]:
    """Searches for passages with those words mistyped, each with the words; the documents come with their texts."""
    found = []
    for numbers, stories in by_rest.items():
        rest = [wanted[i] for i in numbers]
        if (question := expressions.typos(rest)) is not None:
            found.append((rest, asked_of(replace(question, check=True), _within(extra, stories), limit=_MOST_ROWS)))
    return found


def _within(extra: Sequence[str], stories: Iterable[str]) -> list[str]:
    return [*extra, f"story_id IN {listed(sorted(stories))}"]


def _each_way(wanted: Sequence[Wanted]) -> Iterator[Question]:
    asked = expressions.questions(wanted, literal=True)
    return (question for question in asked if not question.across)
