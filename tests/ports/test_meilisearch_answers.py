"""What the Meilisearch adapter does with answers that a real server once gave, and with answers that make no sense."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from app.adapters.search_meilisearch import MeilisearchIndex, engine, make_keys
from app.ports.search_index import BadDocumentError, IndexSpec, Query, SearchUnavailableError, Ticket
from tests.ports.meilisearch_server import recorded
from tests.ports.meilisearch_server.model import MASTER, Model
from tests.ports.meilisearch_server.replay import Replay
from tests.ports.meilisearch_server.serving import Request, served
from tests.ports.search_index_contract import STRANGER, a_story, put
from tests.shared_data import requires_shared
from workers.servers.own import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCH = "search: distinct with exact totals and facets"


def a_full_index(url: str) -> MeilisearchIndex:
    """An index that may do everything."""
    return MeilisearchIndex(url, admin_key=MASTER, uid="tiny")


def every_question(index: MeilisearchIndex) -> list[Callable[[], object]]:
    """Each door through which a reader asks."""
    return [
        lambda: index.search(Query("home"), STRANGER),
        lambda: index.search(Query(""), STRANGER),
        lambda: index.in_story("t1", Query("home"), STRANGER),
        lambda: index.suggest("ho", STRANGER, 5),
        index.health,
    ]


@requires_shared
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("error: filter syntax", "invalid_search_filter"),
        ("error: filter attribute", "invalid_search_filter"),
        ("error: attribute not filterable", "invalid_search_filter"),
        ("error: index not found", "run storybraid search setup"),
        ("error: invalid key", "does not take the key"),
        ("error: missing key", "does not take the key"),
        ("error: overload (search queue full)", "too many questions"),
    ],
)
def test_each_recorded_error_of_a_search_lets_search_rest(name: str, sentence: str) -> None:
    """Whatever the engine refuses, the reader's question fails as one typed error that quotes nothing of it."""
    with served(Replay(name, "health", "version")) as server:
        for ask in every_question(a_full_index(server.url)):
            with pytest.raises(SearchUnavailableError, match=sentence) as caught:
                ask()
            message = recorded.exchanges()[name]["response"]["body"]["message"]
            assert message not in str(caught.value)


@requires_shared
def test_recorded_errors_of_writing() -> None:
    """A key that may not write is a matter of settings; a payload the engine cannot read is the document's."""
    meta = {"id": "meta", "version": "", "generation": "g"}

    def answer(*names: str) -> Callable[[Request], tuple[int, Any, str | None]]:
        replay = Replay(*names)

        def give(request: Request) -> tuple[int, Any, str | None]:
            if request.path.endswith("/documents/meta"):
                return 200, meta, None
            if request.method == "GET":
                return Replay("error: document not found")(request)
            return replay(request)

        return give

    with served(answer("error: a search key may not write")) as server:
        with pytest.raises(SearchUnavailableError, match="does not take the key"):
            a_full_index(server.url).put_story(a_story("a", "word"))
        with pytest.raises(SearchUnavailableError, match="does not take the key"):
            a_full_index(server.url).delete_story("a", 1)
    with (
        served(answer("error: malformed payload")) as server,
        pytest.raises(BadDocumentError, match="malformed_payload"),
    ):
        a_full_index(server.url).put_story(a_story("a", "word"))
    with served(answer("add documents with custom metadata", "delete by filter")) as server:
        ticket = a_full_index(server.url).put_story(a_story("a", "word", revision=4))
        assert ticket == Ticket("48,54")
        sent, old = [one for one in server.requests if one.method == "POST"]
        assert sent.query == old.query == {"customMetadata": "story=a revision=4"}
        assert [document["id"] for document in sent.body] == ["a_0", "a_1", "a_head"]
        assert old.body == {"filter": 'story_id = "a" AND revision < 4'}


@requires_shared
def test_recorded_tasks() -> None:
    """Done, refused with the code and without the quoted document, and not yet."""
    with served(Replay("add documents, task")) as server:
        assert a_full_index(server.url).wait(Ticket("48"), 1)
    with served(Replay("failed batch, task")) as server:
        with pytest.raises(BadDocumentError, match="missing_document_id") as caught:
            a_full_index(server.url).wait(Ticket("50"), 1)
        assert "no id" not in str(caught.value)
    for status in ("enqueued", "processing"):
        body = recorded.exchanges()["add documents, task"]["response"]["body"]
        with served(lambda _, status=status, body=body: (200, {**body, "status": status}, None)) as server:
            assert not a_full_index(server.url).wait(Ticket("48"), 0.05)
    internal = {"message": "No space left on device", "code": "no_space_left_on_device", "type": "system", "link": ""}
    for status, error in (("failed", internal), ("canceled", None)):
        made = {"uid": 1, "status": status, "error": error}
        with (
            served(lambda _, made=made: (200, made, None)) as server,
            pytest.raises(SearchUnavailableError),
        ):
            a_full_index(server.url).wait(Ticket("48"), 1)


@requires_shared
def test_recorded_answers_of_a_search_are_read_as_they_are() -> None:
    """Stories, totals and the version come out of what the real server said."""
    with served(Replay(SEARCH, "health", "version")) as server:
        index = a_full_index(server.url)
        index.health()
        assert index.name == "Meilisearch 1.50.0"
        found = index._engine.search("tiny", "home", page=1, hitsPerPage=20, facets=["level", "subjects"])
        assert [(row.id, row.story_id, row.start_ms, row.end_ms) for row in found.hits] == [
            (f"{story}-1", story, 30_000, 60_000) for story in ("t1", "t2", "t5", "t6")
        ]
        assert (found.total, found.facets) == (4, {"level": {"public": 4}, "subjects": {"food": 4}})
        # The recorded documents do not say who may see them, so no reader is shown one.
        with pytest.raises(SearchUnavailableError, match="what was not asked for"):
            index.search(Query("home"), STRANGER)
    with served(Replay("search: hits and counts of the page's stories")) as server:
        found = a_full_index(server.url)._engine.search("tiny", "home", limit=200, facets=["story_id"])
        assert (found.estimated, found.facets) == (3, {"story_id": {"t5": 1, "t2": 1, "t1": 1}})
    with served(Replay("documents, ids and revisions page")) as server:
        rows = a_full_index(server.url)._engine.scan("tiny", 'kind = "head"', ("id", "revision"))
        assert [next(rows).id for _ in range(3)] == ["b0", "b1", "b0"]  # the next page is asked for in turn
        assert [one.query["offset"] for one in server.requests] == ["0", "1000"]


@requires_shared
def test_the_settings_are_of_the_recorded_kinds_and_the_model_answers_like_the_server() -> None:
    """What the model says has the fields of what the real server said, so that it proves something."""
    said: dict[str, set[str]] = {}
    model = Model()

    def listen(request: Request) -> tuple[int, Any, str | None]:
        status, body, later = model(request)
        kind = recorded.template(request.method, request.path)
        if kind == recorded.SEVERAL:
            assert set(body) == {"results"}
            for one in body["results"]:
                said.setdefault(recorded.SEARCH, set()).update(set(one) - {"indexUid"})
        elif status < 300 and isinstance(body, dict):
            said.setdefault(kind, set()).update(body)
        return status, body, later

    with served(listen) as server:
        index = a_full_index(server.url)
        index.ensure(IndexSpec("1"))
        put(index, a_story("a", "home word", facets={"place": ("p",)}))
        index.search(Query("home", facets=("place",)), STRANGER)
        index.search(Query("", facets=("place",)), STRANGER)
        list(index.inventory())
        index.rebuild([a_story("a", "home word")])
        index.health()
    recorded_fields: dict[str, set[str]] = {}
    for one in recorded.exchanges().values():
        if one["response"]["status"] < 300:
            kind = recorded.template(one["request"]["method"], one["request"]["path"])
            recorded_fields.setdefault(kind, set()).update(one["response"]["body"])
    ours = {"GET /indexes", "DELETE /indexes/{uid}", "GET /indexes/{uid}/documents/{id}"}  # not recorded with an answer
    assert set(said) - ours <= set(recorded_fields)
    for kind in set(said) - ours:
        assert said[kind] <= recorded_fields[kind], kind


NONSENSE: list[tuple[int, Any]] = [
    (200, b"<html>It works!</html>"),
    (200, b""),
    (200, b"\xff\xfe"),
    (200, []),
    (200, None),
    (200, {}),
    (200, {"hits": None}),
    (200, {"hits": [{"story_id": "a"}]}),
    (200, {"hits": [{"id": 5, "story_id": ["a"]}], "estimatedTotalHits": 1}),
    (200, {"hits": [], "estimatedTotalHits": "many"}),
    (200, {"results": []}),
    (200, {"results": [{"hits": []}]}),
    (200, {"results": [{"hits": []}] * 50}),
    (200, {"results": [{"hits": None}] * 2}),
    (204, b""),
    (302, b""),
    (404, b"not here"),
    (500, {"error": "?"}),
    (502, b"<html>Bad gateway</html>"),
    (503, []),
]


@pytest.mark.parametrize(("status", "body"), NONSENSE)
def test_an_answer_that_makes_no_sense_lets_search_rest(status: int, body: Any) -> None:
    """A proxy's page, half an answer, another program on that port: one typed error, never another."""
    with served(lambda _: (status, body, None)) as server:
        index = a_full_index(server.url)
        calls: list[Callable[[], object]] = [
            *every_question(index),
            lambda: index.put_story(a_story("a", "word")),
            lambda: index.delete_story("a", 1),
            lambda: list(index.inventory()),
            lambda: index.rebuild([]),
            lambda: index.wait(Ticket("1"), 0.1),
            lambda: index.ensure(IndexSpec("1")),
            lambda: make_keys(server.url, MASTER),
        ]
        for call in calls:
            with pytest.raises(SearchUnavailableError):
                call()


def test_an_engine_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time limit the question fails; the thread is free again."""
    monkeypatch.setattr(engine, "SEARCH_TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = MeilisearchIndex(f"http://127.0.0.1:{silent.getsockname()[1]}", search_key="k")
        began = time.monotonic()
        with pytest.raises(SearchUnavailableError, match="does not answer"):
            index.search(Query("word"), STRANGER)
        assert time.monotonic() - began < 3


def test_a_connection_that_is_cut_lets_search_rest() -> None:
    """Half an answer and then nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"

        def cut() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                connection.recv(65_536)
                connection.sendall(head + json.dumps({"hits": []})[:5].encode())
                connection.close()

        thread = threading.Thread(target=cut, daemon=True)
        thread.start()
        index = MeilisearchIndex(f"http://127.0.0.1:{server.getsockname()[1]}", search_key="k")
        for text in ("word", ""):
            with pytest.raises(SearchUnavailableError):
                index.search(Query(text), STRANGER)
        thread.join(5)


def test_what_no_recorded_exchange_has_is_named_in_the_decision() -> None:
    """Every request that the tests allow by hand, and what it has besides: read before the next one is added."""
    decision = (ROOT / "docs/decisions/0014-pages-by-meilisearch.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`]+)`", decision.partition("## Consequences")[2].partition("## ")[0]))
    for request, more in recorded.DOCUMENTED.items():
        besides = {*more.get("query", ()), *more.get("body", ())} if request != "POST /keys" else set()
        assert {request, *besides} <= named
    assert recorded.SEVERAL in named
