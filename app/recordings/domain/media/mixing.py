"""Which channels of a frame go where: weights over channels, and frames of any layout made plain."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

Weights = list[list[float]]
"""One row a channel that comes out, one column a channel that goes in."""


class Floats:
    """Turns the frames of one run, of whatever format and layout, into arrays of floats."""

    def __init__(self) -> None:
        """The first frame decides the shape of those to come."""
        # Packed, since PyAV counts the planes of a planar frame wrongly from eight channels on.
        self._packed = AudioResampler("flt")

    def of(self, frame: AudioFrame) -> NDArray[np.float32]:
        """(channels, samples) between −1 and 1."""
        count = len(frame.layout.channels)
        frame.pts = None
        pieces = [
            np.frombuffer(cast("Any", one.planes[0]), np.float32, one.samples * count).reshape(-1, count).T
            for one in self._packed.resample(frame)
        ]
        return np.concatenate(pieces, axis=1) if pieces else np.zeros((count, 0), np.float32)


class Mixer:
    """Mixes the frames of one run by weights into mono or stereo float frames of the same rate."""

    def __init__(self, weights: Weights) -> None:
        """``weights`` has one or two rows and as many columns as the frames have channels."""
        self._weights = np.asarray(weights, np.float32)
        self._layout = "mono" if len(weights) == 1 else "stereo"
        self._floats = Floats()

    def of(self, frame: AudioFrame) -> AudioFrame:
        """The mixed frame."""
        out = np.ascontiguousarray(self._weights @ self._floats.of(frame))
        made = AudioFrame.from_ndarray(out, format="fltp", layout=self._layout)
        made.sample_rate = frame.sample_rate
        return made


def is_plain(frame: AudioFrame) -> bool:
    """True for mono and stereo, which every filter understands without guessing."""
    return frame.layout.name in ("mono", "stereo")


def identity(channels: int) -> Weights:
    """Each channel to itself."""
    return [[1.0 if row == column else 0.0 for column in range(channels)] for row in range(channels)]


def mixer_for(frame: AudioFrame, weights: Weights | None) -> Mixer | None:
    """What makes a run like this frame plain: the weights where they fit, else nothing to do.

    Frames of one or two channels with an unusual layout are taken channel by channel, since a filter
    would mix them by where the layout says the loudspeakers stand.
    """
    count = len(frame.layout.channels)
    if weights is not None and count == len(weights[0]):
        return Mixer(weights)
    if count <= 2 and not is_plain(frame):  # noqa: PLR2004  mono and stereo
        return Mixer(identity(count))
    return None
