"""Leases: one worker at a time, lost claims write nothing, deaths and errors are counted as the law says."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from app.kernel import leases
from app.kernel.db import unit
from app.kernel.leases import Claim, LeaseLostError, claim, finish, free, report_error
from app.kernel.time import now
from app.recordings.models import RecordingStep
from app.search.models import StoryIndexing
from tests.factories.stories import a_recording, a_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive


def a_row(archive: TestArchive) -> str:
    """A leased row that nobody holds."""

    def make(session: Any) -> str:
        story = a_story(session)
        session.add(StoryIndexing(id=story.id))
        return str(story.id)

    return archive.in_unit(make)


def a_claim(id_: str, session: Session) -> Claim | None:
    """A claim of the row."""
    return claim(session, StoryIndexing, id_)


def an_error(taken: Claim, session: Session) -> bool:
    """An error of whoever holds the claim."""
    return report_error(session, taken, "The disk said no.")


def row(archive: TestArchive, id_: str) -> StoryIndexing:
    """The row as it stands."""
    with unit(archive.ports.sessions, write=False) as session:
        found = session.get(StoryIndexing, id_)
        assert found is not None
        return found


def test_only_one_of_two_claims_gets_the_row(archive: TestArchive) -> None:
    """A second claim of a held row gives nothing."""
    id_ = a_row(archive)
    assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is not None
    assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is None


def test_a_result_is_written_only_under_its_own_fence(archive: TestArchive) -> None:
    """Whoever lost the lease writes nothing, and the one who took over does."""
    id_ = a_row(archive)
    first = archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
    archive.in_unit(lambda s: s.query(StoryIndexing).update({"lease_until": now() - dt.timedelta(seconds=1)}))
    second = archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
    assert first is not None
    assert second is not None
    with pytest.raises(LeaseLostError):
        archive.in_unit(lambda s: finish(s, first, indexed_at=now()))
    assert row(archive, id_).indexed_at is None
    archive.in_unit(lambda s: finish(s, second, indexed_at=now()))
    assert row(archive, id_).indexed_at is not None
    assert row(archive, id_).lease_owner is None


def test_a_lease_that_ran_out_counts_as_a_death_and_success_forgives(archive: TestArchive) -> None:
    """Without a watcher, an expired lease is one crash; a committed result sets the count to nothing."""
    id_ = a_row(archive)
    archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
    archive.in_unit(lambda s: s.query(StoryIndexing).update({"lease_until": now() - dt.timedelta(seconds=1)}))
    taken = archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
    assert taken is not None
    assert row(archive, id_).crashes == 1
    archive.in_unit(lambda s: finish(s, taken))
    assert row(archive, id_).crashes == 0


def test_five_deaths_alone_end_the_row_with_a_sentence(archive: TestArchive) -> None:
    """A poisonous row fails after five deaths that a watcher saw, and nobody claims it again."""
    id_ = a_row(archive)
    for _ in range(leases.MOST_CRASHES):
        assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is not None
        archive.in_unit(lambda s: free(s, leases.process_name(), count_crash=True))
    assert "five times" in (row(archive, id_).failed_reason or "")
    assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is None


def test_a_killed_worker_condemns_no_row_that_works_in_a_child(archive: TestArchive) -> None:
    """Derivation runs in a child whose own deaths are counted: the worker's death says nothing of the file."""

    def a_step(session: Session) -> str:
        step = RecordingStep(recording_id=a_recording(session, a_story(session)).id, step="derive")
        session.add(step)
        session.flush()
        return step.id

    id_ = archive.in_unit(a_step)
    for _ in range(leases.MOST_CRASHES + 1):
        assert archive.in_unit(lambda s: claim(s, RecordingStep, id_)) is not None
        assert archive.in_unit(lambda s: free(s, leases.process_name(), count_crash=True)) == 1
    step = archive.in_unit(lambda s: s.get(RecordingStep, id_))
    assert step is not None
    assert (step.crashes, step.failed_reason) == (0, None)


def test_deaths_with_other_work_beside_condemn_nothing(archive: TestArchive) -> None:
    """A worker that held two rows when it died tells of neither."""
    ids = [a_row(archive), a_row(archive)]
    for _ in range(leases.MOST_CRASHES + 1):
        for id_ in ids:
            assert archive.in_unit(partial(a_claim, id_)) is not None
        assert archive.in_unit(lambda s: free(s, leases.process_name(), count_crash=True)) == 2
    assert [row(archive, id_).crashes for id_ in ids] == [0, 0]


def test_freeing_at_start_counts_nothing(archive: TestArchive) -> None:
    """When the whole archive was killed, its leases are freed without a count."""
    id_ = a_row(archive)
    for _ in range(leases.MOST_CRASHES + 1):
        assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is not None
        archive.in_unit(lambda s: free(s, leases.process_name()))
    assert row(archive, id_).failed_reason is None


def test_errors_wait_longer_each_time_and_the_fifth_is_the_last(archive: TestArchive) -> None:
    """A reported error delays the next try; five in a row fail the row with the reason."""
    id_ = a_row(archive)
    delays = []
    for number in range(1, leases.MOST_ERRORS + 1):
        archive.in_unit(lambda s: s.query(StoryIndexing).update({"retry_at": None}))
        taken = archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
        assert taken is not None
        failed = archive.in_unit(partial(an_error, taken))
        assert failed == (number == leases.MOST_ERRORS)
        retry_at = row(archive, id_).retry_at
        if retry_at is not None:
            delays.append(retry_at - now())
            assert archive.in_unit(lambda s: claim(s, StoryIndexing, id_)) is None
    assert delays == sorted(delays)
    assert row(archive, id_).failed_reason == "The disk said no."


def test_beats_prolong_only_what_this_process_works_on(archive: TestArchive) -> None:
    """A held claim is prolonged; one that was let go is not."""
    id_ = a_row(archive)
    taken = archive.in_unit(lambda s: claim(s, StoryIndexing, id_))
    assert taken is not None
    soon = now() + dt.timedelta(seconds=1)
    archive.in_unit(lambda s: s.query(StoryIndexing).update({"lease_until": soon}))
    leases.beat(archive.ports.sessions)
    assert row(archive, id_).lease_until == soon
    with leases.held(taken):
        leases.beat(archive.ports.sessions)
    assert (row(archive, id_).lease_until or soon) > soon


def test_a_reused_pid_is_not_the_dead_process(archive: TestArchive) -> None:
    """This process lives; its pid with another start, or nobody's pid, is dead; other hosts are not judged."""
    mine = leases.process_name()
    host, pid, start = mine.rsplit(":", 2)
    assert not leases.is_dead_here(mine)
    assert leases.is_dead_here(f"{host}:{pid}:{int(start) + 1}")
    assert leases.is_dead_here(f"{host}:4194304:1")
    assert not leases.is_dead_here("elsewhere:1:1")
