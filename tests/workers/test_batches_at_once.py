"""How many batches a worker transcribes at once, and that those beside each other say what each says alone."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.adapters.jobs_procrastinate import ProcrastinateTaker
from app.kernel.settings import load_settings
from app.ports.transcriber import Options, Region, Window
from bench.splice import known_clips, sound_of
from tests.engines import base_model
from tests.shared_data import SHARED, requires_shared
from workers.engine import Engine
from workers.transcribers import batches_at_once

if TYPE_CHECKING:
    from app.ports.transcriber import Sound, WindowResult
    from tests.factories.archive import TestArchive

REMOTE = {"kind": "remote", "endpoint": "http://127.0.0.1:1/v1", "model": "whisper-1"}


@pytest.mark.parametrize(
    ("wanted", "batches"),
    [
        ({"threads": 1, "device": "cpu"}, 1),
        ({"threads": 3, "device": "cpu"}, 3),
        ({"threads": 16, "device": "cpu"}, 4),
        ({"threads": 0, "device": "cpu"}, min(4, os.cpu_count() or 1)),
        (REMOTE, 1),
    ],
)
def test_one_batch_for_each_thread_up_to_four(wanted: dict[str, object], batches: int) -> None:
    """A small machine is used whole, a large one keeps its memory, a service elsewhere is asked one thing at a time."""
    assert batches_at_once(load_settings(env_file=None, transcriber=wanted)) == batches


def at_once_in(engine: Engine) -> dict[str, int]:
    """How many jobs of each lane are done at once: threads that ask the rows, or places of those who take messages."""
    if engine._taker is None:
        lanes = [thread.name for thread in threading.enumerate()]
        return {name: lanes.count(name) for name in engine.queues}
    assert isinstance(engine._taker, ProcrastinateTaker)
    until = time.monotonic() + 10
    while not set(engine.queues) <= set(engine._taker._workers) and time.monotonic() < until:
        time.sleep(0.05)
    return {lane: engine._taker._workers[lane].concurrency for lane in engine.queues}


def test_only_the_lane_of_transcription_is_wider(archive: TestArchive) -> None:
    """Three batches at once, one of everything else."""
    engine = Engine(archive.ports, batches=3)
    engine.start()
    try:
        assert at_once_in(engine) == {"transcribe": 3, "media": 1, "index": 1}
    finally:
        assert engine.stop()


@pytest.mark.whisper
@requires_shared
def test_batches_beside_each_other_say_what_each_says_alone() -> None:
    """Four batches on two threads give, word for word and time for time, what each gives by itself."""
    from workers.whisper import WhisperTranscriber  # noqa: PLC0415  loading it takes a second

    clips = [sound_of(SHARED, clip.file) for clip in known_clips(SHARED, "en")[:8]]
    batches = [clips[first : first + 2] for first in range(0, len(clips), 2)]
    two = WhisperTranscriber(base_model(), "cpu", "int8", threads=2, at_once=2)

    def hear(sounds: list[Sound]) -> list[WindowResult]:
        windows = [Window(0, ms, "en", (Region(0, ms),), 0) for ms in (len(sound) // 16 for sound in sounds)]
        return two.transcribe([np.asarray(sound) for sound in sounds], windows, Options())

    alone = [hear(batch) for batch in batches]
    with ThreadPoolExecutor(2) as threads:
        beside = list(threads.map(hear, batches))
    assert beside == alone
    assert all(result.cues for results in alone for result in results)
