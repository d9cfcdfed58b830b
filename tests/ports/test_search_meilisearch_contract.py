"""The Meilisearch adapter under the contract on a real server."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from app.adapters.search_meilisearch import MeilisearchIndex
from tests.factories.meilisearch import need_an_engine, the_engine
from tests.ports.search_index_contract import SearchIndexContract
from tests.ports.search_index_contract.access import random_cases, two_worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.ports.search_index import SearchIndex

need_an_engine()
NOWHERE = "http://127.0.0.1:9"


class TestMeilisearch(SearchIndexContract):
    """The real engine, one server for all; a write is asked for and waited for, so what asks much is asked less."""

    @pytest.fixture(autouse=True)
    def _nothing_stays(self) -> Iterator[None]:
        self._made: list[MeilisearchIndex] = []
        yield
        for index in self._made:
            index._engine.drop(index._engine.live)

    def make(self, folder: Path) -> MeilisearchIndex:
        """Give an index of its own name."""
        del folder
        url, key = the_engine()
        made = MeilisearchIndex(url, admin_key=key, uid=f"passages_{uuid.uuid4().hex}")
        self._made.append(made)
        return made

    def make_broken(self, folder: Path) -> MeilisearchIndex:
        """Give an index whose server is not there."""
        del folder
        return MeilisearchIndex(NOWHERE, admin_key="k")

    def test_13_random_cases_leak_nothing(self, another: Callable[[], SearchIndex]) -> None:
        """What is found, counted and faceted is what a plain reading of the rules gives."""
        assert random_cases(another, worlds=2, readers=10, asked=20) == 400

    @pytest.mark.soak
    def test_13_ten_thousand_random_cases_leak_nothing(self, another: Callable[[], SearchIndex]) -> None:
        """The same in full."""
        super().test_13_ten_thousand_random_cases_leak_nothing(another)

    def test_13_two_worlds_answer_alike(self, another: Callable[[], SearchIndex]) -> None:
        """With hidden stories in the index or without, a reader gets the same pages, order and all."""
        two_worlds(another, worlds=1, readers=2)

    @pytest.mark.soak
    def test_13_more_worlds_answer_alike(self, another: Callable[[], SearchIndex]) -> None:
        """The same with more of both."""
        two_worlds(another, worlds=8, readers=6)
