"""Still pictures: the poster of a film, upright, and the cover of a sound recording, as plain JPEG."""

from __future__ import annotations

from fractions import Fraction
from typing import BinaryIO, Final, cast

import av.error
from av.codec.context import CodecContext
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from app.recordings.domain.media import tracks
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.sandboxed_open import PositionedFile, open_media

SHORT_SIDE: Final = 720
LONG_SIDE: Final = 1280
_BITEXACT: Final = 1 << 23
"""AV_CODEC_FLAG_BITEXACT: no program name inside."""
_TURNS: Final[dict[int, tuple[str, ...]]] = {
    0: (),
    90: ("clock",),
    180: ("clock", "clock"),
    270: ("cclock",),
}


class Upright:
    """Turns pictures to stand upright, with square pixels, at most 720p, even sizes, yuv420p."""

    def __init__(self, *, full_range: bool = False) -> None:
        """``full_range`` is what JPEG wants."""
        self._format = "yuvj420p" if full_range else "yuv420p"
        self._shape: tuple[int, int, str, int] | None = None
        self._graph: Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None
        self.size: tuple[int, int] | None = None

    def of(self, frame: VideoFrame, aspect: Fraction | None = None) -> VideoFrame:
        """The picture as it should be seen; all come out in the size of the first."""
        rotation = round((-frame.rotation % 360) / 90) % 4 * 90
        shape = (frame.width, frame.height, frame.format.name, rotation)
        if shape != self._shape:
            self._build(shape, aspect or Fraction(1))
        assert self._source is not None  # noqa: S101  built above
        assert self._sink is not None  # noqa: S101  built above
        frame.pts = None
        self._source.push(frame)
        return cast("VideoFrame", self._sink.pull())

    def _build(self, shape: tuple[int, int, str, int], aspect: Fraction) -> None:
        width, height, pixels, rotation = shape
        if self.size is None:
            wide = max(2, round(width * aspect)) if aspect > 0 else width
            upright = (height, wide) if rotation in (90, 270) else (wide, height)
            self.size = fitted(*upright)
        graph = Graph()
        graph.threads = 1
        self._source = graph.add(
            "buffer",
            video_size=f"{width}x{height}",
            pix_fmt=pixels,
            time_base="1/1000",
            pixel_aspect="1/1",
        )
        steps = [graph.add("transpose", dir=turn) for turn in _TURNS[rotation]]
        steps.append(graph.add("scale", w=str(self.size[0]), h=str(self.size[1]), flags="bicubic"))
        steps.append(graph.add("format", pix_fmts=self._format))
        self._sink = graph.add("buffersink")
        graph.link_nodes(self._source, *steps, self._sink)
        graph.configure()
        self._graph, self._shape = graph, shape


def fitted(width: int, height: int) -> tuple[int, int]:
    """The largest even size of the same form within 1280 × 720, lying or standing; never enlarged."""
    scale = min(1.0, SHORT_SIDE / max(min(width, height), 1), LONG_SIDE / max(width, height, 1))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def write_jpeg(frame: VideoFrame, file: BinaryIO) -> None:
    """One full-range yuvj420p picture as JPEG, with nothing in it but the picture."""
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.flags |= _BITEXACT
    encoder.options = {"qmin": "3", "qmax": "5"}
    out = PositionedFile(file)
    frame.pts = 0
    frame.time_base = Fraction(1, 25)
    for packet in [*encoder.encode(frame), *encoder.encode(None)]:
        out.write(bytes(packet))


def cover_to_jpeg(master: BinaryIO, file: BinaryIO, limits: MediaLimits) -> bool:
    """Write the cover picture of a sound recording, made anew; False where none can be decoded."""
    with open_media(master, limits) as container:
        stream = tracks.cover(container)
        if stream is None or stream.codec_context is None:
            return False
        size = stream.codec_context.width * stream.codec_context.height
        if size > limits.most_picture_pixels:
            return False
        try:
            for packet in container.demux(stream):
                for frame in packet.decode():
                    write_jpeg(Upright(full_range=True).of(frame), file)
                    return True
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError):
            return False
    return False


class PosterChooser:
    """Keeps the picture with the most to see of a few at the beginning of a film."""

    def __init__(self) -> None:
        """The moments looked at: the first picture, then about 1, 3, 8 and 20 seconds."""
        self._moments_s = [0.0, 1.0, 3.0, 8.0, 20.0]
        self._best = -1.0
        self._upright = Upright(full_range=True)
        self.frame: VideoFrame | None = None

    def wants(self, at_s: float) -> bool:
        """True where the picture at this time should be offered."""
        return bool(self._moments_s) and at_s >= self._moments_s[0]

    def offer(self, frame: VideoFrame, at_s: float, aspect: Fraction | None) -> None:
        """A decoded picture, not turned yet."""
        while self._moments_s and at_s >= self._moments_s[0]:
            self._moments_s.pop(0)
        upright = self._upright.of(frame, aspect)
        small = upright.reformat(64, 36, "gray").to_ndarray()
        if float(small.std()) > self._best:
            self._best = float(small.std())
            self.frame = upright
