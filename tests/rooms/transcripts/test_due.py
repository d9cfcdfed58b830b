"""Which batches and plans are due: whatever waits for something else, however much of it, takes nobody's place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from app import pipeline
from app.kernel.owing import LISTED
from app.kernel.time import now
from app.recordings.models import MediaFile
from app.transcripts.models import Batch, TranscriptVersion
from tests.factories.stories import a_recording, a_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.leases import Owed
    from tests.factories.archive import TestArchive

PLAN, TRANSCRIBE = "transcripts.plan", "transcripts.transcribe"
HOUR = dt.timedelta(hours=1)


def a_version(
    session: Session, batches: int, *, sound: bool = True, state: str = "processing", of: Any = None, **over: Any
) -> list[str]:
    """A recording's planned version with so many batches not done, whose columns are ``of``; their ids."""
    recording = a_recording(session, a_story(session), state=state)
    values = {"planned": True, "planned_at": now()} | over
    version = TranscriptVersion(recording_id=recording.id, story_id=recording.story_id, number=1, **values)
    session.add(version)
    session.flush()
    if sound:
        key = f"copies/{recording.id}/working"
        content: dict[str, Any] = {"content_type": "", "size_bytes": 2, "sha256": "0" * 64}
        session.add(MediaFile(recording_id=recording.id, use="working_sound", key=key, **content))
    made = [Batch(version_id=version.id, seq=seq, speech_ms=1, windows=[], **of or {}) for seq in range(batches)]
    session.add_all(made)
    session.flush()
    return [batch.id for batch in made]


def due(archive: TestArchive, most: int = 64) -> list[str]:
    """The ids of what the lane that writes down may do now, in its order."""
    return archive.in_unit(lambda s: [row.id for row in pipeline.due(s, now(), "transcribe", most)])


def listed(archive: TestArchive) -> list[Owed]:
    """The batches that people see."""
    return archive.in_unit(lambda s: [row for row in pipeline.owed(s, now()) if row.job == TRANSCRIBE])


IN_THE_WAY: dict[str, dict[str, Any]] = {
    "waiting for the sound": {"sound": False, "state": "failed"},
    "running": {"of": {"lease_owner": "elsewhere:1:1", "lease_until": now() + HOUR}},
    "retrying": {"of": {"retry_at": now() + HOUR}},
    "failed": {"of": {"failed_reason": "The model was gone."}},
}


@pytest.mark.parametrize("state", IN_THE_WAY)
def test_what_is_not_due_takes_no_place(archive: TestArchive, state: str) -> None:
    """A hundred older batches that cannot be done now are shown, and those of a good interview are offered."""
    archive.in_unit(lambda s: a_version(s, 100, **IN_THE_WAY[state], planned_at=now() - HOUR))
    good = archive.in_unit(lambda s: a_version(s, 3))
    assert due(archive) == good
    assert due(archive, most=1) == good[:1]
    states = [row.state for row in listed(archive)]
    assert (states.count(state), states.count("waiting")) == (100, 3)
    counted = archive.in_unit(lambda s: {t.state: t.count for t in pipeline.tallies(s, now()) if t.job == TRANSCRIBE})
    assert counted == {state: 100, "waiting": 3}


def test_a_rejected_recording_is_not_written_down(archive: TestArchive) -> None:
    """Its sound is not to be listened to, whatever is left of it."""
    archive.in_unit(lambda s: a_version(s, 1, state="rejected"))
    assert due(archive) == []
    assert [row.state for row in listed(archive)] == ["waiting for the sound"]


def test_what_is_left_of_a_version_that_was_given_up_goes_last(archive: TestArchive) -> None:
    """Its words may still come, when nobody else waits; a batch that an admin tries again is done too."""
    left = archive.in_unit(lambda s: a_version(s, 2, state="failed", status="failed", planned_at=now() - HOUR))
    good = archive.in_unit(lambda s: a_version(s, 2))
    assert due(archive) == [*good, *left]


def test_a_batch_waits_since_its_version_was_planned(archive: TestArchive) -> None:
    """And not since the question was asked; plans go before batches all the same, and the oldest version first."""
    hours = {n: now() - n * HOUR for n in (1, 3, 5)}
    later = archive.in_unit(lambda s: a_version(s, 2, planned_at=hours[3]))
    first = archive.in_unit(lambda s: a_version(s, 2, planned_at=hours[5]))
    archive.in_unit(lambda s: a_version(s, 0, planned=False, created_at=hours[1]))
    with_plan = archive.in_unit(lambda s: pipeline.due(s, now(), "transcribe"))
    assert [row.job for row in with_plan] == [PLAN, *4 * [TRANSCRIBE]]
    assert [row.id for row in with_plan[1:]] == [*first, *later]
    assert [row.since for row in with_plan] == [hours[1], *2 * [hours[5]], *2 * [hours[3]]]
    (tally,) = [one for one in archive.in_unit(lambda s: pipeline.tallies(s, now())) if one.job == TRANSCRIBE]
    assert (tally.state, tally.count, tally.oldest) == ("waiting", 4, hours[5])


def test_all_are_counted_however_many_are_listed(archive: TestArchive) -> None:
    """The list says how many it leaves off, what failed stands in it, and a row beyond it can be tried again."""
    archive.in_unit(lambda s: a_version(s, LISTED + 7, sound=False, planned_at=now() - HOUR))
    failed = archive.in_unit(lambda s: a_version(s, 1, of={"failed_reason": "Full."}, status="failed", state="failed"))
    admin = archive.client("admin")
    told = admin.get("/api/v1/admin/owed").json()
    batches = [line for line in told["items"] if line["job"] == TRANSCRIBE]
    assert len(batches) == LISTED
    assert failed[0] in {line["id"] for line in batches}
    counted = {one["state"]: one["count"] for one in told["counts"] if one["job"] == TRANSCRIBE}
    assert counted == {"waiting for the sound": LISTED + 7, "failed": 1}
    assert told["left_off"] == 8
    unlisted = archive.in_unit(lambda s: {id_ for (id_,) in s.query(Batch.id)}) - {line["id"] for line in batches}
    body = {"job": TRANSCRIBE, "id": unlisted.pop()}
    assert admin.post("/api/v1/admin/owed/retry", json=body).status_code == 202
