"""The Meilisearch adapter under the contract on a model of the engine's rules; beside this file, on a real server."""

from __future__ import annotations

import itertools
import re
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.search_meilisearch import MeilisearchIndex, make_keys, meanings, schema
from app.adapters.search_meilisearch.letters import columns, key, letters, quoted, run_token, value_of
from app.ports.search_index import BadDocumentError, IndexSpec, Query, SearchUnavailableError, Ticket
from app.search.domain.fold import fold
from tests.ports.meilisearch_server.filters import compiled
from tests.ports.meilisearch_server.model import MASTER, Model
from tests.ports.meilisearch_server.refusals import CASES, refused
from tests.ports.meilisearch_server.serving import served
from tests.ports.search_index_contract import STRANGER, SearchIndexContract, a_story, find, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.ports.search_index import SearchIndex, StoryDoc

NOWHERE = "http://127.0.0.1:9"


def an_index(url: str, key: str = MASTER, uid: str = "passages") -> MeilisearchIndex:
    """An index that may do everything."""
    return MeilisearchIndex(url, admin_key=key, uid=uid)


class TestMeilisearchOnTheModel(SearchIndexContract):
    """The adapter's own logic, with every request in the shape of a recorded one. It says nothing of the engine."""

    @pytest.fixture(autouse=True)
    def _servers(self) -> Iterator[None]:
        with ExitStack() as self._stack:
            yield

    def make(self, folder: Path) -> MeilisearchIndex:
        """Give an index on a new model."""
        del folder
        return an_index(self._stack.enter_context(served(Model())).url)

    def make_broken(self, folder: Path) -> MeilisearchIndex:
        """Give an index whose server is not there."""
        del folder
        return an_index(NOWHERE)

    @pytest.mark.soak
    def test_13_ten_thousand_random_cases_leak_nothing(self, another: Callable[[], SearchIndex]) -> None:
        """What is found, counted and faceted is what a plain reading of the rules gives (a minute and a half)."""
        super().test_13_ten_thousand_random_cases_leak_nothing(another)


@pytest.fixture
def model() -> Model:
    """An engine of one's own."""
    return Model()


@pytest.fixture
def index(model: Model) -> Iterator[MeilisearchIndex]:
    """An empty index on it, ensured."""
    with served(model) as server:
        made = an_index(server.url)
        made.ensure(IndexSpec("1"))
        yield made


def test_a_write_that_is_asked_for_is_not_yet_there(model: Model, index: MeilisearchIndex) -> None:
    """A ticket waits until the engine has done its work, says so in time, and asks for nothing twice."""
    model.may_work.clear()
    ticket = index.put_story(a_story("a", "word"))
    assert not index.wait(ticket, 0.05)
    assert index.put_story(a_story("a", "word")) == ticket
    assert find(index, "word") == set()
    model.may_work.set()
    assert index.wait(ticket, 10)
    assert find(index, "word") == {"a"}


def test_an_older_write_is_ignored_while_the_newer_is_still_on_its_way(model: Model, index: MeilisearchIndex) -> None:
    """The order of asking decides nothing; the revision does."""
    model.may_work.clear()
    newer = index.put_story(a_story("a", "newer", revision=3))
    older = index.put_story(a_story("a", "older", revision=2))
    gone = index.delete_story("a", 2)
    model.may_work.set()
    assert all(index.wait(ticket, 10) for ticket in (newer, older, gone))
    assert (find(index, "newer"), find(index, "older", literal=True)) == ({"a"}, set())


def test_a_task_carries_its_story_and_revision(model: Model, index: MeilisearchIndex) -> None:
    """Whoever looks at the engine's tasks sees what each was for."""
    put(index, a_story("a", "word", revision=7))
    assert "story=a revision=7" in {task.get("customMetadata") for task in model.tasks.values()}


def test_a_batch_that_is_refused_is_halved_until_the_bad_story_stands_alone(
    model: Model, index: MeilisearchIndex
) -> None:
    """One document that the engine does not take costs no other story its place."""
    model.poison = "poison"
    stories = [a_story(f"s{i}", "word") for i in range(20)]
    refused = index.rebuild([*stories[:13], a_story("bad", "word poison"), *stories[13:]])
    assert list(refused) == ["bad"]
    assert find(index, "word") == {f"s{i}" for i in range(20)}
    ticket = index.put_story(a_story("bad", "word poison", revision=2))
    with pytest.raises(BadDocumentError) as caught:
        index.wait(ticket, 10)
    assert "poison" not in str(caught.value)  # the engine's own message quotes the document
    model.poison = ""
    put(index, a_story("bad", "mended", revision=2))
    assert find(index, "mended") == {"bad"}


def test_what_a_process_may_do_is_what_its_keys_may_do(model: Model) -> None:
    """The API's key searches and nothing else; a worker's writes and makes no index; the admin's rebuilds."""
    with served(model) as server:
        keys = make_keys(server.url, MASTER)
        assert make_keys(server.url, MASTER) == keys
        api = MeilisearchIndex(server.url, search_key=keys.search_key)
        worker = MeilisearchIndex(server.url, search_key=keys.search_key, write_key=keys.write_key)
        admin = MeilisearchIndex(server.url, **vars(keys))
        assert api.ensure(IndexSpec("1")) == "ready"
        for call in (lambda: worker.ensure(IndexSpec("1")), api.health, lambda: find(api, "word")):
            with pytest.raises(SearchUnavailableError, match="storybraid search setup"):
                call()
        assert admin.ensure(IndexSpec("1")) == "compare"
        assert worker.ensure(IndexSpec("1")) == "ready"
        put(worker, a_story("a", "word"))
        assert find(api, "word") == {"a"}
        api.health()
        worker.health()
        assert (api.name, worker.name) == ("Meilisearch", "Meilisearch")
        # By its key itself, not only by what the adapter tries:
        forged = MeilisearchIndex(server.url, admin_key=keys.search_key)
        wrong = MeilisearchIndex(server.url, admin_key=keys.write_key, uid="passages_mistyped")
        for refused in (lambda: forged.put_story(a_story("b", "word")), lambda: wrong.ensure(IndexSpec("1"))):
            with pytest.raises(SearchUnavailableError):
                refused()
        with pytest.raises(SearchUnavailableError, match="admin key"):
            worker.rebuild([])
        with pytest.raises(SearchUnavailableError, match="write key"):
            api.delete_story("a", 2)
        assert find(api, "word") == {"a"}
        assert set(model.indexes) == {"passages"}
        with pytest.raises(SearchUnavailableError):
            make_keys(server.url, "another master key")


def test_a_worker_of_another_version_writes_nothing(index: MeilisearchIndex, model: Model) -> None:
    """While the programs are replaced one by one, the old and the new one spoil nothing for each other."""
    with served(model) as server:
        other = an_index(server.url)
        other.ensure(IndexSpec("2"))
        with pytest.raises(SearchUnavailableError, match="another version"):
            other.put_story(a_story("a", "word"))
        put(index, a_story("a", "word"))
        assert list(other.rebuild([a_story("a", "word")])) == []
        with pytest.raises(SearchUnavailableError, match="another version"):
            index.put_story(a_story("a", "word", revision=2))
        assert find(index, "word") == find(other, "word") == {"a"}


@pytest.mark.parametrize(("version", "taken"), [("1.48.1", False), ("1.48.2", True), ("1.50.0", True), ("2.0.0", True)])
def test_an_engine_that_is_too_old_is_not_used(version: str, *, taken: bool) -> None:
    """Doctor says which version is needed."""
    with served(Model(version=version)) as server:
        index = an_index(server.url)
        index.ensure(IndexSpec("1"))
        if taken:
            index.health()
        else:
            with pytest.raises(SearchUnavailableError, match=r"1\.48\.2 or newer"):
                index.health()


def test_a_story_never_stands_in_the_index_under_rights_it_no_longer_has(index: MeilisearchIndex, model: Model) -> None:
    """A story that shrinks goes first as a whole, then comes again: a crash in between leaves nothing behind."""
    put(index, a_story("a", *["openword"] * 9))
    model.may_work.clear()
    ticket = index.put_story(a_story("a", "openword", level="staff", revision=2))
    assert len(ticket.value.split(",")) == 2
    live = model.indexes["passages"]
    model.may_work.set()
    assert index.wait(ticket, 10)
    assert find(index, "openword") == set()
    assert {one["level"] for one in live.documents.values() if one["kind"] != "meta"} == {"staff"}
    assert list(index.inventory()) == [("a", 2, 2)]


def test_a_rebuild_that_others_began_is_not_begun_again(index: MeilisearchIndex) -> None:
    """Two rebuilds in one process would each lose the other's journal."""

    def documents() -> Iterator[object]:
        with pytest.raises(SearchUnavailableError, match="already"):
            index.rebuild([])
        yield a_story("a", "word")

    index.rebuild(documents())  # type: ignore[arg-type]
    assert find(index, "word") == {"a"}


def test_a_question_with_very_many_moments_is_paged_by_the_engine(
    index: MeilisearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stories, hits, numbers and facets are right, page by page."""
    put(index, *(a_story(f"s{i:02}", *["word"] * 5, facets={"place": (f"Place {i % 2}",)}) for i in range(30)))
    put(index, a_story("hidden", *["word"] * 5, level="staff", facets={"place": ("Place 0",)}))
    monkeypatch.setattr(meanings, "TOGETHER", 100)
    seen: list[str] = []
    for number in (1, 2, 3, 4):
        page = index.search(Query("word", page=number, per_page=10, facets=("place",)), STRANGER)
        assert (page.total_stories, page.total_moments, page.total_is_exact) == (30, 150, True)
        assert page.facets == {"place": {"Place 0": 15, "Place 1": 15}}
        assert all(len(story.hits) == 3 and story.hits_in_story == 5 for story in page.stories)
        seen += [story.story_id for story in page.stories]
    assert sorted(seen) == [f"s{i:02}" for i in range(30)]


def test_nothing_of_a_filter_is_ever_text_of_a_reader(index: MeilisearchIndex) -> None:
    """Values go as hexadecimal digits: two that the engine takes for one stay two."""
    put(index, *(a_story(f"s{i}", "word", facets={"place": (v,)}) for i, v in enumerate(["Hué", "hue\u0301", "HUÉ"])))
    assert find(index, "word", filters={"place": ("Hué",)}) == {"s0"}
    facets = index.search(Query("word", facets=("place",)), STRANGER).facets
    assert facets == {"place": {"Hué": 1, "hue\u0301": 1, "HUÉ": 1}}


def test_the_model_refuses_what_the_engine_refuses(model: Model) -> None:
    """Code by code, as a real server is held to beside this file."""
    with served(model, asked_by_adapter=False) as server:
        assert refused(server.url, MASTER) == {name: code for name, (*_, code) in CASES.items()}


def test_questions_go_over_a_line_that_stays(model: Model) -> None:
    """A page is several questions; one line serves all of a thread's, and is opened again where the engine cut it."""
    with served(model) as server:
        index = an_index(server.url)
        index.ensure(IndexSpec("1"))
        put(index, a_story("s1", "The umbrella is gone."))
        find(index, "umbrella")
        lines, requests = server.lines, len(server.requests)
        for _ in range(3):
            assert find(index, "umbrella") == {"s1"}
        assert len(server.requests) > requests + 3
        assert server.lines == lines
        server.hang_ups = 1
        assert find(index, "umbrella") == {"s1"}
        assert server.lines == lines + 1
        server.hang_ups = 2
        with pytest.raises(SearchUnavailableError):
            find(index, "umbrella")


def test_the_key_is_ours_and_the_way_is_the_environments(
    model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of questions: no password file takes the key's place; a proxy that the machine must use is used."""
    passwords = tmp_path / "netrc"
    passwords.write_text("default login somebody password else\n", encoding="utf-8")
    with served(model) as server:
        index = an_index(server.url)
        index.ensure(IndexSpec("1"))
        put(index, a_story("s1", "The umbrella is gone."))
        monkeypatch.setenv("NETRC", str(passwords))
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, server.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        server.requests.clear()
        assert find(an_index("http://engine.invalid:7700"), "umbrella") == {"s1"}
    assert server.requests
    assert {one.key for one in server.requests} == {MASTER}


def test_a_ticket_of_nothing_is_done(index: MeilisearchIndex) -> None:
    """A write that was ignored need not be waited for."""
    assert index.wait(Ticket(""), 0)


def test_nothing_written_while_a_rebuild_goes_on_is_lost(index: MeilisearchIndex) -> None:
    """Put and deleted without a pause until after the switch: the last word counts."""
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        for i in itertools.count():
            if stop.is_set():
                return
            index.put_story(a_story(f"w{i}", "meanwhile"))
            if i % 3 == 0:
                index.delete_story(f"w{i}", 2)
            else:
                written.append(f"w{i}")

    writer = threading.Thread(target=write)

    def documents() -> Iterator[StoryDoc]:
        writer.start()  # what was written before the rebuild began is for its documents to tell
        for i in range(20):
            while writer.is_alive() and len(written) <= i // 4:
                time.sleep(0.001)
            yield a_story(f"s{i}", "steady")

    try:
        index.rebuild(documents())
    finally:
        stop.set()
        writer.join()
    put(index, a_story("last", "steady"))  # tasks are done in their order: all before it are done
    held = {story_id for story_id, _, _ in index.inventory()}
    assert len(written) > 2
    assert set(written) <= held
    assert held - set(written) - {"last"} <= {f"s{i}" for i in range(20)}


def test_a_run_is_written_as_the_recorded_documents_have_it() -> None:
    """Four letters a character behind a sign, and no two characters alike."""
    assert run_token("中村") == "qzbdptbndh"
    assert columns(fold("Her mother 中村 cooked").tokens) == (
        "her mother. cooked",
        "qzbdptbndh qzbndh",
    )
    every = [chr(n) for n in range(0x0E00, 0x323B0) if not 0xD800 <= n < 0xE000]
    assert len({letters(one) for one in every}) == len(every)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_a_value_comes_back_and_holds_nothing_that_a_filter_could_read(value: str) -> None:
    """Letters, digits and underscores only, in small letters; what the engine folds together stays apart."""
    coded = key(value)
    assert re.fullmatch(r"[a-z0-9_]+", coded)
    assert value_of(coded) == (value if len(value.encode("utf-8", "surrogatepass")) <= 200 else None)


@given(st.text(max_size=30))
def test_a_value_in_quotes_is_one_value(value: str) -> None:
    """Quotation marks and backslashes end no value."""
    document = {"id": "x"}
    settings = {"filterableAttributes": schema.SETTINGS["filterableAttributes"]}
    assert not compiled(f"id = {quoted('x' + value + '!')}", settings)(document)
    assert compiled(f"id = {quoted(value)} OR id = {quoted('x')}", settings)(document)
