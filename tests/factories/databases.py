"""Which database the tests run on, and a fresh one for every archive: a file, or a copy of a Postgres template."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from app.kernel.db import make_engine
from app.kernel.settings import PostgresDatabase
from app.tables import METADATA
from migrations import chain
from workers.servers.postgres import PostgresServer, a_postgres

if TYPE_CHECKING:
    from pathlib import Path

SQLITE, POSTGRES = "sqlite", "postgresql"
TEMPLATE = "migrated"


@dataclass
class Databases:
    """The databases of one test process; Postgres starts when the first is wanted and ends with the process."""

    kind: str = SQLITE
    stack: ExitStack = field(default_factory=ExitStack)
    by_folder: dict[Path, str] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    engines: set[Engine] = field(default_factory=set)
    """Engines that were used since the last test; a command's own is let go of by nobody else."""
    _server: PostgresServer | None = None

    @property
    def server(self) -> PostgresServer:
        """The one Postgres server of this process, with a template at the newest revision."""
        if self._server is None:
            server = self.stack.enter_context(a_postgres())
            server.create(TEMPLATE)
            engine = make_engine(_settings(server, TEMPLATE).url)
            chain.migrate(engine)
            engine.dispose()
            self._server = server
        return self._server

    def empty(self) -> PostgresDatabase:
        """A Postgres database without any table, whatever the tests run on."""
        name = f"empty_{next(self.numbers)}"
        self.server.create(name)
        return _settings(self.server, name)

    def choose(self, kind: str) -> None:
        """What the tests run on; from now on the engines that reach Postgres are let go of after each test."""
        self.kind = kind
        if kind == POSTGRES:
            event.listen(Engine, "engine_connect", lambda connection: self.engines.add(connection.engine))

    def bare(self) -> dict[str, str]:
        """The environment of an archive before ``migrate``, of the kind that the tests run on."""
        found = self.empty() if self.kind == POSTGRES else None
        return _environment(found)

    def of(self, folder: Path) -> PostgresDatabase | None:
        """The Postgres database of the archive in the folder, made at the first call; None on SQLite."""
        if self.kind == SQLITE:
            return None
        place = folder.resolve()
        if place not in self.by_folder:
            name = f"archive_{next(self.numbers)}"
            self.server.create(name, TEMPLATE)
            self.by_folder[place] = name
        return _settings(self.server, self.by_folder[place])

    def settings(self, folder: Path) -> dict[str, Any]:
        """The settings that point an archive in the folder at its database."""
        found = self.of(folder)
        return {} if found is None else {"database": found}

    def environment(self, folder: Path) -> dict[str, str]:
        """The same for a process."""
        return _environment(self.of(folder))

    def kept(self, folder: Path) -> bytes:
        """Everything that the database of the archive in the folder keeps, with the names of its tables."""
        found = self.of(folder)
        if found is None:
            return b"".join(path.read_bytes() for path in folder.glob("storybraid.sqlite*"))
        engine = make_engine(found.url)
        with engine.connect() as connection:
            rows = [
                f"{table.name} {[str(value) for value in row]}"
                for table in METADATA.sorted_tables
                for row in connection.execute(table.select())
            ]
        engine.dispose()
        return "\n".join(rows).encode()

    def drop_since(self, known: set[Path]) -> None:
        """Drop the databases of folders that were not known before a test, and let go of what looked into them."""
        while self.engines:
            self.engines.pop().dispose()
        for place in set(self.by_folder) - known:
            self.server.drop(self.by_folder.pop(place))


def _environment(found: PostgresDatabase | None) -> dict[str, str]:
    if found is None:
        return {}
    return {"STORYBRAID_DATABASE__KIND": found.kind, "STORYBRAID_DATABASE__URL": found.url}


def _settings(server: PostgresServer, name: str) -> PostgresDatabase:
    # A pool of its own for each of many archives: small, so that the server is not asked for too many connections.
    return PostgresDatabase(
        kind="postgresql", url=server.socket_url(name), pool_size=2, pool_overflow=30, connect_wait_s=30
    )


DATABASES = Databases()
"""What this test process runs on; ``--database`` sets its kind."""
