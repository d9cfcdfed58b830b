"""Rules of uploads: parts, states, what may be sent, and how a name is kept."""

from __future__ import annotations

import datetime as dt
from typing import Final

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB
SMALLEST_PART_BYTES: Final = 8 * MIB
MOST_PARTS: Final = 9000
"""Below S3's 10,000."""
MOST_ADDRESSES: Final = 50
"""Addresses that one request gives."""
MAX_CONCURRENCY: Final = 3
ADDRESS_GOOD_S: Final = 3600
ABANDONED_AFTER: Final = dt.timedelta(days=7)

SENDING: Final = ("created", "uploading")
CLOSED: Final = ("cancelled", "abandoned")
LOST: Final = "What was sent is no longer on our disk. Please send the file again."
"""States in which an upload takes nothing more and gives nothing more."""

_NO_RECORDING: Final = ("image/", "text/", "font/", "model/", "message/", "multipart/")
_NO_RECORDINGS: Final = frozenset(
    {
        "application/pdf",
        "application/json",
        "application/xml",
        "application/zip",
        "application/gzip",
        "application/x-tar",
        "application/x-7z-compressed",
        "application/x-rar-compressed",
        "application/vnd.rar",
        "application/javascript",
        "application/rtf",
        "application/msword",
        "application/x-msdownload",
        "application/vnd.android.package-archive",
    }
)
_OFFICE: Final = ("application/vnd.openxmlformats-", "application/vnd.oasis.", "application/vnd.ms-")
_WINDOWS_MEDIA: Final = "application/vnd.ms-asf"


def part_size(size_bytes: int) -> int:
    """Bytes of every part but the last: at least 8 MiB, and never more than 9000 parts."""
    return max(SMALLEST_PART_BYTES, -(-size_bytes // MOST_PARTS))


def part_count(size_bytes: int, part_size_bytes: int) -> int:
    """How many parts the file has."""
    return -(-size_bytes // part_size_bytes)


def size_of_part(number: int, size_bytes: int, part_size_bytes: int) -> int:
    """Bytes of part ``number`` (from 1): the last one is what is left."""
    return min(part_size_bytes, size_bytes - (number - 1) * part_size_bytes)


def is_plainly_no_recording(content_type: str) -> bool:
    """Whether a declared type says that the wrong file was chosen (a photograph, a letter).

    Only a help for the person: what a file really is, its bytes decide later, and many recorders'
    files come without a type or with a strange one.
    """
    plain = content_type.partition(";")[0].strip().lower()
    if plain == _WINDOWS_MEDIA:
        return False
    return plain.startswith((*_NO_RECORDING, *_OFFICE)) or plain in _NO_RECORDINGS


def kept_name(name: str) -> str:
    """A file name as received; only what no database can hold is replaced by U+FFFD."""
    encodable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return encodable.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def shown_size(size_bytes: int) -> str:
    """A size for people: ``8 GB``, ``350 MB``."""
    if size_bytes >= GIB:
        return f"{size_bytes / GIB:.3g} GB"
    return f"{max(1, round(size_bytes / MIB))} MB"


def missing_parts(count: int, held: dict[int, str], named: dict[int, str]) -> list[int]:
    """Parts that are not there, or that the sender did not name."""
    return [n for n in range(1, count + 1) if n not in held or n not in named]


def bad_parts(count: int, held: dict[int, str], named: dict[int, str]) -> list[int]:
    """Named parts that are not the ones held, or that the file does not have."""
    return sorted(n for n, sha256 in named.items() if not 1 <= n <= count or held.get(n, sha256) != sha256)
