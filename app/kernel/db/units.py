"""The unit of work (one request or one job = one transaction), and what writers do about each other.

On SQLite a writing unit is alone (BEGIN IMMEDIATE). On Postgres it is READ COMMITTED: a row that decides something
is read under its lock, ``alone`` stands for what has no row yet, and a count is one statement. A reading unit sees
one moment on both.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.db.engines import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine, Table
    from sqlalchemy.orm import DeclarativeBase

T = TypeVar("T")
AWAY = ("08", "57P")
"""How SQLSTATEs of Postgres begin that say: the connection broke, the server shuts down or starts up."""
NO_SERVER = ""
IN_THE_WAY = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs of Postgres: serialisation failure, deadlock, lock not available."""
TRIES = 5
FIRST_PAUSE_S = 0.05


def make_sessions(engine: Engine, **info: object) -> sessionmaker[Session]:
    """Sessions on the engine; ``info`` is what every session carries (what follows an event)."""
    return sessionmaker(engine, expire_on_commit=False, info=dict(info))


@contextmanager
def unit(sessions: sessionmaker[Session], *, write: bool = True) -> Iterator[Session]:
    """One transaction: commits at the end, rolls back on any error. A reading unit never commits."""
    bind: Engine = sessions.kw["bind"]
    if write:
        bind = bind.execution_options(write=True)
    elif bind.dialect.name == POSTGRES:
        bind = bind.execution_options(isolation_level="REPEATABLE READ")
    session = sessions(bind=bind)
    session.info.update(sessions.kw.get("info") or {})
    try:
        yield session
        if write:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def let_go(session: Session) -> None:
    """Commit what this unit did so far, before something slow is asked for which nobody else should wait.

    What follows is a transaction of its own: what decides there is read again.
    """
    session.commit()


def in_unit(sessions: sessionmaker[Session], do: Callable[[Session], T]) -> T:
    """Do it in one writing unit; again, in a fresh one, while another writer was in the way (a deadlock)."""
    for attempt in range(1, TRIES + 1):
        try:
            with unit(sessions) as session:
                return do(session)
        except DBAPIError as error:
            if attempt == TRIES or not was_in_the_way(error):
                raise
            time.sleep(FIRST_PAUSE_S * 2**attempt)
    raise AssertionError


def is_away(error: BaseException) -> bool:
    """Whether the database server could not be reached or broke off: no fault of what was done, and it passes."""
    if not isinstance(error, OperationalError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", NO_SERVER)  # SQLite has none to lose
    return state is None or state.startswith(AWAY)


def raise_if_away(error: BaseException) -> None:
    """Raise it again if the database was away, so that nothing is counted against the row that was worked on."""
    if is_away(error):
        raise error


def was_in_the_way(error: DBAPIError) -> bool:
    """Whether the transaction failed only because of another one, so that the same again may succeed."""
    return getattr(error.orig, "sqlstate", None) in IN_THE_WAY


def alone(session: Session | Connection, name: str) -> None:
    """From here to the end of this writing unit no other one that says the same name goes on.

    For what has no row to lock yet: the first of a series, a key that must not be taken twice.
    """
    connection = session.connection() if isinstance(session, Session) else session
    if connection.dialect.name == POSTGRES:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def insert_into(session: Session, table: type[DeclarativeBase] | Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing`` (the same on both databases)."""
    is_postgres = session.get_bind().dialect.name == POSTGRES
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)
