"""Postgres databases for tests: one server a test process, and a copy of a migrated template for every archive."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Engine, event

from app.adapters.jobs_procrastinate import ProcrastinateJobs
from app.kernel.db import make_engine
from app.kernel.settings import PostgresDatabase
from app.tables import METADATA
from migrations import chain
from workers.servers.postgres import PostgresServer, a_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from app.kernel.settings import Settings

POSTGRES, TEMPLATE = "postgresql", "migrated"


@dataclass
class Databases:
    """The databases of one test process; Postgres starts when the first is wanted and ends with the process."""

    stack: ExitStack = field(default_factory=ExitStack)
    by_folder: dict[Path, str] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    engines: set[Engine] = field(default_factory=set)
    """Engines that were used since the last test; a command's own is let go of by nobody else."""
    _server: PostgresServer | None = None

    @property
    def server(self) -> PostgresServer:
        """The one Postgres server of this process, with a template that ``storybraid migrate`` would leave."""
        if self._server is None:
            server = self.stack.enter_context(a_postgres())
            server.create(TEMPLATE)
            template = _settings(server, TEMPLATE)
            engine = make_engine(template.url)
            chain.migrate(engine)
            ProcrastinateJobs(template.url, {}).prepare(engine)
            engine.dispose()
            self._server = server
        return self._server

    def empty(self) -> PostgresDatabase:
        """A Postgres database without any table, whatever the tests run on."""
        name = f"empty_{next(self.numbers)}"
        self.server.create(name)
        return _settings(self.server, name)

    def of(self, folder: Path) -> PostgresDatabase:
        """The Postgres database of the archive in the folder, made at the first call."""
        place = folder.resolve()
        if place not in self.by_folder:
            name = f"archive_{next(self.numbers)}"
            self.server.create(name, TEMPLATE)
            self.by_folder[place] = name
        return _settings(self.server, self.by_folder[place])

    def watch_engines(self) -> None:
        """From now on the engines that reach a Postgres database are let go of after each test."""

        def watch(connection: Connection) -> None:
            # A SQLite database in memory, which all tests of a module look into, would go with its engine.
            if connection.dialect.name == POSTGRES:
                self.engines.add(connection.engine)

        event.listen(Engine, "engine_connect", watch)

    def drop_since(self, known: set[Path]) -> None:
        """Drop the databases of folders that were not known before a test, and let go of what looked into them."""
        while self.engines:
            self.engines.pop().dispose()
        for place in set(self.by_folder) - known:
            self.server.drop(self.by_folder.pop(place))


def kept(settings: Settings) -> bytes:
    """Everything that the database of an archive keeps, with the names of its tables."""
    if not isinstance(settings.database, PostgresDatabase):
        return b"".join(path.read_bytes() for path in settings.data.glob("storybraid.sqlite*"))
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        rows = [
            f"{table.name} {[str(value) for value in row]}"
            for table in METADATA.sorted_tables
            for row in connection.execute(table.select())
        ]
    engine.dispose()
    return "\n".join(rows).encode()


def _settings(server: PostgresServer, name: str) -> PostgresDatabase:
    # A pool of its own for each of many archives: small, so that the server is not asked for too many connections.
    return PostgresDatabase(
        kind="postgresql", url=server.socket_url(name), pool_size=2, pool_overflow=30, connect_wait_s=30
    )


DATABASES = Databases()
"""What this test process has of Postgres."""
