"""MATCH expressions of FTS5, made only of folded tokens in double quotes.

Columns are not named in them where they need not be, because a filter makes FTS5 read every position: what
must not be found as a word carries a sign in front instead (``ALIAS``, ``SEAM``), which no folded word has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.search.domain.matching import may_be_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.search.domain.matching import Wanted
    from app.search.domain.query import Term

ALIAS, SEAM = "¤", "§"


def quoted(tokens: Iterable[str], *, prefix: bool = False) -> str:
    """One FTS5 string. Tokens hold letters, digits and marks only; a quote in one would be doubled."""
    inner = " ".join(tokens).replace('"', '""')
    return f'"{inner}"*' if prefix else f'"{inner}"'


def exact(term: Term) -> str:
    """The term itself, or its parted word in one piece."""
    here = quoted(term.tokens, prefix=term.prefix)
    return here if term.joined is None else f"({here} OR {quoted([term.joined])})"


def may_cross(term: Term) -> bool:
    """Whether a term may lie across the seam of two passages: phrases, and whatever is unspaced."""
    return len(term.tokens) > 1 or term.is_unspaced


def any_of(wanted: Wanted, *, typos: bool = True, seam: bool = False) -> str:
    """The term, its aliases and its typos; with ``seam`` also across the seam to the next passage."""
    parts = [exact(wanted.term)]
    if seam and may_cross(wanted.term):
        parts.append(quoted((SEAM + token for token in wanted.term.tokens), prefix=wanted.term.prefix))
    parts += [alias(keys, wanted.term) for keys in wanted.aliases]
    if typos:
        parts += [quoted([typo]) for typo in wanted.typos]
    return parts[0] if len(parts) == 1 else "(" + " OR ".join(parts) + ")"


def alias(keys: Sequence[str], term: Term) -> str:
    """All keys of one alternative; one in Latin letters may stand in the text as it is (Satoh asks for Sato)."""
    return "(" + all_of(_key(key, term) for key in keys) + ")"


def _key(key: str, term: Term) -> str:
    marked = quoted([ALIAS + key])
    as_it_is = may_be_word(key) and term.tokens != (key,)
    return f"({marked} OR {quoted([key])})" if as_it_is else marked


def all_of(parts: Iterable[str]) -> str:
    """Every part must match."""
    return " AND ".join(parts)


def in_title(terms: Sequence[Term]) -> str:
    """All terms in the title or the names."""
    return "{title} : (" + all_of(exact(term) for term in terms) + ")"


def near(terms: Sequence[Term]) -> str | None:
    """All terms beside each other, for ranking; None where that says nothing."""
    if len(terms) < 2 or any(term.prefix and term.is_unspaced for term in terms):  # noqa: PLR2004
        return None
    return "NEAR(" + " ".join(quoted(term.tokens, prefix=term.prefix) for term in terms) + ", 4)"


def with_marks(terms: Sequence[Term]) -> str | None:
    """The words as typed, marks and all, for ranking; None when no marks were typed."""
    words = [word for term in terms for word in term.marks]
    return all_of(f"{{marks}} : {quoted([word])}" for word in words) if words else None
