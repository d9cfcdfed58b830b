"""What a WAV header claims about its length, which its reader does not tell when the file is cut."""

from __future__ import annotations

from typing import BinaryIO, Final

from app.recordings.domain.media.sandboxed_open import PositionedFile

_MOST_CHUNKS: Final = 1000
_STREAMED: Final = 0xFFFFFFFF


def wav_claim(file: BinaryIO, window: tuple[int, int]) -> tuple[int | None, bool]:
    """Milliseconds that the header of a WAV file claims beyond its end, and whether it was unfinished.

    ``(None, False)`` where the file is as long as it says, is no WAV, or was streamed; unfinished is a
    header whose lengths are still 0, as a recorder leaves it that lost power.
    """
    source = PositionedFile(file, window)
    head = source.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None, False
    bytes_a_second, at = 0, 12
    for _ in range(_MOST_CHUNKS):
        source.seek(at)
        chunk = source.read(8 + 16)
        if len(chunk) < 8:  # noqa: PLR2004  a chunk's own header
            return None, False
        size = int.from_bytes(chunk[4:8], "little")
        if chunk[:4] == b"fmt ":
            bytes_a_second = int.from_bytes(chunk[16:20], "little")
        if chunk[:4] == b"data":
            there = source.size() - at - 8
            if size == 0:
                return None, there > 1
            if size == _STREAMED or size <= there or bytes_a_second == 0:
                return None, False
            return round(size * 1000 / bytes_a_second), False
        at += 8 + size + size % 2
    return None, False
