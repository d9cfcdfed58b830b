"""A Meilisearch server of one's own: in a folder, on loopback, without analytics, gone when its starter is gone."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.adapters.search_meilisearch import MeilisearchIndex
from app.ports.search_index import SearchUnavailableError
from workers.servers.postgres import NoServerError, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

START_S: Final = 60.0
STOP_S: Final = 15.0
_ATTACHED: Final = "workers.servers.attached"


def find_meilisearch() -> str | None:
    """The program: beside this Python or on PATH; None when there is none."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("meilisearch", path=places)


@dataclass
class MeilisearchServer:
    """A server with a master key that was made for it; it can be killed and started again."""

    program: str
    folder: Path
    master_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        """The settings of a search index here, as ``search`` of ``load_settings`` takes them."""
        return {"kind": "meilisearch", "url": self.url, "admin_key": self.master_key}

    def start(self) -> None:
        """Start it, or again on the same files and port, and wait until it answers. Raises ``NoServerError``."""
        with (self.folder / "meilisearch.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  the program of this machine
                [sys.executable, "-m", _ATTACHED, str(os.getpid()), *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).resolve().parents[2],
                env=os.environ | {"MEILI_MASTER_KEY": self.master_key},  # not in its command, which all may read
                start_new_session=True,  # Ctrl-C in a terminal reaches the starter only
            )
        until = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                message = f"Meilisearch did not start: {self.log()[-1000:]}"
                raise NoServerError(message)
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def log(self) -> str:
        """What it said."""
        return (self.folder / "meilisearch.log").read_text(encoding="utf-8", errors="replace")

    def _end(self, number: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            MeilisearchIndex(self.url, admin_key=self.master_key).reach()
        except SearchUnavailableError:
            return False
        return True

    def _command(self) -> list[str]:
        return [
            self.program,
            f"--db-path={self.folder / 'data.ms'}",
            f"--dump-dir={self.folder / 'dumps'}",
            f"--snapshot-dir={self.folder / 'snapshots'}",
            f"--http-addr=127.0.0.1:{self.port}",
            "--env=production",
            "--no-analytics",
        ]


@contextmanager
def a_meilisearch(folder: Path | None = None) -> Iterator[MeilisearchServer]:
    """A running server; without ``folder`` in a temporary one, removed at the end. Raises ``NoServerError``."""
    program = find_meilisearch()
    if program is None:
        raise NoServerError("there is no program named meilisearch here")
    with tempfile.TemporaryDirectory(prefix="storybraid-meilisearch-") as temporary:
        server = MeilisearchServer(program, folder or Path(temporary))
        try:
            server.start()
            yield server
        finally:
            server.stop()
