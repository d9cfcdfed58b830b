"""A worker that was told to stop keeps what it is finishing, however long that takes."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import TYPE_CHECKING

from app.adapters.transcriber_remote import RemoteTranscriber
from app.admin.models import Worker
from app.kernel import leases
from app.kernel.db import unit
from app.transcripts.models import Batch
from tests.factories.archive import an_archive
from tests.factories.transcription import TranscriptionServer, yes
from tests.pipeline.test_transcriber_away import a_planned_recording
from workers.engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.factories.transcription import Answer

LEASE_S = 1.5
ANSWER_S = 2.5
"""For each of the two windows of a batch."""


def test_work_that_outlives_its_lease_is_finished_while_the_worker_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else gets the batch meanwhile, no crash is counted, and its words are kept."""
    monkeypatch.setattr(leases, "LEASE", dt.timedelta(seconds=LEASE_S))
    monkeypatch.setattr(leases, "BEAT_S", LEASE_S / 4)
    asked = threading.Event()

    def slowly(*_: object) -> Answer:
        asked.set()
        time.sleep(ANSWER_S)
        return yes()

    with TranscriptionServer(slowly) as service:
        transcriber = RemoteTranscriber(service.address, "whisper-1")
        with an_archive(tmp_path / "archive", transcriber) as archive:
            _, (batch_id,) = a_planned_recording(archive)
            engine = Engine(archive.ports, ("transcribe",))
            engine.start()
            assert asked.wait(10)
            others: list[object] = []

            def others_try() -> None:
                while not engine.stopping.wait(0.05):
                    pass
                until = time.monotonic() + 2 * ANSWER_S - 1
                while time.monotonic() < until:
                    with unit(archive.ports.sessions) as session:
                        others.append(leases.claim(session, Batch, batch_id))
                    time.sleep(0.2)

            trying = threading.Thread(target=others_try)
            trying.start()
            assert engine.stop(patience_s=30)
            trying.join()
            assert len(others) > 5
            assert set(others) == {None}
            with unit(archive.ports.sessions, write=False) as session:
                batch = session.get_one(Batch, batch_id)
                assert (batch.crashes, batch.attempts) == (0, 0)
                assert batch.done_at is not None
                assert session.query(Worker).count() == 0, "it has signed off, and no late beat signs it in again"
