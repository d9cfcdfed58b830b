"""The work on a stored recording: derived, copied, ready; refused, failed, tried again."""

from __future__ import annotations

import io
import struct
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import select, update

from app import pipeline
from app.kernel.db import unit
from app.kernel.errors import NotReadyError
from app.kernel.leases import LEASE, LeaseLostError, claim
from app.kernel.time import now
from app.recordings import commands, jobs, queries
from app.recordings.models import MediaFile, PreservationEvent, Recording, RecordingStep, Upload
from app.stories.models import Story
from tests.rooms.recordings.sending import a_tone, begin, complete, noise, send_file, send_parts, sha256
from tests.shared_data import SHARED, requires_shared

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.factories.archive import TestArchive


def a_stored(archive: TestArchive, data: bytes, *, with_words: bool = True, **over: Any) -> dict[str, Any]:
    """An accepted upload of a volunteer; ``with_words``: a computer may write them down."""
    client = archive.client("volunteer")
    story = client.post("/api/v1/stories", json={"machine_text_allowed": with_words}).json()
    made = send_file(client, data, story_id=story["id"], **over)
    jobs.accept(archive.ports, made["id"])
    return made


def rows_of(archive: TestArchive, recording_id: str) -> dict[str, list[MediaFile]]:
    """The recording's media files by use."""
    with unit(archive.ports.sessions, write=False) as session:
        found: dict[str, list[MediaFile]] = {}
        for row in session.scalars(
            select(MediaFile).where(MediaFile.recording_id == recording_id).order_by(MediaFile.channel)
        ):
            found.setdefault(row.use, []).append(row)
        return found


def recording_of(archive: TestArchive, recording_id: str) -> Recording:
    """The row as it stands."""
    with unit(archive.ports.sessions, write=False) as session:
        return session.scalars(select(Recording).where(Recording.id == recording_id)).one()


def story_of(archive: TestArchive, story_id: str) -> Story:
    """The row as it stands."""
    with unit(archive.ports.sessions, write=False) as session:
        return session.scalars(select(Story).where(Story.id == story_id)).one()


def read(archive: TestArchive, row: MediaFile) -> bytes:
    """The object of a row."""
    with archive.ports.objects.open(row.key) as file:
        return file.read()


def try_again_now(archive: TestArchive) -> None:
    """Let no row wait for its next try."""
    archive.in_unit(lambda s: [s.execute(update(t).values(retry_at=None)) for t in (Upload, RecordingStep)])


def test_deriving_and_copying(archive: TestArchive) -> None:
    """A tone gets its length, waveform, working sound sample for sample, and a copy that plays."""
    made = a_stored(archive, a_tone(3.0))
    rid = made["recording_id"]
    jobs.derive(archive.ports, rid)
    row = recording_of(archive, rid)
    assert (row.state, row.has_sound, row.has_picture) == ("processing", True, False)
    assert row.duration_ms == pytest.approx(3000, abs=100)
    files = rows_of(archive, rid)
    assert files["preservation_master"][0].content_type == "audio/wav"
    working = read(archive, files["working_sound"][0])
    assert len(working) == pytest.approx(3 * 16_000 * 2, abs=3_200)
    version, _flags, rate, samples_per_pixel = struct.unpack_from("<iIii", read(archive, files["waveform"][0]))
    assert (version, rate / samples_per_pixel) == (2, 20)
    assert "access_copy" not in files
    jobs.make_access_copy(archive.ports, rid)
    copy = rows_of(archive, rid)["access_copy"][0]
    assert copy.content_type == "audio/mp4"
    assert read(archive, copy)[4:8] == b"ftyp"
    assert archive.client("volunteer").get(f"/api/v1/recordings/{rid}/sound").status_code == 200
    assert recording_of(archive, rid).state == "processing"  # its words are still to be written
    with unit(archive.ports.sessions, write=False) as session:
        types = session.scalars(select(PreservationEvent.type).where(PreservationEvent.recording_id == rid)).all()
    assert types.count("normalization") == 3


def test_a_story_without_machine_text(archive: TestArchive) -> None:
    """Where no computer may write the words down no working sound is made, and the copy makes it ready."""
    made = a_stored(archive, a_tone(), with_words=False)
    rid = made["recording_id"]
    done = [job for job, id_ in archive.work() if job.startswith("recordings.") and id_ == rid]
    assert done == ["recordings.derive", "recordings.make_access_copy"]
    assert set(rows_of(archive, rid)) == {"preservation_master", "waveform", "access_copy"}
    row = recording_of(archive, rid)
    assert (row.state, row.step, row.done_ms) == ("ready", None, row.duration_ms)
    story = story_of(archive, made["story_id"])
    assert (story.progress, story.duration_ms) == ("ready", row.duration_ms)
    assert archive.work() == []


def test_two_voices_get_two_working_sounds(archive: TestArchive) -> None:
    """One voice on each channel: a working sound a channel, and the decision in words."""
    at = np.arange(16_000 * 8) / 16_000
    left = np.sin(2 * np.pi * 300 * at) * (at % 4 < 2)
    right = np.sin(2 * np.pi * 510 * at) * (at % 4 >= 2)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.stack([left, right], axis=1) * 9_000).astype("<i2").tobytes())
    made = a_stored(archive, out.getvalue())
    jobs.derive(archive.ports, made["recording_id"])
    row = recording_of(archive, made["recording_id"])
    sounds = rows_of(archive, made["recording_id"])["working_sound"]
    assert len(sounds) == row.media["channels"]["working_channels"]
    assert [f.channel for f in sounds] == list(range(len(sounds)))
    assert row.media["channels_sentence"]
    with unit(archive.ports.sessions, write=False) as session:
        assert [f.key for f in queries.working_sounds(session, row.id)] == [f.key for f in sounds]


def test_what_is_no_sound_is_rejected_and_kept(archive: TestArchive) -> None:
    """Noise under a sound's name: rejected with a sentence, the original kept, nothing more is owed."""
    data = noise(20_000)
    made = a_stored(archive, data)
    archive.work()
    rid = made["recording_id"]
    row = recording_of(archive, rid)
    assert row.state == "rejected"
    assert "kept exactly as you sent it" in str(row.reason)
    assert read(archive, rows_of(archive, rid)["preservation_master"][0]) == data
    assert story_of(archive, made["story_id"]).progress == "failed"
    told = archive.client("volunteer").get(f"/api/v1/uploads/{made['id']}").json()
    assert (told["state"], told["reason"]) == ("rejected", row.reason)
    assert archive.client("admin").get(f"/api/v1/recordings/{rid}/master").content == data
    assert archive.work() == []


@requires_shared
@pytest.mark.parametrize("path", sorted((SHARED / "hostile").glob("*")), ids=lambda path: path.name)
def test_hostile_files_end_somewhere(archive: TestArchive, path: Any) -> None:
    """Each broken file is refused at once, rejected with a sentence, or ready with its warnings."""
    data = path.read_bytes()
    if not data:
        assert begin(archive.client("volunteer"), data).status_code == 400
        return
    made = a_stored(archive, data, with_words=False, filename=path.name)
    archive.work()
    row = recording_of(archive, made["recording_id"])
    assert row.state in ("rejected", "ready")
    if row.state == "rejected":
        assert row.reason


@requires_shared
@pytest.mark.parametrize("name", ["p001.ogg", "p001.mp4", "p001.webm", "p001.flac", "p001.aiff", "jfk_44100.m4a"])
def test_real_files_become_ready(archive: TestArchive, name: str) -> None:
    """Real recordings in several containers become ready and play from the copy."""
    path = SHARED / "speech" / "format" / name
    if not path.exists():
        pytest.skip(f"{name} is not among the shared recordings")
    made = a_stored(archive, path.read_bytes(), with_words=False, filename=name)
    archive.work()
    row = recording_of(archive, made["recording_id"])
    assert (row.state, row.reason) == ("ready", None)
    assert row.duration_ms > 1000


def settle(archive: TestArchive, recording_id: str) -> None:
    """What the room above does when its words are complete."""
    archive.in_unit(lambda session: commands.transcript_settled(session, recording_id))


def test_ready_needs_both_the_copy_and_the_words(archive: TestArchive) -> None:
    """Whichever is last makes it ready; then the working sound goes, object and row."""
    first, second = a_stored(archive, a_tone()), a_stored(archive, a_tone(2.5))
    one, two = first["recording_id"], second["recording_id"]
    for rid in (one, two):
        jobs.derive(archive.ports, rid)
    keys = [f.key for f in rows_of(archive, one)["working_sound"]]
    jobs.make_access_copy(archive.ports, one)
    assert recording_of(archive, one).state == "processing"
    settle(archive, one)
    assert recording_of(archive, one).state == "ready"
    settle(archive, two)
    row = recording_of(archive, two)
    assert (row.state, row.step) == ("processing", "access_copy")
    jobs.make_access_copy(archive.ports, two)
    assert recording_of(archive, two).state == "ready"
    assert ("recordings.drop_working_sound", one) in archive.work()
    assert set(rows_of(archive, one)) == {"preservation_master", "waveform", "access_copy"}
    assert [archive.ports.objects.stat(key) for key in keys] == [None]


def test_writing_the_words_again(archive: TestArchive) -> None:
    """The working sound is derived anew when it is gone; copies are kept and it becomes ready again."""
    rid = a_stored(archive, a_tone())["recording_id"]
    jobs.derive(archive.ports, rid)
    before = read(archive, rows_of(archive, rid)["working_sound"][0])
    jobs.make_access_copy(archive.ports, rid)
    settle(archive, rid)
    archive.in_unit(lambda session: commands.owe_working_sound(session, rid))
    assert recording_of(archive, rid).state == "processing"
    jobs.derive(archive.ports, rid)
    jobs.drop_working_sound(archive.ports, rid)  # late, of the first working sound
    files = rows_of(archive, rid)
    assert read(archive, files["working_sound"][0]) == before
    assert {use: len(rows) for use, rows in files.items()} == dict.fromkeys(files, 1)
    settle(archive, rid)
    assert recording_of(archive, rid).state == "ready"


def test_no_words_from_what_has_no_sound(archive: TestArchive) -> None:
    """Asking again for the words of a rejected file is answered with a sentence."""
    rid = a_stored(archive, noise(20_000))["recording_id"]
    archive.work()
    with pytest.raises(NotReadyError):
        archive.in_unit(lambda session: commands.owe_working_sound(session, rid))


def test_progress_of_the_room_above(archive: TestArchive) -> None:
    """Its numbers are shown; the copy that is made beside it does not overwrite them."""
    rid = a_stored(archive, a_tone())["recording_id"]
    jobs.derive(archive.ports, rid)
    archive.in_unit(
        lambda s: commands.note_progress(s, rid, step="transcribe", done_ms=500, total_ms=1500, seconds_left=7)
    )
    jobs.make_access_copy(archive.ports, rid)
    row = recording_of(archive, rid)
    assert (row.step, row.done_ms, row.total_ms, row.seconds_left) == ("transcribe", 500, 1500, 7)


def test_a_failed_transcript_hides_nothing(archive: TestArchive) -> None:
    """The recording says what failed and why, still plays, and goes on when the step does."""
    made = a_stored(archive, a_tone())
    rid = made["recording_id"]
    jobs.derive(archive.ports, rid)
    jobs.make_access_copy(archive.ports, rid)
    archive.in_unit(lambda s: commands.fail_recording(s, rid, "transcribe", "The model could not be loaded."))
    row = recording_of(archive, rid)
    assert (row.state, row.failed_step, row.reason) == ("failed", "transcribe", "The model could not be loaded.")
    assert story_of(archive, made["story_id"]).progress == "failed"
    client = archive.client("volunteer")
    assert client.get(f"/api/v1/recordings/{rid}/sound").status_code == 200
    archive.in_unit(lambda s: commands.note_progress(s, rid, step="plan", done_ms=0, total_ms=9, seconds_left=None))
    assert recording_of(archive, rid).state == "processing"
    settle(archive, rid)
    assert recording_of(archive, rid).state == "ready"


def test_five_errors_are_a_failure_with_a_reason(archive: TestArchive) -> None:
    """A master that the store cannot give: five tries, then failed; tried again once it is back, ready."""
    data = a_tone()
    made = a_stored(archive, data, with_words=False)
    rid = made["recording_id"]
    master = rows_of(archive, rid)["preservation_master"][0]
    archive.ports.objects.delete(master.key)
    for n in range(5):
        assert recording_of(archive, rid).state != "failed", n
        jobs.derive(archive.ports, rid)
        try_again_now(archive)
    row = recording_of(archive, rid)
    assert (row.state, row.failed_step) == ("failed", "derive")
    assert "original is kept" in str(row.reason)
    with unit(archive.ports.sessions, write=False) as session:
        lines = pipeline.owed(session, now(), rid)
    assert [(line.job, line.state, line.attempts, line.due) for line in lines] == [
        ("recordings.derive", "failed", 5, False)
    ]
    archive.ports.objects.put(master.key, io.BytesIO(data), master.sha256, master.content_type)
    admin: TestClient = archive.client("admin")
    answer = admin.post("/api/v1/admin/owed/retry", json={"job": "recordings.derive", "id": rid})
    assert answer.status_code == 202
    archive.work()
    assert recording_of(archive, rid).state == "ready"


def test_a_row_that_killed_its_workers_is_given_up(archive: TestArchive) -> None:
    """A step and an upload that failed by their leases alone are told as failed, each with its reason."""
    rid = a_stored(archive, a_tone())["recording_id"]
    client, data = archive.client("volunteer"), b"x" * 100
    upload_id = begin(client, data).json()["id"]
    complete(client, upload_id, send_parts(client, upload_id, {1: data}))
    archive.in_unit(lambda s: s.execute(update(RecordingStep).values(failed_reason="Poison.")))
    archive.in_unit(lambda s: s.execute(update(Upload).where(Upload.id == upload_id).values(failed_reason="Poison.")))
    done = {line for line in archive.work() if line[0] == "recordings.give_up"}
    assert done == {("recordings.give_up", rid), ("recordings.give_up", upload_id)}
    row = recording_of(archive, rid)
    assert (row.state, row.failed_step, row.reason) == ("failed", "derive", "Poison.")
    told = client.get(f"/api/v1/uploads/{upload_id}").json()
    assert (told["state"], told["reason"], told["received"]) == ("failed", "Poison.", [1])
    again = complete(client, upload_id, [{"number": 1, "etag": "x", "sha256": sha256(data)}])
    assert again.status_code == 202
    jobs.accept(archive.ports, upload_id)
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "stored"


def test_a_job_that_lost_its_lease_writes_nothing(archive: TestArchive) -> None:
    """A worker that was thought dead comes back late: its result is thrown away."""
    rid = a_stored(archive, a_tone())["recording_id"]

    def take(session: Any) -> Any:
        step = queries.step_of(session, rid, "derive")
        assert step is not None
        return claim(session, RecordingStep, step.id)

    late = archive.in_unit(take)
    archive.in_unit(lambda s: s.execute(update(RecordingStep).values(lease_until=now() - LEASE)))
    jobs.derive(archive.ports, rid)
    kept = rows_of(archive, rid)
    with pytest.raises(LeaseLostError):
        archive.in_unit(lambda s: commands.reject_recording(s, late, rid, "x", "No."))
    with pytest.raises(LeaseLostError):
        archive.in_unit(lambda s: commands.note_step_progress(s, late, done_ms=1, total_ms=2))
    assert recording_of(archive, rid).state == "processing"
    assert {u: [f.key for f in fs] for u, fs in rows_of(archive, rid).items()} == {
        u: [f.key for f in fs] for u, fs in kept.items()
    }


def test_jobs_are_quiet_about_what_is_not_there(archive: TestArchive) -> None:
    """An id of nothing, and work that is done already: nothing happens."""
    rid = a_stored(archive, a_tone(), with_words=False)["recording_id"]
    archive.work()
    before = {use: [f.id for f in files] for use, files in rows_of(archive, rid).items()}
    every = (jobs.accept, jobs.derive, jobs.make_access_copy, jobs.sweep_upload, jobs.drop_working_sound, jobs.give_up)
    for job in every:
        for id_ in ("0192a1b2-0000-7000-8000-000000000000", rid):
            job(archive.ports, id_)
    assert {use: [f.id for f in files] for use, files in rows_of(archive, rid).items()} == before
    assert not any((archive.folder / "work").iterdir())
