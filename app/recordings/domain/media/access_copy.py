"""The copy that people listen to or watch: levelled sound, the picture in 720p, on the media clock."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO, Final

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from app.recordings.domain.media import tracks
from app.recordings.domain.media.clock import MediaClock
from app.recordings.domain.media.film import FilmTrack
from app.recordings.domain.media.limits import UNSTAMPED, MediaLimits
from app.recordings.domain.media.loudness import Levelled
from app.recordings.domain.media.mixing import Mixer, Weights, mixer_for
from app.recordings.domain.media.parts import later_parts, windows
from app.recordings.domain.media.poster import cover_to_jpeg, write_jpeg
from app.recordings.domain.media.sandboxed_open import PositionedFile, open_media
from app.recordings.domain.media.walk import Counts, Report, Walk, origin_s, packets

_BIT_RATES: Final = {1: 64_000, 2: 96_000}
_RATES: Final = (16_000, 24_000, 32_000, 44_100, 48_000)
_BITEXACT: Final = 1 << 23
_REPORTED_PACKETS: Final = 512


def make_access_copy(args: dict[str, Any], files: dict[str, BinaryIO], report: Report) -> dict[str, Any]:
    """Entry for a child: the second decode.

    ``args``: ``{derived: result of probe_and_derive, limits}``. ``files``: ``master`` (read),
    ``copy`` and ``poster`` (empty, read and write). Gives::

        {copy: bool, kind: sound|film|none, content_type, duration_ms, channels, rate, width, height,
         poster: bool, poster_source: film|cover|null, bad_pictures, warnings: [{slug, sentence}]}

    ``copy`` then holds AAC in MP4, for a film with H.264, the index at its front and no tags; it is
    as long as ``derived["duration_ms"]``. ``poster`` holds a JPEG. Raises MediaRejected.
    """
    derived = args["derived"]
    limits = MediaLimits.from_args(args.get("limits"))
    chosen, with_film = derived["chosen_track"], derived["has_video"]
    made: dict[str, Any] = {
        "copy": False,
        "kind": "none",
        "content_type": "audio/mp4",
        "duration_ms": derived["duration_ms"],
        "channels": 0,
        "rate": 0,
        "width": None,
        "height": None,
        "poster": False,
        "poster_source": None,
        "bad_pictures": 0,
        "warnings": [],
    }
    if chosen is not None or with_film:
        made |= _copy(derived, files, limits, report)
    if not made["poster"] and cover_to_jpeg(files["master"], files["poster"], limits):
        made |= {"poster": True, "poster_source": "cover"}
    return made


def _copy(derived: dict[str, Any], files: dict[str, BinaryIO], limits: MediaLimits, report: Report) -> dict[str, Any]:
    first, *rest = windows(files["master"])
    with open_media(files["master"], limits, first) as source:
        chosen = derived["chosen_track"]
        sound = None if chosen is None else source.streams[chosen]
        assert sound is None or isinstance(sound, AudioStream)  # noqa: S101  derive chose it
        film = tracks.film(source) if derived["has_video"] else None
        copying = _Copying(derived, files["copy"], limits, report)
        copying.begin(source, sound, film)
        if sound is not None:
            for another, its_sound in later_parts(files["master"], limits, rest, sound.index):
                copying.next_part(another, its_sound)
        copying.finish()
    picture, track = copying.picture, copying.track
    poster = picture.poster.frame if picture is not None else None
    if poster is not None:
        write_jpeg(poster, files["poster"])
    made: dict[str, Any] = {"copy": True, "kind": "sound"}
    if track is not None:
        made |= {"channels": track.channels, "rate": track.rate}
    if picture is not None:
        made |= {
            "kind": "film",
            "content_type": "video/mp4",
            "width": picture.width,
            "height": picture.height,
            "bad_pictures": picture.bad_packets,
        }
    if poster is not None:
        made |= {"poster": True, "poster_source": "film"}
    return made


class _Copying:
    """One copy being written: its target, its sound and its picture."""

    def __init__(self, derived: dict[str, Any], copy: BinaryIO, limits: MediaLimits, report: Report) -> None:
        self.derived = derived
        self.limits = limits
        self.report = report
        self.target = _target(copy, "mp4" if derived["has_video"] else "ipod")
        self.picture: FilmTrack | None = None
        self.track: SoundTrack | None = None
        self.walk: Walk | None = None
        self.counts = Counts()

    def begin(self, source: InputContainer, sound: AudioStream | None, film: VideoStream | None) -> None:
        """The first recording in the file, often the only one."""
        start_s = origin_s(sound, tracks.film(source))
        if film is not None:
            shifts = [one / 1000 for one in self.derived["clock"]["shifts_ms"]]
            self.picture = FilmTrack(film, self.target, shifts, start_s)
        if sound is not None:
            self.track = SoundTrack(self.target, sound, self.derived)
            clock = MediaClock(stamped=source.format.name not in UNSTAMPED, limits=self.limits)
            self.walk = Walk(sound, clock, self.track, start_s=start_s, limits=self.limits)
            self.counts = self.walk.counts
        self._through(source, sound, film)

    def next_part(self, another: InputContainer, sound: AudioStream) -> None:
        """A recording behind it in the same file."""
        film = tracks.film(another)
        start_s = origin_s(sound, film)
        if self.walk is not None:
            self.walk.next_part(sound, start_s)
        if self.picture is not None and film is not None:
            self.picture.next_part(film, start_s)
        self._through(another, sound, film if self.picture is not None else None)

    def _through(self, source: InputContainer, sound: AudioStream | None, film: VideoStream | None) -> None:
        streams: list[Stream] = [one for one in (sound, film) if one is not None]
        for n, packet in enumerate(packets(source, streams, self.counts)):
            if self.walk is not None and sound is not None and packet.stream_index == sound.index:
                self.walk.packet(packet)
            elif self.picture is not None:
                self.picture.packet(packet)
            if n % _REPORTED_PACKETS == 0:
                self.report({"done_ms": self._done_ms(), "total_ms": self.derived["duration_ms"]})

    def _done_ms(self) -> int:
        if self.walk is not None:
            return round(self.walk.clock.end_s * 1000)
        return round(max(self.picture.at_s, 0) * 1000) if self.picture is not None else 0

    def finish(self) -> None:
        """Both tracks reach the end of the presentation; the file is complete."""
        end_s = self.derived["duration_ms"] / 1000
        if self.walk is not None and self.track is not None:
            self.walk.finish()
            self.track.finish(end_s)
        if self.picture is not None:
            self.picture.finish(end_s)
        self.target.close()


def _target(file: BinaryIO, form: str) -> OutputContainer:
    """An MP4 with its index at the front: the second pass reads the same open file again."""
    written = PositionedFile(file)

    def read_again(_url: str, flags: int, _options: dict[str, str]) -> PositionedFile:
        if flags & 2:
            msg = "only what was written is read again"
            raise PermissionError(msg)
        return PositionedFile(file)

    return av.open(
        written,
        "w",
        format=form,
        container_options={"movflags": "+faststart", "fflags": "+bitexact"},
        buffer_size=256 * 1024,
        io_open=read_again,
    )


def copy_rate(rate: int) -> int:
    """The rate of the copy: that of the source where players know it, never above 48 kHz."""
    return next((one for one in _RATES if one >= rate), _RATES[-1])


class SoundTrack:
    """A ``SoundSink`` that levels the runs, fills what lies between with silence, and encodes AAC."""

    def __init__(self, target: OutputContainer, sound: AudioStream, derived: dict[str, Any]) -> None:
        """``derived`` gives the channel weights and the gain."""
        self._weights: Weights = derived["channels"]["access_weights"]
        self._access = derived["access"]
        self.channels = len(self._weights)
        self.rate = copy_rate(sound.codec_context.sample_rate)
        self._layout = "mono" if self.channels == 1 else "stereo"
        self._target = target
        stream = target.add_stream("aac", rate=self.rate, options={"aac_coder": "fast"})
        encoder: AudioCodecContext = stream.codec_context
        encoder.layout = self._layout
        encoder.bit_rate = _BIT_RATES[self.channels]
        encoder.flags |= _BITEXACT
        self._stream = stream
        self._levelled: Levelled | None = None
        self._mixer: Mixer | None = None
        self._resampler: AudioResampler | None = None
        self._fresh = True
        self._taken = 0
        self._sent = 0

    def begin(self, at_s: float) -> None:
        """What lies before the run is silent."""
        self._silence_until(round(at_s * self.rate))
        self._resampler = AudioResampler("fltp", self._layout, self.rate)
        self._fresh = True

    def take(self, frame: AudioFrame) -> None:
        """The next samples of the run."""
        if self._fresh:
            self._mixer, self._fresh = mixer_for(frame, self._weights), False
            if frame.layout.name == self._layout and self._is_identity():
                self._mixer = None
        self._resample(frame if self._mixer is None else self._mixer.of(frame))

    def _is_identity(self) -> bool:
        return all(
            weight == (1.0 if row == column else 0.0)
            for row, weights in enumerate(self._weights)
            for column, weight in enumerate(weights)
        )

    def _resample(self, frame: AudioFrame | None) -> None:
        if self._resampler is not None:
            for one in self._resampler.resample(frame):
                self._taken += one.samples
                self._level(one)

    def end(self, at_s: float) -> None:
        """The run ends here."""
        self._resample(None)
        self._resampler = None
        self._silence_until(round(at_s * self.rate))

    def _silence_until(self, sample: int) -> None:
        while self._taken < sample:
            count = min(self.rate, sample - self._taken)
            quiet = AudioFrame("fltp", self._layout, count)
            for plane in quiet.planes:
                plane.update(bytes(plane.buffer_size))
            quiet.sample_rate = self.rate
            self._taken += count
            self._level(quiet)

    def _level(self, frame: AudioFrame | None) -> None:
        if self._levelled is None:
            if frame is None:
                return
            self._levelled = Levelled(frame, self._access["gain_db"], limit=self._access["limit"])
        for one in self._levelled.take(frame):
            one.pts = self._sent
            one.time_base = Fraction(1, self.rate)
            self._sent += one.samples
            self._target.mux(self._stream.encode(one))

    def finish(self, end_s: float) -> None:
        """Silence up to the end of the presentation, and what the encoder still holds."""
        self._silence_until(round(end_s * self.rate))
        self._level(None)
        self._target.mux(self._stream.encode(None))
