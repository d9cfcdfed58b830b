"""A Postgres server of one's own: in a folder, on loopback and a socket there, gone when its starter is gone."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import quote

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from workers.servers.cluster import USER
from workers.servers.keeper import KILL, START
from workers.servers.own import LOOPBACK, ROOT, NoServerError, free_port, remember_port, remember_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

START_S: Final = 30.0
STOP_S: Final = 20.0
DEBIAN: Final = Path("/usr/lib/postgresql")
_KEEPER: Final = "workers.servers.keeper"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its only user is ``storybraid``, who may make and drop databases."""

    folder: Path
    """Where its socket is."""
    log: Path
    port: int
    password: str
    keeper: subprocess.Popen[bytes] = field(repr=False)
    said: BinaryIO = field(repr=False)
    """What its keeper says, which is little: why the server did not start."""
    listen: str = LOOPBACK
    """The address on which it is reached."""

    @property
    def is_alive(self) -> bool:
        """Whether it is there; its keeper is as long as it is."""
        return self.keeper.poll() is None

    def kill(self) -> None:
        """Kill all of its processes at once, as a power cut does; its data stay as they are."""
        self._tell(KILL)

    def start(self) -> None:
        """Start it again on the same data and port, and wait until it answers. Raises ``NoServerError``."""
        self._tell(START)
        _wait_for(self)

    def _tell(self, word: bytes) -> None:
        pipes = self.keeper.stdin, self.keeper.stdout
        assert pipes[0] is not None and pipes[1] is not None  # noqa: S101, PT018  pipes were asked for
        pipes[0].write(word)
        pipes[0].flush()
        if pipes[1].read(1) != word:
            message = "Postgres is gone, and its keeper too."
            raise NoServerError(message)

    def url(self, database: str) -> str:
        """The address of a database, on loopback unless asked otherwise, with the password made for this server."""
        return f"postgresql://{USER}:{self.password}@{self.listen}:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        """The same through the socket in the server's folder, which only its owner can enter."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database, as a copy of another one; texts sort by their code points, as in SQLite."""
        as_template = f"TEMPLATE {template}" if template != "template0" else _BY_CODE_POINT
        self._execute(f"CREATE DATABASE {database} {as_template}")

    def has(self, database: str) -> bool:
        """Whether there is a database of that name."""
        with self._connected() as connection:
            known = text("SELECT count(*) FROM pg_database WHERE datname = :name")
            return bool(connection.execute(known, {"name": database}).scalar_one())

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(text(statement))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = self._engine()
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        address = self.socket_url("postgres").replace("postgresql://", "postgresql+psycopg://")
        return create_engine(address, isolation_level="AUTOCOMMIT", hide_parameters=True)


_BY_CODE_POINT: Final = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


def find_postgres() -> Path | None:
    """The folder of the server's programs: on PATH, or where Debian puts the newest; None when there is none."""
    on_path = shutil.which("postgres")
    if on_path is not None and shutil.which("initdb") is not None:
        return Path(on_path).resolve().parent
    found = [place for place in DEBIAN.glob("*/bin") if (place / "postgres").exists() and (place / "initdb").exists()]
    return max(found, key=lambda place: float(place.parent.name), default=None)


@contextmanager
def a_postgres(
    folder: Path | None = None, *, durable: bool = False, listen: str = LOOPBACK
) -> Iterator[PostgresServer]:
    """A running server, stopped at the end, also when this process is killed.

    Without ``folder`` it is fresh and temporary; in a folder its data stay, and it keeps its port and password.
    It listens on one address of this machine, ``listen``. Without ``durable`` a commit is not waited for on disk:
    right for tests, where nobody pulls the plug. Raises ``NoServerError``.
    """
    programs = find_postgres()
    if programs is None:
        message = "There is no Postgres server here. On Debian: apt-get install postgresql"
        raise NoServerError(message)
    owner = unprivileged()
    short = Path(tempfile.mkdtemp(prefix="sb-pg-"))
    port, password = free_port(), secrets.token_urlsafe(24)
    if folder is not None:
        port, password = remember_port(folder, "port"), remember_secret(folder, "password", password)
    place = folder or short
    if owner is not None:
        for mine in {short, place}:
            os.chown(mine, owner.pw_uid, owner.pw_gid)
    arguments = [str(programs), str(short), str(place / "data"), str(port), owner.pw_name if owner else ""]
    said = tempfile.TemporaryFile()  # noqa: SIM115  as long as the keeper; no pipe, which could fill
    keeper = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", _KEEPER, *arguments, listen, "yes" if durable else "no"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env=os.environ | {"STORYBRAID_SERVER_PASSWORD": password},
        cwd=ROOT,
        # Ctrl-C in a terminal reaches the starter only; its keeper follows when the pipe closes.
        start_new_session=True,
    )
    server = PostgresServer(short, place / "server.log", port, password, keeper, said, listen)
    try:
        _wait_for(server)
        yield server
    finally:
        said.close()
        assert keeper.stdin is not None  # noqa: S101  a pipe was asked for
        assert keeper.stdout is not None  # noqa: S101  a pipe was asked for
        keeper.stdin.close()
        try:
            keeper.wait(STOP_S)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()
        keeper.stdout.close()
        shutil.rmtree(short, ignore_errors=True)  # where the keeper was killed before it could


def _wait_for(server: PostgresServer) -> None:
    until = time.monotonic() + START_S
    engine = server._engine()  # noqa: SLF001  our own
    try:
        while True:
            try:
                with engine.connect():
                    return
            except OperationalError as error:
                if not server.is_alive or time.monotonic() > until:
                    server.said.seek(0)
                    said = server.said.read().decode("utf-8", "replace").strip()
                    if server.log.exists():
                        said += server.log.read_text(encoding="utf-8", errors="replace")
                    message = f"Postgres did not start: {said[-1000:] or error}"
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
