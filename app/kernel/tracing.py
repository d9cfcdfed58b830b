"""Spans: what a process does and how long, told to a watcher where one was set; without one nothing is done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Fact = str | int
    Watcher = Callable[[str, Mapping[str, Fact]], "Span"]
    """Begins a span of this name with these facts."""


class Span(Protocol):
    """Something that is being done."""

    def end(self, name: str, facts: Mapping[str, Fact], *, failed: bool) -> None:
        """It is over; its final name, and what is known of it besides."""


class Told:
    """What whoever does it learns of it meanwhile; the caller says no word of a story, no name, no address."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.facts: dict[str, Fact] = {}
        self.failed = False


_watcher: Watcher | None = None


def watch(watcher: Watcher | None) -> None:
    """From now on spans are told to this watcher, or (None) to nobody."""
    global _watcher  # noqa: PLW0603  one for the process, as its log is
    _watcher = watcher


@contextmanager
def span(name: str, facts: Mapping[str, Fact]) -> Iterator[Told]:
    """Around something that is done; an error that passes through makes it a failed one and is not told itself."""
    told = Told(name)
    begun = _watcher(name, facts) if _watcher is not None else None
    try:
        yield told
    except BaseException:
        told.failed = True
        raise
    finally:
        if begun is not None:
            begun.end(told.name, told.facts, failed=told.failed)
