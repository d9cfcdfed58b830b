"""A service that is away or busy is left alone by all, for a while that grows, and then asked by one."""

from __future__ import annotations

import email.utils
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.kernel.time import now
from app.ports.transcriber import TranscriberRestsError

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_S: Final = 5.0
LONGEST_S: Final = 120.0
"""The pause doubles with each silence in a row, up to this: words go on two minutes after the service is back."""
LONGEST_ASKED_S: Final = 3600.0
"""However long a service asks to be left alone, it is asked once an hour."""
TRIED_S: Final = 10.0
"""How long the others wait while one tries."""


class TranscriberRest:
    """What one process knows of a service: whether it answers, and if not, when it is asked again."""

    def __init__(self, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._lock = threading.Lock()
        self._until: float | None = None
        """Moment of the monotonic clock at which one may try; None while it answers."""
        self._why = ""
        self._silences = 0
        self._silent_at = 0.0
        self._tried = False

    def raise_if_resting(self) -> None:
        """Raise ``TranscriberRestsError`` while nobody may ask; says nothing of whether the next try will do."""
        with self._lock:
            self._refuse()

    @contextmanager
    def asking(self) -> Iterator[float]:
        """Around one request; gives its moment for ``answered`` and ``silent``.

        Raises ``TranscriberRestsError`` at once while the service rests, and while another one tries it after a rest.
        """
        with self._lock:
            self._refuse()
            tries = self._tried = self._until is not None
        try:
            yield time.monotonic()
        finally:
            if tries:
                with self._lock:
                    self._tried = False

    def answered(self, began: float) -> None:
        """It answered a request of this moment, so that it works, unless it fell silent since."""
        with self._lock:
            if began >= self._silent_at:
                self._until, self._silences = None, 0

    def silent(self, began: float, why: str, asked_s: float | None = None) -> TranscriberRestsError:
        """A request of this moment got no answer that counts; the error to raise.

        ``asked_s``: how long the service asked to be left alone. What met the silence waits a little longer than all
        others, so that one request that the service cannot bear is not the first one every time.
        """
        with self._lock:
            moment = time.monotonic()
            if began >= self._silent_at:  # those that were under way together met one silence
                self._silences += 1
            pause = min(self._first_s * 2 ** min(self._silences - 1, 16), self._longest_s)
            wait = max(pause, min(asked_s or 0.0, LONGEST_ASKED_S))
            self._until = max(self._until or 0.0, moment + wait)
            self._silent_at, self._why = moment, why
            return TranscriberRestsError(why, self._until - moment + min(pause, TRIED_S))

    def _refuse(self) -> None:
        if self._until is None:
            return
        left = self._until - time.monotonic()
        if left > 0:
            raise TranscriberRestsError(self._why, left, is_news=False)
        if self._tried:
            raise TranscriberRestsError(self._why, TRIED_S, is_news=False)


def asked_wait(said: str | None) -> float | None:
    """The seconds of a ``Retry-After``: a number or a date (RFC 9110, 10.2.3); None where it says neither."""
    if not said:
        return None
    if said.strip().isdecimal():
        return float(said)
    try:
        moment = email.utils.parsedate_to_datetime(said)
        return max(0.0, (moment - now()).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
