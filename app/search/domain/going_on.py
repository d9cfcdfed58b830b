"""Words and names that go on from what is being typed, counted in the texts that were found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.search.domain.fold import fold, fold_text, script_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.search.domain.query import Term


def usual(counted: Counter[str]) -> list[tuple[str, int]]:
    """The most usual first, equals by letters."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def begins(name: str, term: Term) -> bool:
    """Whether a name goes on from the term."""
    if term.is_unspaced:
        return fold_text(term.raw) in fold_text(name)
    return any(token.startswith(term.tokens[-1]) for token in fold(name).tokens)


def runs(texts: Iterable[str], term: Term) -> Counter[str]:
    """What follows an unspaced beginning: it with one and with two more characters of its script."""
    begun = fold_text(term.raw)
    kind = script_of(begun)
    counted: Counter[str] = Counter()
    for text in texts:
        folded = fold(text)
        seen: set[str] = set()
        at = folded.plain.find(begun)
        while at >= 0:
            for more in (1, 2):
                end = at + len(begun) + more
                run = folded.plain[at:end]
                if len(run) == len(begun) + more and all(script_of(one) == kind for one in run[-more:]):
                    a, b = folded.raw_span(at, end)
                    seen.add(text[a:b])
            at = folded.plain.find(begun, at + 1)
        counted.update(seen)
    return counted
