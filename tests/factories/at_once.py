"""Doing things at the same moment, in real threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from app.kernel.db import unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session, sessionmaker

    from tests.factories.archive import TestArchive

T = TypeVar("T")
WAIT_S = 20.0


def at_once(doings: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Do all of them in threads that start together; what each gave or raised, in the order given."""
    start = threading.Barrier(len(doings))

    def run(do: Callable[[], T]) -> T | Exception:
        start.wait(WAIT_S)
        try:
            return do()
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(run, doings))


def all_well(got: Sequence[T | Exception]) -> list[T]:
    """What all of them gave; the first error is raised."""
    for part in got:
        if isinstance(part, Exception):
            raise part
    return [part for part in got if not isinstance(part, Exception)]


@contextmanager
def held_open(sessions: sessionmaker[Session], do: Callable[[Session], object]) -> Iterator[Callable[[], None]]:
    """A writing unit of another thread that has done this and not yet committed; calling the result commits it."""
    done, go = threading.Event(), threading.Event()

    def run() -> None:
        with unit(sessions) as session:
            do(session)
            session.flush()
            done.set()
            go.wait(WAIT_S)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(run)
        assert done.wait(WAIT_S), writing.exception()
        try:

            def commit() -> None:
                go.set()
                writing.result(WAIT_S)

            yield commit
        finally:
            go.set()
        writing.result(WAIT_S)


def while_open(
    sessions: sessionmaker[Session], first: Callable[[Session], object], then: Callable[[], T], *, pause_s: float = 0.4
) -> T:
    """``then`` begins while a unit that did ``first`` is open, and must end after that unit's commit."""
    with held_open(sessions, first) as commit, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(then)
        # Long enough to reach the row that the open unit holds; being slower makes no test red.
        threading.Event().wait(pause_s)
        commit()
        return waiting.result(WAIT_S)


def rows(archive: TestArchive, kind: type[Any]) -> list[Any]:
    """Every row of a table."""
    with unit(archive.ports.sessions, write=False) as session:
        return list(session.scalars(select(kind)))


def writing(archive: TestArchive, do: Callable[[Session], Any]) -> Callable[[], Any]:
    """The same in a unit of its own."""
    return lambda: archive.in_unit(do)
