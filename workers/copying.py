"""Moving an archive from one database to another: all rows or none, and every row compared before it counts."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from sqlalchemy import inspect, literal_column
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.admin.models import Worker
from app.kernel.db import by_code_point, hold_still, make_engine, make_sessions
from app.kernel.errors import ArchiveError
from app.kernel.settings import PostgresDatabase, masked
from app.tables import METADATA
from migrations import chain
from workers.moving_objects import look_at_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine, Result, Select, Table

    from app.ports.object_store import ObjectStore
    from workers.moving_objects import Moved

ROWS_AT_ONCE: Final = 500
PROCESSES: Final = frozenset({Worker.__tablename__})
"""Who works at the source says nothing of the target."""


class CannotCopyError(ArchiveError):
    """One of the two databases is not as it must be, or a row did not arrive as it was sent."""

    slug = "cannot-copy"
    title = "The archive was not copied. The source is as it was, and the target holds nothing of it."


@dataclass(frozen=True)
class Copied:
    """A table that arrived."""

    table: str
    rows: int
    sha256: str
    """Of all rows in the order of their keys, as read back from the target; the source gives the same."""


def copy_archive(source_url: str, target_url: str, note: Callable[[Copied], None]) -> list[Copied]:
    """Copy every row from one database into the other, an empty one, in one transaction.

    Nobody writes to the source meanwhile. Each table is read back and compared row by row before anything is
    committed. A target with rows stays at its version. Raises ``CannotCopyError``; then the target holds no row of it.
    """
    path = _path(source_url)
    if path is not None and not Path(path).is_file():
        message = f"There is no file {path}. Nothing was changed."
        raise CannotCopyError(message)
    with _opened(source_url) as source:
        if not chain.is_current(source):
            message = f"{_shown(source)} is not at this version. Run there first: storybraid migrate"
            raise CannotCopyError(message)
        with _opened(target_url) as target:
            with target.connect() as looking:
                _require_empty(looking, "Nothing was changed.")
            _migrate(target)
            return _copy_all(source, target, note)


def look_at_copied(target_url: str, store: ObjectStore, note: Callable[[Moved], None]) -> list[Moved]:
    """Read every object that the rows of the target name and compare its SHA-256. Raises ``StoreRestsError``."""
    with _opened(target_url) as target:
        return look_at_objects(make_sessions(target), store, note)


def _migrate(target: Engine) -> None:
    try:
        chain.migrate(target)
    except chain.NewerDatabaseError as error:
        message = f"{_shown(target)} was made by a newer program. Nothing was changed."
        raise CannotCopyError(message) from error


def _require_empty(connection: Connection, after: str) -> None:
    """Raise ``CannotCopyError`` where one of our tables has a row, at whatever version it is."""
    there = set(inspect(connection).get_table_names())
    for table in METADATA.sorted_tables:
        # An older version has other columns.
        rows: Select[Any] = table.select().with_only_columns(literal_column("1"), maintain_column_froms=True)
        if table.name in there and connection.execute(rows.limit(1)).first() is not None:
            message = f"{_shown(connection.engine)} is not empty: there are rows in {table.name}. {after}"
            raise CannotCopyError(message)


def _copy_all(source: Engine, target: Engine, note: Callable[[Copied], None]) -> list[Copied]:
    copied = []
    with (
        source.execution_options(write=True).connect() as reading,
        target.execution_options(write=True).begin() as writing,
    ):
        hold_still(reading, METADATA.sorted_tables)
        _require_empty(writing, "Nothing was copied.")  # nobody wrote in between
        for table in METADATA.sorted_tables:
            if table.name not in PROCESSES:
                copied.append(_copy(reading, writing, table))
                note(copied[-1])
    return copied


def _copy(reading: Connection, writing: Connection, table: Table) -> Copied:
    rows = 0
    try:
        with closing(_rows(reading, table)) as found:
            for part in found.partitions(ROWS_AT_ONCE):
                writing.execute(table.insert(), [dict(row._mapping) for row in part])  # noqa: SLF001  SQLAlchemy's public name
                rows += len(part)
    except StatementError as error:
        if not isinstance(error, DataError | IntegrityError) and not isinstance(error.orig, ArchiveError):
            raise  # the server rests: the command line has a sentence for that
        said = str(error.orig or error).splitlines()[0]
        message = f"A row of {table.name} does not fit the target: {said} The source is as it was."
        raise CannotCopyError(message) from error
    digest = hashlib.sha256()
    with closing(_rows(reading, table)) as there, closing(_rows(writing, table)) as here:
        for number, (sent, arrived) in enumerate(zip_longest(there, here), start=1):
            if sent is None or arrived is None or tuple(sent) != tuple(arrived):
                message = f"Row {number} of {table.name} did not arrive as it was sent. Nothing was kept."
                raise CannotCopyError(message)
            digest.update(json.dumps(tuple(arrived), sort_keys=True, default=str).encode())
    return Copied(table.name, rows, digest.hexdigest())


def _rows(connection: Connection, table: Table) -> Result[Any]:
    """All rows by key, streamed, texts by their code points on both databases."""
    keys = [by_code_point(connection, column) for column in table.primary_key]
    return connection.execute(table.select().order_by(*keys).execution_options(yield_per=ROWS_AT_ONCE))


def _path(address: str) -> str | None:
    """The file of ``sqlite:PATH``, None of any other address."""
    scheme, _, rest = address.partition(":")
    return rest.removeprefix("///") or None if scheme == "sqlite" else None


@contextmanager
def _opened(address: str) -> Iterator[Engine]:
    engine = _engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _engine(address: str) -> Engine:
    """``sqlite:PATH`` or a Postgres address; a file of SQLite that is not there is made with its folder."""
    path = _path(address)
    if path is not None:
        return make_engine(URL.create("sqlite", database=path))
    try:
        wanted = PostgresDatabase(kind="postgres", url=address, statement_wait_s=3600)
    except ValidationError as error:
        message = "An address is sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME. Nothing was changed."
        raise CannotCopyError(message) from error
    return make_engine(wanted.url, wanted)


def _shown(engine: Engine) -> str:
    return masked(engine.url.render_as_string(hide_password=False))
