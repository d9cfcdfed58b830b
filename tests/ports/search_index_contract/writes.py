"""Points 17 to 20 and 22: writes, crashes, rebuilds, versions, and an engine that is down."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from app.ports.search_index import (
    BadDocumentError,
    IndexSpec,
    Query,
    SearchIndex,
    SearchUnavailableError,
    StoryDoc,
)
from tests.ports.search_index_contract.documents import STRANGER, WAIT_S, a_story, find, put
from tests.ports.search_index_contract.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class Writes(Ground):
    """What is put stays, alone and once; a rebuild loses nothing; errors have a type."""

    # 17, 18 — writes

    def test_17_put_twice_is_put_once(self, index: SearchIndex) -> None:
        """The same document again changes nothing."""
        story = a_story("a", "word", "word")
        put(index, story, story)
        assert index.search(Query("word"), STRANGER).total_moments == 2
        assert list(index.inventory()) == [("a", 1, 3)]

    def test_17_an_older_revision_is_ignored(self, index: SearchIndex) -> None:
        """Messages may come late and in any order; the newest state stays."""
        put(index, a_story("a", "newer", revision=3), a_story("a", "older", revision=2))
        assert (find(index, "newer"), find(index, "older", literal=True)) == ({"a"}, set())
        assert index.wait(index.delete_story("a", 2), WAIT_S)
        assert find(index, "newer") == {"a"}

    def test_17_replacing_leaves_nothing_behind(self, index: SearchIndex) -> None:
        """A hundred passages replaced by ninety are ninety."""
        put(index, a_story("a", *["word"] * 100))
        put(index, a_story("a", *["word"] * 90, revision=2))
        assert index.search(Query("word"), STRANGER).total_moments == 90
        assert list(index.inventory()) == [("a", 2, 91)]

    def test_17_deleted_stays_deleted_and_can_come_back(self, index: SearchIndex) -> None:
        """A late put of the old state stays out; a newer one comes in; deleting the unknown is no error."""
        put(index, a_story("a", "word", revision=4))
        assert index.wait(index.delete_story("a", 5), WAIT_S)
        put(index, a_story("a", "word", revision=4))
        assert find(index, "word") == set()
        assert list(index.inventory()) == []
        put(index, a_story("a", "word", revision=6))
        assert find(index, "word") == {"a"}
        assert index.wait(index.delete_story("never", 1), WAIT_S)
        put(index, a_story("never", "word", revision=1))
        assert find(index, "word") == {"a"}

    def test_17_writers_of_many_threads(self, index: SearchIndex) -> None:
        """Writes from several threads are all there, and readers never fail meanwhile."""
        errors: list[BaseException] = []
        done = threading.Event()

        def write(n: int) -> None:
            try:
                for i in range(15):
                    put(index, a_story(f"t{n}-{i}", "threadword"))
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        def read() -> None:
            try:
                while not done.is_set():
                    index.search(Query("threadword"), STRANGER)
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        reader = threading.Thread(target=read)
        reader.start()
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        done.set()
        reader.join()
        assert errors == []
        assert index.search(Query("threadword"), STRANGER).total_stories == 60

    def test_18_one_poison_document_isolates_one_story(self, index: SearchIndex) -> None:
        """It is refused by name, alone and in a rebuild; all others are there."""
        twice = a_story("poison", "word", "word")
        poison = StoryDoc(**{**vars(twice), "passages": (*twice.passages, twice.passages[1])})
        with pytest.raises(BadDocumentError, match="poison"):
            put(index, poison)
        good = [a_story(f"s{i}", "word") for i in range(5)]
        refused = index.rebuild([*good[:3], poison, *good[3:]])
        assert list(refused) == ["poison"]
        assert find(index, "word") == {f"s{i}" for i in range(5)}

    def test_18_what_was_missed_is_seen_in_the_inventory(self, index: SearchIndex) -> None:
        """After a crash between commit and index the inventory shows what is owed; a put repairs it."""
        put(index, a_story("a", "before", revision=1), a_story("b", "other", revision=7))
        held = {story_id: revision for story_id, revision, _ in index.inventory()}
        rows = {"a": 2, "b": 7, "c": 1}
        owed = {story_id for story_id, revision in rows.items() if held.get(story_id, 0) < revision}
        assert owed == {"a", "c"}
        put(index, a_story("a", "after", revision=2), a_story("c", "after", revision=1))
        assert {story_id: revision for story_id, revision, _ in index.inventory()} == rows
        assert find(index, "after") == {"a", "c"}

    # 19, 20 — rebuilds

    def test_19_a_rebuild_under_writes_loses_nothing(self, index: SearchIndex) -> None:
        """It answers throughout; what is put, replaced and deleted meanwhile is so afterwards."""
        old = [a_story(f"s{i:03}", "steadyword", revision=1) for i in range(200)]
        put(index, *old)
        halfway, go_on = threading.Event(), threading.Event()
        answers: list[int] = []
        stop = threading.Event()
        errors: list[BaseException] = []

        def documents() -> Iterator[StoryDoc]:
            for i, story in enumerate(old):
                if i == 100:
                    halfway.set()
                    go_on.wait(WAIT_S)
                yield story

        def rebuild() -> None:
            try:
                index.rebuild(documents())
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        def watch() -> None:
            try:
                while not stop.is_set():
                    answers.append(index.search(Query("steadyword"), STRANGER).total_stories)
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        worker, watcher = threading.Thread(target=rebuild), threading.Thread(target=watch)
        watcher.start()
        worker.start()
        assert halfway.wait(WAIT_S)
        # Of the first half (already loaded) and the second (not yet): change one, delete one, add one.
        put(index, a_story("s010", "changedword steadyword", revision=2))
        put(index, a_story("s150", "changedword steadyword", revision=2))
        for gone in ("s020", "s160"):
            assert index.wait(index.delete_story(gone, 2), WAIT_S)
        put(index, a_story("new", "changedword steadyword"))
        assert find(index, "changedword") == {"s010", "s150", "new"}
        go_on.set()
        worker.join()
        stop.set()
        watcher.join()
        assert errors == []
        assert find(index, "changedword") == {"s010", "s150", "new"}
        assert index.search(Query("steadyword"), STRANGER).total_stories == 199
        assert {one for one, _, _ in index.inventory()} & {"s020", "s160"} == set()
        assert min(answers) >= 198
        put(index, a_story("s020", "late", revision=1))
        assert find(index, "late", literal=True) == set()

    def test_19_a_rebuild_drops_what_no_longer_is(self, index: SearchIndex) -> None:
        """A story that is in no document and was not written meanwhile is not there any more."""
        put(index, a_story("stale", "word"), a_story("kept", "word"))
        assert list(index.rebuild([a_story("kept", "word")])) == []
        assert find(index, "word") == {"kept"}

    def test_19_a_failed_rebuild_changes_nothing(self, index: SearchIndex) -> None:
        """Documents that cannot be read leave the old index as it was, and the next rebuild works."""
        put(index, a_story("a", "word"))

        def broken() -> Iterator[StoryDoc]:
            yield a_story("b", "word")
            raise OSError

        with pytest.raises(OSError):  # noqa: PT011
            index.rebuild(broken())
        assert find(index, "word") == {"a"}
        put(index, a_story("c", "word"))
        index.rebuild([a_story("d", "word")])
        assert find(index, "word") == {"d"}

    def test_19_what_the_rows_say_is_settled_before_the_switch(self, index: SearchIndex) -> None:
        """The hook learns what the new index holds while the old one still answers, and nobody writes meanwhile."""
        put(index, a_story("a", "word", revision=3), a_story("b", "word"))
        told: list[dict[str, int]] = []
        seen: list[set[str]] = []
        late = threading.Thread(target=lambda: put(index, a_story("late", "word")))

        def before_switch(held: Mapping[str, int]) -> None:
            told.append(dict(held))
            late.start()
            late.join(0.3)
            reader = threading.Thread(target=lambda: seen.append(find(index, "word")))
            reader.start()
            reader.join()

        assert list(index.rebuild([a_story("a", "word", revision=2)], before_switch)) == []
        late.join()
        assert (told, seen) == ([{"a": 2}], [{"a", "b"}])
        assert find(index, "word") == {"a", "late"}

    def test_19_a_hook_that_fails_switches_nothing(self, index: SearchIndex) -> None:
        """The database is away in that moment: the old index stays as it was, and is written as before."""
        put(index, a_story("a", "word"))

        def before_switch(_held: Mapping[str, int]) -> None:
            raise OSError

        with pytest.raises(OSError):  # noqa: PT011
            index.rebuild([a_story("b", "word")], before_switch)
        put(index, a_story("c", "word"))
        assert find(index, "word") == {"a", "c"}
        assert index.ensure(IndexSpec("1")) != "rebuild"

    def test_20_an_index_asks_for_the_rows_until_it_is_told_that_they_know(self, index: SearchIndex) -> None:
        """Made new, and also when something was put into it since: who made it may have died before the rows knew."""
        put(index, a_story("a", "word"))
        assert index.ensure(IndexSpec("1")) == "compare"
        assert index.ensure(IndexSpec("1")) == "compare"
        index.confirm()
        assert index.ensure(IndexSpec("1")) == "ready"
        index.confirm()
        assert index.ensure(IndexSpec("1")) == "ready"

    def test_20_another_version_wants_a_rebuild(self, index: SearchIndex) -> None:
        """Asked for again and again until it is done; until then the old answers stay, and say that they are old."""
        put(index, a_story("a", "word"))
        index.confirm()
        assert not index.search(Query("word"), STRANGER).degraded
        assert index.ensure(IndexSpec("2")) == "rebuild"
        assert index.ensure(IndexSpec("2")) == "rebuild"
        assert find(index, "word") == {"a"}
        assert index.search(Query("word"), STRANGER).degraded
        with pytest.raises(SearchUnavailableError, match="another version"):
            index.put_story(a_story("b", "word"))
        index.rebuild([a_story("a", "word")])
        assert index.ensure(IndexSpec("2")) == "ready"
        assert not index.search(Query("word"), STRANGER).degraded
        put(index, a_story("b", "word"))
        assert find(index, "word") == {"a", "b"}
        assert index.ensure(IndexSpec("1")) == "rebuild"

    # 22 — when the engine is down

    def test_22_an_engine_that_is_down_is_a_typed_error(self, tmp_path: Path) -> None:
        """Every call says ``SearchUnavailableError`` and nothing else."""
        index = self.make_broken(tmp_path)
        calls: list[Callable[[], object]] = [
            index.health,
            lambda: index.search(Query("word"), STRANGER),
            lambda: index.in_story("a", Query("word"), STRANGER),
            lambda: index.suggest("wo", STRANGER, 5),
            lambda: list(index.inventory()),
            lambda: index.put_story(a_story("a", "word")),
            lambda: index.delete_story("a", 1),
            lambda: index.rebuild([]),
        ]
        for call in calls:
            with pytest.raises(SearchUnavailableError):
                call()

    def test_22_health_is_quiet_when_all_is_well(self, index: SearchIndex) -> None:
        """No error, and a name with a version for ``doctor``."""
        index.health()
        assert any(one.isdigit() for one in index.name)
