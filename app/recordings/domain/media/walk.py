"""The one walk over a file's decoded sound: frames placed on the media clock, bad packets counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import av.error
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from app.recordings.domain.media.clock import MediaClock
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.refusals import rejected

BLOCK_SAMPLES: Final = 32_768
_MOST_READ_ERRORS: Final = 64
_UNSETTLED_S: Final = 0.25
"""A decoder may change its mind about rate and channels this early without the file changing."""

Shape = tuple[str, str, int]
"""Sample format, layout and rate of a run of frames."""


class SoundSink(Protocol):
    """Takes runs of frames of one shape; between runs lies silence or a change of shape."""

    def begin(self, at_s: float) -> None:
        """A run begins here on the media clock."""

    def take(self, frame: AudioFrame) -> None:
        """The run's next samples, at most about a second."""

    def end(self, at_s: float) -> None:
        """The run ends here."""


@dataclass(slots=True)
class Counts:
    """What the walk saw."""

    packets: int = 0
    bad_packets: int = 0
    bad_s: float = 0.0
    read_errors: int = 0
    decoded_s: float = 0.0
    stamps_end_s: float = 0.0
    shapes: list[tuple[float, Shape]] = field(default_factory=list)
    """Where the format of the sound changed; the first entry is where it began."""


def origin_s(sound: AudioStream | None, film: VideoStream | None) -> float:
    """The file's own time at which its presentation starts: that of the first sound or picture."""
    starts = [
        one.start_time * float(one.time_base)
        for one in (sound, film)
        if one is not None and one.start_time is not None and one.time_base is not None
    ]
    return min(starts, default=0.0)


def packets(container: InputContainer, streams: Sequence[Stream], counts: Counts) -> Iterator[Packet[Any]]:
    """All packets of these streams; a damaged stretch is skipped where the container can go on."""
    while True:
        seen = 0
        try:
            for packet in container.demux(list(streams)):
                seen += 1
                yield packet
        except MemoryError:
            raise
        except (av.error.FFmpegError, OSError):
            counts.read_errors += 1
            if seen == 0 or counts.read_errors > _MOST_READ_ERRORS:
                return
        else:
            return


class Walk:
    """Feeds decoded frames of one stream, placed on ``clock``, to ``sink`` in runs and large blocks."""

    def __init__(
        self,
        stream: AudioStream,
        clock: MediaClock,
        sink: SoundSink,
        *,
        start_s: float,
        limits: MediaLimits,
    ) -> None:
        """``start_s`` is the file's own time of the presentation's start."""
        self.stream = stream
        self.clock = clock
        self.sink = sink
        self.start_s = start_s
        self.limits = limits
        self.counts = Counts()
        self._held: tuple[AudioFrame, float | None] | None = None
        self._fifo: AudioFifo | None = None
        self._shape: Shape | None = None

    def packet(self, packet: Packet[Any]) -> None:
        """Decode one packet of the stream; what cannot be decoded is counted and left out."""
        counts = self.counts
        if packet.size:
            counts.packets += 1
            if packet.pts is not None and packet.time_base is not None:
                end = (packet.pts + (packet.duration or 0)) * float(packet.time_base)
                counts.stamps_end_s = max(counts.stamps_end_s, end - self.start_s)
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError):
            if packet.size:
                counts.bad_packets += 1
                if packet.duration and packet.time_base is not None:
                    counts.bad_s += float(packet.duration * packet.time_base)
            return
        for frame in frames:
            if isinstance(frame, AudioFrame) and frame.samples > 0 and frame.sample_rate > 0:
                self._frame(frame)

    def next_part(self, stream: AudioStream, start_s: float) -> None:
        """Another recording follows on in the same file, with its own decoder and stamps."""
        self.finish()
        self.clock.join()
        self.stream, self.start_s = stream, start_s

    def finish(self) -> None:
        """What the decoder and the blocks still hold."""
        try:
            for frame in self.stream.codec_context.decode(None):
                if frame.samples > 0:
                    self._frame(frame)
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError):
            pass
        if self._held is not None:
            self._place(*self._held, None)
            self._held = None
        self._close_run()

    def _frame(self, frame: AudioFrame) -> None:
        stamp_s = None
        if frame.pts is not None and frame.time_base is not None:
            stamp_s = frame.pts * frame.time_base.numerator / frame.time_base.denominator
            stamp_s -= self.start_s
        if self._held is not None:
            self._place(*self._held, stamp_s)
        self._held = (frame, stamp_s)

    def _place(self, frame: AudioFrame, stamp_s: float | None, next_s: float | None) -> None:
        rate = frame.sample_rate
        shape = (frame.format.name, frame.layout.name, rate)
        length_s = frame.samples / rate
        end_s = self.clock.end_s
        at_s = self.clock.place(stamp_s, length_s, next_s)
        if self._fifo is None or shape != self._shape or at_s > end_s:
            self._close_run(end_s)
            if self._shape != shape:
                self._change(shape, at_s, len(frame.layout.channels))
            self._fifo = AudioFifo()
            self.sink.begin(at_s)
        assert self._fifo is not None  # noqa: S101  a run is open
        frame.pts = None
        self._fifo.write(frame)
        self.counts.decoded_s += length_s
        while self._fifo.samples >= BLOCK_SAMPLES:
            block = self._fifo.read(BLOCK_SAMPLES)
            assert block is not None  # noqa: S101  so many samples are there
            self.sink.take(block)
        if self.clock.end_s > self.limits.longest_s:
            raise rejected("too_long")

    def _change(self, shape: Shape, at_s: float, channels: int) -> None:
        if channels > self.limits.most_channels:
            raise rejected("too_many_channels")
        if shape[2] > self.limits.highest_rate:
            raise rejected("rate_too_high")
        shapes = self.counts.shapes
        if len(shapes) == 1 and at_s - shapes[0][0] < _UNSETTLED_S:
            shapes.clear()
        if len(shapes) < self.limits.most_segments:
            shapes.append((at_s, shape))
        self._shape = shape

    def _close_run(self, end_s: float | None = None) -> None:
        if self._fifo is None:
            return
        rest = self._fifo.read(0, partial=True)
        if rest is not None and rest.samples:
            self.sink.take(rest)
        self._fifo = None
        self.sink.end(self.clock.end_s if end_s is None else end_s)


Report = Callable[[dict[str, Any]], None]
"""Sends ``{"done_ms": …}`` to the parent."""
