"""Where in a raw text the terms of a question stand, and by what (its own word, an alias, a typo)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.search.domain.fold import Folded
    from app.search.domain.query import Term

Via = Literal["exact", "alias", "typo"]
_WORST: dict[Via, int] = {"exact": 0, "alias": 1, "typo": 2}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One term and what else may stand for it."""

    term: Term
    aliases: tuple[tuple[str, ...], ...] = ()
    """Each is a set of alias keys that must all be there (surname and given name)."""
    typos: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """Spans (code points, merged, in order), the weakest ``via`` that was needed, and its word."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    via: Via = "exact"
    matched_as: str | None = None
    missing: int = 0
    """Terms that do not stand in this text."""


def find(
    text: str,
    folded: Folded,
    keys: Sequence[tuple[str, int, int]],
    wanted: Iterable[Wanted],
) -> Found:
    """Find every term in ``text``; ``keys`` are its alias keys with their places."""
    wanted = list(wanted)
    places = _places(folded, wanted)
    out = Found()
    spans: list[tuple[int, int]] = []
    for one in wanted:
        via: Via = "exact"
        here = _exact(folded, places, one.term)
        if not here and one.aliases:
            via, here = "alias", _by_alias(folded, places, keys, one.aliases)
        if not here and one.typos:
            via = "typo"
            here = [(folded.starts[i], folded.ends[i]) for typo in one.typos for i in places.get(typo, ())]
        if not here:
            out.missing += 1
            continue
        spans += here
        if _WORST[via] > _WORST[out.via]:
            out.via, out.matched_as = via, text[here[0][0] : here[0][1]]
    out.spans = merged(spans)
    return out


def _places(folded: Folded, wanted: Iterable[Wanted]) -> dict[str, list[int]]:
    """Where the tokens stand that some term asks for; all others are passed over."""
    whole = {token for one in wanted for token in (*one.term.tokens, *one.typos, one.term.joined)}
    whole |= {key for one in wanted for alternative in one.aliases for key in alternative}
    begun = tuple(one.term.tokens[-1] for one in wanted if one.term.prefix)
    places: dict[str, list[int]] = {}
    for i, token in enumerate(folded.tokens):
        if token in whole or (begun and token.startswith(begun)):
            places.setdefault(token, []).append(i)
    return places


def may_be_word(key: str) -> bool:
    """Whether an alias key may stand in a text as it is (Satoh asks for Sato; Goh not for go)."""
    return key.isascii() and len(key) > 2  # noqa: PLR2004


def _by_alias(
    folded: Folded,
    places: dict[str, list[int]],
    keys: Sequence[tuple[str, int, int]],
    aliases: Sequence[tuple[str, ...]],
) -> list[tuple[int, int]]:
    for alternative in aliases:
        here = [
            [(a, b) for key, a, b in keys if key == wanted]
            + [(folded.starts[i], folded.ends[i]) for i in places.get(wanted, ()) if may_be_word(wanted)]
            for wanted in alternative
        ]
        if all(here):
            return [span for spans in here for span in spans]
    return []


def _exact(folded: Folded, places: dict[str, list[int]], term: Term) -> list[tuple[int, int]]:
    starts, ends, tokens = folded.starts, folded.ends, folded.tokens
    wanted = term.tokens
    *head, last = wanted
    if term.prefix:
        lasts = [i for token, at in places.items() if token.startswith(last) for i in at]
    else:
        lasts = places.get(last, [])
    n = len(head)
    found: list[tuple[int, int]] = []
    for i in lasts:
        if i >= n and all(tokens[i - n + k] == head[k] for k in range(n)):
            # A pair found by its first letter alone is highlighted by that letter alone.
            end = ends[i]
            if term.prefix and term.is_unspaced and tokens[i] != last:
                end = _first_end(folded, i)
            found.append((starts[i - n], max(end, starts[i - n] + 1)))
    whole = term.joined or (wanted[0] if n == 0 else None)
    if whole is not None:
        found += [
            (a, b)
            for token, a, b in folded.joined
            if token == whole or (term.prefix and term.is_word and token.startswith(whole))
        ]
        if term.joined:
            found += [(starts[i], ends[i]) for i in places.get(term.joined, ())]
    return found


def _first_end(folded: Folded, i: int) -> int:
    """Where the first character of the pair ``i`` ends."""
    start = folded.starts[i]
    if folded.places is None:
        return start + 1
    return folded.places[1][bisect_left(folded.places[0], start)]


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch or overlap; in order."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out
