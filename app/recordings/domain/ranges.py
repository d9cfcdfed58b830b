"""Byte ranges and their conditions (RFC 9110, 13 and 14): what part of a file a request asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)
_LONGEST_NUMBER: Final = 18


class RangeNotSatisfiableError(Exception):
    """The range begins after the end of the file: answer 416 with ``Content-Range: bytes */size``."""


@dataclass(frozen=True)
class Span:
    """Bytes ``start`` to ``end`` (exclusive) of ``size``."""

    start: int
    end: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start

    @property
    def content_range(self) -> str:
        """The header's value (RFC 9110, 14.4)."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def wanted_span(header: str | None, if_range: str | None, etag: str, size: int) -> Span | None:
    """The one range that is asked for, None for the whole file.

    A header that is not understood, several ranges, or an ``If-Range`` that is not exactly the
    current strong entity tag give the whole file (RFC 9110, 13.1.5, 14.2). Raises
    ``RangeNotSatisfiableError``.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = found[1], found[2]
    if max(len(first), len(last)) > _LONGEST_NUMBER:
        first, last = first[:_LONGEST_NUMBER], last[:_LONGEST_NUMBER]
    if first:
        return _from(int(first), int(last) if last else None, size)
    if not last:
        return None
    return _suffix(int(last), size)


def _from(start: int, last: int | None, size: int) -> Span | None:
    if last is not None and last < start:
        return None  # invalid, so ignored
    if start >= size:
        raise RangeNotSatisfiableError
    end = size if last is None else min(last + 1, size)
    return Span(start, end, size)


def _suffix(length: int, size: int) -> Span:
    if length == 0 or size == 0:
        raise RangeNotSatisfiableError
    return Span(max(0, size - length), size, size)


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader has this very content already (``If-None-Match``, weak comparison)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
