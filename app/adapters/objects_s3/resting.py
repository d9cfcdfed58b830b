"""A store that does not answer is left alone for a while, so that nobody's thread waits for it in vain."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.ports.object_store import StoreRestsError

if TYPE_CHECKING:
    from collections.abc import Iterator

REST_S: Final = 5.0
MOST_AT_ONCE: Final = 24
"""Fewer than the threads that answer requests (40), so that pages which need no store are served all the same."""
_QUEUE_S: Final = 1.0


class Rest:
    """Knows whether the store answers. After a silence all callers are refused at once for ``REST_S``.

    Then one caller tries; the others are refused until it knows.
    """

    def __init__(self, rest_s: float = REST_S, most_at_once: int = MOST_AT_ONCE) -> None:
        self._rest_s = rest_s
        self._places = threading.BoundedSemaphore(most_at_once)
        self._lock = threading.Lock()
        self._until: float | None = None
        """Moment of the monotonic clock at which the next one may try; None while the store answers."""

    @contextmanager
    def asking(self, longest_s: float) -> Iterator[None]:
        """Around one call; if it is the try after a rest, the next try is ``longest_s`` later.

        Raises ``StoreRestsError`` at once while the store rests.
        """
        self._check(longest_s)
        if not self._places.acquire(timeout=_QUEUE_S):
            raise StoreRestsError
        try:
            yield
        finally:
            self._places.release()

    def answered(self) -> None:
        """It answered, whatever it said."""
        with self._lock:
            self._until = None

    def silent(self) -> None:
        """It did not answer, or said that it cannot."""
        with self._lock:
            self._until = time.monotonic() + self._rest_s

    def _check(self, longest_s: float) -> None:
        with self._lock:
            if self._until is None:
                return
            moment = time.monotonic()
            if moment < self._until:
                raise StoreRestsError
            self._until = moment + longest_s  # we try; the others hear of it when we know
