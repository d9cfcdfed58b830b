"""Text that stands again and again back to back: a loop of the decoder, or a refrain a person should confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.transcripts.domain.doubt import Doubt, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMES = 3
"""Twice is how people speak; the third time is kept for editors until a person confirms it."""
TIMES_OF_SHORT = 8
LONG = 12
"""Letters: "no, no, no" is how people speak too."""
NEAR_MS = 10_000


def repeated_cues(cues: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, str]]:
    """(index, reason) of each cue from the third of a row with the same text.

    ``cues`` are (text, start_ms, end_ms) by time.
    """
    run = 1
    for at in range(1, len(cues)):
        text, start, _ = cues[at]
        before, _, end = cues[at - 1]
        same = bool(folded(text)) and folded(text) == folded(before) and start - end <= NEAR_MS
        run = run + 1 if same else 1
        if run >= (TIMES if len(folded(text)) >= LONG else TIMES_OF_SHORT):
            yield at, Doubt.REPEATED.value
