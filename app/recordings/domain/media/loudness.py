"""How loud a recording is (EBU R 128), and the gain that brings its copy to −16 LUFS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext
from numpy.typing import NDArray

from app.recordings.domain.media.limits import CEILING_DB, TARGET_LUFS, WORKING_RATE

SILENCE_LUFS: Final = -69.0
"""The meter's floor is −70: at or near it nothing was loud enough to measure."""
MOST_GAIN_DB: Final = 36.0
_MOST_MAKE_UP_DB: Final = 6.0
_CLOSE_DB: Final = 0.3
"""So near to the target one more step along the measured slope needs no pass of its own to prove it."""
_SLOPE: Final = 0.6
"""What a decibel of gain adds through a limiter at work, until two passes over this recording have told."""
_SLOPES: Final = (0.2, 1.0)
_PASSES: Final = 4


class Meter:
    """FFmpeg's ebur128 over frames of one shape: integrated loudness, range and true peak."""

    def __init__(self, *, true_peak: bool = True) -> None:
        """``true_peak`` costs half as much again; without it only the loudness is measured."""
        self._peak = "true" if true_peak else "none"
        self._graph: Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None
        self._last: dict[str, str] = {}

    def take(self, frame: AudioFrame) -> None:
        """More sound; every frame has the shape of the first."""
        if self._graph is None:
            self._graph = Graph()
            self._source = self._graph.add_abuffer(
                sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name
            )
            meter = self._graph.add("ebur128", metadata="1", peak=self._peak)
            self._sink = self._graph.add("abuffersink")
            self._graph.link_nodes(self._source, meter, self._sink)
            self._graph.configure()
        assert self._source is not None  # noqa: S101  built with the graph
        frame.pts = None
        self._source.push(frame)
        self._pull()

    def _pull(self) -> None:
        assert self._sink is not None  # noqa: S101  built with the graph
        while True:
            try:
                told = self._sink.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            # The last piece is shorter than the meter's tenth of a second and carries nothing.
            self._last = told or self._last

    def result(self) -> dict[str, Any]:
        """``{integrated_lufs, range_lu, true_peak_db}``; None each where nothing loud was heard."""
        if self._source is not None:
            self._source.push(None)
            self._pull()
        integrated = _number(self._last.get("lavfi.r128.I"))
        peak = _number(self._last.get("lavfi.r128.true_peak"))
        quiet = integrated is None or integrated <= SILENCE_LUFS
        return {
            "integrated_lufs": None if quiet else integrated,
            "range_lu": None if quiet else _number(self._last.get("lavfi.r128.LRA")),
            "true_peak_db": round(20 * math.log10(peak), 2) if peak and peak > 0 else None,
        }


def _number(text: str | None) -> float | None:
    value = float(text) if text is not None else math.nan
    return round(value, 3) if math.isfinite(value) else None


Blocks = Callable[[], Iterable[NDArray[np.float32]]]
"""Gives pieces of a recording at 16 kHz as (channels, samples), each time from the start."""


def gain_for(integrated_lufs: float | None, true_peak_db: float | None, blocks: Blocks) -> dict[str, Any]:
    """``{gain_db, limit}`` that brings sound of this loudness to the target through the limiter.

    A limiter takes loudness away where it works hard, so its loss is measured on ``blocks`` and made
    up for, by at most 6 dB: along the secant through the last two passes.
    """
    if integrated_lufs is None:
        return {"gain_db": 0.0, "limit": False}
    plain = min(TARGET_LUFS - integrated_lufs, MOST_GAIN_DB)
    if true_peak_db is not None and true_peak_db + plain <= CEILING_DB:
        return {"gain_db": round(plain, 3), "limit": False}
    untouched = _loudness_through(blocks, 0.0, limit=False)
    if untouched is None:
        return {"gain_db": round(plain, 3), "limit": True}
    gain, slope = plain, _SLOPE
    before: tuple[float, float] | None = None
    for _ in range(_PASSES):
        limited = _loudness_through(blocks, gain, limit=True)
        if limited is None:
            break
        if before is not None:
            slope = min(max((limited - before[1]) / (gain - before[0]), _SLOPES[0]), _SLOPES[1])
        before = gain, limited
        short = plain - (limited - untouched)
        gain = min(gain + short / slope, plain + _MOST_MAKE_UP_DB, MOST_GAIN_DB)
        if abs(short) < _CLOSE_DB or gain == before[0]:
            break
    return {"gain_db": round(gain, 3), "limit": True}


def _loudness_through(blocks: Blocks, gain_db: float, *, limit: bool) -> float | None:
    """Integrated loudness of the blocks after gain and limiter."""
    through: Levelled | None = None
    meter = Meter(true_peak=False)
    for block in blocks():
        layout = "mono" if block.shape[0] == 1 else "stereo"
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", layout)
        frame.sample_rate = WORKING_RATE
        if through is None:
            through = Levelled(frame, gain_db, limit=limit)
        for made in through.take(frame):
            meter.take(made)
    for made in through.take(None) if through is not None else []:
        meter.take(made)
    loudness: float | None = meter.result()["integrated_lufs"]
    return loudness


class Levelled:
    """Raises sound by a gain and keeps every sample under −1.5 dB, without delay."""

    def __init__(self, like: AudioFrame, gain_db: float, *, limit: bool) -> None:
        """``like`` has the shape of all frames to come: planar floats, mono or stereo."""
        self._graph = Graph()
        layout = like.layout.name
        self._source = self._graph.add_abuffer(sample_rate=like.sample_rate, format=like.format.name, layout=layout)
        steps = [self._graph.add("volume", volume=f"{gain_db:.3f}dB", precision="float")]
        if limit:
            ceiling = f"{10 ** (CEILING_DB / 20):.6f}"
            steps.append(self._graph.add("alimiter", limit=ceiling, level="0", attack="5", release="60", latency="1"))
        steps.append(self._graph.add("aformat", sample_fmts="fltp", channel_layouts=layout))
        self._sink = self._graph.add("abuffersink")
        self._graph.link_nodes(self._source, *steps, self._sink)
        self._graph.configure()

    def take(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        """What comes out for what goes in; None at the end gives the rest."""
        if frame is not None:
            frame.pts = None
        self._source.push(frame)
        while True:
            try:
                made = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(made, AudioFrame)  # noqa: S101  a sound graph
            yield made
