"""The engine of each database, with the archive's rules: what is durable, how long one waits, what a text may hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json  # 2.5 times as fast as json.loads; a page of search reads 60 cue maps
from sqlalchemy import String, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from app.kernel.errors import BadInputError
from app.kernel.settings import PostgresDatabase
from app.kernel.time import now

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Table

POSTGRES = "postgresql"
LINE: Mapping[str, int] = {
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # Linux asks nothing while something sent is unanswered; without it, that would wait a quarter of an hour.
    "tcp_user_timeout": 50_000,
}
"""What libpq is told of every line to Postgres: a server that vanished without a word is noticed within a minute."""
SQLITE_OVERFLOW = 40
"""As many as there are threads that answer requests: with SQLAlchemy's own 15 in all, those that wait for a silent
store would keep pages, which need no store, from the file."""


class UnstorableTextError(BadInputError):
    """A text that no database keeps: with a NUL, or half of a surrogate pair."""

    slug = "unstorable-text"
    title = (
        "One of the texts holds a character that cannot be kept (an empty one, or half of one). "
        "Nothing was changed; take it out and try again."
    )


def make_engine(url: str | URL, postgres: PostgresDatabase | None = None) -> Engine:
    """An engine for the address; ``postgres`` says how large its pool is and how long anything may wait.

    Both databases refuse the same texts (``UnstorableTextError``).
    """
    url = make_url(url)
    if url.get_backend_name() == POSTGRES:
        engine = _postgres(url, postgres or PostgresDatabase(kind="postgres", url=str(url)))
    else:
        engine = _sqlite(url)
    event.listen(engine, "before_cursor_execute", _check_texts)
    return engine


def _postgres(url: URL, wanted: PostgresDatabase) -> Engine:
    """Reading and writing units ask for their isolation themselves; every wait of the server has an end."""
    waits = {
        "lock_timeout": wanted.lock_wait_s,
        "statement_timeout": wanted.statement_wait_s,
        "idle_in_transaction_session_timeout": wanted.idle_wait_s,
    }
    options = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in waits.items())
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=wanted.pool_size,
        max_overflow=wanted.pool_overflow,
        pool_timeout=wanted.pool_wait_s,
        json_serializer=_as_json,
        json_deserializer=from_json,
        hide_parameters=True,  # an error goes into the log; what people wrote does not
        connect_args={
            "connect_timeout": max(2, round(wanted.connect_wait_s)),  # libpq takes no less
            "options": f"{options} -c timezone=UTC",
            "application_name": "storybraid",
            **LINE,
        },
    )


def _sqlite(url: URL) -> Engine:
    """WAL, foreign keys, every commit on disk, explicit BEGIN."""
    pool: dict[str, int] = {}
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        pool = {"pool_size": 10, "max_overflow": SQLITE_OVERFLOW}
    engine = create_engine(
        url,
        **pool,
        json_serializer=_as_json,
        json_deserializer=from_json,
        hide_parameters=True,  # an error goes into the log; what people wrote does not
        connect_args={"timeout": 30, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own class
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A unit that reads and then writes would fail at once with "database is locked", timeout or not.
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _as_json(value: Any) -> str:  # noqa: ANN401  any JSON value
    """JSON as both databases keep it; Postgres would refuse a NUL inside with an error of its own."""
    written = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in written and _holds_nul(value):
        raise UnstorableTextError
    _check(written)
    return written


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_nul(part) for part in value)


def _check_texts(
    _connection: object,
    _cursor: object,
    _statement: str,
    parameters: Any,  # noqa: ANN401  whatever the driver takes
    _context: object,
    _executemany: bool,  # noqa: FBT001  SQLAlchemy's own event
) -> None:
    """Look at every text; many rows in one statement come as rows, or, where rows come back, as one flat row."""
    for value in parameters.values() if isinstance(parameters, dict) else parameters:
        if isinstance(value, str):
            _check(value)
        elif isinstance(value, dict | tuple | list):
            _check_texts(_connection, _cursor, _statement, value, _context, _executemany)


def _check(value: str) -> None:
    if "\0" in value:
        raise UnstorableTextError
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise UnstorableTextError from error


def product_named(engine: Engine) -> str:
    """The database's product name, without asking it anything."""
    return "PostgreSQL" if engine.dialect.name == POSTGRES else "SQLite"


def product_of(connection: Connection) -> str:
    """The database's product name and version."""
    name = product_named(connection.engine)
    if connection.dialect.name == POSTGRES:
        return f"{name} {connection.execute(text('SHOW server_version')).scalar_one()}"
    return f"{name} {sqlite3.sqlite_version}"


def clock_ahead_s(connection: Connection) -> float | None:
    """Seconds that this machine's clock is ahead of the server's (behind: below 0); None where there is no server.

    Right to half of what the answer took.
    """
    if connection.dialect.name != POSTGRES:
        return None
    connection.execute(text("SELECT 1"))  # the line may have to be opened first
    before = now()
    there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = now()
    return float((before + (after - before) / 2 - there).total_seconds())


def by_code_point(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as it sorts by code points, whatever language the database was made for."""
    if connection.dialect.name == POSTGRES and isinstance(column.type, String):
        return column.collate("C")
    return column


def hold_still(connection: Connection, tables: Sequence[Table]) -> None:
    """Until this transaction ends nobody else writes to these tables; a writing one on SQLite has that already."""
    if connection.dialect.name == POSTGRES:
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def commits_of(engine: Engine) -> Callable[[], int]:
    """A look at a number that changes when another process has committed, for one thread; each look is cheap.

    SQLite's ``data_version`` is per connection; Postgres' snapshot ends at the newest transaction that is done.
    """
    if engine.dialect.name == POSTGRES:
        looking = engine.execution_options(isolation_level="AUTOCOMMIT")

        def completed() -> int:
            with looking.connect() as connection:
                return int(connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) or 0)

        return completed
    connection = engine.raw_connection()

    def committed() -> int:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            return int((cursor.fetchone() or (0,))[0])
        finally:
            cursor.close()

    return committed
