"""Search through HTTP with Meilisearch behind it: the same answers, and an engine that rests or answers wrongly."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app import wiring
from app.kernel.db import unit
from app.kernel.settings import SettingsError, load_settings
from app.search.models import StoryIndexing
from app.stories.models import Story
from tests.factories.archive import ADDRESS, an_archive
from tests.factories.sets import THE_SET
from tests.ports.meilisearch_server.model import MASTER, Model
from tests.ports.meilisearch_server.serving import Request, Served, served
from tests.rooms.search.test_search_routes import found, indexed
from workers.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive


class Engine:
    """The model, which may rest or lie."""

    def __init__(self) -> None:
        self.model = Model()
        self.rests = False
        self.lies = False
        self.counts: str | None = None
        """A story that it counts whatever is asked, beside what is right."""

    def __call__(self, request: Request) -> tuple[int, Any, str | None]:
        """Answer; a lying engine passes over every filter and names every document it has."""
        if self.rests:
            return 503, {"message": "", "code": "too_many_search_requests", "type": "system", "link": ""}, "10"
        if self.lies and request.path.endswith(("/search", "/multi-search")):
            live = self.model.indexes["passages"]
            hits = [live.shown(one, None) for one in live.documents.values() if one["kind"] in ("passage", "head")]
            facets = {"place": {"0x" + b"Secret Cove".hex(): 7}}
            size = {"totalHits": 99, "estimatedTotalHits": 99}
            said = {"hits": hits, "query": "", "facetDistribution": facets, **size}
            return 200, {**said, "results": [said for _ in request.body.get("queries", ())]}, None
        answer = self.model(request)
        if self.counts and request.path.endswith(("/search", "/multi-search")):
            for one in answer[1].get("results", [answer[1]]):
                counted = one.setdefault("facetDistribution", {})
                counted.setdefault("story_id", {})[self.counts] = 7
                counted["place"] = {"0x" + b"Secret Cove".hex(): 7}
                one |= {name: 99 for name in ("totalHits", "estimatedTotalHits") if name in one}
        return answer


@contextmanager
def an_archive_on(engine: Engine, folder: Path, **keys: str) -> Iterator[tuple[TestArchive, Served]]:
    """A whole archive with this engine behind its search."""
    with served(engine) as server:
        search = {"kind": "meilisearch", "url": server.url, **(keys or {"admin_key": MASTER})}
        with an_archive(folder, search=search) as archive:
            yield archive, server


@pytest.fixture
def engine() -> Engine:
    """An engine that is well."""
    return Engine()


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on it."""
    with an_archive_on(engine, tmp_path / "archive") as (made, _):
        yield made


def stranger_answers(archive: TestArchive) -> dict[tuple[str, str], str]:
    """What a stranger is told, page by page and word by word, of words that open and hidden stories have."""
    client = archive.client("stranger")
    told: dict[tuple[str, str], str] = {}
    for q in ("mother", "oakland", "", "staffsecret", "staffsecrt", "tin box", "secret", "nguyen mai"):
        for more in (
            "",
            "&per_page=1",
            "&per_page=1&page=2",
            "&per_page=2&page=2",
            "&per_page=1&page=5",
            "&sort=newest",
        ):
            address = f"/api/v1/search?{more}"
            told[address, q] = client.get(address, params={**dict(httpx.URL(address).params), "q": q}).text
        for typed in (q[:2], q[:5], q):
            told["suggest", typed] = client.get("/api/v1/search/suggest", params={"q": typed}).text
    return told


@pytest.mark.parametrize(
    ("query", "start_ms"),
    [("mother", 10_444), ("中村", 15_000), ("viet thu", 20_250), ("oakland", 203_500)],
)
def test_a_hit_is_at_the_second_of_the_matched_word(archive: TestArchive, query: str, start_ms: int) -> None:
    """The whole way from a story's change to the second of a word."""
    story_id = indexed(archive)
    page = found(archive, query)
    hit = page["items"][0]["hits"][0]
    assert page["items"][0]["story_id"] == story_id
    assert abs(hit["start_ms"] - start_ms) <= 500
    client = archive.client("stranger")
    inside = client.get(f"/api/v1/stories/{story_id}/search", params={"q": query}).json()
    assert inside["items"][0]["start_ms"] == hit["start_ms"]
    assert client.get("/api/v1/search/suggest", params={"q": "oak"}).json()["items"] == ["Oakland"]


def test_while_the_engine_rests_browsing_works_and_nothing_is_lost(archive: TestArchive, engine: Engine) -> None:
    """Search says its sentence with 503; what changes meanwhile is owed, not failed, and is found afterwards."""
    first = indexed(archive, title="Before")
    engine.rests = True
    client = archive.client("stranger")
    answer = client.get("/api/v1/search", params={"q": "mother"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["title"].startswith("Search is resting.")
    assert client.get("/api/v1/search/suggest", params={"q": "mo"}).json() == {"items": []}
    assert [one["id"] for one in client.get("/api/v1/stories").json()["items"]] == [first]
    second = indexed(archive, title="Meanwhile")
    for _ in range(6):
        with unit(archive.ports.sessions) as session:
            row = session.get(StoryIndexing, second)
            assert row is not None
            story = session.get(Story, second)
            assert story is not None
            assert (row.attempts, row.failed_reason, story.indexed_revision) == (0, None, 0)
            row.retry_at = None
        archive.work()
    engine.rests = False
    with unit(archive.ports.sessions) as session:
        row = session.get(StoryIndexing, second)
        assert row is not None
        row.retry_at = None
    archive.work()
    assert {one["story_id"] for one in found(archive, "mother")["items"]} == {first, second}


def test_an_engine_that_was_down_at_the_start_is_set_up_when_it_comes(engine: Engine, tmp_path: Path) -> None:
    """The archive opens without its index; the first story that is due makes it."""
    engine.rests = True
    with an_archive_on(engine, tmp_path / "archive") as (archive, _):
        story_id = indexed(archive)
        assert engine.model.indexes == {}
        engine.rests = False
        for _ in range(3):
            with unit(archive.ports.sessions) as session:
                row = session.get(StoryIndexing, story_id)
                assert row is not None
                row.retry_at = None
            archive.work()
        assert [one["story_id"] for one in found(archive, "mother")["items"]] == [story_id]


def test_an_engine_that_answers_wrongly_leaks_nothing(archive: TestArchive, engine: Engine) -> None:
    """It passes over every filter and names hidden stories: search rests, and no word or number of it is shown."""
    open_id = indexed(archive, title="Open")
    hidden = {
        indexed(archive, level="staff", title="Staffsecret", place="Secret Cove"),
        indexed(archive, level=None, title="Draftsecret"),
    }
    engine.lies = True
    client = archive.client("stranger")
    for address in ("/api/v1/search", "/api/v1/search/suggest", f"/api/v1/stories/{open_id}/search"):
        for q in ("mother", "secre", "staffsecret", "oak", ""):
            answer = client.get(address, params={"q": q})
            said = answer.text
            if answer.status_code == 200:
                assert answer.json() in ({"items": []}, {"items": [], "total": 0})
            else:
                assert (answer.status_code, answer.json()["title"][:18]) == (503, "Search is resting.")
            assert "ecret" not in said.replace(q, "")
            assert not any(story_id in said for story_id in hidden)
    for story_id in hidden:
        assert client.get(f"/api/v1/stories/{story_id}/search", params={"q": "mother"}).status_code == 404


def test_an_engine_that_counts_wrongly_leaks_nothing(archive: TestArchive, engine: Engine) -> None:
    """It shows what is right and counts a hidden story again and again: no number of it is told."""
    indexed(archive, title="Open")
    engine.counts = indexed(archive, level="staff", title="Staffsecret", place="Secret Cove")
    for asked, said in stranger_answers(archive).items():
        assert "ecret" not in said.replace("staffsecrt", ""), asked
        assert '"total_stories":99' not in said
        assert '"total_moments":99' not in said


@pytest.mark.parametrize("hidden_first", [False, True])
def test_what_the_engine_wrongly_holds_open_changes_no_answer(
    archive: TestArchive, engine: Engine, *, hidden_first: bool
) -> None:
    """Its documents say that all may read a story, the database says not: every page and word is as without it."""

    def hide() -> str:
        return indexed(archive, level="staff", title="Staffsecret", place="Secret Cove")

    hidden = hide() if hidden_first else ""
    for n in range(3):
        indexed(archive, title=f"Open {n}", place="Oakland")
    hidden = hidden or hide()
    before = stranger_answers(archive)
    documents = [one for one in engine.model.indexes["passages"].documents.values() if one.get("story_id") == hidden]
    for one in documents:
        one["level"] = "public"
    assert len(documents) > 1
    now = stranger_answers(archive)
    assert [asked for asked in now if now[asked] != before[asked]] == []
    assert any("Oakland" in said for said in now.values())
    assert not any("ecret" in said.replace("staffsecrt", "") for said in now.values())


def test_more_stories_than_the_engine_names_are_said_to_be_more(archive: TestArchive, engine: Engine) -> None:
    """Numbers and facets are of those that it names, which are all known; the page says that they are not all."""
    for n in range(5):
        indexed(archive, title=f"Open {n}", place="Oakland")
    assert (found(archive, "")["total_stories"], found(archive, "")["degraded"]) == (5, False)
    engine.model.indexes["passages"].settings["faceting"] = {"maxValuesPerFacet": 2}
    page = archive.client("stranger").get("/api/v1/search", params={"per_page": 1}).json()
    assert page["total_stories"] in (2, 3), "those that are named, and the one that is shown"
    assert (page["facets"]["place"], page["degraded"]) == ({"Oakland": page["total_stories"]}, True)


def test_what_is_taken_back_is_gone_at_once_where_the_api_may_only_search(engine: Engine, tmp_path: Path) -> None:
    """With a search key alone nothing is deleted by the API, and yet nobody finds, counts or completes it."""
    with an_archive_on(engine, tmp_path / "archive") as (archive, server):
        story_id = indexed(archive)
        setup = load_settings(env_file=None, search={"kind": "meilisearch", "url": server.url, "search_key": MASTER})
        weak = wiring.build(setup).search_index
        assert found(archive, "mother")["total_stories"] == 1
        engine.rests = True  # no delete of the withdrawal reaches it
        archivist = archive.client("archivist")
        assert archivist.post(f"/api/v1/stories/{story_id}/unpublish").status_code == 200
        engine.rests = False
        object.__setattr__(archive.ports, "search_index", weak)
        assert "passages" in engine.model.indexes
        assert any(
            one["story_id"] == story_id for one in engine.model.indexes["passages"].documents.values() if "level" in one
        )
        for q in ("mother", ""):
            page = found(archive, q)
            assert (page["items"], page["total_stories"], page["total_moments"]) == ([], 0, 0)
            assert not any(page["facets"].values())
        client = archive.client("stranger")
        assert client.get("/api/v1/search/suggest", params={"q": "oak"}).json() == {"items": []}


def test_setup_makes_keys_and_index_and_says_the_same_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The setup needs the master key once; doctor then names the engine and its version."""
    with an_archive_on(engine, tmp_path / "archive") as (_, server):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("STORYBRAID_DATA", str(tmp_path / "archive"))
        own = {"STORYBRAID_SEARCH__KIND": "meilisearch", "STORYBRAID_SEARCH__URL": server.url}
        for name, value in THE_SET.environment(tmp_path / "archive", ADDRESS, own).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("MEILI_MASTER_KEY", raising=False)
        assert main(["search", "setup"]) == 1
        assert "MEILI_MASTER_KEY" in capsys.readouterr().err
        monkeypatch.setenv("MEILI_MASTER_KEY", "a wrong one")
        assert main(["search", "setup", "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["error"]["slug"] == "search-not-set-up"
        monkeypatch.setenv("MEILI_MASTER_KEY", MASTER)
        printed = []
        for _ in range(2):
            assert main(["search", "setup"]) == 0
            said = capsys.readouterr()
            assert "Meilisearch 1.50.0 is ready" in said.err
            printed.append(said.out)
        assert printed[0] == printed[1]
        lines = dict(line.split("=", 1) for line in printed[0].splitlines())
        assert sorted(lines) == [f"STORYBRAID_SEARCH__{name}_KEY" for name in ("ADMIN", "SEARCH", "WRITE")]
        assert len(set(lines.values())) == 3
        assert MASTER not in printed[0]
        for name, value in lines.items():
            monkeypatch.setenv(name, value)
        assert main(["search", "mother", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == []
        main(["doctor", "--json"])
        told = capsys.readouterr().out
        (part,) = [one for one in json.loads(told)["parts"] if one["part"] == "search"]
        assert (part["product"], part["ok"]) == ("Meilisearch 1.50.0", True)
        assert not set(lines.values()) & set(told.split('"'))
        engine.model.version = "1.40.0"
        main(["doctor", "--json"])
        (part,) = [one for one in json.loads(capsys.readouterr().out)["parts"] if one["part"] == "search"]
        assert part["ok"] is False
        assert "1.48.2 or newer" in part["warning"]


def test_settings_that_cannot_work_are_named(tmp_path: Path) -> None:
    """An address that is none, and a server without any key."""
    for url in ("meilisearch:7700", "http://", "http://key@host:7700", "ftp://host"):
        with pytest.raises(SettingsError, match="SEARCH"):
            load_settings(env_file=None, search={"kind": "meilisearch", "url": url, "search_key": "k"})
    settings = load_settings(env_file=None, data=tmp_path, search={"kind": "meilisearch", "url": "http://h:7700/"})
    with pytest.raises(SettingsError, match="storybraid search setup"):
        wiring.build(settings)
