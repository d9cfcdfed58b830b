"""Sounds that are sent, each with the words that are heard when nobody is killed."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.kernel.db import unit
from app.recordings.models import Recording
from app.transcripts.models import Batch, Cue
from bench.splice import known_clips, splice
from tests.factories.living import LivingArchive
from tests.factories.sound import write_wav
from tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RIFF_HEAD = 12
HeardCue = tuple[int, int, str, str]
"""start_ms, end_ms, language, text."""


@dataclass(frozen=True)
class Told:
    """A sound and what is heard in it, batch by batch."""

    name: str
    wav: bytes
    batches: tuple[tuple[HeardCue, ...], ...]
    doubtful: frozenset[HeardCue]
    words: tuple[Any, ...]
    """Every cue with its words, by time."""

    @property
    def cues(self) -> list[HeardCue]:
        """All of them by time."""
        return sorted(cue for batch in self.batches for cue in batch)

    def file(self, seed: int, more_bytes: int) -> bytes:
        """The same sound in a file of its own bytes, longer by a chunk that players pass over."""
        if not more_bytes:
            return self.wav
        noise = random.Random(seed).randbytes(more_bytes // 2 * 2)
        chunk = b"JUNK" + struct.pack("<I", len(noise)) + noise
        head = b"RIFF" + struct.pack("<I", len(self.wav) - 8 + len(chunk)) + b"WAVE"
        return head + chunk + self.wav[RIFF_HEAD:]


def told(folder: Path, minutes: Sequence[float]) -> list[Told]:
    """Sounds of these lengths, heard by one archive that nobody disturbs."""
    calm = LivingArchive(folder, environment={"STORYBRAID_TRANSCRIBER__THREADS": "1"})
    calm.run("migrate")
    paths = []
    for number, length in enumerate(minutes):
        spliced = splice(SHARED, known_clips(SHARED, "en"), length, seed=31 + number, longest_gap_s=6)
        paths.append(write_wav(folder / f"sound-{number}.wav", np.asarray(spliced.sound)))
    calm.run("ingest", *(str(path) for path in paths), "--language", "en", "--wait")
    with unit(calm.ports().sessions, write=False) as session:
        by_name = {row.filename: row.id for row in session.query(Recording)}
        found = []
        for path in paths:
            cues = session.query(Cue).filter(Cue.recording_id == by_name[path.name]).all()
            batches = {cue.batch_id for cue in cues}
            seqs = {batch.id: batch.seq for batch in session.query(Batch).filter(Batch.id.in_(batches))}
            grouped = {seq: tuple(sorted(_short(c) for c in cues if c.batch_id == id_)) for id_, seq in seqs.items()}
            found.append(
                Told(
                    path.stem,
                    path.read_bytes(),
                    tuple(grouped[seq] for seq in sorted(grouped)),
                    frozenset(_short(c) for c in cues if c.doubtful),
                    tuple(word_by_word(cues)),
                )
            )
    return found


def word_by_word(cues: Sequence[Cue]) -> list[tuple[Any, ...]]:
    """Every cue with its words and times, by time."""
    rows = sorted(cues, key=lambda c: (c.start_ms, c.channel, c.end_ms))
    return [(c.start_ms, c.end_ms, c.language, c.text, c.words, c.doubtful) for c in rows]


def _short(cue: Cue) -> HeardCue:
    return cue.start_ms, cue.end_ms, cue.language, cue.text
