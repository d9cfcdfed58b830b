"""Looks at several parts beside each other, each in a thread of its own: a silent part holds one thread and nobody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

K = TypeVar("K", bound=str)


@dataclass(frozen=True)
class _Look:
    until: float
    """Moment of the monotonic clock after which nobody waits for it."""
    answer: Future[Any] = field(default_factory=Future)


class Looks:
    """Knows which looks still go on. A look has ``within_s`` seconds from its own beginning, whoever asks."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._lock = threading.Lock()
        self._going: dict[str, _Look] = {}

    def at(self, parts: Mapping[K, Callable[[], object]]) -> dict[K, Future[Any] | None]:
        """Each part's answer or error as a future that is done; None for a part that did not answer in time.

        Who asks for a part that is looked at already shares that look. Once its time is over it is nobody's any more,
        and no other begins before it ends.
        """
        with self._lock:
            moment = time.monotonic()
            looks = {name: self._going.get(name) or self._begin(name, look) for name, look in parts.items()}
        return {name: _answer_of(look) if look.until > moment else None for name, look in looks.items()}

    def _begin(self, name: str, look: Callable[[], object]) -> _Look:
        begun = _Look(time.monotonic() + self._within_s)
        # A daemon: a process that ends does not wait for it.
        threading.Thread(target=self._run, args=(name, look, begun), name=f"look-{name}", daemon=True).start()
        self._going[name] = begun  # it cannot have ended: that wants the lock
        return begun

    def _run(self, name: str, look: Callable[[], object], begun: _Look) -> None:
        try:
            answer = look()
        except BaseException as error:  # noqa: BLE001  whoever asked is told
            self._end(name)
            begun.answer.set_exception(error)
        else:
            self._end(name)
            begun.answer.set_result(answer)

    def _end(self, name: str) -> None:
        # Before the answer is there: who has it may ask again at once.
        with self._lock:
            del self._going[name]


def _answer_of(look: _Look) -> Future[Any] | None:
    left = look.until - time.monotonic()
    # One that waited for another part first still finds what came meanwhile.
    return look.answer if wait([look.answer], max(0.0, left)).done else None
