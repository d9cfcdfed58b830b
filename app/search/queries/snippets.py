"""The part of a passage that a hit shows: the cues, or the lines about the story, with the matched words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST: Final = 240
_WORD: Final = 24
"""No cut is moved further than this to fall between two words: scripts without spaces are cut where it falls."""


def snippet(text: str, cue_map: Sequence[Any], spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """(text, spans on it): the cue or line of the first match and those after it that fit, in code points.

    "…" stands where a cue or line itself is cut; about ``LONGEST`` code points are shown of one.
    """
    first = min(spans)[0] if spans else 0
    start, end = 0, len(text)
    for at, to in [(at, to) for at, to, *_ in cue_map] or _lines(text):
        if at <= first < to:
            start, end = at, to
        elif at > first and to - start <= LONGEST and any(at <= s < to for s, _ in spans):
            end = to
    before, after = "", ""
    if end - start > LONGEST:
        if (left := first - LONGEST // 2) > start:
            start, before = _forth(text, left, first), "…"
        if (right := start + LONGEST) < end:
            end, after = _back(text, right, first), "…"
    cut = text[start:end]
    moved = len(before) - start - (len(cut) - len(cut.lstrip()))
    shown = [(a + moved, min(b, end) + moved) for a, b in sorted(spans) if start <= a < end]
    return f"{before}{cut.strip()}{after}", shown


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, at + len(line)
        at += len(line)


def _forth(text: str, start: int, match: int) -> int:
    """The begin of the next word, where one begins soon and before the match."""
    for at in range(start, min(start + _WORD, match)):
        if text[at].isspace():
            return at + 1
    return start


def _back(text: str, end: int, match: int) -> int:
    """The end of the last whole word, where one ends soon and after the match."""
    if text[end].isspace():
        return end
    for at in range(end - 1, max(end - _WORD, match), -1):
        if text[at].isspace():
            return at
    return end
