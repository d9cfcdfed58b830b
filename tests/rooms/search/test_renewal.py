"""An index of an older version is filled anew while it answers, and whatever breaks that off loses no story."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError, OperationalError

from app import pipeline, wiring
from app.adapters import search_meilisearch, search_sqlite
from app.kernel.db import only_one, unit
from app.kernel.leases import Claim, LeaseLostError, claim
from app.ports.search_index import IndexSpec, SearchUnavailableError
from app.search import commands
from app.search.models import Passage, StoryIndexing
from app.search.queries import story_document
from app.stories.commands import touch_story, unpublish_story
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.indexes import lose
from tests.rooms.search.test_meilisearch_routes import Engine, an_archive_on
from tests.rooms.search.test_search_routes import found, indexed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive
    from tests.ports.meilisearch_server.serving import Request

NEWER = IndexSpec("99")


@pytest.fixture(params=["embedded", "Meilisearch"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on each search engine."""
    if request.param == "embedded":
        with an_archive(tmp_path / "archive", search={"kind": "sqlite"}) as made:
            yield made
    else:
        with an_archive_on(Engine(), tmp_path / "archive") as (made, _):
            yield made


@pytest.fixture
def stories(archive: TestArchive) -> list[str]:
    """Four stories of it that are found, one of them by the staff alone."""
    made = [indexed(archive, title=f"Story {n}", place="Zanzibar" if n == 0 else "Here") for n in range(3)]
    return [*made, indexed(archive, title="Hidden", level="staff")]


@contextlib.contextmanager
def database_away(archive: TestArchive, after: int) -> Iterator[list[str]]:
    """So many statements reach the database and then none, as where its server is lost; gives those that did not."""
    engine = archive.ports.sessions.kw["bind"]
    left = itertools.count(after, -1)
    refused: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if next(left) <= 0:
            refused.append(statement)
            raise OperationalError(statement, {}, ConnectionResetError())

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield refused
    finally:
        event.remove(engine, "before_cursor_execute", look)


def suggested(archive: TestArchive, prefix: str) -> list[str]:
    """What a stranger is offered, which comes from the engine alone."""
    return list(archive.client("stranger").get("/api/v1/search/suggest", params={"q": prefix}).json()["items"])


def titles(archive: TestArchive, role: Any = "archivist") -> list[str]:
    """What a search for a word of every story finds."""
    return sorted(item["title"] for item in found(archive, "mother", role)["items"])


def retried(archive: TestArchive) -> None:
    """Do all that is owed, without the pauses between two tries."""
    archive.in_unit(lambda s: s.query(StoryIndexing).update({"retry_at": None}))
    archive.work()


def agreed(archive: TestArchive) -> None:
    """The engine holds each story of the database once, whole, at its revision, and nothing is owed."""
    with unit(archive.ports.sessions, write=False) as session:
        counts = select(Passage.story_id, Passage.revision, func.count()).group_by(Passage.story_id, Passage.revision)
        rows = sorted((id_, revision, number) for id_, revision, number in session.execute(counts))
        known = session.execute(select(Story.id, Story.revision, Story.indexed_revision, Story.withheld_revision)).all()
    assert sorted(archive.ports.search_index.inventory()) == rows
    assert sorted((id_, revision) for id_, revision, *_ in known) == [row[:2] for row in rows]
    assert all(revision == there and withheld is None for _, revision, there, withheld in known)


@pytest.mark.usefixtures("stories")
def test_an_older_index_answers_until_the_new_one_has_all(
    archive: TestArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is found less, the page says that it is not complete, and what did not change is not indexed again."""
    monkeypatch.setattr(commands, "SPEC", NEWER)
    assert commands.ensure_index(archive.ports) is True
    page = found(archive, "mother")
    assert (page["total_stories"], page["degraded"]) == (3, True)
    assert all(item["hits"] for item in page["items"])
    assert archive.work() == []
    seen: list[tuple[int, bool]] = []

    def stopping() -> bool:
        page = found(archive, "mother")
        seen.append((page["total_stories"], page["degraded"]))
        return False

    assert commands.renew_index(archive.ports, stopping=stopping) == "renewed"
    assert seen == [(3, True)] * 4
    page = found(archive, "mother")
    assert (page["total_stories"], page["degraded"]) == (3, False)
    assert archive.work() == []
    agreed(archive)
    assert commands.ensure_index(archive.ports) is False
    assert commands.renew_index(archive.ports) == "ready"


def test_what_changed_while_it_was_filled_is_owed_and_what_was_taken_back_stays_so(
    archive: TestArchive, stories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was loaded already or comes later: no word, number or facet of it comes back with the new index."""
    monkeypatch.setattr(commands, "SPEC", NEWER)
    commands.ensure_index(archive.ports)
    archivist = archive.client("archivist")
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            for story_id in (stories[0], stories[2]):  # the first is loaded, the third is not
                assert archivist.post(f"/api/v1/stories/{story_id}/unpublish").status_code == 200
            archive.in_unit(partial(touch_story, story_id=stories[1]))
            archive.work()  # a worker is there all the while, and rests
        return False

    assert commands.renew_index(archive.ports, stopping=stopping) == "renewed"
    for q in ("mother", ""):
        page = found(archive, q)
        assert ([item["title"] for item in page["items"]], page["total_stories"]) == (["Story 1"], 1)
    assert suggested(archive, "zanz") == []
    retried(archive)
    agreed(archive)
    assert titles(archive) == ["Hidden", "Story 0", "Story 1", "Story 2"]
    assert titles(archive, "stranger") == ["Story 1"]


def test_what_another_worker_wrote_and_noted_meanwhile_is_owed_again(archive: TestArchive, stories: list[str]) -> None:
    """It went to the index that answers no more, after the story was loaded: the rows know that before the switch."""
    other = wiring.build(archive.ports.settings)
    assert suggested(archive, "zanz") == ["Zanzibar"]
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            archivist = archive.actor("archivist")
            archive.in_unit(partial(unpublish_story, actor=archivist, story_id=stories[0]))
            archive.in_unit(partial(touch_story, story_id=stories[1]))
            for story_id in stories[:2]:
                pipeline.JOBS["search.index_story"](other, story_id)
            with unit(archive.ports.sessions, write=False) as session:
                for story_id in stories[:2]:
                    story = session.get_one(Story, story_id)
                    assert (story.indexed_revision, story.withheld_revision) == (story.revision, None)
        return False

    assert commands.renew_index(archive.ports, always=True, stopping=stopping) == "renewed"
    for q in ("mother", ""):
        page = found(archive, q)
        assert (sorted(item["title"] for item in page["items"]), page["total_stories"]) == (["Story 1", "Story 2"], 2)
    assert suggested(archive, "zanz") == []
    retried(archive)
    agreed(archive)
    assert titles(archive, "stranger") == ["Story 1", "Story 2"]
    other.sessions.kw["bind"].dispose()


def test_one_process_of_all_fills_it(archive: TestArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are told so at once, and may when it has ended."""
    monkeypatch.setattr(commands, "SPEC", NEWER)
    engine = archive.ports.sessions.kw["bind"]
    with only_one(engine, commands.RENEWAL) as mine:
        assert mine is not None
        mine.require()
        assert commands.renew_index(archive.ports, always=True) == "elsewhere"
    assert commands.renew_index(archive.ports, always=True) == "renewed"


def test_a_story_whose_passages_are_cut_otherwise_keeps_the_old_ones_until_the_switch(
    archive: TestArchive, stories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old index names them; the new one has its own, under the story's next revision, and nothing is put twice."""
    archive.in_unit(lambda s: s.query(Passage).filter(Passage.seq > 0).update({"text": Passage.text + " (old cut)"}))
    monkeypatch.setattr(commands, "SPEC", NEWER)
    commands.ensure_index(archive.ports)
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        if asked == 4:
            for item in found(archive, "mother")["items"]:
                with unit(archive.ports.sessions, write=False) as session:
                    assert session.get_one(Passage, item["hits"][0]["passage_id"]).text.endswith(" (old cut)")
        return False

    assert commands.renew_index(archive.ports, stopping=stopping) == "renewed"
    assert archive.work() == []
    agreed(archive)
    texts = archive.in_unit(lambda s: [row.text for row in s.query(Passage)])
    assert not any("(old cut)" in text for text in texts)
    assert titles(archive) == ["Hidden", "Story 0", "Story 1", "Story 2"]
    assert len(stories) == 4


def test_a_process_that_ends_leaves_the_old_index(archive: TestArchive, stories: list[str]) -> None:
    """What it had begun is nothing."""
    everything = titles(archive)
    with pytest.raises(SearchUnavailableError, match="ending"):
        commands.renew_index(archive.ports, always=True, stopping=lambda: True)
    assert titles(archive) == everything
    assert len(everything) == len(stories)
    archive.in_unit(partial(touch_story, story_id=stories[0]))
    archive.work()
    agreed(archive)


def test_what_the_index_lacks_is_found_by_comparing(archive: TestArchive, stories: list[str]) -> None:
    """A story that vanished from it, one of an older revision, one that only it knows, and one of a later revision."""
    index = archive.ports.search_index
    everything = titles(archive)
    assert commands.compare_index(archive.ports) == []
    with unit(archive.ports.sessions, write=False) as session:
        document = story_document(session, session.get_one(Story, stories[0]))[0]
    archive.in_unit(partial(touch_story, story_id=stories[1]))
    archive.in_unit(lambda s: s.query(Story).filter_by(id=stories[1]).update({"indexed_revision": Story.revision}))
    for put in (
        replace(document, story_id="00000000-0000-7000-8000-000000000000"),
        replace(document, revision=document.revision + 40),
    ):
        assert index.wait(index.put_story(put), 30)
    assert sorted(commands.compare_index(archive.ports)) == sorted(stories[:2])
    retried(archive)
    agreed(archive)
    assert titles(archive) == everything


def test_an_index_that_cannot_be_read_is_not_taken_for_an_empty_one(
    archive: TestArchive, stories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another form: search rests, or says that its list is not complete, until all is there again."""
    everything = titles(archive)
    for adapter in (search_sqlite, search_meilisearch):
        monkeypatch.setattr(adapter.schema, "VERSION", "of another form")
    older = commands.ensure_index(archive.ports)
    answer = archive.client("stranger").get("/api/v1/search", params={"q": "mother"})
    if older:
        assert (answer.status_code, answer.json()["title"][:18]) == (503, "Search is resting.")
        for address in ("/api/v1/search/suggest", f"/api/v1/stories/{stories[0]}/search"):
            assert archive.client("stranger").get(address, params={"q": "mother"}).json().get("items", []) == []
        assert commands.renew_index(archive.ports) == "renewed"
    else:
        assert (answer.json()["total_stories"], answer.json()["degraded"]) == (0, True)
        archive.work_once()
        assert found(archive, "mother")["degraded"]
    archive.work()
    assert titles(archive) == everything
    assert not found(archive, "mother")["degraded"]
    agreed(archive)


def test_a_worker_that_was_just_putting_a_story_notes_nothing(archive: TestArchive, stories: list[str]) -> None:
    """It claimed the story before the switch and put it into the index that answers no more: it must do it again."""
    claims: list[Claim] = []

    def stopping() -> bool:
        if not claims:
            archive.in_unit(partial(touch_story, story_id=stories[3]))
            taken = archive.in_unit(lambda s: claim(s, StoryIndexing, stories[3]))
            assert taken is not None
            claims.append(taken)
        return False

    assert commands.renew_index(archive.ports, always=True, stopping=stopping) == "renewed"
    with pytest.raises(LeaseLostError):
        archive.in_unit(lambda s: commands.note_indexed(s, claims[0], stories[3], 99))
    archive.work()
    agreed(archive)


def test_wherever_the_database_goes_away_no_story_is_lost(
    archive: TestArchive, stories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each statement of the upgrade: the old index or the new one answers with all; the next start finishes it."""
    everything = titles(archive)
    after, version = 0, 100
    while True:
        monkeypatch.setattr(commands, "SPEC", IndexSpec(str(version)))
        commands.ensure_index(archive.ports)
        with database_away(archive, after) as refused:
            try:
                commands.renew_index(archive.ports)
            except (DBAPIError, SearchUnavailableError):  # the latter where the hold went with the server
                assert refused
        assert titles(archive) == everything
        # Another worker indexes one change before anybody comes back to it: that must not hide what is undone.
        archive.in_unit(partial(touch_story, story_id=stories[1]))
        retried(archive)
        assert titles(archive) == everything
        commands.ensure_index(archive.ports)
        commands.renew_index(archive.ports)
        retried(archive)
        assert titles(archive) == everything
        agreed(archive)
        if not refused:
            break
        after, version = after + 1, version + 1
    assert after > 20


def test_wherever_the_database_goes_away_a_lost_index_is_filled(archive: TestArchive, stories: list[str]) -> None:
    """At each statement after the index was lost: what it lacks is owed in the end, and the page says so meanwhile."""
    everything = titles(archive)
    after = 0
    while True:
        lose(archive.ports.search_index)
        with database_away(archive, after) as refused:
            try:
                commands.ensure_index(archive.ports)
            except DBAPIError:
                assert refused
        archive.in_unit(partial(touch_story, story_id=stories[1]))
        archive.in_unit(lambda s: s.query(StoryIndexing).update({"retry_at": None}))
        archive.work_once()
        commands.ensure_index(archive.ports)
        if titles(archive) != everything:
            assert found(archive, "mother")["degraded"]
        retried(archive)
        assert titles(archive) == everything
        assert not found(archive, "mother")["degraded"]
        agreed(archive)
        if not refused:
            break
        after += 1
    assert after > 2


class BreakingOff(Engine):
    """An engine that answers so many requests and then none."""

    left: int | None = None

    def __call__(self, request: Request) -> tuple[int, Any, str | None]:
        """Answer while there are any left."""
        if self.left is not None:
            self.left -= 1
            self.rests = self.left < 0
        return super().__call__(request)


def test_wherever_the_engine_breaks_off_no_story_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each request of the upgrade it answers no more: when it is back the old index or the new one has all."""
    engine = BreakingOff()
    with an_archive_on(engine, tmp_path / "archive") as (archive, _):
        made = [indexed(archive, title=f"Story {n}") for n in range(3)]
        everything = titles(archive)
        after, version = 0, 100
        while True:
            monkeypatch.setattr(commands, "SPEC", IndexSpec(str(version)))
            commands.ensure_index(archive.ports)
            engine.left = after
            outcome = "broke off"
            with contextlib.suppress(SearchUnavailableError):
                outcome = commands.renew_index(archive.ports)
            broke_off, engine.left, engine.rests = engine.rests, None, False
            assert titles(archive) == everything
            archive.in_unit(partial(touch_story, story_id=made[1]))
            retried(archive)
            assert titles(archive) == everything
            commands.ensure_index(archive.ports)
            commands.renew_index(archive.ports)
            retried(archive)
            assert titles(archive) == everything
            agreed(archive)
            if not broke_off:
                assert outcome == "renewed"
                break
            after, version = after + 1, version + 1
        assert after > 10  # how often the engine is asked whether it is done depends on the machine
        index = archive.ports.search_index
        index.rebuild([])
        assert index.wait(index.delete_story("none", 1), 30)  # tasks are done in their order: all before it are done
        assert set(engine.model.indexes) == {"passages"}  # nothing of what was broken off is left
