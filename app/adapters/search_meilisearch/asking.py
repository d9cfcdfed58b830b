"""Asking the engine under one reader's guard: several questions at once, and no answer to what was not asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import conditions, schema
from app.adapters.search_meilisearch.letters import quoted
from app.ports.search_index import SearchUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.adapters.search_meilisearch.engine import Answer, Engine
    from app.adapters.search_meilisearch.expressions import Question
    from app.ports.search_index import Access


@dataclass(frozen=True)
class Asked:
    """One search: words and conditions, how many documents, and what of them."""

    words: str
    scope: tuple[str, ...] = ()
    limit: int | None = None
    attributes: tuple[str, ...] = schema.GUARDED
    kind: str = "passage"
    more: Mapping[str, Any] = field(default_factory=dict)
    """The engine's own parameters besides."""


def asked_of(
    question: Question,
    extra: Sequence[str] = (),
    *,
    limit: int,
    texts: bool = False,
    kind: str = "passage",
    **more: Any,  # noqa: ANN401  the engine's own parameters
) -> Asked:
    """Ask for the documents of a question; their texts come with them where they are wanted or must be looked at."""
    attributes = schema.FULL if texts or question.check else schema.LIGHT
    return Asked(question.words, (*extra, *question.filters), limit, attributes, kind, more)


class Asker:
    """One reader's way to the engine."""

    def __init__(self, engine: Engine, access: Access) -> None:
        self._engine = engine
        self._sight = conditions.Sight(access)
        self._guard = conditions.guard(access)

    @property
    def may_find(self) -> bool:
        """Whether there is anything that this reader may find."""
        return self._guard is not None

    def one(self, asked: Asked) -> Answer:
        """The answer to one search."""
        return self.all([asked])[0]

    def all(self, asked: Sequence[Asked]) -> list[Answer]:
        """The answer to each of several, in one request: most of the price of a small search is its request.

        Raises ``SearchUnavailableError`` for an answer that holds what was not asked for.
        """
        answers = self._engine.searches(self._engine.live, [self._body(one) for one in asked]) if asked else []
        for one, answer in zip(asked, answers, strict=True):
            if not all(row.kind == one.kind and self._sight.has(row) for row in answer.hits):
                raise SearchUnavailableError("the search engine answers what was not asked for")
        return answers

    def _body(self, asked: Asked) -> dict[str, Any]:
        guard = self._guard or [conditions.NOBODY]
        body = {
            "q": asked.words,
            "filter": [*guard, f"kind = {quoted(asked.kind)}", *asked.scope],
            "attributesToRetrieve": list(asked.attributes),
            **asked.more,
        }
        return body if asked.limit is None else body | {"limit": asked.limit}
