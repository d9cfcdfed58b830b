"""A Postgres server of one's own: in a folder, on loopback and a socket there, gone when its starter is gone."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.kernel.errors import ArchiveError
from workers.servers.cluster import USER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

START_S: Final = 30.0
STOP_S: Final = 20.0
DEBIAN: Final = Path("/usr/lib/postgresql")
_KEEPER: Final = "workers.servers.keeper"


class NoServerError(ArchiveError):
    """A server that was asked for is not here, or does not start."""

    slug = "no-server"
    title = "The server could not be started. Nothing was changed."


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its only user is ``storybraid``, who may make and drop databases."""

    folder: Path
    port: int
    password: str

    def url(self, database: str) -> str:
        """The address of a database on loopback, with the password that was made for this server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        """The same through the socket in the server's folder, which only its owner can enter."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database, as a copy of another one; texts sort by their code points, as in SQLite."""
        as_template = f"TEMPLATE {template}" if template != "template0" else _BY_CODE_POINT
        self._execute(f"CREATE DATABASE {database} {as_template}")

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = self._engine()
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        address = self.socket_url("postgres").replace("postgresql://", "postgresql+psycopg://")
        return create_engine(address, isolation_level="AUTOCOMMIT")


_BY_CODE_POINT: Final = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


def find_postgres() -> Path | None:
    """The folder of the server's programs: on PATH, or where Debian puts the newest; None when there is none."""
    on_path = shutil.which("postgres")
    if on_path is not None and shutil.which("initdb") is not None:
        return Path(on_path).resolve().parent
    found = [place for place in DEBIAN.glob("*/bin") if (place / "postgres").exists() and (place / "initdb").exists()]
    return max(found, key=lambda place: float(place.parent.name), default=None)


@contextmanager
def a_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A fresh server in a temporary folder, stopped and removed at the end, also when this process is killed.

    Without ``durable`` a commit is not waited for on disk: right for tests, where nobody pulls the plug.
    Raises ``NoServerError``.
    """
    programs = find_postgres()
    if programs is None:
        message = "There is no Postgres server here. On Debian: apt-get install postgresql"
        raise NoServerError(message)
    owner = unprivileged()
    # A short place: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="sb-pg-"))
    port, password = free_port(), secrets.token_urlsafe(24)
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    arguments = [str(programs), str(folder), str(port), owner.pw_name if owner else "", "yes" if durable else "no"]
    keeper = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", _KEEPER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STORYBRAID_SERVER_PASSWORD": password},
        cwd=Path(__file__).resolve().parents[2],
        # Ctrl-C in a terminal reaches the starter only; its keeper follows when the pipe closes.
        start_new_session=True,
    )
    server = PostgresServer(folder, port, password)
    try:
        _wait_for(server, keeper)
        yield server
    finally:
        assert keeper.stdin is not None  # noqa: S101  a pipe was asked for
        keeper.stdin.close()
        try:
            keeper.wait(STOP_S)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()
        shutil.rmtree(folder, ignore_errors=True)  # where the keeper was killed before it could


def _wait_for(server: PostgresServer, keeper: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    engine = server._engine()  # noqa: SLF001  our own
    try:
        while True:
            try:
                with engine.connect():
                    return
            except OperationalError as error:
                log = server.folder / "server.log"
                if keeper.poll() is not None or time.monotonic() > until:
                    said = log.read_text(encoding="utf-8", errors="replace")[-1000:] if log.exists() else str(error)
                    message = f"Postgres did not start: {said}"
                    raise NoServerError(message) from error
                time.sleep(0.05)
    finally:
        engine.dispose()


def unprivileged() -> pwd.struct_passwd | None:
    """Who runs the server: nobody else for an ordinary user, ``postgres`` or ``nobody`` for root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = "Postgres does not run as root, and there is no user postgres or nobody here."
    raise NoServerError(message)


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
