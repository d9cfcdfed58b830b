"""The adapter on a real Meilisearch of its own: keys that suffice and no more, kills, rebuilds, silence."""

from __future__ import annotations

import random
import signal
import threading
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.adapters.search_meilisearch import MeilisearchIndex, make_keys
from app.adapters.search_meilisearch.rebuilding import _fill
from app.adapters.search_meilisearch.rows import Documents, documents_of
from app.ports.search_index import (
    BadDocumentError,
    IndexSpec,
    Query,
    SearchUnavailableError,
    StoryDoc,
    Ticket,
)
from tests.factories.meilisearch import need_meilisearch, the_server
from tests.ports.meilisearch_server.refusals import CASES, refused
from tests.ports.search_index_contract import STRANGER, a_story, find, put
from workers.servers.meilisearch import MeilisearchServer, a_meilisearch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

need_meilisearch()
SPEC = IndexSpec("1")
LONG_S = 120.0


@pytest.fixture
def server() -> MeilisearchServer:
    """The server of all tests here, which nobody kills."""
    return the_server()


@pytest.fixture
def mortal() -> Iterator[MeilisearchServer]:
    """A server of this test's own."""
    with a_meilisearch() as made:
        yield made


def an_index(server: MeilisearchServer) -> MeilisearchIndex:
    """An empty index of its own name, by an adapter that may do everything."""
    index = MeilisearchIndex(server.url, admin_key=server.master_key, uid=f"passages_{uuid.uuid4().hex}")
    index.ensure(SPEC)
    return index


def passages_held(index: MeilisearchIndex) -> int:
    """How many documents of passages the engine has."""
    return sum(1 for _ in index._engine.scan(index._engine.live, 'kind = "passage"', ("id", "kind")))


REFUSED: dict[str, list[tuple[str, str, Any]]] = {
    "search_key": [
        ("POST", "/indexes/passages/documents", [{"id": "x"}]),
        ("GET", "/indexes/passages/documents", None),
        ("GET", "/indexes/passages/documents/meta", None),
        ("POST", "/indexes/passages/documents/delete", {"filter": 'kind = "passage"'}),
        ("DELETE", "/indexes/passages/documents", None),
        ("GET", "/version", None),
        ("GET", "/tasks", None),
    ],
    "write_key": [("POST", "/indexes/passages/search", {"q": ""}), ("GET", "/version", None)],
    "admin_key": [],
}
"""What each key must not do, beside what none may."""
MAKES_AND_REBUILDS: list[tuple[str, str, Any]] = [
    ("PATCH", "/indexes/passages/settings", {"displayedAttributes": ["*"]}),
    ("GET", "/indexes/passages/settings", None),
    ("POST", "/indexes", {"uid": "passages_mistyped"}),
    ("GET", "/indexes", None),
    ("POST", "/swap-indexes", [{"indexes": ["passages", "passages_mistyped"]}]),
    ("DELETE", "/indexes/passages", None),
    ("POST", "/indexes/elsewhere/documents", [{"id": "x"}]),
    ("POST", "/indexes/elsewhere/search", {"q": ""}),
    ("POST", "/indexes", {"uid": "elsewhere"}),
]
"""For the admin key alone, which is for every index: no other key tells the server's version."""
FOR_NONE: list[tuple[str, str, Any]] = [
    ("GET", "/keys", None),
    ("POST", "/keys", {"actions": ["*"], "indexes": ["*"], "expiresAt": None}),
    ("POST", "/dumps", None),
    ("POST", "/snapshots", None),
    ("GET", "/stats", None),
    ("GET", "/metrics", None),
]


def test_each_key_suffices_and_opens_nothing_else(server: MeilisearchServer) -> None:
    """The API's key searches; a worker's writes and makes no index; the admin's rebuilds; none makes keys or dumps."""
    keys = make_keys(server.url, server.master_key)
    assert make_keys(server.url, server.master_key) == keys
    api = MeilisearchIndex(server.url, search_key=keys.search_key)
    worker = MeilisearchIndex(server.url, search_key=keys.search_key, write_key=keys.write_key)
    admin = MeilisearchIndex(server.url, **vars(keys))
    assert api.ensure(SPEC) == "ready"
    for call in (lambda: worker.ensure(SPEC), api.health, lambda: find(api, "word")):
        with pytest.raises(SearchUnavailableError, match="storybraid search setup"):
            call()
    assert admin.ensure(SPEC) == "compare"
    assert worker.ensure(SPEC) == "ready"
    put(worker, a_story("a", "word here"), a_story("b", "word", "word"))
    put(worker, a_story("b", "word", revision=2))
    assert worker.wait(worker.delete_story("b", 3), LONG_S)
    assert list(worker.inventory()) == [("a", 1, 2)]
    assert find(api, "word") == find(api, "") == {"a"}
    assert [hit.passage_id for hit in api.in_story("a", Query("word"), STRANGER)] == ["a-1"]
    assert api.suggest("he", STRANGER, 5).words == ("here",)
    for index in (api, worker, admin):
        index.health()
    assert api.name == worker.name == "Meilisearch"
    assert admin.name.startswith("Meilisearch 1.")
    assert list(admin.rebuild([a_story("a", "word here")])) == []
    assert find(api, "word") == {"a"}
    with pytest.raises(SearchUnavailableError, match="admin key"):
        worker.rebuild([])
    with pytest.raises(SearchUnavailableError, match="write key"):
        api.delete_story("a", 2)
    with pytest.raises(SearchUnavailableError):
        make_keys(server.url, keys.admin_key)

    done = []
    for name, own in REFUSED.items():
        beside = [] if name == "admin_key" else MAKES_AND_REBUILDS
        for method, path, body in (*own, *beside, *FOR_NONE):
            answer = httpx.request(
                method, server.url + path, json=body, headers={"Authorization": f"Bearer {getattr(keys, name)}"}
            )
            if (answer.status_code, answer.json().get("code")) != (403, "invalid_api_key"):
                done.append((name, method, path, answer.status_code, answer.text))
    assert done == []
    assert find(api, "word") == {"a"}


def test_a_mistyped_name_makes_no_index(server: MeilisearchServer) -> None:
    """By the worker's key itself, not only by what the adapter tries; nothing of it is left."""
    keys = make_keys(server.url, server.master_key)
    mistyped = f"passages_{uuid.uuid4().hex}"
    worker = MeilisearchIndex(server.url, write_key=keys.write_key, uid=mistyped)
    for call in (lambda: worker.ensure(SPEC), lambda: worker.put_story(a_story("a", "word"))):
        with pytest.raises(SearchUnavailableError, match="storybraid search setup"):
            call()
    task = worker._engine.add(mistyped, [{"id": "x"}])
    done = worker._engine.outcome(task, LONG_S)
    assert done is not None
    assert (done.status, done.error and done.error.code) == ("failed", "index_not_found")
    listed = httpx.get(f"{server.url}/indexes/{mistyped}", headers={"Authorization": f"Bearer {server.master_key}"})
    assert listed.status_code == 404


def test_a_server_of_another_master_key_is_not_set_up(server: MeilisearchServer) -> None:
    """A wrong master key, and a wrong key of a process, are each said in a sentence."""
    with pytest.raises(SearchUnavailableError, match="makes no keys"):
        make_keys(server.url, "not the master key of this server")
    index = MeilisearchIndex(server.url, search_key="not a key of this server")
    with pytest.raises(SearchUnavailableError, match="does not take the key"):
        index.health()


@contextmanager
def meanwhile(*works: Callable[[], None]) -> Iterator[None]:
    """Do each again and again in a thread of its own until the block is left; none may fail."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def go_on(work: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=go_on, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []


def written_through_kills(server: MeilisearchServer, *, kills: int, seed: int) -> None:
    """Write without a pause while the server is killed at random; what it took is there, whole and once."""
    index = an_index(server)
    moments = random.Random(seed)
    tickets: dict[str, Ticket] = {}

    def write() -> None:
        n = len(tickets)
        try:
            tickets[f"s{n}"] = index.put_story(a_story(f"s{n}", *[f"steadyword number{n} of a story"] * 5))
        except SearchUnavailableError:
            time.sleep(0.05)  # a worker puts it back and tries again

    with meanwhile(write):
        for _ in range(kills):
            before = len(tickets)
            time.sleep(moments.uniform(0.2, 1.5))
            server.kill()
            for call in (lambda: find(index, "steadyword"), index.health, lambda: index.suggest("ste", STRANGER, 5)):
                with pytest.raises(SearchUnavailableError, match="does not answer"):
                    call()
            server.start()
            until = time.monotonic() + LONG_S
            while len(tickets) <= before:
                assert time.monotonic() < until, "nothing was written between two kills"
                time.sleep(0.02)
    assert all(index.wait(ticket, LONG_S) for ticket in tickets.values())
    assert sorted(index.inventory()) == sorted((story_id, 1, 6) for story_id in tickets)
    assert passages_held(index) == 6 * len(tickets)
    for number in {0, len(tickets) // 2, len(tickets) - 1}:
        assert find(index, f"number{number}", literal=True) == {f"s{number}"}


@pytest.mark.kills
def test_three_kills_while_it_indexes_lose_nothing(mortal: MeilisearchServer) -> None:
    """Every story whose writing it took is found after it came back; meanwhile search says that it rests."""
    written_through_kills(mortal, kills=3, seed=3)


@pytest.mark.kills
@pytest.mark.soak
def test_twenty_kills_while_it_indexes_lose_nothing(mortal: MeilisearchServer) -> None:
    """The same with twenty kills."""
    written_through_kills(mortal, kills=20, seed=20)


@pytest.mark.kills
def test_a_kill_during_a_rebuild_leaves_what_was_there(mortal: MeilisearchServer) -> None:
    """The rebuild fails as a whole; the old index answers when the server is back, and the next rebuild works."""
    index = an_index(mortal)
    put(index, *(a_story(f"s{n}", "steadyword") for n in range(20)))

    def documents() -> Iterator[StoryDoc]:
        for n in range(8):
            # A batch of its own each: the first are in the shadow when the server dies.
            yield a_story(f"n{n}", *["newword"] * 4_990)
            if n == 4:
                mortal.kill()

    with pytest.raises(SearchUnavailableError):
        index.rebuild(documents())
    mortal.start()
    assert find(index, "steadyword") == {f"s{n}" for n in range(20)}
    assert find(index, "newword", literal=True) == set()
    put(index, a_story("after", "steadyword"))
    assert list(index.rebuild([a_story("n", "newword")])) == []
    assert (find(index, "newword"), find(index, "steadyword")) == ({"n"}, set())


class Truth:
    """What the database would say, and writers who change it and tell the index."""

    def __init__(self, index: MeilisearchIndex, stories: int) -> None:
        self.index = index
        self.lock = threading.Lock()
        self.stories: dict[str, StoryDoc | None] = {
            f"s{n:04}": a_story(f"s{n:04}", "steadyword") for n in range(stories)
        }
        self.revisions: dict[str, int] = {}

    def writer(self, number: int) -> Callable[[], None]:
        """One of several, each with forty stories of its own: it puts, grows, shrinks and takes out, as workers do.

        A worker waits for each write: without that the engine's queue, and the rebuild behind it, would have no end.
        """
        rng = random.Random(number)

        def write() -> None:
            story_id = f"w{number}-{rng.randrange(40)}"
            with self.lock:
                revision = self.revisions[story_id] = self.revisions.get(story_id, 0) + 1
                goes = rng.random() < 0.3
                story = a_story(story_id, *["meanwhile"] * rng.randrange(1, 6), revision=revision)
                self.stories[story_id] = None if goes else story
            ticket = self.index.delete_story(story_id, revision) if goes else self.index.put_story(story)
            assert self.index.wait(ticket, LONG_S)

        return write

    def documents(self) -> Iterator[StoryDoc]:
        """What a rebuild loads: each story as it is when its turn comes."""
        with self.lock:
            known = sorted(self.stories)
        for story_id in known:
            with self.lock:
                story = self.stories[story_id]
            if story is not None:
                yield story

    def held(self) -> dict[str, tuple[int, int]]:
        """Revision and number of passages of each story that is there."""
        return {one: (s.revision, len(s.passages)) for one, s in self.stories.items() if s is not None}


def rebuilt_under_writes(index: MeilisearchIndex, *, rebuilds: int, stories: int) -> None:
    """Rebuild again and again while three write and one searches."""
    truth = Truth(index, stories)
    put(index, *truth.documents())
    answers: list[int] = []

    def read() -> None:
        answers.append(index.search(Query("steadyword", literal=True), STRANGER).total_stories)

    with meanwhile(read, *map(truth.writer, range(3))):
        for _ in range(rebuilds):
            assert list(index.rebuild(truth.documents())) == []
    put(index, a_story("last", "lastword"))  # tasks are done in their order: all before it are done
    expected = truth.held() | {"last": (1, 2)}
    assert {story_id: (revision, held) for story_id, revision, held in index.inventory()} == expected
    assert passages_held(index) == sum(held for _, held in expected.values())
    assert set(answers) == {stories}
    assert len(expected) > stories + 1


def test_a_rebuild_under_three_writers_loses_nothing(server: MeilisearchServer) -> None:
    """The last word of each counts, nothing is there twice, and whoever searches meanwhile finds all that stood."""
    rebuilt_under_writes(an_index(server), rebuilds=2, stories=50)


@pytest.mark.soak
def test_ten_rebuilds_under_three_writers_lose_nothing(server: MeilisearchServer) -> None:
    """The same ten times over with a thousand stories that stand."""
    rebuilt_under_writes(an_index(server), rebuilds=10, stories=1_000)


def test_a_server_that_says_nothing_holds_nobody(mortal: MeilisearchServer) -> None:
    """A question fails as one that rests within its few seconds, and is answered when the server goes on."""
    index = an_index(mortal)
    put(index, a_story("a", "word"))
    assert mortal.process is not None
    mortal.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(SearchUnavailableError, match="does not answer"):
            find(index, "word")
        assert time.monotonic() - began < 8
    finally:
        mortal.process.send_signal(signal.SIGCONT)
    assert find(index, "word") == {"a"}


def documents(story_id: str, *texts: str) -> Documents:
    """A story's documents as they are sent."""
    return documents_of(a_story(story_id, *texts))


def test_a_batch_that_the_engine_refuses_is_halved_until_the_bad_story_stands_alone(server: MeilisearchServer) -> None:
    """One document without an id the engine takes indexes nothing of its task; the others get a task of their own."""
    index = an_index(server)
    good = [documents(f"s{n}", "steadyword") for n in range(9)]
    broken = documents("bad", "steadyword")
    bad = Documents("bad", 1, ({**broken.documents[0], "id": "no id at all!"}, *broken.documents[1:]))
    with pytest.raises(BadDocumentError, match="invalid_document_id") as caught:
        index.wait(index._writer.put(bad), LONG_S)
    assert "no id" not in str(caught.value)  # the engine's own message quotes the document
    assert find(index, "steadyword") == set()
    refused = _fill(index._engine, index._engine.live, [*good[:4], bad, *good[4:]])
    assert refused == ["bad"]
    assert find(index, "steadyword") == {f"s{n}" for n in range(9)}
    assert sorted(index.inventory()) == [(f"s{n}", 1, 2) for n in range(9)]


def test_the_server_refuses_what_the_model_refuses(server: MeilisearchServer) -> None:
    """The model on which the adapter is tried everywhere is no milder than the engine, code by code."""
    assert refused(server.url, server.master_key) == {name: code for name, (*_, code) in CASES.items()}
