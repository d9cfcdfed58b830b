"""The only place where a media file is opened: by file object, allow-listed, following no names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, NoReturn

import av
import av.codec.context
import av.error
import av.filter.context
import av.sidedata.sidedata
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.reformatter
import numpy.fft
import numpy.ma  # noqa: F401  with PyAV's own parts loaded here: after the child is sealed none can
from av.container import InputContainer

from app.recordings.domain.media.limits import FORMATS, MediaLimits
from app.recordings.domain.media.refusals import rejected

_HEAD_BYTES: Final = 64
_READ_BYTES: Final = 256 * 1024
_DICTATION: Final = (b"\x02dss", b"\x03ds2", b"\x01ds2", b"\x07ds2")


class PositionedFile:
    """A reader (or writer) with a position of its own on a shared open file.

    Positions are not shared with other users of the same descriptor, so that the second pass of an
    MP4 writer can read what the first wrote, without opening anything by name.
    """

    def __init__(self, file: BinaryIO, window: tuple[int, int] | None = None) -> None:
        """``file`` must be a regular file; it is not closed by this object.

        With a ``window`` (first byte, byte after the last) only that stretch is there to be read.
        """
        self.fd = file.fileno()
        self.at = 0
        self._first: int = window[0] if window is not None else 0
        self._end: int | None = window[1] if window is not None else None

    def read(self, size: int = -1) -> bytes:
        """Bytes from the position on; empty at the end."""
        wanted = size if size >= 0 else _READ_BYTES
        if self._end is not None:
            wanted = max(0, min(wanted, self._end - self._first - self.at))
        data = os.pread(self.fd, wanted, self._first + self.at)
        self.at += len(data)
        return data

    def write(self, data: bytes) -> int:
        """Write all of it at the position."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.fd, view, self.at)
            self.at += written
            view = view[written:]
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position; gives it back."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size()}[whence]
        self.at = max(0, start + offset)
        return self.at

    def tell(self) -> int:
        """The position."""
        return self.at

    def size(self) -> int:
        """Bytes of the file, or of the window, now."""
        whole = os.fstat(self.fd).st_size
        return (whole if self._end is None else min(self._end, whole)) - self._first

    def close(self) -> None:
        """Nothing to close: the descriptor belongs to who opened it."""


def refuse_to_follow(url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    """A media file that names another file or address gets nothing."""
    msg = f"a media file may not open others ({url[:80]!r})"
    raise PermissionError(msg)


@contextmanager
def open_media(file: BinaryIO, limits: MediaLimits, window: tuple[int, int] | None = None) -> Iterator[InputContainer]:
    """Open for reading; the extension and the declared type decide nothing.

    ``window`` opens one of several recordings that lie behind each other in the file.

    Raises MediaRejected: empty_file, unfinished_file, dictation_format, format_not_allowed,
    unreadable.
    """
    source = PositionedFile(file, window)
    head = source.read(_HEAD_BYTES)
    if not head:
        raise rejected("empty_file")
    if head.startswith(_DICTATION):
        raise rejected("dictation_format")
    source.seek(0)
    try:
        container = av.open(
            source,
            "r",
            # Applies to each decoder too: a picture beyond it is not decoded while probing either.
            options={"max_pixels": str(limits.most_picture_pixels)},
            container_options={
                "format_whitelist": ",".join(FORMATS),
                "protocol_whitelist": "",
                "max_streams": "64",
            },
            metadata_errors="replace",
            buffer_size=_READ_BYTES,
            io_open=refuse_to_follow,
        )
    except MemoryError:
        raise
    except (av.error.FFmpegError, OSError, ValueError, OverflowError) as error:
        raise _why_not(source, head, error) from error
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = {"max_pixels": str(limits.most_picture_pixels)}
    try:
        yield container
    finally:
        container.close()


def _why_not(source: PositionedFile, head: bytes, error: Exception) -> Exception:
    """The refusal that fits what the first bytes are."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        kinds = {kind for kind, _ in top_level_boxes(source)}
        return rejected("unreadable" if b"moov" in kinds else "unfinished_file")
    if isinstance(error, av.error.ArgumentError):
        return rejected("format_not_allowed")
    return rejected("unreadable")


def top_level_boxes(source: PositionedFile, most: int = 4096) -> list[tuple[bytes, int]]:
    """Kind and declared size of the outermost boxes of an MP4 file (ISO/IEC 14496-12, 4.2)."""
    boxes: list[tuple[bytes, int]] = []
    at, end = 0, source.size()
    while at + 8 <= end and len(boxes) < most:
        source.seek(at)
        head = source.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1 and len(head) == 16:  # noqa: PLR2004  a 64-bit size follows
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:
            size = end - at
        if size < 8:  # noqa: PLR2004  smaller than its own header: not a box
            break
        boxes.append((head[4:8], size))
        at += size
    return boxes
