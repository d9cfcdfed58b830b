"""A version that was given up for one of its batches: the others may still come, and nobody is told that it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import pipeline
from app.kernel.leases import claim
from app.kernel.time import now
from app.recordings.models import Recording, RecordingStep
from app.transcripts import commands
from app.transcripts.models import Batch, TranscriptVersion
from tests.rooms.transcripts.test_due import TRANSCRIBE, a_version

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive


def given_up(archive: TestArchive) -> list[str]:
    """Three batches, of which the first failed for good."""
    ids = archive.in_unit(lambda s: a_version(s, 3))

    def fail(session: Session) -> None:
        batch = session.get_one(Batch, ids[0])
        batch.failed_reason = "It is too loud."
        version = session.get_one(TranscriptVersion, batch.version_id)
        session.add(RecordingStep(recording_id=version.recording_id, step="access_copy", done_at=now()))
        session.flush()
        commands.give_up_version(session, batch.version_id)

    archive.in_unit(fail)
    return ids


def written(archive: TestArchive, batch_id: str) -> None:
    """A worker did the batch."""

    def commit(session: Session) -> None:
        taken = claim(session, Batch, batch_id)
        assert taken is not None
        batch = session.get_one(Batch, batch_id)
        version = session.get_one(TranscriptVersion, batch.version_id)
        commands.commit_batch(session, taken, batch, version, cues=[], spans=[], seconds=1.0)

    archive.in_unit(commit)


def standing(archive: TestArchive) -> tuple[str, str | None]:
    """The recording's state, and the reason that its owner reads."""
    return archive.in_unit(lambda s: [(one.state, one.reason) for one in s.query(Recording)])[0]


def test_words_that_still_come_do_not_hide_the_failure(archive: TestArchive) -> None:
    """Nothing would ever end it: it failed, and says why, until somebody tries again what failed."""
    _, second, third = given_up(archive)
    for batch_id in (second, third):
        written(archive, batch_id)
        assert standing(archive) == ("failed", "It is too loud.")


def test_it_goes_on_once_what_failed_is_tried_again(archive: TestArchive) -> None:
    """It is being written down again, can fail again, and is ready in the end."""
    first, second, third = given_up(archive)
    written(archive, second)
    body = {"job": TRANSCRIBE, "id": first}
    assert archive.client("admin").post("/api/v1/admin/owed/retry", json=body).status_code == 202
    written(archive, third)
    assert standing(archive) == ("processing", None)
    archive.in_unit(lambda s: setattr(s.get_one(Batch, first), "failed_reason", "Still."))
    rows = archive.in_unit(lambda s: pipeline.due(s, now(), "index"))
    assert [row.reason for row in rows if row.job == "transcripts.give_up"] == ["Still."]
    archive.in_unit(lambda s: setattr(s.get_one(Batch, first), "failed_reason", None))
    written(archive, first)
    assert standing(archive) == ("ready", None)
