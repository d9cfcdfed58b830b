"""Connections to the search file: one a thread, readers in snapshots, writers one after the other."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.ports.search_index import SearchUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_MS = 30_000
_STEPS_PER_LOOK = 5_000


class Connections:
    """Hands each thread its own connection; every SQLite error leaves as ``SearchUnavailableError``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._writing = threading.Lock()

    def _open(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            known = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None)
            known.execute("PRAGMA journal_mode = WAL")
            # The app's database is the truth and the sweep repairs: the last commits may be lost with
            # the power, the file may not be spoilt.
            known.execute("PRAGMA synchronous = NORMAL")
            known.execute("PRAGMA cache_size = -32000")
            known.execute("PRAGMA mmap_size = 268435456")
            known.execute("PRAGMA temp_store = MEMORY")
            self._local.connection = known
        return known

    @contextmanager
    def reading(self, cutoff_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """One snapshot; statements are interrupted ``cutoff_s`` seconds from now (``TimeoutError``)."""
        with self._typed():
            connection = self._open()
            if cutoff_s is not None:
                deadline = time.monotonic() + cutoff_s
                connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_PER_LOOK)
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction, committed at the end, rolled back on any error."""
        with self._typed(), self._writing:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close this thread's connection; the others close with their threads."""
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is not None:
            known.close()
            self._local.connection = None

    @contextmanager
    def _typed(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise TimeoutError from error
            raise SearchUnavailableError(_said(error)) from error
        except sqlite3.DatabaseError as error:
            raise SearchUnavailableError(_said(error)) from error


def _said(error: sqlite3.Error) -> str:
    """SQLite's sentence without what it may quote of a question."""
    return re.sub(r"(near|column:?|token:) .*", r"\1 …", str(error))
