"""Work that one process of all does at a time, however long it takes: no transaction, and gone with its holder."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.db.engines import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_TAKE = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0)), pg_backend_pid()")
_GIVE = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


class HoldLostError(Exception):
    """The database server went away meanwhile, so that another process may have begun the same work."""


class Hold:
    """What a process alone has; on Postgres it goes with the connection."""

    def __init__(self, connection: Connection | None = None, pid: int = 0) -> None:
        self._connection = connection
        self._pid = pid

    def require(self) -> None:
        """Raise ``HoldLostError`` unless it is still ours."""
        if self._connection is None:
            return
        try:
            pid = self._connection.scalar(text("SELECT pg_backend_pid()"))
        except SQLAlchemyError as error:
            raise HoldLostError from error
        if pid != self._pid:  # the line was opened again, and is another one
            raise HoldLostError


@contextmanager
def only_one(engine: Engine, name: str) -> Iterator[Hold | None]:
    """The hold on ``name`` until left; None where another process (or thread) has it. Nobody waits.

    Postgres: an advisory lock of a connection of its own. SQLite: a lock on a file beside the database.
    """
    if engine.dialect.name != POSTGRES:
        with _beside(engine, name) as hold:
            yield hold
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken, pid = connection.execute(_TAKE, {"name": name}).one()
        if not taken:
            yield None
            return
        try:
            yield Hold(connection, pid)
        finally:
            try:
                connection.execute(_GIVE, {"name": name})
            except SQLAlchemyError:
                # Whatever is left of the line goes with the lock.
                with suppress(SQLAlchemyError):
                    connection.invalidate()


@contextmanager
def _beside(engine: Engine, name: str) -> Iterator[Hold | None]:
    path = Path(f"{engine.url.database}.{name}")
    with path.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Hold()
