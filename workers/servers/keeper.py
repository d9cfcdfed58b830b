"""Keeps one Postgres server: makes it, runs it, and ends it when the pipe from its starter closes.

The folder of its socket goes with it, and the data too where they are in that folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from workers.servers.cluster import Cluster

PR_SET_PDEATHSIG: Final = 1
FAST_S: Final = 8.0
LOOK_S: Final = 0.5


def main(cluster: Cluster, password: str) -> int:
    """Make and run the server until the starter closes the pipe or dies; then nothing of it runs."""
    try:
        with cluster.log.open("ab") as log:
            if not cluster.make(password, log):
                return 1
            server = subprocess.Popen(  # noqa: S603  Postgres' own program
                cluster.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=cluster.environment,
                cwd="/",
                preexec_fn=_end_with_keeper,  # noqa: PLW1509  this process has one thread
                **cluster.identity,
            )
        _wait_for_the_end(server)
    finally:
        shutil.rmtree(cluster.folder, ignore_errors=True)
    return 0


def _end_with_keeper() -> None:
    """After the change of user, which would undo it: the server ends at once when this process is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _wait_for_the_end(server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        readable, _, _ = select.select([sys.stdin], [], [], LOOK_S)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            break
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, and at last by force
        if server.poll() is not None:
            return
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(FAST_S)


if __name__ == "__main__":
    _, _programs, _folder, _data, _port, _user, _listen, _durable = sys.argv
    _cluster = Cluster(Path(_programs), Path(_folder), Path(_data), int(_port), _user, _listen, _durable == "yes")
    sys.exit(main(_cluster, os.environ["STORYBRAID_SERVER_PASSWORD"]))
