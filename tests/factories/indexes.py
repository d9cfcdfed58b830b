"""A search index looked at from behind: how all of it is lost."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from app.adapters.search_meilisearch import MeilisearchIndex
from app.adapters.search_sqlite import SqliteSearchIndex

if TYPE_CHECKING:
    from app.ports.search_index import SearchIndex


@singledispatch
def lose(index: SearchIndex) -> None:
    """Take away everything that the engine holds, as when its disk is gone."""
    raise NotImplementedError(index)


@lose.register
def _(index: SqliteSearchIndex) -> None:
    index.close()
    path = index._connections.path
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


@lose.register
def _(index: MeilisearchIndex) -> None:
    engine = index._engine
    engine.settle([engine.drop(engine.live)], role="admin")
