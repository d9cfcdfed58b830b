"""Identifiers: UUIDv7 keys that sort by the time they were made."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = (0, 0)
_MOST_IN_A_MS = 0xFFF


def new_id() -> str:
    """A UUIDv7 as text (RFC 9562, 5.7); ids made by one process sort in the order they were made."""
    global _last  # noqa: PLW0603  one counter a process is the method of RFC 9562, 6.2
    with _lock:
        milliseconds = time.time_ns() // 1_000_000
        last_ms, counter = _last
        if milliseconds <= last_ms:
            milliseconds, counter = last_ms, counter + 1
            if counter > _MOST_IN_A_MS:
                milliseconds, counter = last_ms + 1, 0
        else:
            counter = int.from_bytes(os.urandom(1))  # leaves room to count up
        _last = (milliseconds, counter)
    tail = int.from_bytes(os.urandom(8)) & (2**62 - 1)
    value = (milliseconds << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Whether the text can be one of our ids (so that a bad address never reaches the database)."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
