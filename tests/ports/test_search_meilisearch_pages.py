"""Pages that the engine makes itself are those that would be put together from all moments."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from app.adapters.search_meilisearch import MeilisearchIndex, meanings, versions
from app.adapters.search_meilisearch.searching import Searcher
from app.ports.search_index import IndexSpec, Query
from tests.factories.meilisearch import AWAY, the_server
from tests.ports.meilisearch_server.model import MASTER, Model
from tests.ports.meilisearch_server.serving import Request, served
from tests.ports.search_index_contract import STRANGER, a_story, put
from workers.servers.meilisearch import find_meilisearch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ports.search_index import Page

STORIES = 60
PER_PAGE = 10


@pytest.fixture(
    scope="module",
    params=["model", pytest.param("server", marks=pytest.mark.skipif(not find_meilisearch(), reason=AWAY))],
)
def index(request: pytest.FixtureRequest) -> Iterator[MeilisearchIndex]:
    """An archive of some size, on the model and on a real engine."""
    if request.param == "model":
        with served(Model()) as server:
            made = MeilisearchIndex(server.url, admin_key=MASTER)
            fill(made)
            yield made
        return
    real = the_server()
    made = MeilisearchIndex(real.url, admin_key=real.master_key, uid=f"passages_{uuid.uuid4().hex}")
    fill(made)
    yield made
    made._engine.drop(made._engine.live)


def fill(index: MeilisearchIndex) -> None:
    """Words that all have, that some have with marks, that stand across seams, and names in other scripts."""
    index.ensure(IndexSpec("1"))
    for i in range(STORIES):
        texts = [f"she said that number {i} was at the market", "market again", f"market of the {i % 7} rivers"]
        texts.append("má made tea for ma" if i % 4 == 0 else "ma made tea")
        texts.append("昨日の天気は良かった" if i % 3 else "天気の話")
        if i % 2:
            texts.append("a lantern hung there" if i > 3 else "a lanterm hung there")
        if i == STORIES - 1:
            texts.append("阮 was her name")
        if i % 2 == 0:
            texts.append("Nguyen was her name")
        if i % 15:
            texts.append(f"Tanaka came in the year {i} of the market")
        year = {"recorded_on": f"{1950 + i % 17}"} if i % 6 else {}
        put(index, a_story(f"s{i:02}", *texts, facets={"place": (f"Place {i % 3}",)}, **year))
    put(
        index,
        a_story("seam0", "she dreamt of the", "the sea", tails={1: len("the")}, facets={"place": ("Place 0",)}),
        a_story("seam1", "she dreamt of the", "of the sea", tails={1: len("of the")}, facets={"place": ("Place 1",)}),
        a_story("seam2", "she dreamt of the", "the end of the sea", tails={1: len("the")}),
        a_story("name0", "田中さんが来た", "田中さんの話", language="ja", facets={"place": ("Place 9",)}),
        a_story("name1", "田中さんが来た", "Tanaka came", language="ja", facets={"place": ("Place 9",)}),
        a_story("name2", "田中さんが来た", language="ja", recorded_on="1960"),
        a_story("name3", "田中さんが来た", language="ja", level="staff"),
    )
    put(index, a_story("hidden", *["market má 天気 Nguyen"] * 9, level="staff", facets={"place": ("Place 0",)}))


def pages(index: MeilisearchIndex, text: str, **more: object) -> list[Page]:
    """Every page of a question, and one beyond the last."""
    found: list[Page] = []
    while not found or found[-1].stories:
        query = Query(text, page=len(found) + 1, per_page=PER_PAGE, facets=("place",), **more)  # type: ignore[arg-type]
        found.append(index.search(query, STRANGER))
    return found


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize(
    "text",
    ["market", "ma", "má", "天気", "天気の", "nguyen", "阮", "tanaka", "tanaka market", "said market", '"of the"'],
)
def test_a_page_of_the_engine_is_the_page_of_all_moments(
    index: MeilisearchIndex, monkeypatch: pytest.MonkeyPatch, text: str, sort: str
) -> None:
    """The same stories in the same order, with the same numbers; each shows three moments, or all it has."""
    ours = pages(index, text, sort=sort)
    monkeypatch.setattr(Searcher, "_page_of", lambda *_: None)
    together = pages(index, text, sort=sort)
    assert len(ours) == len(together) > 1
    for one, other in zip(ours, together, strict=True):
        assert [(story.story_id, story.hits_in_story) for story in one.stories] == [
            (story.story_id, story.hits_in_story) for story in other.stories
        ]
        assert (one.total_stories, one.total_moments, one.total_is_exact, one.facets, one.matched) == (
            other.total_stories, other.total_moments, other.total_is_exact, other.facets, other.matched,
        )  # fmt: skip
        assert (len(one.matched), sum(one.matched.values())) == (one.total_stories, one.total_moments)
        assert one.matched_are_all
        for story in one.stories:
            assert len({hit.passage_id for hit in story.hits}) == len(story.hits) == min(3, story.hits_in_story)
            assert all(hit.spans for hit in story.hits)


def test_some_moments_do_not_hide_what_was_mistyped(index: MeilisearchIndex) -> None:
    """More than a page as typed, and yet so few that somebody may look for the two others."""
    first, second = (index.search(Query("lantern", page=n, per_page=20, facets=("place",)), STRANGER) for n in (1, 2))
    assert first.total_stories == second.total_stories == first.total_moments == STORIES // 2
    assert sum(first.facets["place"].values()) == STORIES // 2
    vias = [hit.via for page in (first, second) for story in page.stories for hit in story.hits]
    assert vias == ["exact"] * (STORIES // 2 - 2) + ["typo"] * 2


def test_what_may_be_more_is_not_called_exact(index: MeilisearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what is put together the engine counts the words as typed: that is said where they mean more."""
    assert index.search(Query("market", per_page=PER_PAGE), STRANGER).total_is_exact
    monkeypatch.setattr(meanings, "TOGETHER", 10)
    monkeypatch.setattr(meanings, "PLENTY", 5)
    assert index.search(Query("market", per_page=PER_PAGE), STRANGER).total_is_exact
    page = index.search(Query("nguyen", per_page=PER_PAGE), STRANGER)
    assert (page.total_stories, page.total_is_exact) == (STORIES // 2, False)


def test_hits_of_stories_that_were_not_asked_for_are_passed_over() -> None:
    """An engine that answers for the whole index where the stories of a page were named."""
    model = Model()

    def forgetful(request: Request) -> tuple[int, Any, str | None]:
        for asked in [request.body, *request.body.get("queries", ())] if isinstance(request.body, dict) else []:
            if isinstance(asked.get("filter"), list):  # of a question, not of what is taken out
                asked["filter"] = [one for one in asked["filter"] if not one.startswith("story_id IN")]
        return model(request)

    with served(forgetful) as server:
        index = MeilisearchIndex(server.url, admin_key=MASTER)
        fill(index)
        page = index.search(Query("market", page=3, per_page=PER_PAGE), STRANGER)
        assert len(page.stories) == PER_PAGE
        assert all(hit.story_id == story.story_id for story in page.stories for hit in story.hits)


def test_a_page_is_two_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is asked together; of what version the index is, once in a few seconds for all pages."""
    with served(Model()) as server:
        index = MeilisearchIndex(server.url, admin_key=MASTER)
        fill(index)
        monkeypatch.setattr(versions, "LOOKED_AT_S", 3600)
        before = len(server.requests)
        index.search(Query("market", per_page=PER_PAGE), STRANGER)
        assert len(server.requests) - before == 3
        for text, most in (("market", 2), ("天気", 2), ("tanaka", 2), ("rivers", 2), ("number 7", 3)):
            before = len(server.requests)
            assert index.search(Query(text, per_page=PER_PAGE), STRANGER).stories
            assert len(server.requests) - before <= most, text
