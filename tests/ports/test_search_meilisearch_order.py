"""Several processes write one story while the engine is behind: what each asked for is done later, in its order."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from app.adapters.search_meilisearch import MeilisearchIndex
from app.ports.search_index import BadDocumentError, IndexSpec, Query
from tests.factories.meilisearch import AWAY, the_server
from tests.ports.meilisearch_server.model import MASTER, Model
from tests.ports.meilisearch_server.serving import served
from tests.ports.search_index_contract import STRANGER, a_story, find, put
from tests.ports.search_index_contract.documents import ARCHIVIST
from workers.servers.meilisearch import find_meilisearch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ports.search_index import Access, Ticket

LONG_S = 10


@pytest.fixture
def model() -> Model:
    """An engine of one's own, which does nothing while ``may_work`` is clear."""
    return Model()


@pytest.fixture
def pair(model: Model) -> Iterator[tuple[MeilisearchIndex, MeilisearchIndex]]:
    """Two adapters on it, as two processes have them: neither remembers what the other asked for."""
    with served(model) as server:
        one, other = (MeilisearchIndex(server.url, admin_key=MASTER) for _ in range(2))
        for index in (one, other):
            index.ensure(IndexSpec("1"))
        yield one, other


def done(model: Model, *asked: tuple[MeilisearchIndex, Ticket]) -> None:
    """Let the engine work, and wait for what was asked."""
    model.may_work.set()
    assert all(index.wait(ticket, LONG_S) for index, ticket in asked)


def documents(model: Model) -> list[tuple[str, int]]:
    """(kind, revision) of all that the engine holds of stories, by id."""
    held = sorted(model.indexes["passages"].documents.items())
    return [(one["kind"], one["revision"]) for _, one in held if one["kind"] != "meta"]


def seen(index: MeilisearchIndex, word: str, access: Access = STRANGER) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """What a reader learns of a word: moments, the values of a facet, and what goes on from its beginning."""
    page = index.search(Query(word, facets=("place",)), access)
    return page.total_moments, dict(page.facets["place"]), tuple(index.suggest(word[:4], access, 5).words)


NOTHING: tuple[int, dict[str, int], tuple[str, ...]] = (0, {}, ())


def test_what_another_process_put_and_the_engine_had_not_done_goes_too(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """A long open revision waits in the queue when another worker puts a short draft: nobody finds the rest of it."""
    one, other = pair
    put(one, a_story("a", "openword"))
    model.may_work.clear()
    late = one.put_story(a_story("a", *["secretword here"] * 9, revision=2, facets={"place": ("Hué",)}))
    newer = other.put_story(a_story("a", "draftword", level="draft", revision=3))
    done(model, (one, late), (other, newer))
    assert seen(other, "secretword") == NOTHING
    assert seen(other, "secretword", ARCHIVIST) == NOTHING
    assert seen(other, "draftword", ARCHIVIST)[0] == 1
    assert documents(model) == [("passage", 3), ("passage", 3), ("head", 3)]


def test_a_story_that_shrinks_is_found_throughout(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """What is new takes the place of what was there before the rest goes: between two tasks nothing is missing."""
    one, _ = pair
    put(one, a_story("a", *["word"] * 9), a_story("b", "word"))
    kinds = [task["type"] for task in model.tasks.values()]
    put(one, a_story("a", "word", revision=2))
    assert [task["type"] for task in model.tasks.values()][len(kinds) :] == [
        "documentAdditionOrUpdate",
        "documentDeletion",
    ]
    assert documents(model)[:3] == [("passage", 2), ("passage", 2), ("head", 2)]
    assert find(one, "word") == {"a", "b"}


def test_what_is_taken_out_while_its_first_put_waits_is_not_found(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """The engine has nothing of the story yet, so that nobody can see that there is something to take out."""
    one, other = pair
    model.may_work.clear()
    first = one.put_story(a_story("a", *["hiddenword"] * 3, facets={"place": ("Hué",)}))
    gone = other.delete_story("a", 2)
    done(model, (one, first), (other, gone))
    assert seen(other, "hiddenword") == NOTHING
    assert list(other.inventory()) == []
    put(one, a_story("a", "hiddenword", revision=2))  # up to there it stays out
    assert seen(other, "hiddenword") == NOTHING
    put(one, a_story("a", "hiddenword", revision=3))
    assert seen(other, "hiddenword")[0] == 1


def test_a_late_taking_out_leaves_what_is_newer(model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]) -> None:
    """A worker puts the draft before the request that made it one takes out what was open before."""
    one, other = pair
    put(one, a_story("a", *["openword"] * 3, revision=4))
    model.may_work.clear()
    newer = other.put_story(a_story("a", "openword", level="draft", revision=5, title="Titleword"))
    gone = one.delete_story("a", 4)
    done(model, (other, newer), (one, gone))
    assert find(one, "openword") == set()
    assert find(one, "openword titleword", ARCHIVIST) == {"a"}
    assert list(one.inventory()) == [("a", 5, 2)]
    put(other, a_story("a", "openword", revision=6))
    assert documents(model) == [("passage", 6), ("passage", 6), ("head", 6)]


def test_a_late_older_put_takes_no_tombstone_away(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """A worker that had read the open story puts it after it was taken out: the next state, owed, clears it."""
    one, other = pair
    put(one, a_story("a", "openword"))
    model.may_work.clear()
    gone = other.delete_story("a", 2)
    late = one.put_story(a_story("a", *["openword"] * 5, revision=2))
    done(model, (other, gone), (one, late))
    put(one, a_story("b", "otherword"))
    assert other.put_story(a_story("a", "openword", revision=2)).value == ""
    put(other, a_story("a", "openword", level="draft", revision=3))
    assert seen(other, "openword") == NOTHING
    assert sorted(other.inventory()) == [("a", 3, 2), ("b", 1, 2)]


def test_what_an_older_put_took_the_place_of_is_put_once_more(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """The worker whose claim was lost puts last: the story is owed again, and no process's memory hinders it."""
    one, other = pair
    put(one, a_story("a", "openword"))
    model.may_work.clear()
    newer = one.put_story(a_story("a", "draftword", level="draft", revision=3))
    assert not one.wait(newer, 0.05)
    assert one.put_story(a_story("a", "draftword", level="draft", revision=3)) == newer  # no second task in the queue
    late = other.put_story(a_story("a", *["openword"] * 9, revision=2))
    done(model, (other, late))
    put(one, a_story("a", "draftword", level="draft", revision=3))
    assert seen(other, "openword") == NOTHING
    assert documents(model) == [("passage", 3), ("passage", 3), ("head", 3)]


def test_a_story_whose_new_documents_are_refused_keeps_no_old_rights(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """It is out of the index until it is mended: what is there of it would be open to whom it was open before."""
    one, other = pair
    put(one, a_story("a", "openword"))
    model.poison = "poison"
    with pytest.raises(BadDocumentError):
        put(other, a_story("a", "poison", level="staff", revision=2))
    put(one, a_story("b", "otherword"))  # tasks are done in their order: all before it are done
    assert seen(other, "openword") == NOTHING
    assert list(one.inventory()) == [("b", 1, 2)]


def test_the_inventory_tells_of_what_an_older_program_left(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """A story with passages of an older revision counts as of that one, so that it is put once more, and is whole."""
    one, _ = pair
    put(one, a_story("a", "draftword", level="draft", revision=3), a_story("b", "word", revision=7))
    left = model.indexes["passages"].documents
    old = left["a_1"] | {"level": "public", "grantable": True}
    model.indexes["passages"].put([old | {"id": f"a_{n}", "seq": n, "revision": n} for n in (8, 2)])
    model.indexes["passages"].put([old | {"id": f"c_{n}", "story_id": "c", "revision": n} for n in (4, 5)])
    assert sorted(one.inventory()) == [("a", 2, 4), ("b", 7, 2), ("c", 5, 2)]
    model.indexes["passages"].take(["a_8"])
    put(one, a_story("a", "draftword", level="draft", revision=3))
    assert one.wait(one.delete_story("c", 5), LONG_S)
    assert sorted(one.inventory()) == [("a", 3, 2), ("b", 7, 2)]


def test_a_tombstone_of_the_story_before_is_one_still(
    model: Model, pair: tuple[MeilisearchIndex, MeilisearchIndex]
) -> None:
    """An older program wrote it in the head's place: it keeps older puts out, and a rebuild takes it along."""
    one, other = pair
    stone = {"id": "a_head", "kind": "gone", "story_id": "a", "revision": 4, "passages": 0}
    model.indexes["passages"].put([stone])
    assert one.put_story(a_story("a", "word", revision=4)).value == ""
    assert list(other.rebuild([a_story("a", "word", revision=4)])) == []
    assert find(one, "word") == set()
    assert one.put_story(a_story("a", "word", revision=4)).value == ""
    put(one, a_story("a", "word", revision=5))
    assert documents(model) == [("passage", 5), ("passage", 5), ("head", 5)]


@pytest.mark.skipif(not find_meilisearch(), reason=AWAY)
def test_a_real_engine_that_is_behind_leaves_nothing_of_what_was_overtaken() -> None:
    """It is busy with a long story while two processes put and take out, and does all of it in the order of asking."""
    server = the_server()
    uid = f"passages_{uuid.uuid4().hex}"
    one, other = (MeilisearchIndex(server.url, admin_key=server.master_key, uid=uid) for _ in range(2))
    for index in (one, other):
        index.ensure(IndexSpec("1"))
    put(one, a_story("a", "openword"))
    busy = one.put_story(a_story("long", *["a long story of many words"] * 1_000))
    one.put_story(a_story("a", *["secretword here"] * 9, revision=2))
    one.put_story(a_story("b", *["hiddenword"] * 3))
    assert not one.wait(busy, 0)
    newer = other.put_story(a_story("a", "draftword", level="draft", revision=3))
    gone = other.delete_story("b", 2)
    assert all(index.wait(ticket, 120) for index, ticket in ((one, busy), (other, newer), (other, gone)))
    assert find(other, "secretword") == find(other, "hiddenword") == set()
    assert find(other, "draftword", ARCHIVIST) == {"a"}
    held = other._engine.scan(uid, 'story_id IN ["a", "b"]', ("id", "kind", "revision"))
    assert sorted((row.kind, row.revision) for row in held) == [
        ("gone", 2), ("head", 3), ("passage", 3), ("passage", 3),
    ]  # fmt: skip
    other._engine.drop(uid)
