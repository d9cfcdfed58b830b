"""MATCH expressions of FTS5, made only of folded tokens in double quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.search.domain.matching import may_be_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.search.domain.matching import Wanted
    from app.search.domain.query import Term

CORE, WITH_SEAM, TITLE = "title text", "title text seam", "title"


def quoted(tokens: Iterable[str], *, prefix: bool = False) -> str:
    """One FTS5 string. Tokens hold letters, digits and marks only; a quote in one would be doubled."""
    inner = " ".join(tokens).replace('"', '""')
    return f'"{inner}"*' if prefix else f'"{inner}"'


def exact(term: Term, columns: str = CORE) -> str:
    """The term itself, in the given columns, or its parted word in one piece."""
    if term.is_word:
        extra = "" if columns == TITLE else " extra"
        return f"{{{columns}{extra}}} : {quoted(term.tokens, prefix=term.prefix)}"
    here = f"{{{columns}}} : {quoted(term.tokens, prefix=term.prefix)}"
    if term.joined is None:
        return here
    return f"({here} OR {{{columns} extra}} : {quoted([term.joined])})"


def any_of(wanted: Wanted, columns: str = CORE, *, typos: bool = True) -> str:
    """The term, its aliases and its typos."""
    parts = [exact(wanted.term, columns)]
    parts += [
        "(" + all_of(f"{{{_key_columns(key)}}} : {quoted([key])}" for key in keys) + ")" for keys in wanted.aliases
    ]
    if typos:
        parts += [f"{{{columns}}} : {quoted([typo])}" for typo in wanted.typos]
    return parts[0] if len(parts) == 1 else "(" + " OR ".join(parts) + ")"


def all_of(parts: Iterable[str]) -> str:
    """Every part must match."""
    return " AND ".join(parts)


def near(terms: Sequence[Term]) -> str | None:
    """All terms beside each other, for ranking; None where that says nothing."""
    if len(terms) < 2 or any(term.prefix and term.is_unspaced for term in terms):  # noqa: PLR2004
        return None
    phrases = " ".join(quoted(term.tokens, prefix=term.prefix) for term in terms)
    return f"{{{CORE}}} : NEAR({phrases}, 4)"


def with_marks(terms: Sequence[Term]) -> str | None:
    """The words as typed, marks and all, for ranking; None when no marks were typed."""
    words = [word for term in terms for word in term.marks]
    return all_of(f"{{marks}} : {quoted([word])}" for word in words) if words else None


def _key_columns(key: str) -> str:
    return "alias title text" if may_be_word(key) else "alias"
