"""Keeps one Postgres server: makes it, runs it, and ends it when the pipe from its starter closes.

Through the pipe it is also told to kill the server as a power cut does, and to start it again on the same data; it
answers with the same letter when that is done. The folder of its socket goes with it, and the data too where they
are in that folder.
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
from typing import BinaryIO, Final

from workers.servers.cluster import Cluster

PR_SET_PDEATHSIG: Final = 1
FAST_S: Final = 8.0
LOOK_S: Final = 0.5
KILL: Final = b"k"
START: Final = b"s"
TOLD: Final = 1000
"""Letters of the server's log that the starter is told at the end."""


def main(cluster: Cluster, password: str) -> int:
    """Make and run the server until the starter closes the pipe or dies; then nothing of it runs."""
    try:
        with cluster.log.open("ab") as log:
            if not cluster.make(password, log):
                return 1
            _keep(cluster, log)
    finally:
        with contextlib.suppress(OSError):  # the log of a temporary server goes with it
            sys.stderr.write(cluster.log.read_text(encoding="utf-8", errors="replace")[-TOLD:])
        shutil.rmtree(cluster.folder, ignore_errors=True)
    return 0


def _start(cluster: Cluster, log: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  Postgres' own program
        cluster.command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=cluster.environment,
        cwd="/",
        preexec_fn=_end_with_keeper,  # noqa: PLW1509  this process has one thread
        **cluster.identity,
    )


def _end_with_keeper() -> None:
    """After the change of user, which would undo it: the server ends at once when this process is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _keep(cluster: Cluster, log: BinaryIO) -> None:
    """Run it until the pipe closes, or until it ends by itself; while it is killed only the pipe is waited for."""
    server, killed = _start(cluster, log), False
    while killed or server.poll() is None:
        readable, _, _ = select.select([sys.stdin], [], [], LOOK_S)
        if not readable:
            continue
        told = os.read(sys.stdin.fileno(), 1)
        if told == KILL and not killed:
            _cut_power(server)
            killed = True
        elif told == START and killed:
            server, killed = _start(cluster, log), False
        elif not told:
            break
        os.write(sys.stdout.fileno(), told)
    _end(server)


def _cut_power(server: subprocess.Popen[bytes]) -> None:
    """SIGKILL for all of its processes, none of which learns before its own end that another one has ended."""
    server.send_signal(signal.SIGSTOP)  # it makes no new ones
    for pid in [*_children(server.pid), server.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _end(server: subprocess.Popen[bytes]) -> None:
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
