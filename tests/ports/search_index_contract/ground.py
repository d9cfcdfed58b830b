"""How an adapter gives the contract its indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.ports.search_index import IndexSpec, SearchIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Ground:
    """What an adapter says of itself: ``make``, and ``make_broken`` for an index whose engine is down."""

    def make(self, folder: Path) -> SearchIndex:
        """Give an index on new ground; ``folder`` is empty."""
        raise NotImplementedError

    def make_broken(self, folder: Path) -> SearchIndex:
        """Give an index whose engine is down."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[SearchIndex]:
        """An empty index, ensured."""
        made = self.make(tmp_path)
        made.ensure(IndexSpec("1"))
        yield made
        close = getattr(made, "close", None)
        if close is not None:
            close()

    @pytest.fixture
    def another(self, tmp_path: Path) -> Iterator[Callable[[], SearchIndex]]:
        """Makes further indexes, each empty and on its own ground."""
        made: list[SearchIndex] = []

        def make() -> SearchIndex:
            folder = tmp_path / f"other{len(made)}"
            folder.mkdir()
            index = self.make(folder)
            index.ensure(IndexSpec("1"))
            made.append(index)
            return index

        yield make
        for index in made:
            close = getattr(index, "close", None)
            if close is not None:
                close()
