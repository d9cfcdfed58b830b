"""Procrastinate's own tables: made once, then brought up by the migrations that its package carries.

Procrastinate keeps no account of them, so we do: a comment on its first table names the newest one that the database
has. A dump, a restore and a template take it with the table.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import text

from app.kernel.db import alone

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection, Engine

UNMARKED: Final = "03.04.00_50_post_add_retry_failed_job_procedure"
"""The newest migration of Procrastinate 3.10.0: databases made before there was a mark have its schema."""
_MARK: Final = "storybraid: the schema has "
_THERE: Final = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_COMMENT: Final = text("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')")
_WAITS: Final = (text("SET LOCAL lock_timeout = '10s'"), text("SET LOCAL statement_timeout = 0"))
"""As for our own chain: a change waits briefly for its locks and may then take its time."""


class QueueSchema:
    """What a database has of Procrastinate's schema, and the way to what the package wants."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: the migrations, instead of those of the package."""
        folder = folder or Path(SchemaManager.get_migrations_path())
        # {version}_{number}_{pre|post}_{what}: they are run in the order of their names.
        self._files = {path.stem: path for path in sorted(folder.glob("*.sql"))}
        self._newest = max(self._files)

    def is_current(self, engine: Engine) -> bool:
        """Whether nothing is to be done; so it is with a newer schema too, which we leave to its own program."""
        with engine.connect() as connection:
            return _is_there(connection) and not self._missing(_mark(connection))

    def remark(self, engine: Engine) -> str:
        """A sentence about a schema that a newer Procrastinate made, or nothing."""
        with engine.connect() as connection:
            mark = _mark(connection) if _is_there(connection) else None
        if mark is None or mark <= self._newest:
            return ""
        own = metadata.version("procrastinate")
        return (
            f"The queue's tables were made by a newer Procrastinate than this program has ({own}); they are left as "
            "they are. Bring the program to the version that made them."
        )

    def bring_up(self, engine: Engine) -> bool:
        """Make the tables, or run the migrations that are missing, oldest first; True when something was done.

        Each one and its mark are a transaction: where one fails, those before it are done and known to be. Alone they
        must be, too: a value that one adds to a type can be used after its commit only.
        """
        done = False
        while self._step(engine):
            done = True
        return done

    def _step(self, engine: Engine) -> bool:
        with engine.begin() as connection:
            alone(connection, "migrations")  # two processes that start together
            for wait in _WAITS:
                connection.execute(wait)
            if not _is_there(connection):
                _run(connection, SchemaManager.get_schema())
                _set_mark(connection, self._newest)
                return True
            mark = _mark(connection)
            missing = self._missing(mark)
            if missing:
                _run(connection, self._files[missing[0]].read_text(encoding="utf-8"))
                _set_mark(connection, missing[0])
            elif mark is None:
                _set_mark(connection, UNMARKED)
            return bool(missing)

    def _missing(self, mark: str | None) -> list[str]:
        return [name for name in self._files if name > (mark or UNMARKED)]


def _is_there(connection: Connection) -> bool:
    return bool(connection.execute(_THERE).scalar_one())


def _mark(connection: Connection) -> str | None:
    """The newest migration that the database has, where one is noted."""
    comment = connection.execute(_COMMENT).scalar_one() or ""
    return comment.removeprefix(_MARK) or None if comment.startswith(_MARK) else None


def _set_mark(connection: Connection, name: str) -> None:
    _run(connection, sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(sql.Literal(_MARK + name)))


def _run(connection: Connection, script: str | sql.Composed) -> None:
    """A whole script: only Procrastinate's driver takes several statements, with signs that SQLAlchemy would read."""
    raw: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    raw.execute(script)  # a file of the package, as its own schema is
