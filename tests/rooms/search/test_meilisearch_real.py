"""A whole archive on a real Meilisearch: seconds of words, kills, narrow keys, wrong answers, an upgrade, the setup."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import func, select, update

from app import pipeline, wiring
from app.adapters.search_meilisearch import make_keys
from app.kernel.db import unit
from app.kernel.settings import MeilisearchSearch
from app.kernel.time import now
from app.ports.search_index import IndexSpec, SearchUnavailableError, Ticket
from app.search import commands
from app.search.models import Passage, StoryIndexing
from app.stories.commands import touch_story
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.living import LivingArchive
from tests.factories.meilisearch import need_meilisearch
from tests.factories.stories import a_recording, a_story, a_transcript
from tests.rooms.search.test_search_routes import found, indexed
from workers.servers.meilisearch import MeilisearchServer, a_meilisearch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.ports import Ports
    from tests.factories.archive import TestArchive

need_meilisearch()


@pytest.fixture
def server() -> Iterator[MeilisearchServer]:
    """A server of this test's own."""
    with a_meilisearch() as made:
        yield made


@pytest.fixture
def archive(server: MeilisearchServer, tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on it that may do everything."""
    with an_archive(tmp_path / "archive", search=server.settings()) as made:
        yield made


@contextmanager
def a_process(archive: TestArchive, server: MeilisearchServer, *names: str) -> Iterator[Ports]:
    """Ports of another process of the same archive that has only these keys."""
    keys = make_keys(server.url, server.master_key)
    search = MeilisearchSearch(kind="meilisearch", url=server.url, **{name: getattr(keys, name) for name in names})
    ports = wiring.build(archive.ports.settings.model_copy(update={"search": search}))
    try:
        yield ports
    finally:
        ports.sessions.kw["bind"].dispose()


def index_all(ports: Ports) -> None:
    """Do what is owed to search in this process, once each, without the pauses between two tries."""
    with unit(ports.sessions) as session:
        session.execute(update(StoryIndexing).values(retry_at=None))
        due = [row for row in pipeline.owed(session, now()) if pipeline.QUEUES[row.job] == "index"]
    for row in due:
        pipeline.JOBS[row.job](ports, row.id)


def held(server: MeilisearchServer, condition: str) -> list[dict[str, Any]]:
    """Documents of the engine itself."""
    answer = httpx.post(
        f"{server.url}/indexes/passages/documents/fetch",
        json={"filter": condition, "limit": 1000},
        headers={"Authorization": f"Bearer {server.master_key}"},
    )
    return list(answer.raise_for_status().json()["results"])


@pytest.mark.parametrize(
    ("query", "start_ms"),
    [("mother", 10_444), ("中村", 15_000), ("viet thu", 20_250), ("oakland", 203_500)],
)
def test_a_hit_is_at_the_second_of_the_matched_word(archive: TestArchive, query: str, start_ms: int) -> None:
    """The whole way from a story's change to the second of a word."""
    story_id = indexed(archive)
    (item,) = found(archive, query)["items"]
    assert item["story_id"] == story_id
    assert abs(item["hits"][0]["start_ms"] - start_ms) <= 500
    client = archive.client("stranger")
    inside = client.get(f"/api/v1/stories/{story_id}/search", params={"q": query}).json()
    assert inside["items"][0]["start_ms"] == item["hits"][0]["start_ms"]
    assert client.get("/api/v1/search/suggest", params={"q": "oak"}).json()["items"] == ["Oakland"]


@pytest.mark.kills
def test_while_the_server_is_dead_browsing_works_and_nothing_is_lost(
    archive: TestArchive, server: MeilisearchServer
) -> None:
    """Search says its sentence with 503; what changes and what is taken back meanwhile is so when it comes back."""
    first, taken_back = indexed(archive, title="Before"), indexed(archive, title="Taken back")
    server.kill()
    client = archive.client("stranger")
    for address in ("/api/v1/search", f"/api/v1/stories/{first}/search"):
        answer = client.get(address, params={"q": "mother"})
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["title"].startswith("Search is resting.")
    assert client.get("/api/v1/search/suggest", params={"q": "mo"}).json() == {"items": []}
    assert {one["id"] for one in client.get("/api/v1/stories").json()["items"]} == {first, taken_back}
    assert archive.client("archivist").post(f"/api/v1/stories/{taken_back}/unpublish").status_code == 200
    second = indexed(archive, title="Meanwhile")
    for _ in range(3):
        index_all(archive.ports)
        with unit(archive.ports.sessions, write=False) as session:
            row = session.get(StoryIndexing, second)
            assert row is not None
            story = session.get(Story, second)
            assert story is not None
            assert (row.attempts, row.failed_reason, story.indexed_revision) == (0, None, 0)
    server.start()
    # Before any worker has come to it, the server still holds what was taken back; nobody is told.
    assert any(one.get("level") == "public" for one in held(server, f'story_id = "{taken_back}"'))
    assert {one["story_id"] for one in found(archive, "mother")["items"]} == {first}
    index_all(archive.ports)
    page = found(archive, "mother")
    assert {one["story_id"] for one in page["items"]} == {first, second}
    assert page["total_stories"] == 2
    assert not any(one.get("level") == "public" for one in held(server, f'story_id = "{taken_back}"'))


def test_a_search_key_for_the_api_and_a_write_key_for_a_worker_are_enough(
    archive: TestArchive, server: MeilisearchServer
) -> None:
    """Stories are found, changed and taken back at once without the admin key in either process."""
    with (
        a_process(archive, server, "search_key") as api,
        a_process(archive, server, "search_key", "write_key") as worker,
    ):
        commands.ensure_index(api)
        commands.ensure_index(worker)
        full = archive.ports.search_index
        object.__setattr__(archive.ports, "search_index", worker.search_index)
        story_id, other = indexed(archive, title="The tin box"), indexed(archive, title="Another")
        assert len(held(server, 'kind = "head"')) == 2
        object.__setattr__(archive.ports, "search_index", api.search_index)
        assert {one["story_id"] for one in found(archive, "mother")["items"]} == {story_id, other}
        assert found(archive, "")["total_stories"] == 2
        assert archive.client("archivist").post(f"/api/v1/stories/{story_id}/unpublish").status_code == 200
        assert any(one.get("level") == "public" for one in held(server, f'story_id = "{story_id}"'))
        for q in ("mother", ""):
            page = found(archive, q)
            assert ([one["story_id"] for one in page["items"]], page["total_stories"]) == ([other], 1)
        index_all(worker)
        assert {one.get("level") for one in held(server, f'story_id = "{story_id}"')} == {"draft"}
        assert {one["story_id"] for one in found(archive, "mother", "archivist")["items"]} == {story_id, other}
        object.__setattr__(archive.ports, "search_index", full)


def test_an_upgrade_while_another_worker_writes_loses_nothing(
    archive: TestArchive, server: MeilisearchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process with the admin key makes the newer index; what the other worker wrote comes into it too."""
    with a_process(archive, server, "search_key", "write_key") as worker:
        commands.ensure_index(worker)
        before = {indexed(archive, title=f"Before {n}") for n in range(4)}
        monkeypatch.setattr(commands, "SPEC", IndexSpec("99"))
        asked = 0

        def stopping() -> bool:
            """The worker of the older version goes on; what it writes goes to the index that answers no more."""
            nonlocal asked
            asked += 1
            if asked == 3:
                for story_id in before:
                    archive.in_unit(partial(touch_story, story_id=story_id))
                index_all(worker)
                with unit(archive.ports.sessions, write=False) as session:
                    assert all(story.indexed_revision == story.revision for story in session.query(Story))
            page = found(archive, "mother")
            assert (page["total_stories"], page["degraded"]) == (4, True)
            return False

        assert commands.renew_index(archive.ports, stopping=stopping) == "renewed"
        assert {one["story_id"] for one in found(archive, "mother")["items"]} == before
        # The worker of the older version is refused, rests, and learns of the newer one.
        for _ in range(3):
            index_all(worker)
        after = indexed(archive, title="After")
        page = found(archive, "mother")
        assert {one["story_id"] for one in page["items"]} == {*before, after}
        assert page["total_stories"] == 5
        (meta,) = held(server, 'kind = "meta"')
        assert meta["version"].startswith("99/")
        listed = httpx.get(f"{server.url}/indexes", headers={"Authorization": f"Bearer {server.master_key}"}).json()
        assert [one["uid"] for one in listed["results"]] == ["passages"]


def told(archive: TestArchive, stories: int) -> list[str]:
    """Published stories, a few passages each, that search has not heard of."""

    def tell(session: Any) -> list[str]:
        made = []
        for n in range(stories):
            story = a_story(session, state="published", level="public", title=f"Told {n}")
            lines = [(i * 6_000, i * 6_000 + 5_000, "en", f"steadyword number{n:02} line {i}") for i in range(20)]
            a_transcript(session, a_recording(session, story, duration_ms=120_000), lines)
            made.append(str(story.id))
        return made

    return archive.in_unit(tell)


def catch_up(ports: Ports, within_s: float = 120) -> None:
    """Work until nothing is owed to search."""
    until = time.monotonic() + within_s
    while True:
        index_all(ports)
        with unit(ports.sessions, write=False) as session:
            owed = [row for row in pipeline.owed(session, now()) if pipeline.QUEUES[row.job] == "index"]
        if not owed:
            return
        assert time.monotonic() < until, owed
        time.sleep(0.1)


def agreed(archive: TestArchive, server: MeilisearchServer) -> None:
    """The engine holds each story of the database once, whole, at its revision, and nothing else."""
    with unit(archive.ports.sessions, write=False) as session:
        counts = select(Passage.story_id, Passage.revision, func.count()).group_by(Passage.story_id, Passage.revision)
        rows = sorted((id_, revision, passages) for id_, revision, passages in session.execute(counts))
        stories = session.execute(select(Story.id, Story.revision, Story.indexed_revision)).all()
    assert all(revision == indexed for _, revision, indexed in stories)
    assert sorted((id_, revision) for id_, revision, _ in stories) == [row[:2] for row in rows]
    assert sorted(archive.ports.search_index.inventory()) == rows
    parts = held(server, 'kind = "passage"')
    assert sorted((one["story_id"], one["revision"], one["seq"]) for one in parts) == [
        (id_, revision, seq) for id_, revision, passages in rows for seq in range(passages)
    ]


def indexed_through_kills(archive: TestArchive, server: MeilisearchServer, *, kills: int, seed: int) -> None:
    """A worker indexes without a pause while stories change and the server is killed at random moments."""
    moments = random.Random(seed)
    stories = told(archive, 12)
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                index_all(archive.ports)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(kills):
            for story_id in moments.sample(stories, 8):
                archive.in_unit(partial(touch_story, story_id=story_id))
            time.sleep(moments.uniform(0.05, 0.6))
            server.kill()
            time.sleep(moments.uniform(0, 0.2))
            server.start()
    finally:
        stop.set()
        worker.join()
    assert failed == []
    catch_up(archive.ports)
    agreed(archive, server)
    for n, story_id in enumerate(stories):
        assert [one["story_id"] for one in found(archive, f'"number{n:02}"')["items"]] == [story_id]


@pytest.mark.kills
def test_four_kills_while_a_worker_indexes_lose_and_double_nothing(
    archive: TestArchive, server: MeilisearchServer
) -> None:
    """What the engine had not done when it died stays owed, and is done once it is back."""
    indexed_through_kills(archive, server, kills=4, seed=4)


@pytest.mark.kills
@pytest.mark.soak
def test_thirty_kills_while_a_worker_indexes_lose_and_double_nothing(
    archive: TestArchive, server: MeilisearchServer
) -> None:
    """The same with thirty."""
    indexed_through_kills(archive, server, kills=30, seed=30)


@pytest.mark.kills
def test_a_kill_in_the_middle_of_an_upgrade_loses_nothing(
    archive: TestArchive, server: MeilisearchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it dies while the newer index takes the older one's place, in the end each story is there once."""
    told(archive, 8)
    catch_up(archive.ports)
    for version, after_s in (("98", 0.02), ("99", 0.1), ("100", 0.3)):
        monkeypatch.setattr(commands, "SPEC", IndexSpec(version))
        dies = threading.Timer(after_s, server.kill)
        dies.start()
        with suppress(SearchUnavailableError):
            commands.renew_index(archive.ports)
        dies.join()
        index_all(archive.ports)
        server.start()
        assert found(archive, "steadyword")["total_stories"] == 8
        commands.renew_index(archive.ports)
        catch_up(archive.ports)
        agreed(archive, server)
        (meta,) = held(server, 'kind = "meta"')
        assert meta["version"].startswith(f"{version}/")


def test_a_server_that_says_nothing_delays_no_takedown(archive: TestArchive, server: MeilisearchServer) -> None:
    """The answer comes within seconds, nobody finds the story from then on, and a worker takes it out afterwards."""
    story_id, other = indexed(archive, title="Taken back"), indexed(archive, title="Another")
    client, archivist = archive.client("stranger"), archive.client("archivist")
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert archivist.post(f"/api/v1/stories/{story_id}/unpublish").status_code == 200
        assert time.monotonic() - began < 8
        assert client.get("/api/v1/search", params={"q": "mother"}).status_code == 503
        assert [one["id"] for one in client.get("/api/v1/stories").json()["items"]] == [other]
    finally:
        server.process.send_signal(signal.SIGCONT)
    for q in ("mother", ""):
        page = found(archive, q)
        assert ([one["story_id"] for one in page["items"]], page["total_stories"]) == ([other], 1)
    catch_up(archive.ports)
    agreed(archive, server)
    assert {one.get("level") for one in held(server, f'story_id = "{story_id}"')} == {"draft"}


def test_what_the_engine_wrongly_holds_open_is_shown_to_nobody(archive: TestArchive, server: MeilisearchServer) -> None:
    """Its documents say that all may read a story, the database says not: no word, number or facet of it is told."""
    open_id = indexed(archive, title="Open")
    hidden = indexed(archive, level="staff", title="Staffsecret", place="Secret Cove")
    answer = httpx.put(
        f"{server.url}/indexes/passages/documents",
        json=[{"id": one["id"], "level": "public"} for one in held(server, f'story_id = "{hidden}"')],
        headers={"Authorization": f"Bearer {server.master_key}"},
    )
    assert archive.ports.search_index.wait(Ticket(str(answer.json()["taskUid"])), 60)
    assert {one["level"] for one in held(server, f'story_id = "{hidden}"')} == {"public"}
    client = archive.client("stranger")
    for q in ("mother", "oakland", ""):
        page = found(archive, q)
        assert [one["story_id"] for one in page["items"]] == [open_id]
        assert page["total_stories"] == 1
        assert "ecret" not in str(page)
        for number in (1, 2):
            asked = {"q": q, "per_page": 1, "page": number}
            page = client.get("/api/v1/search", params=asked).json()
            assert [one["story_id"] for one in page["items"]] == ([open_id] if number == 1 else [])
            assert (page["total_stories"], page["facets"]["place"], page["degraded"]) == (1, {}, False)
    assert found(archive, "staffsecret")["items"] == []
    for q in ("staffs", "se", "secre", "mo"):
        said = client.get("/api/v1/search/suggest", params={"q": q}).json()["items"]
        assert said == (["mother"] if q == "mo" else [])
    assert client.get(f"/api/v1/stories/{hidden}/search", params={"q": "mother"}).status_code == 404


def test_an_index_whose_settings_somebody_changed_answers_nothing(
    archive: TestArchive, server: MeilisearchServer
) -> None:
    """Without its filters search rests; the documents themselves are never read past them."""
    indexed(archive, level="staff", title="Staffsecret")
    answer = httpx.put(
        f"{server.url}/indexes/passages/settings/filterable-attributes",
        json=["kind"],
        headers={"Authorization": f"Bearer {server.master_key}"},
    )
    assert archive.ports.search_index.wait(Ticket(str(answer.json()["taskUid"])), 60)
    client = archive.client("stranger")
    for q in ("mother", "staffsecret", ""):
        assert client.get("/api/v1/search", params={"q": q}).status_code == 503


def test_setup_and_doctor_by_the_command_line(server: MeilisearchServer, tmp_path: Path) -> None:
    """The setup prints three keys, twice the same; with them, and without the master key, the archive works."""
    living = LivingArchive(
        tmp_path,
        {"STORYBRAID_SEARCH__KIND": "meilisearch", "STORYBRAID_SEARCH__URL": server.url},
    )
    living.environment["STORYBRAID_SEARCH__ADMIN_KEY"] = server.master_key
    living.run("migrate")
    del living.environment["STORYBRAID_SEARCH__ADMIN_KEY"]
    assert "MEILI_MASTER_KEY" in living.run("search", "setup", expect=1).stderr
    living.environment["MEILI_MASTER_KEY"] = server.master_key
    keys = living.json("search", "setup")
    assert living.json("search", "setup") == keys
    assert sorted(keys) == [f"STORYBRAID_SEARCH__{name}_KEY" for name in ("ADMIN", "SEARCH", "WRITE")]
    assert len({*keys.values(), server.master_key}) == 4
    del living.environment["MEILI_MASTER_KEY"]
    living.environment |= keys
    assert living.json("search", "mother") == []
    (part,) = [one for one in living.json("doctor", expect=None)["parts"] if one["part"] == "search"]
    assert (part["product"][:14], part["ok"]) == ("Meilisearch 1.", True)
