"""How Meilisearch reads a question and finds its words in a document, as far as the adapter relies on it.

Phrases are exact; the last word goes on unless a space follows it; the eleventh word is passed over; typing errors
by length, never in numbers, twice as bad in the first letter; two words may be one and one may be two.
https://www.meilisearch.com/docs/learn/relevancy/typo_tolerance_settings
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import OSA

_PIECE = re.compile(r'"([^"]*)"|([^\s"]+)')
_MOST = 10
_FAR = 8
_NOWHERE = 99


@dataclass(frozen=True)
class Piece:
    """One word or phrase of a question."""

    words: tuple[str, ...]
    phrase: bool
    prefix: bool


@dataclass
class Text:
    """One document's words by attribute, with their places (a full stop is a gap)."""

    columns: list[tuple[bool, dict[str, list[int]]]] = field(default_factory=list)

    @classmethod
    def of(cls, document: dict[str, Any], settings: dict[str, Any]) -> Text:
        """Cut a document's searchable attributes into words."""
        made = cls()
        strict = set(settings["typoTolerance"]["disableOnAttributes"])
        for name in settings["searchableAttributes"]:
            places: dict[str, list[int]] = {}
            at = 0
            for word in str(document.get(name) or "").split():
                places.setdefault(word.rstrip(".").lower(), []).append(at)
                at += _FAR if word.endswith(".") else 1
            made.columns.append((name in strict, places))
        return made


def pieces_of(q: str) -> list[Piece]:
    """A question taken apart."""
    found = []
    for match in _PIECE.finditer(q):
        if match.group(1) is not None:
            found.append(Piece(tuple(match.group(1).lower().split()), phrase=True, prefix=False))
        else:
            found.append(Piece((match.group(2).lower(),), phrase=False, prefix=match.end() == len(q)))
    return [one for one in found if one.words][:_MOST]


def match(pieces: list[Piece], text: Text) -> tuple[int, int] | None:
    """(typing errors, first attribute) when every piece is there; None otherwise."""
    typos, first = 0, _NOWHERE
    done = 0
    while done < len(pieces):
        best, size = _best(pieces[done], text), 1
        for more in (2, 3):
            some = pieces[done : done + more]
            if len(some) == more and not any(one.phrase for one in some):
                glued = Piece(("".join(one.words[0] for one in some),), phrase=False, prefix=some[-1].prefix)
                here = _best(glued, text, exact=True)
                if here is not None and best is None:
                    best, size = (here[0] + 1, here[1]), more
        if best is None:
            return None
        typos += best[0]
        first = min(first, best[1])
        done += size
    return typos, first


def _best(piece: Piece, text: Text, *, exact: bool = False) -> tuple[int, int] | None:
    found: list[tuple[int, int]] = []
    for number, (strict, places) in enumerate(text.columns):
        if piece.phrase:
            if _phrase(piece.words, places):
                found.append((0, number))
            continue
        word = piece.words[0]
        allowed = 0 if strict or exact or any(one.isdigit() for one in word) else _allowed(word)
        errors = min((_errors(word, other, allowed, prefix=piece.prefix) for other in places), default=_NOWHERE)
        if errors <= allowed:
            found.append((errors, number))
        elif allowed and any(_phrase((word[:i], word[i:]), places) for i in range(1, len(word))):
            found.append((1, number))
    return min(found, default=None)


def _phrase(words: tuple[str, ...], places: dict[str, list[int]]) -> bool:
    if not all(word in places for word in words):
        return False
    return any(all(at + i in places[word] for i, word in enumerate(words)) for at in places[words[0]])


def _allowed(word: str) -> int:
    return 0 if len(word) < 5 else 1 if len(word) < 9 else 2


def _errors(word: str, other: str, allowed: int, *, prefix: bool) -> int:
    if word == other or (prefix and other.startswith(word)):
        return 0
    if not allowed:
        return _NOWHERE
    begun = [other[: len(word) + more] for more in range(-allowed, allowed + 1)] if prefix else [other]
    distance = min(OSA.distance(word, one, score_cutoff=allowed) for one in begun)
    return distance + 1 if other[0] != word[0] else distance
