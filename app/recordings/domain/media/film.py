"""The picture of a film in its access copy: upright, at most 720p and thirty a second, H.264."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import av.error
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from app.recordings.domain.media.clock import PictureClock
from app.recordings.domain.media.poster import PosterChooser, Upright

_BASE: Final = 90_000
_CLOSEST_S: Final = 0.031
"""Pictures nearer than this are left out: sixty a second become thirty, fifty become twenty-five."""
_OPTIONS: Final = {"preset": "veryfast", "crf": "25", "g": "60", "profile": "high"}
_BITEXACT: Final = 1 << 23


class FilmTrack:
    """Decodes the pictures of a film, puts them on the media clock and encodes them."""

    def __init__(self, film: VideoStream, target: OutputContainer, shifts_s: list[float], start_s: float) -> None:
        """``shifts_s`` are those of the sound's clock, ``start_s`` the file's time of the start."""
        self._film = self._prepared(film)
        self._target = target
        self._clock = PictureClock(shifts_s=shifts_s)
        self._start_s = start_s
        self._upright = Upright()
        self._last: VideoFrame | None = None
        self._stream: VideoStream | None = None
        self.poster = PosterChooser()
        self.bad_packets = 0
        self.at_s = -1.0
        self.width: int | None = None
        self.height: int | None = None
        # The stream must exist before the first packet of sound is written.
        self._stream = target.add_stream("libx264", rate=30, options=dict(_OPTIONS))
        self._opened = False

    @staticmethod
    def _prepared(film: VideoStream) -> VideoStream:
        film.codec_context.thread_type = "AUTO"
        film.codec_context.thread_count = 2
        return film

    def next_part(self, film: VideoStream, start_s: float) -> None:
        """Another recording follows on in the same file."""
        self._drain()
        self._film, self._start_s = self._prepared(film), start_s
        self._clock.next_part()

    def packet(self, packet: Packet[Any]) -> None:
        """Decode one packet of pictures; what cannot be decoded is counted and left out."""
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError):
            if packet.size:
                self.bad_packets += 1
            return
        for frame in frames:
            self._frame(frame)

    def _drain(self) -> None:
        try:
            for frame in self._film.codec_context.decode(None):
                self._frame(frame)
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError):
            pass

    def _frame(self, frame: VideoFrame) -> None:
        if frame.pts is None or frame.time_base is None:
            return
        at_s = self._clock.place(float(frame.pts * frame.time_base) - self._start_s)
        if self.at_s >= 0 and at_s - self.at_s < _CLOSEST_S:
            return
        aspect = self._film.codec_context.sample_aspect_ratio
        if self.poster.wants(at_s):
            self.poster.offer(frame, at_s, aspect)
        upright = self._upright.of(frame, aspect)
        self.at_s = at_s
        self._encode(upright, at_s)

    def _encode(self, frame: VideoFrame, at_s: float) -> None:
        assert self._stream is not None  # noqa: S101  made at the start
        if self.width is None:
            encoder = self._stream.codec_context
            encoder.width, encoder.height = self.width, self.height = frame.width, frame.height
            encoder.pix_fmt = "yuv420p"
            encoder.time_base = Fraction(1, _BASE)
            encoder.thread_count = 2
            encoder.flags |= _BITEXACT
        frame.pts = round(at_s * _BASE)
        frame.time_base = Fraction(1, _BASE)
        frame.pict_type = 0
        self._last = frame
        self._target.mux(self._stream.encode(frame))

    def finish(self, end_s: float) -> None:
        """What the decoder and the encoder still hold; the last picture stays until the end."""
        self._drain()
        assert self._stream is not None  # noqa: S101  made at the start
        if self._last is not None:
            if end_s - self.at_s > 2 * _CLOSEST_S:
                self._encode(self._last, end_s - _CLOSEST_S)
            self._target.mux(self._stream.encode(None))
