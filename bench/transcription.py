"""Transcription against faster-whisper's own modes: CPU, memory and errors in one run."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("KMP_BLOCKTIME", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jiwer
import numpy as np

from bench.memory import memory_mb
from bench.rows import row
from bench.splice import RATE, known_clips, splice

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ports.transcriber import Sound

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
MODELS = Path("~/.cache/storybraid/models").expanduser()
BLOCK = 600 * RATE


def run(minutes: float = 20, seed: int = 5) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met: three engines on one spliced recording."""
    made = splice(SHARED, known_clips(SHARED, "en"), minutes, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.npy"
        np.save(path, made.sound)
        # The two whose CPU time is compared run twice, by turns, and the better time counts:
        # neighbours on the same cores made single times differ by a third.
        found: dict[str, dict[str, Any]] = {}
        for name in ("ours", "batched", "batched, one thread", "sequential", "ours", "batched"):
            one = _child(name, path)
            found[name] = min(one, found.get(name, one), key=lambda each: each["cpu_s"])
    for one in found.values():
        one.update(errors(made.text, one["text"]))
    ours, batched, sequential = (found[name] for name in ("ours", "batched", "sequential"))
    words = len(normal(made.text).split())

    return [
        row(
            f"CPU s of {minutes:g} min, {words} words (peer: batched, beam 5, batch 8)",
            ours["cpu_s"],
            batched["cpu_s"],
            "ratio <= 0.75",
            met=ours["cpu_s"] <= 0.75 * batched["cpu_s"],
        ),
        row(
            "CPU s (peer: batched on one thread, as each of our batches)",
            ours["cpu_s"],
            found["batched, one thread"]["cpu_s"],
            "shown",
            met=True,
        ),
        row(
            "WER % (peer: sequential, beam 5)",
            ours["wer"],
            sequential["wer"],
            "<= peer",
            met=ours["wer"] <= sequential["wer"],
        ),
        row(
            "WER % (peer: batched)",
            ours["wer"],
            batched["wer"],
            "shown",
            met=True,
        ),
        row(
            "deletions (peer: sequential)",
            ours["deletions"],
            sequential["deletions"],
            f"< peer and <= {0.015 * words:.0f} (1.5 %)",
            met=ours["deletions"] < sequential["deletions"] and ours["deletions"] <= 0.015 * words,
        ),
        row(
            "insertions (peer: sequential)",
            ours["insertions"],
            sequential["insertions"],
            "shown",
            met=True,
        ),
        row(
            "substitutions (peer: sequential)",
            ours["substitutions"],
            sequential["substitutions"],
            "shown",
            met=True,
        ),
        row(
            "CPU s (peer: sequential)",
            ours["cpu_s"],
            sequential["cpu_s"],
            "shown",
            met=True,
        ),
        row(
            "peak MB, model and recording in memory included (peer: batched)",
            ours["peak_mb"],
            batched["peak_mb"],
            "shown",
            met=True,
        ),
    ]


def normal(text: str) -> str:
    """The one normaliser for all engines: case, punctuation, hyphens and apostrophes fold."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"['’]", "", folded)
    return " ".join(re.sub(r"[^\w\s]", " ", folded).split())


def errors(reference: str, heard: str) -> dict[str, Any]:
    """WER in percent with insertions, deletions and substitutions (jiwer)."""
    found = jiwer.process_words(normal(reference), normal(heard))
    return {
        "wer": round(found.wer * 100, 2),
        "insertions": found.insertions,
        "deletions": found.deletions,
        "substitutions": found.substitutions,
    }


def _child(name: str, path: Path) -> dict[str, Any]:
    # A process of its own: clean CPU time, clean peak memory.
    done = subprocess.run(
        [sys.executable, "-m", "bench.transcription", "--child", name, str(path)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _engine(name: str) -> Callable[[Sound], str]:
    """Load, and return what turns a sound to text; loading is not measured."""
    from workers.model_files import find_model  # noqa: PLC0415

    folder = find_model("base", MODELS)
    if name == "ours":
        return _ours(folder)
    from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415

    threads = 1 if name == "batched, one thread" else os.cpu_count() or 1
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    if name.startswith("batched"):
        pipeline = BatchedInferencePipeline(model)

        def batched(given: Sound) -> str:
            segments, _ = pipeline.transcribe(given, language="en", beam_size=5, batch_size=8, word_timestamps=True)
            return " ".join(segment.text for segment in segments)

        return batched

    def sequential(given: Sound) -> str:
        segments, _ = model.transcribe(
            given,
            language="en",
            beam_size=5,
            vad_filter=True,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        return " ".join(segment.text for segment in segments)

    return sequential


def _ours(folder: Path) -> Callable[[Sound], str]:
    from app.ports.transcriber import Options  # noqa: PLC0415
    from bench.whole import transcribe_whole  # noqa: PLC0415
    from workers.whisper import WhisperTranscriber  # noqa: PLC0415

    engine = WhisperTranscriber(folder, "cpu", "int8", threads=1)  # as each batch of a worker has
    engine.info()

    def ours(given: Sound) -> str:
        results = transcribe_whole(engine, given, ["en"], Options())
        return " ".join(cue.text for result in results for cue in result.cues)

    return ours


def _measure(name: str, path: Path) -> dict[str, Any]:
    sound = np.load(path)
    act = _engine(name)
    before, wall = time.process_time(), time.monotonic()
    text = act(sound)
    return {
        "cpu_s": round(time.process_time() - before, 1),
        "wall_s": round(time.monotonic() - wall, 1),
        "peak_mb": round(memory_mb("self")),
        "text": text,
    }


def main() -> None:
    """Print the rows as a table, or, as a child, one engine's measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--child", nargs=2)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(_measure(given.child[0], Path(given.child[1]))))
        return
    for one in run(given.minutes, given.seed):
        met = "" if one["goal"] == "shown" else ("met" if one["met"] else "NOT MET")
        print(f"{one['name']:<70} {one['ours']:>8} {one['peer']:>8} {one['ratio']!s:>7}  {one['goal']:<28} {met}")


if __name__ == "__main__":
    main()
