"""A process that writes down leaves the copy for listening to another one, for a moment and no longer."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import TYPE_CHECKING

import pytest

from app.admin.models import Worker
from app.kernel.db import unit
from app.kernel.leases import process_name
from app.kernel.metrics import JOBS
from app.kernel.time import now
from app.recordings.models import RecordingStep
from tests.factories.stories import a_recording, a_story
from tests.pipeline.test_engine import until
from workers.engine import LANES, Engine
from workers.leaving import LEAVE_S, LOOK_S, Leaving

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

COPY = "recordings.make_access_copy"


def a_copy_owed(session: Session, seconds: float = 0) -> str:
    """A recording whose copy has been due for so long."""
    recording = a_recording(session, a_story(session))
    since = now() - dt.timedelta(seconds=seconds)
    session.add(RecordingStep(recording_id=recording.id, step="access_copy", created_at=since))
    return recording.id


def another(archive: TestArchive, *queues: str) -> None:
    """A second worker: the first process of this machine, which lives as long as it does."""
    with unit(archive.ports.sessions) as session:
        session.add(Worker(id=process_name(1), host=process_name(1).split(":")[0], pid=1, queues=list(queues)))


class Stopping(threading.Event):
    """Knows how long was waited for it: what a slow machine needs besides is no wait."""

    waited_s = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, and count it."""
        began = time.monotonic()
        try:
            return super().wait(timeout)
        finally:
            self.waited_s += time.monotonic() - began


def busy(archive: TestArchive, stopping: threading.Event | None = None) -> Leaving:
    """A process that is writing down."""
    leaving = Leaving(archive.ports, LANES, stopping or threading.Event())
    leaving.begins("transcripts.transcribe")
    return leaving


def test_a_busy_process_leaves_the_copy_to_another(archive: TestArchive) -> None:
    """Only while it is busy, and only this work."""
    id_ = archive.in_unit(a_copy_owed)
    another(archive, "media")
    leaving = busy(archive)
    assert leaving.leaves(COPY, id_)
    assert not leaving.leaves("transcripts.transcribe", id_)
    leaving.ends("transcripts.transcribe")
    assert not leaving.leaves(COPY, id_)


@pytest.mark.parametrize("seconds", [LEAVE_S + 0.1, -10])
def test_what_is_due_for_longer_is_left_no_more(archive: TestArchive, seconds: float) -> None:
    """The others may be as busy; nor what became due by a clock that is ahead of ours, and no wait either."""
    another(archive, "media")
    id_ = archive.in_unit(lambda s: a_copy_owed(s, seconds))
    stopping = Stopping()
    assert not busy(archive, stopping).leaves(COPY, id_)
    assert stopping.waited_s == 0


def test_the_derivation_of_a_new_upload_is_left_too(archive: TestArchive) -> None:
    """At once: nothing else is announced with it."""
    another(archive, "media")
    recording = archive.in_unit(lambda session: a_recording(session, a_story(session)))
    archive.in_unit(lambda session: session.add(RecordingStep(recording_id=recording.id, step="derive")))
    assert busy(archive).leaves("recordings.derive", recording.id)


def test_another_takes_what_is_left(archive: TestArchive) -> None:
    """The one that has nothing to do has done it before the busy one would have."""
    another(archive, "media")
    done = JOBS.labels(COPY, "done")
    before = done._value.get()
    idle = Engine(archive.ports, ("media",))
    idle.start()
    try:
        id_ = archive.in_unit(a_copy_owed)
        assert busy(archive).leaves(COPY, id_)
        until(lambda: done._value.get() > before, 5)
    finally:
        idle.stop()


def test_who_stops_waits_no_more(archive: TestArchive) -> None:
    """What it leaves then has been asked for again, so that others take it."""
    another(archive, "media")
    stopping = Stopping()
    stopping.set()
    assert busy(archive, stopping).leaves(COPY, archive.in_unit(a_copy_owed))
    assert stopping.waited_s < LOOK_S


@pytest.mark.parametrize("queues", [(), ("index",), ("transcribe", "index")])
def test_one_alone_leaves_nothing_and_waits_for_nobody(archive: TestArchive, queues: tuple[str, ...]) -> None:
    """No other worker at all, or none that has the lane."""
    id_ = archive.in_unit(a_copy_owed)
    if queues:
        another(archive, *queues)
    stopping = Stopping()
    assert not busy(archive, stopping).leaves(COPY, id_)
    assert stopping.waited_s == 0


def test_a_process_that_writes_nothing_down_leaves_nothing(archive: TestArchive) -> None:
    """It has nothing better to do."""
    another(archive, "media")
    assert not Leaving(archive.ports, ("media", "index"), threading.Event()).leaves(COPY, archive.in_unit(a_copy_owed))


def test_the_copy_that_is_due_with_the_plan_waits_for_who_takes_the_plan(archive: TestArchive) -> None:
    """Both are announced at once: a process that gets the plan a little later leaves the copy too."""
    id_ = archive.in_unit(a_copy_owed)
    another(archive, "media")
    leaving = Leaving(archive.ports, LANES, threading.Event())
    threading.Timer(0.1, leaving.begins, ["transcripts.plan"]).start()
    assert leaving.leaves(COPY, id_)


def test_the_engine_does_what_nobody_else_took(archive: TestArchive) -> None:
    """Within seconds, and while it writes down all the same: the other process never takes anything."""
    another(archive, "media")
    engine = Engine(archive.ports)
    engine._leaving.begins("transcripts.transcribe")
    done = JOBS.labels(COPY, "done")
    before = done._value.get()
    engine.start()
    try:
        id_ = archive.in_unit(a_copy_owed)
        with unit(archive.ports.sessions) as session:
            archive.ports.jobs.put(session, COPY, id_)
        began = time.monotonic()
        until(lambda: done._value.get() > before)
        assert time.monotonic() - began > LEAVE_S / 2
    finally:
        engine.stop()
