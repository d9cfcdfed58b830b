"""A real Meilisearch for tests: one that they share, one of its own for a test that kills it, one for each archive."""

from __future__ import annotations

import atexit
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.adapters.search_meilisearch import make_keys
from workers.servers.meilisearch import MeilisearchServer, a_meilisearch, find_meilisearch

if TYPE_CHECKING:
    from pathlib import Path

AWAY = "NO REAL MEILISEARCH: there is no program of that name beside Python or on PATH"


def need_meilisearch() -> None:
    """Leave out this file, and say so in one line, where no server can be started."""
    if find_meilisearch() is None:
        pytest.skip(AWAY, allow_module_level=True)


def need_an_engine() -> None:
    """The same for a file that any server will do for, also one that runs somewhere."""
    if "MEILI_URL" not in os.environ and find_meilisearch() is None:
        pytest.skip(f"{AWAY}, and MEILI_URL names none: the contract was not run on one", allow_module_level=True)


@cache
def the_server() -> MeilisearchServer:
    """The server of this test process, which nobody kills."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(a_meilisearch())


def the_engine() -> tuple[str, str]:
    """Address and master key of the engine that the contract runs on: the one that MEILI_URL names, or our own."""
    if "MEILI_URL" in os.environ:
        return os.environ["MEILI_URL"], os.environ.get("MEILI_MASTER_KEY", "")
    server = the_server()
    return server.url, server.master_key


def the_engines_host() -> list[str]:
    """The host of the engine that MEILI_URL names: of other machines the only one that tests reach."""
    host = urlsplit(os.environ.get("MEILI_URL", "")).hostname
    return [host] if host else []


@dataclass
class Engines:
    """The servers of archives, each remembered by its archive's folder.

    An archive has a server to itself: its index and its keys have the names of production. One is lent again, without
    any index, when its archive has gone, so that there are as many as archives at once.
    """

    stack: ExitStack = field(default_factory=ExitStack)
    by_folder: dict[Path, MeilisearchServer] = field(default_factory=dict)
    _free: list[MeilisearchServer] = field(default_factory=list)

    def of(self, folder: Path) -> dict[str, Any]:
        """The settings of the search of the archive in the folder, with the keys that ``search setup`` makes."""
        place = folder.resolve()
        if place not in self.by_folder:
            self.by_folder[place] = self._free.pop() if self._free else self.stack.enter_context(a_meilisearch())
        server = self.by_folder[place]
        return {"kind": "meilisearch", "url": server.url, **vars(make_keys(server.url, server.master_key))}

    def drop_since(self, known: set[Path]) -> None:
        """Drop the indexes of folders that were not known before a test."""
        for place in set(self.by_folder) - known:
            server = self.by_folder.pop(place)
            without_indexes(server)
            self._free.append(server)


def without_indexes(server: MeilisearchServer) -> None:
    """Drop every index of a server, and wait until it has done all that it was asked for."""
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.master_key}"}) as client:
        dropped = [
            client.delete(f"/indexes/{one['uid']}").raise_for_status()
            for one in client.get("/indexes", params={"limit": 1000}).raise_for_status().json()["results"]
        ]
        for answer in dropped:
            while client.get(f"/tasks/{answer.json()['taskUid']}").json()["status"] in {"enqueued", "processing"}:
                time.sleep(0.01)


ENGINES = Engines()
"""What this test process has of Meilisearch."""
