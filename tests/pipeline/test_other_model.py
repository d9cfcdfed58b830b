"""A version is of one model: workers of another one hear its batches with that model, or leave them to others."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from structlog.testing import capture_logs

from app import pipeline
from app.adapters.transcriber_remote import RemoteTranscriber
from app.kernel.db import unit
from app.kernel.leases import MOST_ERRORS
from app.kernel.settings import WhisperTranscriber
from app.kernel.time import now
from app.ports.transcriber import Region, TranscriberError
from app.recordings.models import Recording
from app.transcripts.models import Batch, Cue, TranscriptVersion
from tests.factories.archive import TestArchive, an_archive
from tests.factories.transcription import TranscriptionServer
from tests.pipeline.test_transcriber_away import a_recording_with_sound, counted, told, transcribe, waits_s
from workers.transcribers import NamedTranscriber

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from app.ports.transcriber import EngineInfo, Sound, SpeechState

SPOKEN_S = 40
MODEL, KIND = "STORYBRAID_TRANSCRIBER__MODEL", "STORYBRAID_TRANSCRIBER__KIND"


class Service(RemoteTranscriber):
    """A service for sound in which somebody speaks all the time, with a breath every two seconds."""

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions of the whole, which is one block."""
        _, after = super().speech(sound, state, last=last)
        return [Region(at * 1000, at * 1000 + 1900) for at in range(0, SPOKEN_S, 2)], after


class Files(Service):
    """A model of files on this machine, in a folder of that name."""

    def __init__(self, address: str, model: str, sha256: str = "") -> None:
        """Without a hash it is one of its own."""
        super().__init__(address, model)
        self._sha256 = sha256 or f"of {model}"

    def info(self) -> EngineInfo:
        """As of files."""
        return dataclasses.replace(super().info(), name="whisper", model_sha256=self._sha256, compute_type="int8")


def worker(
    archive: TestArchive, address: str, own: str, files: Mapping[str, str] = {}, *, kind: type[Service] = Files
) -> list[str]:
    """From now on one of the setting ``own`` is at work; the models that it loaded, one after the other.

    ``files``: the models that it has besides, with their hashes.
    """
    there = {own: "", **files}
    loaded: list[str] = []

    def make(model: str) -> Service:
        if model not in there:
            message = f"The model '{model}' is not on this machine."
            raise TranscriberError(message)
        loaded.append(model)
        name = model.rsplit("/", 1)[-1]
        return Files(address, name, there[model]) if kind is Files else kind(address, name)

    # Batches of one window, so that there are some.
    settings = archive.ports.settings.model_copy(update={"transcriber": WhisperTranscriber(model=own, batch=1)})
    archive.ports = dataclasses.replace(archive.ports, settings=settings, transcriber=NamedTranscriber(make, own))
    return loaded


@pytest.fixture
def service() -> Iterator[TranscriptionServer]:
    """What stands behind every model of these tests, and notes which one was asked."""
    with TranscriptionServer() as made:
        yield made


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An archive without a worker."""
    with an_archive(tmp_path / "archive") as made:
        yield made


def planned(archive: TestArchive) -> tuple[str, list[str]]:
    """A recording and its batches, as the worker planned them; none of them was heard."""
    sound = np.random.default_rng(7).normal(0, 3000, 16_000 * SPOKEN_S).astype("<i2").tobytes()
    recording_id = a_recording_with_sound(archive, sound)
    pipeline.JOBS["transcripts.plan"](archive.ports, recording_id)
    with unit(archive.ports.sessions, write=False) as session:
        (version,) = session.query(TranscriptVersion).filter_by(recording_id=recording_id)
        ids = [batch.id for batch in session.query(Batch).filter_by(version_id=version.id).order_by(Batch.seq)]
    assert len(ids) > 1
    return recording_id, ids


def heard(archive: TestArchive, recording_id: str) -> tuple[str, set[str]]:
    """Status of the recording's version, and the models that its cues name."""
    with unit(archive.ports.sessions, write=False) as session:
        (version,) = session.query(TranscriptVersion).filter_by(recording_id=recording_id)
        return version.status, {c.provenance["model"] for c in session.query(Cue).filter_by(recording_id=recording_id)}


def asked(service: TranscriptionServer) -> set[str]:
    """The models that heard something since the last question."""
    found = {model for fields in service.asked for model in fields["model"]}
    service.asked.clear()
    return found


def silent_for(archive: TestArchive, **span: float) -> None:
    """As if all versions had been planned so long ago, and nothing heard since."""
    moment = now() - dt.timedelta(**span)
    archive.in_unit(lambda session: session.query(TranscriptVersion).update({"planned_at": moment}))


@pytest.mark.parametrize(("first", "then"), [("base", "large"), ("large", "base")])
def test_a_worker_of_another_model_hears_with_that_of_the_version(
    archive: TestArchive, service: TranscriptionServer, first: str, then: str
) -> None:
    """The setting was changed in the middle: the words go on with the old model, and the next recording has the new."""
    worker(archive, service.address, first)
    recording_id, ids = planned(archive)
    transcribe(archive, ids[:1])
    loaded = worker(archive, service.address, then, {first: ""})
    transcribe(archive, ids[1:])
    assert asked(service) == {first}
    assert loaded == [first]  # and not both for each batch
    assert heard(archive, recording_id) == ("machine", {first})
    other, more = planned(archive)
    transcribe(archive, more)
    assert asked(service) == {then}
    assert heard(archive, other) == ("machine", {then})


@pytest.mark.parametrize(("first", "then"), [("base", "large"), ("large", "base")])
def test_a_worker_without_the_versions_model_leaves_its_batches(
    archive: TestArchive, service: TranscriptionServer, first: str, then: str
) -> None:
    """However often it meets them nothing is counted; one line names the setting, and the right worker goes on."""
    worker(archive, service.address, first)
    recording_id, ids = planned(archive)
    worker(archive, service.address, then)
    with capture_logs() as lines:
        transcribe(archive, ids, rounds=MOST_ERRORS + 1)
    assert asked(service) == set()
    assert counted(archive, ids) == [(0, None)] * len(ids)
    assert all(0 < wait <= 40 for wait in waits_s(archive, ids))
    said = [line for line in lines if line["log_level"] != "info"]
    assert [(one["event"], one["setting"], one["planned"], one["here"]) for one in said] == [
        ("left_to_others", MODEL, first, then)
    ]
    assert told(archive, recording_id) == ("processing", [])  # the others may be at it
    worker(archive, service.address, first)
    transcribe(archive, ids)
    assert heard(archive, recording_id) == ("machine", {first})


def test_words_that_wait_for_a_model_say_so(archive: TestArchive, service: TranscriptionServer) -> None:
    """After a while without a word the recording names the model; its batches rest longer, and take nobody's place."""
    worker(archive, service.address, "base")
    recording_id, ids = planned(archive)
    worker(archive, service.address, "large")
    own, more = planned(archive)
    silent_for(archive, minutes=30)
    archive.work()
    assert heard(archive, own) == ("machine", {"large"})
    assert counted(archive, ids) == [(0, None)] * len(ids)
    assert all(200 < wait <= 300 for wait in waits_s(archive, ids))
    assert told(archive, recording_id) == ("processing", ["words-wait"])
    with unit(archive.ports.sessions, write=False) as session:
        (warning,) = session.get_one(Recording, recording_id).warnings
    assert "the model base." in warning["sentence"]
    worker(archive, service.address, "base")
    transcribe(archive, ids[:1])
    assert told(archive, recording_id) == ("processing", [])
    assert len(more) == len(ids)


def test_what_nobody_has_for_days_fails_with_its_reason(archive: TestArchive, service: TranscriptionServer) -> None:
    """So that people can ask for the words anew; what was heard and the sound stay, and a retry goes on."""
    worker(archive, service.address, "base")
    recording_id, ids = planned(archive)
    worker(archive, service.address, "large")
    silent_for(archive, days=4)
    transcribe(archive, ids[:1], rounds=MOST_ERRORS)
    ((attempts, reason),) = counted(archive, ids[:1])
    assert attempts == MOST_ERRORS
    assert reason is not None
    assert "the model base, which no worker has had for days" in reason
    with unit(archive.ports.sessions, write=False) as session:
        version_id = session.get_one(Batch, ids[0]).version_id
    pipeline.JOBS["transcripts.give_up"](archive.ports, version_id)
    assert told(archive, recording_id)[0] == "failed"


def test_a_long_queue_is_no_lost_model(archive: TestArchive, service: TranscriptionServer) -> None:
    """While its model is heard in other recordings, one that waited for days goes on waiting."""
    worker(archive, service.address, "base")
    _, ids = planned(archive)
    _, done = planned(archive)
    transcribe(archive, done)
    silent_for(archive, days=4)
    worker(archive, service.address, "large")
    transcribe(archive, ids, rounds=2)
    assert counted(archive, ids) == [(0, None)] * len(ids)


def test_the_files_decide_and_not_their_folder(archive: TestArchive, service: TranscriptionServer) -> None:
    """The same model lies elsewhere on another machine; another one may lie under the same name."""
    worker(archive, service.address, "/here/ours", {"/here/ours": "abc"})
    recording_id, ids = planned(archive)
    loaded = worker(archive, service.address, "/here/ours", {"/here/ours": "abc", "ours": "ghi"})
    transcribe(archive, ids[:1])
    assert loaded == ["/here/ours"]
    assert asked(service) == {"ours"}
    worker(archive, service.address, "/there/ours", {"/there/ours": "def", "ours": "ghi"})
    transcribe(archive, ids)
    assert asked(service) == set()
    worker(archive, service.address, "/there/theirs", {"/there/theirs": "abc"})
    transcribe(archive, ids)
    assert heard(archive, recording_id) == ("machine", {"ours"})


def test_a_service_is_not_a_model_of_files(archive: TestArchive, service: TranscriptionServer) -> None:
    """They may have one name; no sound is sent to a service for a version that was to stay on our machines."""
    worker(archive, service.address, "base")
    recording_id, ids = planned(archive)
    worker(archive, service.address, "base", kind=Service)
    with capture_logs() as lines:
        transcribe(archive, ids)
    assert [line["setting"] for line in lines if line["event"] == "left_to_others"] == [KIND]
    assert asked(service) == set()
    worker(archive, service.address, "base", kind=Service)
    other, more = planned(archive)
    worker(archive, service.address, "large", {"base": ""}, kind=Service)
    transcribe(archive, more)
    assert asked(service) == {"base"}
    assert (heard(archive, other), heard(archive, recording_id)) == (("machine", {"base"}), ("in_progress", set()))
