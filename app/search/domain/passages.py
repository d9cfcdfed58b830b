"""Cuts the cues of one recording into passages of about half a minute, each with its map back to time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from app.search.domain.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

GOAL_MS = 30_000
AT_SENTENCE_MS = 22_000
"""From here on a passage ends with its sentence."""
MOST_MS = 40_000
PAUSE_MS = 8_000
"""A silence this long ends a passage that says something already, and no phrase goes across it."""
MOST_SENTENCES = 5
MOST_CHARACTERS = 1_200
TAIL_TOKENS = 8
_SENTENCE_END = regex.compile(r"[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\"'”’」』]*\s*$")
_PLACE_TO_CUT = regex.compile(r"(?<=[\p{Sentence_Terminal}…])|(?<=\s)")

CueMap = list[list[object]]
"""One entry a cue: [start, end, start_ms, end_ms, words]; words: [start, end, start_ms, end_ms].
Starts and ends are code points of the passage's text."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word of a cue with its time in the recording."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SpokenCue:
    """What the cutter must know of a cue; ``words`` may be empty (an edit leaves none)."""

    start_ms: int
    end_ms: int
    text: str
    language: str | None = None
    doubtful: bool = False
    words: tuple[SpokenWord, ...] = ()


@dataclass(frozen=True, slots=True)
class CutPassage:
    """One passage; the last ``tail`` code points of ``text`` repeat how the next one begins."""

    seq: int
    start_ms: int
    end_ms: int
    text: str
    languages: tuple[str, ...]
    cue_map: CueMap
    tail: int = 0


def cut(cues: Iterable[SpokenCue], first_seq: int = 1) -> list[CutPassage]:
    """Passages of one recording's cues in the order of time, numbered from ``first_seq``.

    Doubtful and empty cues are left out, and no phrase is found across them. The same cues give the
    same passages, so that an index can be made again.
    """
    groups = list(_groups(sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))))
    out: list[CutPassage] = []
    for i, (group, broken) in enumerate(groups):
        follows = groups[i + 1][0] if i + 1 < len(groups) and not broken else None
        out.append(_passage(first_seq + i, group, _head(follows)))
    return out


def _groups(cues: list[SpokenCue]) -> Iterator[tuple[list[SpokenCue], bool]]:
    """Runs of cues, each with whether the next run is cut off from it by a pause or by doubt."""
    group: list[SpokenCue] = []
    doubt = False
    for cue in cues:
        if cue.doubtful or not cue.text.strip():
            doubt = doubt or cue.doubtful
            continue
        for piece in _short(cue):
            pause = bool(group) and piece.start_ms - group[-1].end_ms >= PAUSE_MS
            if group and (doubt or pause or _is_full(group, piece)):
                yield group, doubt or pause
                group = []
            doubt = False
            group.append(piece)
    if group:
        yield group, True


def _is_full(group: list[SpokenCue], more: SpokenCue) -> bool:
    long_ms = group[-1].end_ms - group[0].start_ms
    ended = bool(_SENTENCE_END.search(group[-1].text))
    sentences = sum(bool(_SENTENCE_END.search(cue.text)) for cue in group)
    return (
        long_ms >= GOAL_MS
        or (ended and (long_ms >= AT_SENTENCE_MS or sentences >= MOST_SENTENCES))
        or more.end_ms - group[0].start_ms > MOST_MS
        or sum(len(cue.text) for cue in group) + len(more.text) > MOST_CHARACTERS
    )


def _short(cue: SpokenCue) -> Iterator[SpokenCue]:
    """A cue that is too long for a passage (typed, imported) in pieces, at sentence ends or spaces."""
    if len(cue.text) <= MOST_CHARACTERS:
        yield cue
        return
    places = _places(cue)
    ends, last = [], 0
    for here, there in pairwise([*(m.start() for m in _PLACE_TO_CUT.finditer(cue.text)), len(cue.text)]):
        if there - last > MOST_CHARACTERS and here > last:
            ends.append(here)
            last = here
    # A text without any place to cut at is cut anyway.
    bounds = [0]
    for end in [*ends, len(cue.text)]:
        while end - bounds[-1] > MOST_CHARACTERS:
            bounds.append(bounds[-1] + MOST_CHARACTERS)
        bounds.append(end)
    for a, b in pairwise(bounds):
        words = tuple(word for word, start, end in places if a <= start and end <= b)
        start_ms = words[0].start_ms if words else cue.start_ms
        end_ms = words[-1].end_ms if words else cue.end_ms
        yield SpokenCue(start_ms, end_ms, cue.text[a:b], cue.language, doubtful=False, words=words)


def _places(cue: SpokenCue) -> list[tuple[SpokenWord, int, int]]:
    """Where each word stands in the cue's text; words that an edit changed are left out."""
    found, at = [], 0
    for word in cue.words:
        bare = word.text.strip()
        start = cue.text.find(bare, at) if bare else -1
        if start >= 0:
            at = start + len(bare)
            found.append((word, start, at))
    return found


def _head(group: Sequence[SpokenCue] | None) -> SpokenCue | None:
    """The first words of the next passage."""
    if group is None:
        return None
    first = group[0]
    folded = fold(first.text)
    if not folded.tokens:
        return None
    end = max(folded.ends[:TAIL_TOKENS])
    words = tuple(word for word, _, stop in _places(first) if stop <= end)
    return SpokenCue(first.start_ms, first.end_ms, first.text[:end], first.language, words=words)


def _passage(seq: int, group: list[SpokenCue], head: SpokenCue | None) -> CutPassage:
    text, cue_map, core = "", [], 0
    for cue in [*group, *([head] if head else [])]:
        if cue is head:
            core = len(text) + 1
        if text:
            text += " "
        at = len(text)
        shown = cue.text.strip() if cue is not head else cue.text.lstrip()
        lead = len(cue.text) - len(cue.text.lstrip())
        words: list[object] = [
            [at + a - lead, at + b - lead, word.start_ms, word.end_ms] for word, a, b in _places(cue)
        ]
        text += shown
        cue_map.append([at, len(text), cue.start_ms, cue.end_ms, words])
    return CutPassage(
        seq=seq,
        start_ms=group[0].start_ms,
        end_ms=max(cue.end_ms for cue in group),
        text=text,
        languages=tuple(dict.fromkeys(cue.language for cue in group if cue.language)),
        cue_map=cue_map,
        tail=len(text) - core if head else 0,
    )
