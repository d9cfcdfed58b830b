"""Working sound that a killed worker put into the store before any row named it: it goes, and never another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from app.kernel import leases
from app.recordings import commands, jobs
from app.recordings.models import MediaFile, RecordingStep
from tests.factories.stores import keys_of
from tests.rooms.recordings.sending import a_tone, send_file

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive


class Killed(BaseException):
    """As if the process ended here: nothing of ours hears it."""


def a_stored(archive: TestArchive) -> str:
    """A recording that is owed its derivation."""
    made = send_file(archive.client("volunteer"), a_tone(2.0))
    jobs.accept(archive.ports, made["id"])
    return str(made["recording_id"])


def named(archive: TestArchive) -> list[str]:
    """The keys that rows name."""
    return sorted(archive.in_unit(lambda session: [file.key for file in session.query(MediaFile)]))


def test_what_two_killed_workers_left_goes_with_the_third(
    archive: TestArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes next takes away what no row names; once the step is done the store holds what rows name."""
    recording_id = a_stored(archive)
    keep = commands.keep_derived

    def die(*_: Any, **__: Any) -> list[str]:
        raise Killed

    monkeypatch.setattr(commands, "keep_derived", die)
    for _ in range(2):
        with pytest.raises(Killed):
            jobs.derive(archive.ports, recording_id)
        archive.in_unit(lambda session: leases.free(session, leases.process_name()))
    left = [key for key in keys_of(archive.ports.objects) if "/working-" in key]
    assert len(left) == 1, "the second took away what the first had left"
    monkeypatch.setattr(commands, "keep_derived", keep)
    jobs.derive(archive.ports, recording_id)
    assert keys_of(archive.ports.objects) == named(archive)
    assert not set(left) & set(named(archive))


def test_who_lost_the_step_takes_its_own_away_and_nobody_elses(
    archive: TestArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was thought dead comes late: the words of the other one's working sound can still be heard."""
    recording_id = a_stored(archive)
    keep = commands.keep_derived

    def be_late(*given: Any) -> list[str]:
        monkeypatch.setattr(commands, "keep_derived", keep)
        given[0].rollback()
        archive.in_unit(lambda session: session.execute(update(RecordingStep).values(lease_until=None)))
        jobs.derive(archive.ports, recording_id)
        return keep(*given)

    monkeypatch.setattr(commands, "keep_derived", be_late)
    jobs.derive(archive.ports, recording_id)
    assert [key for key in named(archive) if "/working-" in key]
    assert keys_of(archive.ports.objects) == named(archive)
