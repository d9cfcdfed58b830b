"""The search index kept by real processes: rebuilt and compared by hand, renewed by a worker, killed meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.kernel.db import only_one, unit
from app.ports.search_index import IndexSpec
from app.search.commands import RENEWAL, ensure_index
from app.search.jobs import index_story
from app.search.queries import story_document
from app.stories.models import Story
from tests.factories.indexes import lose
from tests.factories.living import LivingArchive
from tests.factories.stories import a_recording, a_story, a_transcript

if TYPE_CHECKING:
    from pathlib import Path

    from app.ports import Ports


@pytest.fixture
def living(tmp_path: Path) -> LivingArchive:
    """An archive with its database, nothing running."""
    made = LivingArchive(tmp_path)
    made.run("migrate")
    return made


def told(ports: Ports, stories: int, lines: int = 40) -> list[str]:
    """Published stories that are found."""
    ensure_index(ports)
    made = []
    for n in range(stories):
        with unit(ports.sessions) as session:
            story = a_story(session, title=f"Story {n}", state="published", level="public")
            said = [(i * 6_000, i * 6_000 + 5_000, "en", f"steadyword line {i}") for i in range(lines)]
            a_transcript(session, a_recording(session, story, duration_ms=lines * 6_000), said)
        index_story(ports, story.id)
        made.append(str(story.id))
    return made


def found(living: LivingArchive) -> set[str]:
    """The stories that a stranger finds."""
    return {hit["story_id"] for hit in living.json("search", "steadyword")}


def test_rebuild_and_check_by_hand(living: LivingArchive) -> None:
    """A new index takes the old one's place; what is lost is named, owed and brought; one process of all rebuilds."""
    ports = living.ports()
    stories = told(ports, 3)
    assert "of this version already" in living.run("search", "rebuild", "--if-needed").stderr
    assert "The new search index answers" in living.run("search", "rebuild").stderr
    assert found(living) == set(stories)
    assert "0 stories" in living.run("search", "check").stderr
    with unit(ports.sessions) as session:  # as if it had been put and the engine's disk was of before
        story = session.get_one(Story, stories[1])
        story.revision = story.indexed_revision = story.revision + 1
    assert living.run("search", "check").stdout.split() == [stories[1]]
    index_story(ports, stories[1])
    assert found(living) == set(stories)
    with only_one(ports.sessions.kw["bind"], RENEWAL):
        assert "Another process" in living.run("search", "rebuild", expect=4).stderr


def test_each_of_its_commands_gives_one_json_value(living: LivingArchive) -> None:
    """Scripts read what became of the index, and which stories it lacked, whatever the exit code is."""
    ports = living.ports()
    (story_id,) = told(ports, 1)
    assert living.json("search", "rebuild", "--if-needed") == {"outcome": "ready"}
    assert living.json("search", "rebuild") == {"outcome": "renewed"}
    assert living.json("search", "check") == {"owed": []}
    with unit(ports.sessions) as session:
        story = session.get_one(Story, story_id)
        story.revision = story.indexed_revision = story.revision + 1
    assert living.json("search", "check") == {"owed": [story_id]}
    with only_one(ports.sessions.kw["bind"], RENEWAL):
        assert living.json("search", "rebuild", expect=4) == {"outcome": "elsewhere"}


@pytest.mark.parametrize("word", ["check", "rebuild", "setup"])
def test_the_words_of_its_commands_are_searched_for_in_quotation_marks(living: LivingArchive, word: str) -> None:
    """What would be a command is a phrase there, and --help says so."""
    ports = living.ports()
    ensure_index(ports)
    with unit(ports.sessions) as session:
        story = a_story(session, title="Mother", state="published", level="public")
        said = [(0, 5_000, "en", f"We had to {word} the boat.")]
        a_transcript(session, a_recording(session, story, duration_ms=6_000), said)
    index_story(ports, story.id)
    (hit,) = living.json("search", f'"{word}"')
    assert hit["story_id"] == story.id
    assert f"'\"{word}\"'" in " ".join(living.run("search", "--help").stdout.split())


def test_the_embedded_search_needs_no_setting_up(tmp_path: Path) -> None:
    """It has no keys: that is said, and nothing is made or searched for; a script reads that nothing is to be set."""
    made = LivingArchive(tmp_path, {"STORYBRAID_SEARCH__KIND": "sqlite"})
    done = made.run("search", "setup")
    assert done.stdout == ""
    assert done.stderr.startswith("The embedded search needs no setting up")
    assert made.json("search", "setup") == {}
    assert not made.data.exists()


def test_an_index_that_cannot_be_filled_is_a_sentence(tmp_path: Path) -> None:
    """A folder lies where the embedded index has its file."""
    made = LivingArchive(tmp_path, {"STORYBRAID_SEARCH__KIND": "sqlite"})
    made.run("migrate")
    lose(made.ports().search_index)
    (made.data / "search.sqlite").mkdir()
    assert "could not be filled" in made.run("search", "rebuild", expect=1).stderr


def test_a_worker_renews_an_older_index_beside_its_work(living: LivingArchive) -> None:
    """After an upgrade nothing is to be done by hand; search answers all the while, and nothing is indexed again."""
    ports = living.ports()
    stories = told(ports, 3)
    ports.search_index.ensure(IndexSpec("of an older program"))
    with unit(ports.sessions, write=False) as session:
        documents = [story_document(session, session.get_one(Story, story_id))[0] for story_id in stories]
    ports.search_index.rebuild(documents)
    living.start()
    try:
        assert found(living) == set(stories)
        until = time.monotonic() + 60
        while ensure_index(ports):
            assert time.monotonic() < until, living.log()
            assert found(living) == set(stories)
        assert found(living) == set(stories)
    finally:
        living.stop()
    with unit(ports.sessions, write=False) as session:
        assert all(a == b for a, b in session.execute(select(Story.revision, Story.indexed_revision)))


def test_a_worker_that_does_not_index_takes_no_index_of_its_own_for_the_archives(living: LivingArchive) -> None:
    """A second machine that only transcribes may know nothing of search: no story is owed for that."""
    ports = living.ports()
    told(ports, 2)
    lose(ports.search_index)
    command = [sys.executable, "-m", "workers", "worker", "--queues", "media"]
    with subprocess.Popen(command, env=living.env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "is ready" not in process.stderr.readline():
            assert process.poll() is None
        process.terminate()
    with unit(ports.sessions, write=False) as session:
        assert all(a == b for a, b in session.execute(select(Story.revision, Story.indexed_revision)))


@pytest.mark.kills
def test_a_rebuild_that_is_killed_leaves_every_story(living: LivingArchive) -> None:
    """With -9, whenever: the next process finds all, and the next rebuild works."""
    ports = living.ports()
    stories = told(ports, 6, lines=400)
    moments = random.Random(6)
    began = time.monotonic()
    living.run("search", "rebuild")
    whole = time.monotonic() - began
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-m", "workers", "search", "rebuild"], env=living.env) as process:
            time.sleep(moments.uniform(0.5, 1.0) * whole)
            process.kill()
        assert found(living) == set(stories)
        assert "0 stories" in living.run("search", "check").stderr
    assert "The new search index answers" in living.run("search", "rebuild").stderr
    assert found(living) == set(stories)
