"""Moving an archive from one database to another: all rows or none, and every row compared before it counts."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.admin.models import Worker
from app.kernel.db import by_code_point, hold_still, make_engine
from app.kernel.errors import ArchiveError
from app.kernel.settings import PostgresDatabase
from app.tables import METADATA
from migrations import chain

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine, Result, Table

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
    committed. Raises ``CannotCopyError``; then the target holds no row.
    """
    source, target = _engine(source_url), _engine(target_url)
    try:
        if not chain.is_current(source):
            message = f"{_shown(source)} is not at this version. Run there first: storybraid migrate"
            raise CannotCopyError(message)
        chain.migrate(target)
        with (
            source.execution_options(write=True).connect() as reading,
            target.execution_options(write=True).begin() as writing,
        ):
            hold_still(reading, METADATA.sorted_tables)
            for table in METADATA.sorted_tables:
                if writing.execute(table.select().limit(1)).first() is not None:
                    message = f"{_shown(target)} is not empty: there are rows in {table.name}. Nothing was changed."
                    raise CannotCopyError(message)
            copied = []
            for table in METADATA.sorted_tables:
                if table.name not in PROCESSES:
                    copied.append(_copy(reading, writing, table))
                    note(copied[-1])
        return copied
    finally:
        source.dispose()
        target.dispose()


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


def _engine(address: str) -> Engine:
    """``sqlite:PATH`` (of a file that is there, for the source) or a Postgres address."""
    scheme, _, rest = address.partition(":")
    if scheme == "sqlite" and rest:
        return make_engine(URL.create("sqlite", database=rest.removeprefix("///")))
    try:
        wanted = PostgresDatabase(kind="postgres", url=address, statement_wait_s=3600)
    except ValidationError as error:
        message = "An address is sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME. Nothing was changed."
        raise CannotCopyError(message) from error
    return make_engine(wanted.url, wanted)


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
