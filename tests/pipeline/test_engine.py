"""The engine: work is seen at once, one failing job stops nobody, and the end is clean."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from app import pipeline
from app.admin.queries import living_workers
from app.kernel.db import unit
from app.kernel.time import now
from app.stories.models import Story
from tests.factories.stories import a_story
from workers.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.archive import TestArchive


def until(condition: Callable[[], bool], seconds: float = 10) -> float:
    """Wait; how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def never(*_: str) -> None:
    """Work that is not done here."""
    raise AssertionError


def is_indexed(archive: TestArchive, story_id: str) -> bool:
    """Whether search has the story."""
    with unit(archive.ports.sessions, write=False) as session:
        story = session.get(Story, story_id)
        return story is not None and story.indexed_revision > 0


def test_work_of_another_connection_is_seen_and_done(archive: TestArchive) -> None:
    """A story that is committed without any nudge is indexed within seconds; the worker is listed while it lives.

    Where rows are asked they are asked every second; where messages are taken a sweep finds it, every ten seconds.
    """
    engine = Engine(archive.ports, ("index",))
    engine.start()
    try:
        with unit(archive.ports.sessions, write=False) as session:
            assert [w.queues for w in living_workers(session, now())] == [["index"]]
        story = archive.in_unit(a_story)
        asks_rows = archive.ports.jobs.taker({}, never, never) is None
        assert until(lambda: is_indexed(archive, story.id), 20) < (8 if asks_rows else 14)
    finally:
        assert engine.stop()
    with unit(archive.ports.sessions, write=False) as session:
        assert living_workers(session, now()) == []


def test_an_unknown_queue_is_refused(archive: TestArchive) -> None:
    """A queue that does not exist is an error, not an idle worker."""
    with pytest.raises(ValueError, match="no such queue"):
        Engine(archive.ports, ("polish",))


def test_sweep_nudges_what_is_due(archive: TestArchive) -> None:
    """Everything due is nudged again, most urgent first."""
    stories = [archive.in_unit(a_story) for _ in range(3)]
    assert pipeline.sweep(archive.ports) == 3
    with unit(archive.ports.sessions, write=False) as session:
        assert [row.id for row in pipeline.owed(session, now())] == [s.id for s in stories]
    archive.work()
    assert pipeline.sweep(archive.ports) == 0
