"""What every server of our own has in common: a folder, an address that stays, and an end with its starter's."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from app.kernel.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parents[2]
START_S: Final = 60.0
LOOPBACK: Final = "127.0.0.1"
_ATTACHED: Final = "workers.servers.attached"
_REMEMBERED: Final = "server.json"
_PORTS: Final = range(15_000, 32_000)
_tries = itertools.count(os.getpid() * 61)


class NoServerError(ArchiveError):
    """A server that was asked for is not here, or does not start."""

    slug = "no-server"
    title = "The server could not be started. Nothing was changed."


@dataclass
class AttachedServer(ABC):
    """A server process on loopback that ends when its starter does; it can be killed and started again."""

    NAME: ClassVar[str]
    STOP_S: ClassVar[float] = 15.0
    """Seconds for its end in order, before it is ended by force."""

    program: str
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, kw_only=True)

    def start(self) -> None:
        """Start it, or again on the same files and ports, and wait until it answers. Raises ``NoServerError``."""
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  a program that this machine has
                [sys.executable, "-m", _ATTACHED, str(os.getpid()), *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **self.environment()},
                start_new_session=True,  # Ctrl-C in a terminal reaches the starter only
            )
        until = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                message = f"{self.NAME} did not start: {self.log()[-1000:]}"
                raise NoServerError(message)
            time.sleep(0.1)

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; secrets stay out of it, because all may read a command."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it does its work already."""

    def environment(self) -> Mapping[str, str]:
        """What its process needs in the environment, beside the caller's."""
        return {}

    def kill(self) -> None:
        """Kill it as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    @property
    def is_alive(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        """What it said."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def _log_file(self) -> Path:
        return self.folder / "server.log"

    def _end(self, number: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(self.STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port(in_a_row: int = 1) -> int:
    """A port of loopback that nobody has now, nor the ones after it in the row.

    Not one of those that the system gives to whoever asks for any: such a one may be taken by a connection before
    the server that it was chosen for is there. Processes begin at places of their own.
    """
    while True:
        port = _PORTS[next(_tries) * in_a_row % (len(_PORTS) - in_a_row)]
        if all(_is_free(one) for one in range(port, port + in_a_row)):
            return port


def remember_secret(folder: Path, name: str, fresh: str) -> str:
    """The secret that a server in this folder had before, or else a fresh one, kept for its next start."""
    known = _remembered(folder)
    if name not in known:
        known[name] = fresh
        _keep(folder, known)
    return str(known[name])


def remember_port(folder: Path, name: str) -> int:
    """The port that a server in this folder had before, unless somebody took it since; kept for its next start."""
    known = _remembered(folder)
    if name not in known or not _is_free(int(known[name])):
        known[name] = free_port()
        _keep(folder, known)
    return int(known[name])


def _remembered(folder: Path) -> dict[str, str | int]:
    with contextlib.suppress(FileNotFoundError, ValueError):
        known: dict[str, str | int] = json.loads((folder / _REMEMBERED).read_text(encoding="utf-8"))
        return known
    return {}


def _keep(folder: Path, known: dict[str, str | int]) -> None:
    write_private(folder / _REMEMBERED, json.dumps(known, indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable for its owner alone."""
    fresh = path.with_name(f"{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    fresh.replace(path)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
