"""From the engine's documents to hits: places of the matched words on the raw text, and what was mistyped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from app.adapters.search_meilisearch.expressions import LEAST_FOR_TYPO
from app.ports.search_index import Hit, Span, Word
from app.search.domain import aliases
from app.search.domain.fold import fold, is_unspaced
from app.search.domain.matching import find
from app.search.domain.standing import in_text, on_card

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.adapters.search_meilisearch.engine import Row
    from app.search.domain.matching import Found, Wanted

TWO_FROM = 9
"""Letters from which two typing errors are forgiven."""


def stand(row: Row, wanted: Sequence[Wanted]) -> Found:
    """How the words stand in one document."""
    found = in_text(row.text, row.core, row.languages, wanted)
    if found.missing and row.seq == 0:
        if not all(_is_on_card(row, one) for one in wanted):
            return found
        found = on_card(found, (row.title, *row.names), wanted)
        found.missing = 0
    return found


def _is_on_card(row: Row, one: Wanted) -> bool:
    """Whether a word is in the card's text, its title or a name."""
    lines = (row.title, *row.names)
    whole = "\n".join((*lines, row.text))
    folded = fold(whole)
    keys: list[tuple[str, int, int]] = []
    if one.aliases:
        keys += aliases.text_keys(whole, row.languages, folded)
        keys += [(name_key, 0, len(line)) for line in lines for name_key in aliases.name_keys(line)]
    return not find(whole, folded, keys, [one]).missing


def with_typos(wanted: Sequence[Wanted], rows: Sequence[Row]) -> list[Wanted]:
    """The terms, each with the words of these documents that it may have been mistyped for, nearest first."""
    words: set[str] = set()
    for row in rows:
        for text in (row.text, row.title, *row.names):
            words.update(fold(text).tokens)
    return [replace(one, typos=_near(one, words)) for one in wanted]


def _near(one: Wanted, words: set[str]) -> tuple[str, ...]:
    term = one.term
    if not term.is_word or term.quoted:
        return ()
    word = term.tokens[0]
    if len(word) < LEAST_FOR_TYPO or any(letter.isdigit() for letter in word):
        return ()
    most = 1 if len(word) < TWO_FROM else 2
    near: list[tuple[int, str]] = []
    for other in words:
        if other == word or other[0] != word[0] or is_unspaced(other):
            continue
        begun = [other[: len(word) + more] for more in range(-most, most + 1)] if term.prefix else [other]
        distance = min(OSA.distance(word, one, score_cutoff=most) for one in begun)
        if distance <= most:
            near.append((distance, other))
    return tuple(other for _, other in sorted(near))


def hit_of(row: Row, found: Found) -> Hit:
    """A document as the port's hit."""
    return Hit(
        passage_id=row.passage_id,
        story_id=row.story_id,
        recording_id=row.recording_id,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        spans=tuple(Span(a, b) for a, b in found.spans),
        via=found.via,
        matched_as=found.matched_as,
    )


def hits_of(rows: Sequence[Row], wanted: Sequence[Wanted], *, literal: bool) -> list[Hit]:
    """Documents as hits, in their order."""
    found = [stand(row, wanted) for row in rows]
    astray = [row for row, one in zip(rows, found, strict=True) if one.missing]
    if astray and not literal:
        meant = with_typos(wanted, astray)
        found = [stand(row, meant) if one.missing else one for row, one in zip(rows, found, strict=True)]
    return [hit_of(row, one) for row, one in zip(rows, found, strict=True)]


def corrected(text: str, row: Row, wanted: Sequence[Wanted]) -> tuple[str | None, tuple[Word, ...]]:
    """The question with each mistyped word replaced by the nearest one of the best document, as written there."""
    out, words = text, []
    for one in with_typos(wanted, [row]):
        if not one.typos or not stand(row, [replace(one, typos=())]).missing:
            continue
        words.append(Word(as_written(row, one.typos[0]), row.story_id, row.passage_id))
        out = out.replace(one.term.raw, words[-1].text, 1)
    return (None, ()) if out == text else (out, tuple(words))


def as_written(row: Row, word: str) -> str:
    """A folded word as the document writes it (nakamura → Nakamura)."""
    for raw in (row.text, row.title, *row.names):
        folded = fold(raw)
        if word in folded.tokens:
            i = folded.tokens.index(word)
            return raw[folded.starts[i] : folded.ends[i]]
    return word
