"""A Postgres cluster in a folder: how it is made and with which command it runs, whoever keeps it alive."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypedDict

from workers.servers.own import LOOPBACK

USER: Final = "storybraid"
"""The cluster's only role, a superuser in it."""
CONNECTIONS: Final = 200
_FAST: Final = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Identity(TypedDict, total=False):
    """Whose process it is, as ``subprocess`` takes it; empty = the caller's."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Cluster:
    """Where its programs are, its folder while it runs, its data, its port, and whose process it is ("" = ours)."""

    programs: Path
    folder: Path
    """Holds the socket and goes with the server; a short path, because that of a socket has at most 107 bytes."""
    data: Path
    port: int
    user: str = ""
    listen: str = LOOPBACK
    """Its one address; on another than loopback whoever is on the same network may try the password."""
    durable: bool = True
    """False: a commit is not waited for on disk. Right for tests, where nobody pulls the plug."""

    @property
    def log(self) -> Path:
        """What it says, beside its data."""
        return self.data.parent / "server.log"

    @property
    def identity(self) -> Identity:
        """Root's processes become the user's: Postgres refuses root."""
        if not self.user:
            return {}
        account = pwd.getpwnam(self.user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's PG* variables."""
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    @property
    def command(self) -> list[str]:
        """The server: on its address with the password, and through a socket in the folder for whoever may enter it."""
        return [
            *(str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", str(self.folder)),
            *("-c", f"listen_addresses={self.listen}", "-c", f"max_connections={CONNECTIONS}"),
            *("-c", "shared_buffers=64MB"),
            *(() if self.durable else _FAST),
        ]

    def make(self, password: str, log: BinaryIO) -> bool:
        """Make the data directory where there is none yet; False when that failed, the log says why."""
        if (self.data / "PG_VERSION").exists():
            return True
        who = self.identity
        half = self.data.with_name(f"{self.data.name}.half")
        shutil.rmtree(half, ignore_errors=True)  # of a start that was killed
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(password, encoding="ascii")
            if who:
                os.chown(password_file, who["user"], who["group"])
            made = subprocess.run(  # noqa: S603  Postgres' own program
                [
                    *(str(self.programs / "initdb"), "-D", str(half), "-U", USER, "--pwfile", str(password_file)),
                    *("--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
                    *(() if self.durable else ("--no-sync",)),
                ],
                check=False,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd="/",
                **who,
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            return False
        if self.listen != LOOPBACK:
            with (half / "pg_hba.conf").open("a", encoding="ascii") as rules:
                rules.write("host all all samenet scram-sha-256\n")
        half.rename(self.data)
        return True
