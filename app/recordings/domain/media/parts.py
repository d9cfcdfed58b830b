"""Whole recordings lying one after another in one file, of which a reader would see only the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from av.audio.stream import AudioStream
from av.container import InputContainer

from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.refusals import MediaRejected
from app.recordings.domain.media.sandboxed_open import PositionedFile, open_media, top_level_boxes

Window = tuple[int, int]
"""First byte and the byte after the last."""

_MOST_PARTS: Final = 1000
_OGG_HEADER: Final = 27
_OGG_FIRST: Final = 0x02


def windows(file: BinaryIO) -> list[Window]:
    """Where each recording lies in the file; one window over everything where there is only one.

    MP4 readers stop after the first, WAV readers too, and Ogg readers keep the first one's sampling
    rate. MP3, AAC, FLAC and WebM parts are read through and show as stamps that start again.
    """
    source = PositionedFile(file)
    head = source.read(16)
    if head[4:8] == b"ftyp":
        starts = _mp4_starts(source)
    elif head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        starts = _wav_starts(source)
    elif head[:4] == b"OggS":
        starts = _ogg_starts(source)
    else:
        starts = []
    starts = [0, *starts[1:]]
    return list(zip(starts, [*starts[1:], source.size()], strict=True))


def _mp4_starts(source: PositionedFile) -> list[int]:
    """A new recording begins at a file type box behind a movie box (ISO/IEC 14496-12, 4.3)."""
    starts: list[int] = []
    at, movie = 0, True
    for kind, size in top_level_boxes(source):
        if kind == b"ftyp" and movie and len(starts) < _MOST_PARTS:
            starts.append(at)
            movie = False
        movie = movie or kind == b"moov"
        at += size
    if len(starts) > 1 and not movie:
        starts.pop()
    return starts


def _wav_starts(source: PositionedFile) -> list[int]:
    starts: list[int] = []
    at = 0
    while len(starts) < _MOST_PARTS:
        source.seek(at)
        head = source.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            break
        starts.append(at)
        size = int.from_bytes(head[4:8], "little")
        if size in (0, 0xFFFFFFFF):
            break
        at += 8 + size + size % 2
    return starts


def _ogg_starts(source: PositionedFile) -> list[int]:
    """A first page behind pages that are not (RFC 3533, section 6: chaining)."""
    starts: list[int] = []
    at, among_firsts = 0, False
    while len(starts) < _MOST_PARTS:
        source.seek(at)
        page = source.read(_OGG_HEADER + 255)
        if page[:4] != b"OggS" or len(page) < _OGG_HEADER:
            break
        first = bool(page[5] & _OGG_FIRST)
        if first and not among_firsts:
            starts.append(at)
        among_firsts = first
        segments = page[26]
        at += _OGG_HEADER + segments + sum(page[_OGG_HEADER : _OGG_HEADER + segments])
    return starts


def later_parts(
    file: BinaryIO, limits: MediaLimits, rest: list[Window], index: int
) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Each part after the first with its sound: the track of the same number, else the first.

    Parts that cannot be opened or hold no sound are left out.
    """
    for window in rest:
        try:
            with open_media(file, limits, window) as container:
                sound = _same_track(container, index)
                if sound is not None:
                    yield container, sound
        except MediaRejected:
            continue


def _same_track(container: InputContainer, index: int) -> AudioStream | None:
    known = [one for one in container.streams.audio if one.codec_context is not None]
    return next((one for one in known if one.index == index), known[0] if known else None)
