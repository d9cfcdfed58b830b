"""A service that writes down the words is away, busy or wrongly set: recordings wait, and none is condemned."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app import pipeline
from app.adapters.transcriber_remote import RemoteTranscriber
from app.adapters.transcriber_rest import TranscriberRest
from app.kernel.db import unit
from app.kernel.leases import MOST_ERRORS
from app.kernel.settings import load_settings
from app.kernel.time import now
from app.ports.transcriber import Options, TranscriberError, TranscriberRestsError, Window
from app.recordings.models import MediaFile, Recording
from app.transcripts.jobs.transcribe import REFUSED_PAUSE_S
from app.transcripts.models import Batch, Cue, TranscriptVersion
from tests.factories.archive import TestArchive, an_archive
from tests.factories.stories import a_recording, a_story
from tests.factories.transcription import TranscriptionServer, said, yes
from workers.transcribers import make_transcriber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.ports.transcriber import EngineInfo, Sound, Transcriber
    from tests.factories.transcription import Answer

WINDOWS = 2
"""In each batch, of two seconds each."""
SHORT_S = 0.02
WINDOW = Window(0, 1000, "en", ())


@pytest.fixture
def service() -> Iterator[TranscriptionServer]:
    """A service of the test's own, which hears one word in everything."""
    with TranscriptionServer() as made:
        yield made


@pytest.fixture
def archive(tmp_path: Path, service: TranscriptionServer) -> Iterator[TestArchive]:
    """An archive whose words that service writes down; it is asked again after a moment."""
    engine = RemoteTranscriber(service.address, "whisper-1", rest=TranscriberRest(SHORT_S, SHORT_S))
    with an_archive(tmp_path / "archive", engine) as made:
        yield made


def by(archive: TestArchive, engine: Transcriber) -> None:
    """From now on this engine writes the words down, as in a worker that was started again."""
    archive.ports = dataclasses.replace(archive.ports, transcriber=engine)


def a_planned_recording(archive: TestArchive, batches: int = 1, model: str | None = None) -> tuple[str, list[str]]:
    """Its id and those of its batches; each window has a sound of its own."""
    seconds = batches * WINDOWS * 2
    sound = np.random.default_rng(seconds).normal(0, 3000, 16_000 * seconds).astype("<i2").tobytes()
    recording_id = a_recording_with_sound(archive, sound)

    def plan(session: Session) -> list[str]:
        recording = session.get_one(Recording, recording_id)
        version = TranscriptVersion(
            recording_id=recording_id, story_id=recording.story_id, number=1, planned=True, engine={}, model=model
        )
        session.add(version)
        session.flush()
        made = [Batch(version_id=version.id, seq=n, speech_ms=1, windows=_windows(n)) for n in range(batches)]
        session.add_all(made)
        session.flush()
        return [batch.id for batch in made]

    return recording_id, archive.in_unit(plan)


def a_recording_with_sound(archive: TestArchive, sound: bytes) -> str:
    """Its id; nothing is planned for it yet."""
    digest = hashlib.sha256(sound).hexdigest()

    def make(session: Session) -> str:
        recording = a_recording(session, a_story(session), state="processing", has_sound=True)
        file = MediaFile(
            recording_id=recording.id,
            use="working_sound",
            channel=0,
            key=f"copies/{recording.id}/w",
            content_type="audio/L16",
            size_bytes=len(sound),
            sha256=digest,
        )
        session.add(file)
        return recording.id

    recording_id = archive.in_unit(make)
    archive.ports.objects.put(f"copies/{recording_id}/w", io.BytesIO(sound), digest, "audio/L16")
    return recording_id


def _windows(batch: int) -> list[dict[str, object]]:
    starts = [(batch * WINDOWS + n) * 2000 for n in range(WINDOWS)]
    return [
        {"seq": n, "start_ms": at, "end_ms": at + 2000, "language": "en", "channel": 0, "regions": [[at, at + 2000]]}
        for n, at in enumerate(starts)
    ]


def wait_no_more(archive: TestArchive) -> None:
    """As if the time had passed."""
    time.sleep(SHORT_S * 1.5)
    archive.in_unit(lambda session: session.query(Batch).update({"retry_at": None}))
    archive.in_unit(lambda session: session.query(TranscriptVersion).update({"retry_at": None}))


def transcribe(archive: TestArchive, ids: Sequence[str], rounds: int = 1) -> None:
    """Each batch is taken in hand so many times, all waits over before each round."""
    for _ in range(rounds):
        wait_no_more(archive)
        for id_ in ids:
            pipeline.JOBS["transcripts.transcribe"](archive.ports, id_)


def counted(archive: TestArchive, ids: Sequence[str]) -> list[tuple[int, str | None]]:
    """What stands against each batch."""
    with unit(archive.ports.sessions, write=False) as session:
        rows = [session.get_one(Batch, id_) for id_ in ids]
        return [(row.attempts, row.failed_reason) for row in rows]


def waits_s(archive: TestArchive, ids: Sequence[str]) -> list[float]:
    """In how many seconds each batch is due again."""
    with unit(archive.ports.sessions, write=False) as session:
        moments = [session.get_one(Batch, id_).retry_at for id_ in ids]
    return [(moment - now()).total_seconds() if moment else 0.0 for moment in moments]


def told(archive: TestArchive, recording_id: str) -> tuple[str, list[str]]:
    """State and warnings of a recording, as its people are told."""
    with unit(archive.ports.sessions, write=False) as session:
        recording = session.get_one(Recording, recording_id)
        return recording.state, [warning["slug"] for warning in recording.warnings]


def cues(archive: TestArchive) -> int:
    """How many there are."""
    with unit(archive.ports.sessions, write=False) as session:
        return session.query(Cue).count()


def always(status: int, body: bytes = b"{}", **headers: str) -> Callable[..., Answer]:
    """The same answer to everything."""
    return lambda *_: (status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def unless_silent(status: int, body: bytes) -> Callable[..., Answer]:
    """The same answer to everything that sounds."""
    return lambda _, sound: (status, body) if sound.any() else yes()


OUTAGES = {
    "busy": always(429),
    "busy for a minute": always(429, Retry_After="60"),
    "down": always(503),
    "gateway": always(502, b"<html>Bad Gateway</html>"),
    "gateway waits": always(504),
    "broken": always(500, b"CUDA error"),
    "no money": always(402),
    "key": always(401),
    "forbidden": always(403),
    "address": always(404),
    "method": always(405),
    "moved": always(301, Location="https://elsewhere.test/v1"),
    "page in front": always(200, b"<html>Sign in</html>"),
    "another service": always(200, b'{"words": []}'),
    "model": always(400, json.dumps({"error": {"param": "model", "code": "model_not_found"}}).encode()),
    "format": always(400, json.dumps({"error": {"param": "response_format"}}).encode()),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_what_is_no_fault_of_the_sound_is_a_rest(service: TranscriptionServer, outage: str) -> None:
    """Whatever keeps the service, or our settings, from answering for any sound at all."""
    service.answer = OUTAGES[outage]
    with pytest.raises(TranscriberRestsError):
        RemoteTranscriber(service.address, "whisper-1").transcribe([np.zeros(16_000, np.float32)], [WINDOW], Options())


@pytest.mark.parametrize("outage", ["busy for a minute", "down", "broken", "key", "model", "away"])
def test_an_outage_condemns_no_interview(archive: TestArchive, service: TranscriptionServer, outage: str) -> None:
    """However often its batches meet it nothing is counted; the recording says so, and has its words afterwards."""
    first, ids = a_planned_recording(archive, batches=2)
    second, more = a_planned_recording(archive)
    if outage == "away":
        service.close()
    else:
        service.answer = OUTAGES[outage]
    transcribe(archive, ids + more, rounds=MOST_ERRORS + 2)
    assert counted(archive, ids + more) == [(0, None)] * 3
    assert told(archive, first) == told(archive, second) == ("processing", ["words-wait"])
    if outage == "away":
        service.again()
    service.answer = yes
    if outage == "busy for a minute":
        by(archive, RemoteTranscriber(service.address, "whisper-1"))
    wait_no_more(archive)
    archive.work()
    assert cues(archive) == 3 * WINDOWS
    assert told(archive, first) == told(archive, second) == ("processing", [])


def test_a_service_that_is_away_is_asked_once_by_all(tmp_path: Path, service: TranscriptionServer) -> None:
    """Ten batches of five recordings meet one pause: one request, and the others wait without having read a sound."""
    service.answer = OUTAGES["down"]
    engine = RemoteTranscriber(service.address, "whisper-1", rest=TranscriberRest(first_s=90))
    with an_archive(tmp_path / "archive", engine) as archive:
        made = [a_planned_recording(archive, batches=2) for _ in range(5)]
        ids = [id_ for _, batches in made for id_ in batches]
        transcribe(archive, ids[:1])
        for recording_id, _ in made:  # who reads it now sees that it is gone
            archive.ports.objects.delete(f"copies/{recording_id}/w")
        began = time.monotonic()
        done = [name for name, _ in archive.work()]
        assert done.count("transcripts.transcribe") == 9
        # They are told one after the other: the database is left in peace too.
        assert time.monotonic() - began > 9 * REFUSED_PAUSE_S
        assert len(service.asked) == 1
        assert all(60 < wait <= 100 for wait in waits_s(archive, ids))
        assert [told(archive, recording_id)[1] for recording_id, _ in made] == [["words-wait"]] * 5
        with unit(archive.ports.sessions, write=False) as session:
            assert {file.use for file in session.query(MediaFile)} == {"working_sound"}


def test_a_busy_service_is_left_alone_for_as_long_as_it_says(tmp_path: Path, service: TranscriptionServer) -> None:
    """All batches wait until then, whichever of them was told."""
    service.answer = OUTAGES["busy for a minute"]
    with an_archive(tmp_path / "archive", RemoteTranscriber(service.address, "whisper-1")) as archive:
        _, ids = a_planned_recording(archive, batches=3)
        transcribe(archive, ids)
        assert all(55 < wait <= 70 for wait in waits_s(archive, ids))
        transcribe(archive, ids, rounds=2)
        assert len(service.asked) == 1


@pytest.mark.parametrize(
    "fault",
    [
        always(400, b"bad sound"),
        always(413),
        always(422),
        unless_silent(200, b"<html>"),
        unless_silent(200, b'{"words": []}'),
    ],
    ids=["400", "413", "422", "not JSON", "no text"],
)
def test_what_is_the_sounds_own_fault_counts(
    archive: TestArchive, service: TranscriptionServer, fault: Callable[..., Answer]
) -> None:
    """It fails for good with the service's own words, after tries that are far apart, and holds up nobody else."""
    service.answer = fault
    recording_id, ids = a_planned_recording(archive)
    other, more = a_planned_recording(archive)
    transcribe(archive, ids, rounds=2)
    assert waits_s(archive, ids)[0] == pytest.approx(120, abs=5)
    transcribe(archive, ids, rounds=MOST_ERRORS - 2)
    ((attempts, reason),) = counted(archive, ids)
    assert attempts == MOST_ERRORS
    assert reason is not None
    assert "The recording is safe" in reason
    service.answer = yes
    pipeline.JOBS["transcripts.transcribe"](archive.ports, *more)
    archive.work()
    assert cues(archive) == WINDOWS
    assert told(archive, recording_id)[0] == "failed"
    assert told(archive, other)[0] == "processing"


@pytest.mark.parametrize("status", [500, 504])
def test_a_sound_that_the_service_always_stumbles_over_holds_up_nobody(
    archive: TestArchive, service: TranscriptionServer, status: int
) -> None:
    """A service that answers for silence and not for this sound is no outage: the others go on, and this one fails."""
    _, (bad, *good) = a_planned_recording(archive, batches=3)

    def answer(_: object, sound: Sound) -> Answer:
        stumbles = bool(sound.any()) and sound.tobytes() == stumbled[0]
        return (status, b"out of memory") if stumbles else yes()

    stumbled = [b""]
    service.answer = always(503)
    transcribe(archive, [bad])
    stumbled[0] = service.sounds[0].tobytes()
    service.answer = answer
    transcribe(archive, [bad])
    assert counted(archive, [bad]) == [(1, None)]
    assert 50 < waits_s(archive, [bad])[0] <= 60
    transcribe(archive, good)
    transcribe(archive, [bad], rounds=MOST_ERRORS)
    assert cues(archive) == 2 * WINDOWS
    ((_, reason),) = counted(archive, [bad])
    assert reason is not None
    assert "out of memory" in reason


def test_a_service_that_answers_every_other_time_gets_all_words_done(
    archive: TestArchive, service: TranscriptionServer
) -> None:
    """What it answered for is not asked again, so that a batch larger than what it bears at once comes to its end."""
    times = iter(range(1000))
    service.answer = lambda *_: yes() if next(times) % 2 == 0 else (429, b"{}")
    recording_id, ids = a_planned_recording(archive, batches=4)
    for _ in range(30):
        transcribe(archive, ids)
    assert cues(archive) == 4 * WINDOWS
    heard = [sound.tobytes() for n, sound in enumerate(service.sounds) if n % 2 == 0]
    assert len(heard) == len(set(heard)) == 4 * WINDOWS
    assert told(archive, recording_id)[1] == []


def test_the_plan_is_made_while_the_service_is_away(archive: TestArchive, service: TranscriptionServer) -> None:
    """Voices are found here; only the words wait."""
    service.close()
    recording_id = a_recording_with_sound(archive, np.zeros(16_000 * 3, "<i2").tobytes())
    try:
        pipeline.JOBS["transcripts.plan"](archive.ports, recording_id)
    finally:
        service.again()
    with unit(archive.ports.sessions, write=False) as session:
        assert [v.planned for v in session.query(TranscriptVersion)] == [True]
    assert service.asked == []


class AsksWhilePlanning(RemoteTranscriber):
    """A service that must be asked for the plan already, as one that finds the voices itself."""

    def info(self) -> EngineInfo:
        """It answers, or it rests."""
        self.transcribe([np.zeros(16_000, np.float32)], [WINDOW], Options())
        return super().info()


def test_an_outage_condemns_no_plan(archive: TestArchive, service: TranscriptionServer) -> None:
    """A plan that needs an engine that is away waits as its batches would."""
    service.answer = OUTAGES["down"]
    by(archive, AsksWhilePlanning(service.address, "whisper-1", rest=TranscriberRest(SHORT_S, SHORT_S)))
    recording_id = a_recording_with_sound(archive, np.zeros(16_000 * 3, "<i2").tobytes())
    for _ in range(MOST_ERRORS + 2):
        wait_no_more(archive)
        pipeline.JOBS["transcripts.plan"](archive.ports, recording_id)
    with unit(archive.ports.sessions, write=False) as session:
        (version,) = session.query(TranscriptVersion).all()
    assert (version.planned, version.attempts, version.failed_reason) == (False, 0, None)
    assert len(service.asked) == MOST_ERRORS + 2
    assert told(archive, recording_id) == ("processing", ["words-wait"])
    service.answer = yes
    wait_no_more(archive)
    archive.work()
    with unit(archive.ports.sessions, write=False) as session:
        assert [v.planned for v in session.query(TranscriptVersion)] == [True]
    assert told(archive, recording_id)[1] == []


def test_a_model_that_one_version_asked_for_stops_no_other(archive: TestArchive, service: TranscriptionServer) -> None:
    """Where the service has not got it that is the version's own fault; the settings' model goes on."""
    service.answer = lambda fields, _: yes() if fields["model"] == ["whisper-1"] else (404, b"no such model")
    wanted = {"kind": "remote", "endpoint": service.address, "model": "whisper-1"}
    by(archive, make_transcriber(load_settings(env_file=None, transcriber=wanted)))
    _, strange = a_planned_recording(archive, model="whisper-9")
    _, usual = a_planned_recording(archive)
    transcribe(archive, [*strange, *usual])
    assert counted(archive, strange) == [(1, None)]
    assert cues(archive) == WINDOWS


def test_models_of_one_transcriber_rest_together(archive: TestArchive, service: TranscriptionServer) -> None:
    """Versions that ask for different models in turn are no way around the pause."""
    service.answer = OUTAGES["down"]
    wanted = {"kind": "remote", "endpoint": service.address, "model": "whisper-1"}
    by(archive, make_transcriber(load_settings(env_file=None, transcriber=wanted)))
    batches = [a_planned_recording(archive, model=model)[1] for model in (None, "whisper-9", None)]
    transcribe(archive, [id_ for ids in batches for id_ in ids])
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (always(401), "STORYBRAID_TRANSCRIBER__KEY"),
        (always(403), "STORYBRAID_TRANSCRIBER__KEY"),
        (always(404, b"model not found"), "STORYBRAID_TRANSCRIBER__MODEL"),
        (always(200, b"<html>Sign in</html>"), "STORYBRAID_TRANSCRIBER__ENDPOINT"),
        (always(301, Location="https://elsewhere.test"), r"elsewhere\.test.*STORYBRAID_TRANSCRIBER__ENDPOINT"),
    ],
    ids=["401", "403", "404", "page", "301"],
)
def test_wrong_settings_say_which(service: TranscriptionServer, answer: Callable[..., Answer], sentence: str) -> None:
    """The log's sentence names the setting to look at."""
    service.answer = answer
    with pytest.raises(TranscriberRestsError, match=sentence):
        RemoteTranscriber(service.address, "whisper-1").transcribe([np.zeros(16_000, np.float32)], [WINDOW], Options())


def test_doctors_look_says_whether_the_service_can_now(service: TranscriptionServer) -> None:
    """A list of models is not needed; a server in front that answers for a service that is away is not enough."""
    engine = RemoteTranscriber(service.address, "whisper-1")
    assert engine.check() == ""
    service.models = said(data=[{"id": "whisper-1"}, {"id": "large"}])
    assert engine.check() == ""
    assert "large" in RemoteTranscriber(service.address, "tiny").check()
    service.models = always(401)()
    assert "STORYBRAID_TRANSCRIBER__KEY" in engine.check()
    for status in (429, 502, 503):
        service.models = always(status)()
        with pytest.raises(TranscriberError, match=f"answers {status}"):
            engine.check()
