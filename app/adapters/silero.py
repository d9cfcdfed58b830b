"""Voice detection by Silero's network in onnxruntime, block by block, on the CPU."""

from __future__ import annotations

import importlib.util
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from app.ports.transcriber import SAMPLE_RATE, Region, Sound, SpeechState, TranscriberError
from app.transcripts.domain.speech import SpeechWalk, end_walk, walk_frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
_FRAMES_AT_ONCE = 512
"""Frames given to the network at once: more costs memory and saves no time."""


@dataclass(frozen=True)
class _Carry:
    """What the network and the walk over its frames need from the blocks before."""

    samples: int = 0
    left: Sound = field(default_factory=lambda: np.zeros(0, np.float32))
    context: Sound = field(default_factory=lambda: np.zeros(_CONTEXT_SAMPLES, np.float32))
    hidden: Sound = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    cell: Sound = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    walk: SpeechWalk = field(default_factory=SpeechWalk)


class SileroVoices:
    """Finds speech in mono sound of 16 kHz. The network is loaded at the first call."""

    def __init__(self) -> None:
        self._session: onnxruntime.InferenceSession | None = None
        self._lock = threading.Lock()

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions that are certain after this block, as ``Transcriber.speech`` promises."""
        carry = state.carry if state is not None and state.carry is not None else _Carry()
        fresh = np.concatenate((carry.left, sound.astype(np.float32, copy=False)))
        whole = len(fresh) // FRAME_SAMPLES * FRAME_SAMPLES
        left = fresh[whole:]
        total = carry.samples + len(sound)
        frames = fresh[:whole]
        if last and len(left):
            frames = np.pad(fresh, (0, FRAME_SAMPLES - len(left)))
        probabilities, context, hidden, cell = self._probabilities(frames, carry.context, carry.hidden, carry.cell)
        spans, walk = walk_frames(probabilities.tolist(), carry.walk)
        total_ms = total * 1000 // SAMPLE_RATE
        if last:
            spans += end_walk(walk, total_ms)
        after = SpeechState(total_ms, _Carry(total, left.copy(), context, hidden, cell, walk))
        return [Region(span.start_ms, span.end_ms) for span in spans], after

    def voiced(self, sound: Sound) -> NDArray[np.float32]:
        """The probability of speech for each whole frame of 512 samples of a short sound."""
        carry = _Carry()
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        return self._probabilities(sound[:whole], carry.context, carry.hidden, carry.cell)[0]

    def _probabilities(
        self, frames: Sound, context: Sound, hidden: Sound, cell: Sound
    ) -> tuple[Sound, Sound, Sound, Sound]:
        session = self._loaded()
        rows = frames.reshape(-1, FRAME_SAMPLES)
        found: list[Sound] = []
        for first in range(0, len(rows), _FRAMES_AT_ONCE):
            part = rows[first : first + _FRAMES_AT_ONCE]
            tails = part[:, -_CONTEXT_SAMPLES:]
            contexts = np.concatenate((context[np.newaxis], tails[:-1]))
            given = np.concatenate((contexts, part), axis=1)
            output, hidden, cell = session.run(None, {"input": given, "h": hidden, "c": cell})
            found.append(np.asarray(output, np.float32).reshape(-1))
            context = tails[-1].copy()
        joined = np.concatenate(found) if found else np.zeros(0, np.float32)
        return joined, context, hidden, cell

    def _loaded(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                options = onnxruntime.SessionOptions()
                # One thread: the recurrence cannot use more, and idle ones would spin.
                options.inter_op_num_threads = 1
                options.intra_op_num_threads = 1
                options.enable_cpu_mem_arena = False
                options.log_severity_level = 4
                self._session = onnxruntime.InferenceSession(
                    str(silero_path()), sess_options=options, providers=["CPUExecutionProvider"]
                )
            return self._session


def silero_path() -> Path:
    """Where faster-whisper ships Silero's network; found without importing that library.

    Raises ``TranscriberError`` where it is not installed.
    """
    spec = importlib.util.find_spec("faster_whisper")
    if spec is not None and spec.submodule_search_locations:
        assets = Path(next(iter(spec.submodule_search_locations))) / "assets"
        found = sorted(assets.glob("silero_vad*.onnx"))
        if found:
            return found[-1]
    message = (
        "The voice detector (Silero, shipped with faster-whisper) is not installed;"
        " recordings are safe and wait. Install the archive's dependencies again."
    )
    raise TranscriberError(message)
