"""Text that stands again and again back to back: a loop of the decoder, or a refrain a person should confirm."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMES = 3
"""Twice is how people speak; the third time is kept for editors until a person confirms it."""
NEAR_MS = 10_000
REASON = "repeated"


def repeated_cues(cues: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, str]]:
    """(index, reason) of each cue from the third of a row with the same text; cues are (text, start_ms, end_ms) by time."""
    run = 1
    for at in range(1, len(cues)):
        text, start, _ = cues[at]
        before, _, end = cues[at - 1]
        same = bool(_bare(text)) and _bare(text) == _bare(before) and start - end <= NEAR_MS
        run = run + 1 if same else 1
        if run >= TIMES:
            yield at, REASON


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
