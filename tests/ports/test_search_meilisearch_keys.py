"""The keys that are told before there is a server are those that a real one makes."""

from __future__ import annotations

from app.adapters.search_meilisearch import keys_of, make_keys
from tests.factories.meilisearch import need_meilisearch, the_server

need_meilisearch()


def test_the_server_makes_the_keys_that_were_told() -> None:
    """So that ``storybraid init`` can write them for each process before anything has started."""
    server = the_server()
    assert make_keys(server.url, server.master_key) == keys_of(server.master_key)
