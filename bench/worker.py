"""A recording through the whole worker: what everything beside transcription costs, and how much memory it takes."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from app import pipeline
from app.accounts.schemas import Actor
from app.kernel.db import unit
from app.kernel.settings import load_settings
from app.kernel.time import now
from app.transcripts.models import Cue
from bench.memory import memory_mb
from bench.rows import row
from bench.splice import known_clips, splice
from bench.transcription import SHARED, errors
from tests.factories.archive import an_archive
from tests.factories.sound import write_wav
from workers.ingesting import operator_consent, story_fields, take_in
from workers.transcribers import batches_at_once, make_transcriber

OF_THE_WORDS = ("transcripts.plan", "transcripts.transcribe")
MEMORY_MB = 1000


def run(minutes: float = 20, hours: float = 0.0) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met; with ``hours`` also the memory of a long recording."""
    if not SHARED.exists():
        return []
    spliced = splice(SHARED, known_clips(SHARED, "en"), minutes, seed=5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = np.asarray(spliced.sound)
        found = _child(write_wav(folder / "short.wav", sound))
        words = sum(found["cpu_s"].get(job, 0) for job in OF_THE_WORDS)
        rest = sum(found["cpu_s"].values()) - words
        found |= errors(spliced.text, found["text"])
        rows = [
            row(
                "CPU s beside transcription (peer: transcription itself)",
                rest,
                words,
                "ratio <= 0.25",
                met=rest <= 0.25 * words,
            ),
            row(
                "worker peak MB, model included",
                found["peak_mb"],
                None,
                f"<= {MEMORY_MB}",
                met=found["peak_mb"] <= MEMORY_MB,
            ),
            row("WER % through the worker", found["wer"], None, "shown", met=True),
            row("deletions through the worker", found["deletions"], None, "shown", met=True),
        ]
        if hours:
            times = int(hours * 60 / minutes) + 1
            long = write_wav(folder / "long.wav", np.tile(sound, times)[: int(hours * 3600 * 16_000)])
            peak = _child(long)["peak_mb"]
            rows.append(
                row(f"worker peak MB for {hours:g} h", peak, found["peak_mb"], f"<= {MEMORY_MB}", met=peak <= MEMORY_MB)
            )
        return rows


def _child(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.worker", "--child", str(path)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def cpu_s() -> float:
    """CPU seconds of this process and its ended children."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _through_the_worker(path: Path) -> dict[str, Any]:
    """Every job in this process, one after the other, with the CPU each took."""
    spent: Counter[str] = Counter()
    settings = load_settings(env_file=None)
    with (
        tempfile.TemporaryDirectory() as name,
        # As each batch of a worker: on one thread.
        an_archive(Path(name) / "archive", make_transcriber(settings, batches_at_once(settings))) as archive,
    ):
        consent = operator_consent("bench", None)
        wanted = story_fields("Bench", ["en"], [], None)
        operator = Actor.as_operator("bench")
        take_in(archive.ports, operator, path, story_id=None, wanted=wanted, public=True, consent=consent)
        while True:
            with unit(archive.ports.sessions, write=False) as session:
                due = [row for row in pipeline.owed(session, now()) if row.due]
            if not due:
                break
            before = cpu_s()
            pipeline.JOBS[due[0].job](archive.ports, due[0].id)
            spent[due[0].job] += cpu_s() - before  # type: ignore[assignment]  # counts seconds
        with unit(archive.ports.sessions, write=False) as session:
            text = " ".join(c.text for c in session.query(Cue).order_by(Cue.start_ms) if c.doubtful is None)
    return {"cpu_s": dict(spent), "peak_mb": memory_mb("self"), "text": text}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", type=Path)
    parser.add_argument("--hours", type=float, default=0.0)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(_through_the_worker(args.child)))
    else:
        for one in run(hours=args.hours):
            print(one)
