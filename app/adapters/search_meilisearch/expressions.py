"""From the terms of a question to the engine's words and filters, one question for each way of being meant.

The engine has no "or" between words, so a term that may stand in a text as itself, in one piece, across a seam
or as an alias is asked for once each way; what comes back is put together by ``meanings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, product
from typing import TYPE_CHECKING

from app.adapters.search_meilisearch.letters import (
    either,
    key,
    listed,
    marked_token,
    phrase,
    quoted,
    run_token,
    seam_token,
    word_key,
)
from app.search.domain.fold import is_unspaced
from app.search.domain.matching import may_be_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.search.domain.matching import Wanted
    from app.search.domain.query import Term

MOST_QUESTIONS = 12
MOST_WORDS = 10
"""The engine passes over every word after the tenth; a phrase is one."""
LEAST_FOR_TYPO = 5


@dataclass(frozen=True)
class Part:
    """One way in which one term may be there."""

    pieces: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    prefix: str | None = None
    """A word that may go on; the engine reads the last word so, unless a space follows it."""
    check: bool = False
    """Whether the engine may find more than was meant, so that each text must be looked at."""


@dataclass(frozen=True)
class Question:
    """What the engine is asked: words and filters."""

    words: str
    filters: tuple[str, ...]
    check: bool
    across: bool = False
    """Whether a term was asked for across the seam of two passages."""


def questions(wanted: Sequence[Wanted], *, literal: bool) -> list[Question]:
    """Every way of meaning the question, the plainest first; the first one has all terms as they were typed."""
    ways: list[list[tuple[int, Part]]] = []
    for one in wanted:
        term = one.term
        here = [(0, exact(term, literal=literal))]
        if term.joined is not None:
            here.append((1, _whole(term.joined, term, literal=literal)))
        if len(term.tokens) > 1:
            here.append((2, Part((phrase(map(seam_token, term.tokens)),))))
        if one.aliases:
            here.append((3, Part(filters=(either([_name(keys, term) for keys in one.aliases]),))))
        ways.append(here)
    combined = sorted(product(*ways), key=lambda parts: sum(rank for rank, _ in parts))
    return [
        _question([part for _, part in parts], across=any(rank == 2 for rank, _ in parts))  # noqa: PLR2004
        for parts in combined[:MOST_QUESTIONS]
    ]


def marks(wanted: Sequence[Wanted], *, literal: bool) -> Question | None:
    """The words as typed, marks and all; None when no marks were typed."""
    words = [
        word for one in wanted for word, token in zip(one.term.marks, one.term.tokens, strict=False) if word != token
    ]
    if not words:
        return None
    parts = [exact(one.term, literal=literal) for one in wanted]
    return _question([*parts, Part(tuple(phrase([marked_token(word)]) for word in words))])


def typos(wanted: Sequence[Wanted]) -> Question | None:
    """The words so that the engine forgives typing errors; None where it forgives none."""
    if not any(_may_be_mistyped(one.term) for one in wanted):
        return None
    return _question(
        [
            Part((one.term.tokens[0],)) if _may_be_mistyped(one.term) else exact(one.term, literal=False)
            for one in wanted
        ]
    )


def _may_be_mistyped(term: Term) -> bool:
    return term.is_word and not term.quoted and not term.prefix and len(term.tokens[0]) >= LEAST_FOR_TYPO


def exact(term: Term, *, literal: bool) -> Part:
    """The term itself. A word in quotation marks is found as it is and forgives nothing."""
    pieces: list[str] = []
    filters: list[str] = []
    prefix: str | None = None
    groups = [(unspaced, list(tokens)) for unspaced, tokens in groupby(term.tokens, is_unspaced)]
    for unspaced, tokens in groups:
        if unspaced and len(tokens) == 1 and len(tokens[0]) == 1:
            filters.append(f"chars = {quoted(run_token(tokens[0]))}")
        elif unspaced:
            pieces.append(phrase(map(run_token, tokens)))
        else:
            pieces.append(phrase(tokens))
    if term.prefix and not groups[-1][0]:
        *before, prefix = groups[-1][1]
        pieces[-1:] = [phrase(before)] if before else []
    apart = len(groups) > 1 or (prefix is not None and len(term.tokens) > 1)
    return Part(tuple(pieces), tuple(filters), prefix, check=apart or _too_free(prefix, literal=literal))


def _too_free(prefix: str | None, *, literal: bool) -> bool:
    """Whether the engine forgives typing errors in a word that goes on, where none may be forgiven."""
    return literal and prefix is not None and len(prefix) >= LEAST_FOR_TYPO


def _whole(joined: str, term: Term, *, literal: bool) -> Part:
    """A parted word in one piece."""
    if term.prefix:
        return Part(prefix=joined, check=_too_free(joined, literal=literal))
    return Part((phrase([joined]),))


def alias_keys(wanted: Sequence[Wanted]) -> list[str]:
    """Every key that any term asks for."""
    return sorted({own for one in wanted for keys in one.aliases for name in keys for own in _keys(name, one.term)})


def _name(keys: Sequence[str], term: Term) -> str:
    """A condition for one of the names that a term may stand for; all its keys must be there."""
    return " AND ".join(_any_of(_keys(one, term)) for one in keys)


def _any_of(keys: Sequence[str]) -> str:
    return f"alias = {quoted(keys[0])}" if len(keys) == 1 else f"alias IN {listed(keys)}"


def _keys(name: str, term: Term) -> list[str]:
    """A key, and the word itself where another word asks for it (Satoh for Sato); as typed it is found anyhow."""
    as_it_is = may_be_word(name) and term.tokens != (name,)
    return [key(name), word_key(name)] if as_it_is else [key(name)]


def _question(parts: Sequence[Part], *, across: bool = False) -> Question:
    pieces = list(dict.fromkeys(piece for part in parts for piece in part.pieces))
    filters = tuple(dict.fromkeys(one for part in parts for one in part.filters))
    prefixes = [part.prefix for part in parts if part.prefix is not None]
    check = any(part.check for part in parts)
    most = MOST_WORDS - len(prefixes)
    if len(pieces) > most:
        # The longest words narrow best; the text itself says whether the others are there.
        keep = set(sorted(pieces, key=len, reverse=True)[:most])
        pieces = [piece for piece in pieces if piece in keep]
        check = True
    words = " ".join([*pieces, *prefixes])
    if words and not prefixes and not words.endswith('"'):
        words += " "
    return Question(words, filters, check=check, across=across)
