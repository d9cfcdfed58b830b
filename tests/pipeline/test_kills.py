"""Processes are killed at random; nothing is lost, nothing is done twice, and the words are the same."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.kernel.db import unit
from app.kernel.settings import load_settings
from app.recordings.models import MediaFile, Recording, Upload
from app.stories.models import Story
from app.transcripts.models import Batch, Cue, TranscriptVersion
from bench.splice import known_clips, splice
from tests.factories.living import LivingArchive
from tests.factories.sound import write_wav
from tests.shared_data import SHARED, requires_shared
from workers.transcribers import batches_at_once

if TYPE_CHECKING:
    from pathlib import Path

    from app.ports import Ports

pytestmark = [pytest.mark.kills, pytest.mark.whisper, requires_shared]
RESUMES_WITHIN_S = 60


def a_long_recording(path: Path, minutes: float) -> Path:
    """A spliced recording with known texts."""
    spliced = splice(SHARED, known_clips(SHARED, "en"), minutes, seed=11, longest_gap_s=6)
    write_wav(path, np.asarray(spliced.sound))
    return path


def what_was_heard(ports: Ports) -> list[tuple[Any, ...]]:
    """Every cue with its words and times."""
    with unit(ports.sessions, write=False) as session:
        cues = session.query(Cue).order_by(Cue.recording_id, Cue.start_ms, Cue.channel, Cue.end_ms).all()
        return [(c.start_ms, c.end_ms, c.language, c.text, c.words, c.doubtful) for c in cues]


def state_of_all(ports: Ports) -> set[str]:
    """States of all recordings, and of uploads on their way."""
    with unit(ports.sessions, write=False) as session:
        states = {r.state for r in session.query(Recording)}
        return states | {u.state for u in session.query(Upload) if u.state not in ("stored", "cancelled")}


def check_nothing_doubled(ports: Ports, *, kills: int) -> None:
    """One story, one recording, one master, one version; at most the batches in flight were done again a kill."""
    with unit(ports.sessions, write=False) as session:
        assert session.query(Story).count() == 1
        assert session.query(Recording).count() == 1
        assert session.query(TranscriptVersion).count() == 1
        uses = sorted(f.use for f in session.query(MediaFile) if f.use != "spent_working_sound")
        assert uses == ["access_copy", "preservation_master", "waveform"]
        batches = session.query(Batch).all()
        assert all(b.done_at is not None and b.lease_owner is None for b in batches)
        claims = session.query(Batch).with_entities(Batch.fence).all()
    # A claim counts one, and freeing a dead worker's lease counts one more.
    in_flight = batches_at_once(load_settings(env_file=None))
    assert sum(fence for (fence,) in claims) <= len(batches) + 2 * kills * in_flight


def undisturbed(tmp_path: Path, sound: Path) -> list[tuple[Any, ...]]:
    """What is heard when nobody is killed."""
    calm = LivingArchive(tmp_path / "calm")
    calm.run("migrate")
    calm.run("ingest", str(sound), "--language", "en", "--wait")
    return what_was_heard(calm.ports())


def test_three_kills_lose_nothing_and_change_no_word(tmp_path: Path) -> None:
    """The worker, the whole group, and the worker again are killed while words are written down."""
    sound = a_long_recording(tmp_path / "long.wav", 2.0)
    expected = undisturbed(tmp_path, sound)
    archive = LivingArchive(tmp_path / "killed")
    archive.run("migrate")
    archive.start()
    try:
        archive.run("ingest", str(sound), "--language", "en", expect=4)
        ports = archive.ports()

        def batches_done() -> int:
            with unit(ports.sessions, write=False) as session:
                return session.query(Batch).filter(Batch.done_at.is_not(None)).count()

        def has_done(batches: int) -> bool:
            return batches_done() >= batches or state_of_all(ports) == {"ready"}

        for kill, at_least in ((archive.kill_worker, 1), (archive.kill_group, 2), (archive.kill_worker, 3)):
            archive.until(partial(has_done, at_least), 180, f"{at_least} batches")
            before = batches_done()
            kill()
            if archive.process is None:
                archive.start()
            archive.until(partial(has_done, before + 1), RESUMES_WITHIN_S, "resume")
        archive.until(lambda: state_of_all(ports) == {"ready"}, 240, "ready")
        assert what_was_heard(ports) == expected
        check_nothing_doubled(ports, kills=3)
        assert archive.stop() <= 5
    finally:
        archive.stop()


@pytest.mark.soak
def test_twenty_random_kills_during_upload_and_transcription(tmp_path: Path) -> None:
    """Twenty kills at random moments, the group or the worker alone, over a ten-minute recording."""
    sound = a_long_recording(tmp_path / "long.wav", 10.0)
    expected = undisturbed(tmp_path, sound)
    chance = random.Random(20)
    archive = LivingArchive(tmp_path / "killed")
    archive.run("migrate")
    archive.start()
    try:
        archive.run("ingest", str(sound), "--language", "en", expect=4)
        ports = archive.ports()
        kills = 0
        while kills < 20 and state_of_all(ports) != {"ready"}:
            time.sleep(chance.uniform(0.2, 2.5))
            if chance.random() < 0.5:
                archive.kill_group()
                archive.start()
            elif not archive.kill_worker():
                continue
            kills += 1
        archive.until(lambda: state_of_all(ports) == {"ready"}, 600, "ready")
        assert what_was_heard(ports) == expected
        check_nothing_doubled(ports, kills=kills)
        assert kills == 20
    finally:
        archive.stop()
