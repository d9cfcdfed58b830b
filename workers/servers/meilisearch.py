"""A Meilisearch server of one's own: in a folder, on loopback, without analytics, gone when its starter is gone."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from app.adapters.search_meilisearch import MeilisearchIndex
from app.ports.search_index import SearchUnavailableError
from workers.servers.own import AttachedServer, NoServerError, free_port, remember_port, remember_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def find_meilisearch() -> str | None:
    """The program: beside this Python or on PATH; None when there is none."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("meilisearch", path=places)


@dataclass
class MeilisearchServer(AttachedServer):
    """A server with a master key that was made for it; it can be killed and started again."""

    NAME: ClassVar[str] = "Meilisearch"
    INDEXING_MEMORY: ClassVar[str] = "512MiB"
    """Each write, if only of one story, takes time in proportion to it: 0.8 s with its default, two thirds of 24 GB."""

    master_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        """The settings of a search index here, as ``search`` of ``load_settings`` takes them."""
        return {"kind": "meilisearch", "url": self.url, "admin_key": self.master_key}

    def environment(self) -> Mapping[str, str]:
        """Its key: not in its command, which all may read."""
        return {"MEILI_MASTER_KEY": self.master_key}

    def answers(self) -> bool:
        """Whether it takes our key."""
        try:
            MeilisearchIndex(self.url, admin_key=self.master_key).reach()
        except SearchUnavailableError:
            return False
        return True

    def command(self) -> list[str]:
        """Everything of it in its folder."""
        return [
            self.program,
            f"--db-path={self.folder / 'data.ms'}",
            f"--dump-dir={self.folder / 'dumps'}",
            f"--snapshot-dir={self.folder / 'snapshots'}",
            f"--http-addr=127.0.0.1:{self.port}",
            f"--max-indexing-memory={self.INDEXING_MEMORY}",
            "--env=production",
            "--no-analytics",
        ]


@contextmanager
def a_meilisearch(folder: Path | None = None) -> Iterator[MeilisearchServer]:
    """A running server; without ``folder`` in a temporary one. In a folder it keeps its address and key.

    Raises ``NoServerError``.
    """
    program = find_meilisearch()
    if program is None:
        raise NoServerError("there is no program named meilisearch here")
    with tempfile.TemporaryDirectory(prefix="storybraid-meilisearch-") as temporary:
        if folder is None:
            server = MeilisearchServer(program, Path(temporary))
        else:
            key = remember_secret(folder, "master_key", secrets.token_urlsafe(24))
            server = MeilisearchServer(program, folder, key, remember_port(folder, "port"))
        try:
            server.start()
            yield server
        finally:
            server.stop()
