"""Keeps one Postgres server: makes it, runs it, ends it and its folder when the pipe from its starter closes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from workers.servers.postgres import CONNECTIONS, USER

PR_SET_PDEATHSIG: Final = 1
FAST_S: Final = 8.0
_FAST: Final = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def main(programs: Path, folder: Path, port: int, user: str, *, durable: bool) -> int:
    """Make and run the server until the starter closes the pipe or dies; then nothing of it is left."""
    who: dict[str, Any] = {}
    if user:
        account = pwd.getpwnam(user)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    password_file = folder / "password"
    try:
        password_file.write_text(os.environ["STORYBRAID_SERVER_PASSWORD"], encoding="ascii")
        if user:
            os.chown(password_file, who["user"], who["group"])
        password_file.chmod(0o600)
        with (folder / "server.log").open("ab") as log:
            made = subprocess.run(  # noqa: S603  Debian's own program
                [
                    *(str(programs / "initdb"), "-D", str(data), "-U", USER, "--pwfile", str(password_file)),
                    # Whoever may enter the folder is its owner; loopback asks for the password.
                    *(
                        "--auth-local=trust",
                        "--auth-host=scram-sha-256",
                        "--encoding=UTF8",
                        "--no-sync",
                        "--no-instructions",
                    ),
                ],
                check=False,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                **who,
            )
            password_file.unlink()
            if made.returncode != 0:
                return 1
            server = subprocess.Popen(  # noqa: S603
                [
                    *(str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)),
                    *("-c", "listen_addresses=127.0.0.1", "-c", f"max_connections={CONNECTIONS}"),
                    *("-c", "shared_buffers=64MB", "-c", "autovacuum_naptime=60"),
                    *(() if durable else _FAST),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                preexec_fn=_end_with_keeper,  # noqa: PLW1509  this process has one thread
                **who,
            )
        _wait_for_the_end(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _end_with_keeper() -> None:
    """After the change of user, which would undo it: the server ends at once when this process is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _wait_for_the_end(server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(InterruptedError):
        while sys.stdin.buffer.read(1024) and server.poll() is None:
            pass
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, and at last by force
        if server.poll() is not None:
            return
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(FAST_S)


if __name__ == "__main__":
    _, _programs, _folder, _port, _user, _durable = sys.argv
    sys.exit(main(Path(_programs), Path(_folder), int(_port), _user, durable=_durable == "yes"))
