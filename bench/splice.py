"""Splices long recordings with known texts from short clips, the same for the same seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from faster_whisper.audio import decode_audio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 16_000


@dataclass(frozen=True)
class Clip:
    """A clip whose text is known."""

    file: str
    language: str
    text: str


@dataclass(frozen=True)
class Placed:
    """Where a clip lies in the spliced recording."""

    clip: Clip
    start_ms: int
    end_ms: int
    gain: float


@dataclass(frozen=True)
class Spliced:
    """A recording made of clips, 16 kHz mono."""

    sound: NDArray[np.float32]
    placed: tuple[Placed, ...]

    @property
    def text(self) -> str:
        """Everything that is said, in order."""
        return " ".join(one.clip.text for one in self.placed)


def known_clips(shared: Path, language: str) -> list[Clip]:
    """The clips of one language under ``shared/speech`` whose text is in references.json."""
    rows = json.loads((shared / "speech" / "references.json").read_text(encoding="utf-8"))
    return [
        Clip(row["file"].removeprefix("speech/"), row["language"], row["reference"])
        for row in rows
        if row["language"] == language
    ]


def sound_of(shared: Path, file: str) -> NDArray[np.float32]:
    """A clip below ``shared/speech`` as mono sound of 16 kHz, −1 to 1."""
    return np.asarray(decode_audio(str(shared / "speech" / file)), np.float32)


def splice(  # noqa: PLR0913 (each is one property of the recording)
    shared: Path,
    clips: Sequence[Clip],
    minutes: float,
    *,
    seed: int = 5,
    longest_gap_s: float = 25.0,
    quietest: float = 0.06,
) -> Spliced:
    """Take the clips in shuffled rounds, each at its own loudness, until ``minutes`` are full.

    One gap in eight is long (2 to ``longest_gap_s``), the others 0.2 to 1.5 s, as in an interview.
    A faint floor of noise lies under everything: digital silence is no room.
    """
    random = np.random.default_rng(seed)
    wanted = int(minutes * 60 * RATE)
    pieces: list[NDArray[np.float32]] = [np.zeros(RATE // 2, np.float32)]
    placed: list[Placed] = []
    length = len(pieces[0])
    sounds = {clip.file: sound_of(shared, clip.file) for clip in clips}
    while length < wanted:
        for index in random.permutation(len(clips)):
            clip = clips[int(index)]
            sound = sounds[clip.file]
            peak = float(np.abs(sound).max()) or 1.0
            gain = float(np.exp(random.uniform(np.log(quietest), np.log(0.9))))
            start = length * 1000 // RATE
            pieces.append((sound / peak * gain).astype(np.float32))
            length += len(sound)
            placed.append(Placed(clip, start, length * 1000 // RATE, gain))
            long = random.random() < 1 / 8
            gap_s = random.uniform(2.0, longest_gap_s) if long else random.uniform(0.2, 1.5)
            pieces.append(np.zeros(int(gap_s * RATE), np.float32))
            length += len(pieces[-1])
            if length >= wanted:
                break
    sound = np.concatenate(pieces)
    sound += random.normal(0, 0.0006, len(sound)).astype(np.float32)
    return Spliced(np.clip(sound, -1, 1).astype(np.float32), tuple(placed))
