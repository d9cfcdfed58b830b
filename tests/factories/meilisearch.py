"""A real Meilisearch for tests: one a test process that they share, and one of its own for a test that kills it."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache

import pytest

from workers.servers.meilisearch import MeilisearchServer, a_meilisearch, find_meilisearch

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
