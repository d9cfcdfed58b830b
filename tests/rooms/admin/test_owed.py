"""The work that is owed: who sees it, and trying failed work again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import pipeline
from app.access.queries import audit_of
from app.adapters.jobs_embedded import EmbeddedJobs
from app.admin.commands import register_worker
from app.kernel.db import unit
from app.kernel.time import now
from app.recordings.models import MediaFile, RecordingStep
from app.search.models import StoryIndexing
from app.transcripts.models import Batch, TranscriptVersion
from tests.factories.stories import a_recording, a_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

OWED, RETRY = "/api/v1/admin/owed", "/api/v1/admin/owed/retry"
JOB = "search.index_story"


def failed_story(session: Session) -> str:
    """A story that could not be indexed five times."""
    story = a_story(session, title="Not to be shown here", narrator="Bà Lan")
    session.add(StoryIndexing(id=story.id, attempts=5, crashes=2, failed_reason="The disk was full."))
    return story.id


def test_failed_work_is_shown_with_its_reason(archive: TestArchive) -> None:
    """An archivist sees what failed, since when and why, and no word of the story itself."""
    id_ = archive.in_unit(failed_story)
    answer = archive.client("archivist").get(OWED)
    (line,) = answer.json()["items"]
    assert (line["job"], line["id"], line["state"]) == (JOB, id_, "failed")
    assert (line["attempts"], line["crashes"], line["reason"]) == (5, 2, "The disk was full.")
    assert line["since"].endswith("Z")
    assert "Not to be shown" not in answer.text
    assert "Lan" not in answer.text


def test_failed_work_is_done_after_a_retry(archive: TestArchive) -> None:
    """Failed work rests until an admin asks; then it has all its tries again, is done, and audited."""
    id_ = archive.in_unit(failed_story)
    assert archive.work() == []
    admin = archive.client("admin")
    answer = admin.post(RETRY, json={"job": JOB, "id": id_})
    assert (answer.status_code, answer.json()) == (202, {"job": JOB, "id": id_})
    (line,) = admin.get(OWED).json()["items"]
    assert (line["state"], line["attempts"], line["crashes"], line["reason"]) == (
        "waiting",
        0,
        0,
        None,
    )
    assert archive.work() == [(JOB, id_)]
    assert admin.get(OWED).json()["items"] == []
    (event,) = archive.in_unit(lambda session: audit_of(session, id_))
    assert (event.actor, event.action) == (archive.actor("admin").name, "admin.retry")
    assert event.detail == {"job": JOB}


def test_a_retry_nudges_the_workers(archive: TestArchive) -> None:
    """The wish reaches the queue when its transaction has committed: a message, or this process is woken."""
    id_ = archive.in_unit(failed_story)
    jobs = archive.ports.jobs

    def is_told() -> bool:
        if isinstance(jobs, EmbeddedJobs):
            return jobs.nudged.is_set()
        with unit(archive.ports.sessions, write=False) as session:
            return (JOB, id_) in jobs.waiting(session)

    if isinstance(jobs, EmbeddedJobs):
        jobs.nudged.clear()  # the story's own making woke it too
    assert not is_told()
    archive.client("admin").post(RETRY, json={"job": JOB, "id": id_})
    assert is_told()


def test_what_is_not_owed_is_not_retried(archive: TestArchive) -> None:
    """A made-up job or one that was done meanwhile is a 404, and nothing is written."""
    id_ = archive.in_unit(failed_story)
    admin = archive.client("admin")
    for body in ({"job": "search.rebuild", "id": id_}, {"job": JOB, "id": "nothing"}):
        answer = admin.post(RETRY, json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/docs/problems#not-found")
    assert admin.post(RETRY, json={"job": JOB, "id": id_, "force": True}).status_code == 422
    (line,) = admin.get(OWED).json()["items"]
    assert line["state"] == "failed"


def test_an_archivist_looks_and_does_not_touch(archive: TestArchive) -> None:
    """Retrying is for admins: an archivist's wish is a 403 and the work stays failed."""
    id_ = archive.in_unit(failed_story)
    archivist = archive.client("archivist")
    assert archivist.post(RETRY, json={"job": JOB, "id": id_}).status_code == 403
    assert archivist.get(OWED).json()["items"][0]["state"] == "failed"


def test_a_living_worker_is_listed(archive: TestArchive) -> None:
    """A worker that registered in this process is shown with its queues, a dead one is not."""
    id_ = archive.in_unit(lambda session: register_worker(session, ["media", "index"]))
    (worker,) = archive.client("archivist").get("/api/v1/admin/workers").json()["items"]
    assert (worker["id"], worker["queues"]) == (id_, ["index", "media"])


def test_a_failed_derivation_is_done_again(archive: TestArchive) -> None:
    """A job that is named after its recording gets the tries of that recording's rows again."""

    def fail(session: Session) -> tuple[str, str]:
        recording = a_recording(session, a_story(session), state="failed")
        other = a_recording(session, a_story(session), state="failed")
        for one in (recording, other):
            step = RecordingStep(recording_id=one.id, step="derive", attempts=5, failed_reason="?")
            session.add(step)
        return recording.id, other.id

    id_, other_id = archive.in_unit(fail)
    body = {"job": "recordings.derive", "id": id_}
    assert archive.client("admin").post(RETRY, json=body).status_code == 202
    lines = archive.client("admin").get(OWED).json()["items"]
    states = {line["id"]: line["state"] for line in lines if line["job"] == "recordings.derive"}
    assert states == {id_: "waiting", other_id: "failed"}


def test_what_failed_takes_no_place_from_what_is_new(archive: TestArchive) -> None:
    """However much has failed for good, the next story is indexed and the next batch is offered."""
    for _ in range(70):
        archive.in_unit(failed_story)

    def fail(session: Session) -> str:
        recording = a_recording(session, a_story(session))
        version = TranscriptVersion(recording_id=recording.id, story_id=recording.story_id, number=1, planned=True)
        session.add(version)
        session.flush()
        key = f"copies/{recording.id}/working"
        session.add(
            MediaFile(
                recording_id=recording.id, use="working_sound", key=key, content_type="", size_bytes=2, sha256="0" * 64
            )
        )
        for seq in range(71):
            batch = Batch(version_id=version.id, seq=seq, speech_ms=1, windows=[])
            batch.failed_reason = "The model was gone." if seq < 70 else None
            session.add(batch)
        session.flush()
        return batch.id

    batch_id = archive.in_unit(fail)
    new_id = archive.in_unit(lambda session: a_story(session).id)
    due = [row for row in archive.in_unit(lambda session: pipeline.owed(session, now())) if row.due]
    assert (JOB, new_id) in {(row.job, row.id) for row in due}
    assert ("transcripts.transcribe", batch_id) in {(row.job, row.id) for row in due}
