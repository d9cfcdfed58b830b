"""The production queue on a real Postgres: messages with their transaction, taken once, put again when lost."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from app import pipeline
from app.accounts.schemas import Actor
from app.adapters.jobs_procrastinate import ProcrastinateJobs
from app.kernel.db import unit
from app.kernel.settings import ProcrastinateJobs as ProcrastinateSettings
from app.stories.models import Story
from app.stories.schemas import StoryCreate
from migrations import chain
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.sound import a_tone, write_wav
from tests.factories.stories import a_story
from workers.engine import Engine
from workers.ingesting import look, take_in
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An archive on Postgres with Procrastinate beside its tables."""
    queue = ProcrastinateSettings(kind="procrastinate")
    with an_archive(tmp_path / "archive", database=DATABASES.empty(), jobs=queue) as made:
        yield made


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for the condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def messages(archive: TestArchive) -> list[tuple[str, str, int]]:
    """(job, id, priority) of the messages that wait, in the order in which they are taken."""
    with unit(archive.ports.sessions, write=False) as session:
        rows = session.execute(
            text(
                "SELECT task_name, args->>'id', priority FROM procrastinate_jobs WHERE status = 'todo' AND args ? 'id'"
                " ORDER BY priority DESC, id"
            )
        )
        return [(name, id_, priority) for name, id_, priority in rows]


def is_indexed(archive: TestArchive, story_id: str) -> bool:
    """Whether search has the story."""
    with unit(archive.ports.sessions, write=False) as session:
        story = session.get(Story, story_id)
        return story is not None and story.indexed_revision > 0


def test_a_message_lives_and_dies_with_its_transaction(archive: TestArchive) -> None:
    """What is rolled back was never asked for; who waits goes before a re-index."""
    jobs = archive.ports.jobs
    with unit(archive.ports.sessions) as session:
        jobs.put(session, "search.index_story", "a", 0)
        session.rollback()
    assert messages(archive) == []
    with unit(archive.ports.sessions) as session:
        jobs.put(session, "search.index_story", "b", 2)
        jobs.put(session, "recordings.accept", "c", 0)
    assert [(name, id_) for name, id_, _ in messages(archive)] == [
        ("recordings.accept", "c"),
        ("search.index_story", "b"),
    ]
    with unit(archive.ports.sessions, write=False) as session:
        assert jobs.waiting(session) == {("recordings.accept", "c"), ("search.index_story", "b")}


def test_the_tables_are_made_once(archive: TestArchive) -> None:
    """A second start changes nothing, and the chain does not take them for tables that were forgotten."""
    assert archive.ports.jobs.prepare(archive.ports.sessions.kw["bind"]) is False
    chain.check(archive.ports.sessions.kw["bind"])


def test_a_database_without_its_tables_is_not_ready(tmp_path: Path) -> None:
    """Where the queue was chosen after ``migrate`` a command and ``doctor`` say what to run, before work is lost."""
    database = DATABASES.empty()
    living = LivingArchive(
        tmp_path,
        {
            "STORYBRAID_DATABASE__KIND": database.kind,
            "STORYBRAID_DATABASE__URL": database.url,
            "STORYBRAID_JOBS__KIND": "embedded",
        },
    )
    living.run("migrate")
    assert living.json("jobs", "list") == []
    living.environment["STORYBRAID_JOBS__KIND"] = "procrastinate"
    assert living.run("jobs", expect=1).stderr.strip().endswith("Run: storybraid migrate")
    (part,) = [part for part in living.json("doctor")["parts"] if part["part"] == "database"]
    assert part["warning"] == "not at this version: run storybraid migrate"
    living.run("migrate")
    assert living.json("jobs", "list") == []


def test_a_new_story_is_found_by_search_at_once(archive: TestArchive) -> None:
    """An engine takes the message of another connection within a second, and leaves none behind."""
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:
        client = archive.client("volunteer")
        story_id = client.post("/api/v1/stories", json={"title": "Rain"}).json()["id"]
        until(lambda: is_indexed(archive, story_id), 5)
        until(lambda: not messages(archive), 5)
    finally:
        assert engine.stop(5)


def test_a_lost_message_is_put_again_and_only_once(archive: TestArchive) -> None:
    """The row is the truth: the sweep puts what is owed and not waiting already."""
    story_id = archive.in_unit(lambda session: a_story(session).id)
    assert messages(archive) == []
    assert pipeline.sweep(archive.ports) == 1
    assert pipeline.sweep(archive.ports) == 0
    assert [(name, id_) for name, id_, _ in messages(archive)] == [("search.index_story", story_id)]


def test_a_persons_change_is_taken_before_an_index_made_anew(archive: TestArchive) -> None:
    """By its event and by its row, behind however many messages of the whole; a takedown before both."""
    for number in range(80):
        archive.in_unit(lambda session, n=number: a_story(session, title=f"Told {n}", state="published"))  # type: ignore[misc]
    edited, shown = archive.in_unit(lambda session: sorted(session.scalars(select(Story.id)))[-2:])
    assert pipeline.sweep(archive.ports) == 80
    client = archive.client("archivist")
    version = client.get(f"/api/v1/stories/{edited}").json()["version"]
    assert client.patch(f"/api/v1/stories/{edited}", json={"version": version, "title": "New"}).status_code == 200
    assert client.post(f"/api/v1/stories/{shown}/unpublish").status_code == 200
    told = messages(archive)
    assert [id_ for _, id_, _ in told[:2]] == [shown, edited]
    assert len({priority for _, _, priority in told}) == 3
    archive.in_unit(lambda session: session.execute(text("DELETE FROM procrastinate_jobs")))
    pipeline.sweep(archive.ports)
    assert messages(archive)[:2] == told[:2]


def test_a_message_whose_taker_died_is_forgotten(archive: TestArchive) -> None:
    """A worker that died holding messages leaves rows that the sweep of a living one takes away."""
    with unit(archive.ports.sessions) as session:
        archive.ports.jobs.put(session, "search.index_story", "gone")
        held = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 min') RETURNING id"
        worker = session.execute(text(held)).scalar_one()
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :id"), {"id": worker})
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:

        def none_left() -> bool:
            with unit(archive.ports.sessions, write=False) as session:
                return not session.execute(text("SELECT id FROM procrastinate_jobs WHERE args ? 'id'")).all()

        until(none_left, 30)
    finally:
        assert engine.stop(5)


def test_work_in_hand_is_finished_and_no_more_is_taken(archive: TestArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM's way: stop waits for the job that runs, and leaves the next to others."""
    began, go_on, done = threading.Event(), threading.Event(), []

    def slow(_ports: object, id_: str) -> None:
        began.set()
        assert go_on.wait(10)
        done.append(id_)

    monkeypatch.setattr(pipeline, "JOBS", dict(pipeline.JOBS) | {"recordings.sweep_upload": slow})
    with unit(archive.ports.sessions) as session:
        for id_ in "ab":
            archive.ports.jobs.put(session, "recordings.sweep_upload", id_)
    engine = Engine(archive.ports, ("index",))
    engine.start()
    assert began.wait(10)
    threading.Timer(0.5, go_on.set).start()
    assert engine.stop(10)
    assert done == ["a"]
    assert [(name, id_) for name, id_, _ in messages(archive)] == [("recordings.sweep_upload", "b")]


def test_a_recording_goes_through_by_messages_alone(
    archive: TestArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event's message names the row that its job works on: nothing waits for the sweep."""
    monkeypatch.setattr(pipeline, "sweep", lambda _ports: 0)
    engine = Engine(archive.ports, ("media", "index"))
    engine.start()
    try:
        row = take_in(
            archive.ports,
            Actor.as_operator("tests"),
            write_wav(tmp_path / "a.wav", a_tone(2)),
            story_id=None,
            wanted=StoryCreate(title="Rain", machine_text_allowed=False),
            public=False,
            consent={},
        )

        def is_ready() -> bool:
            return look(archive.ports, row).state == "ready" and is_indexed(archive, str(row.story_id))

        until(is_ready, 30)
        # No machine text was allowed, and this engine has no lane for that.
        until(lambda: {name for name, _, _ in messages(archive)} <= {"transcripts.plan"}, 10)
    finally:
        assert engine.stop(5)


def test_every_job_has_its_queue() -> None:
    """Each entry of JOBS is bound, to a queue that workers have."""
    assert set(pipeline.QUEUES) == set(pipeline.JOBS)
    jobs = ProcrastinateJobs("postgresql://nobody@localhost/none", pipeline.QUEUES)
    assert jobs.name.startswith("Procrastinate 3.")
