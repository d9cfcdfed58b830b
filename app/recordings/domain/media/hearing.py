"""Decodes the chosen track once, into the working sound, the loudness and the evidence on channels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from app.recordings.domain.media import tracks
from app.recordings.domain.media.channels import ONE, Decision, decide_many, decide_two
from app.recordings.domain.media.clock import MediaClock, PictureClock
from app.recordings.domain.media.limits import UNSTAMPED, MediaLimits
from app.recordings.domain.media.loudness import Meter, gain_for
from app.recordings.domain.media.mixing import Floats, Mixer, Weights, mixer_for
from app.recordings.domain.media.parts import Window, later_parts
from app.recordings.domain.media.refusals import rejected
from app.recordings.domain.media.sandboxed_open import open_media
from app.recordings.domain.media.walk import Counts, Report, Walk, origin_s, packets
from app.recordings.domain.media.working_sound import WorkingSound

_SURVEYED_S: Final = 1200.0
_ROUNDING_S: Final = 0.02
_SHARE_OF_WHOLE = 0.5
_REPORTED_PACKETS: Final = 512
_STEREO: Final = 2


class _Intake:
    """Takes the walk's runs: makes frames plain and of one shape, meters them, writes them at 16 kHz."""

    def __init__(self, working: WorkingSound, weights: Weights | None) -> None:
        self.working = working
        self.weights = weights
        self.meter = Meter()
        self._shape: tuple[str, str, int] | None = None
        self._same: AudioResampler | None = None
        self._mixer: Mixer | None = None
        self._fresh = True

    def begin(self, at_s: float) -> None:
        self.working.begin(at_s)
        self._same = None
        self._fresh = True

    def take(self, frame: AudioFrame) -> None:
        if self._fresh:
            self._mixer, self._fresh = mixer_for(frame, self.weights), False
        if self._mixer is not None:
            frame = self._mixer.of(frame)
        for one in self._alike(frame):
            self.working.take(one)
            self.meter.take(one)

    def end(self, at_s: float) -> None:
        self._same = None
        self.working.end(at_s)

    def _alike(self, frame: AudioFrame) -> list[AudioFrame]:
        """In the shape of the recording's first frame, which the meter was built for."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._shape is None:
            self._shape = (shape[0], "mono" if self.working.channels == 1 else "stereo", shape[2])
        if shape == self._shape:
            return [frame]
        if self._same is None:
            self._same = AudioResampler(*self._shape)
        return self._same.resample(frame)


@dataclass(slots=True)
class Heard:
    """What the decode of one track gave."""

    count: int
    clock: MediaClock
    counts: Counts
    working: WorkingSound
    meter: Meter
    start_s: float
    sound_end_s: float
    surveyed: Decision | None
    """For more than two channels the mix, which the working sound already is."""
    parts: int
    """Recordings in the file that were read, one behind the other."""

    def settle(self, peaks: BinaryIO) -> dict[str, Any]:
        """Decide the channels and the gain, and leave the working sound and the peaks as they stay.

        Gives ``{channels, loudness, access: {gain_db, limit}}``.
        """
        loudness = self.meter.result()
        heard_lufs = loudness["integrated_lufs"]
        inner = decide_two(self.working.evidence) if self.working.channels == _STEREO else ONE
        ratio = _power_ratio(self.working, inner.access_weights)
        if heard_lufs is not None and ratio > 0:
            heard_lufs += 10 * math.log10(ratio)
        gain = gain_for(
            heard_lufs,
            loudness["true_peak_db"],
            lambda: self.working.blocks(inner.access_weights),
        )
        self.working.settle(inner.weights, peaks)
        decision = self.surveyed or inner
        return {
            "channels": {"count": self.count} | decision.to_json(),
            "loudness": loudness,
            "access": gain,
        }


def hear(  # noqa: PLR0913  what a decode needs
    container: InputContainer,
    sound: AudioStream,
    files: dict[str, BinaryIO],
    limits: MediaLimits,
    report: Report,
    *,
    total_ms: int | None,
    parts: list[Window],
) -> Heard:
    """Walk the whole track, and those of the ``parts`` behind the first, which ``container`` is.

    Raises MediaRejected where there is too little good sound in all of it.
    """
    count = sound.codec_context.channels
    if count > limits.most_channels:
        raise rejected("too_many_channels")
    if sound.codec_context.sample_rate > limits.highest_rate:
        raise rejected("rate_too_high")
    surveyed = _survey(files["master"], sound.index, limits, parts[0]) if count > _STEREO else None
    working = WorkingSound([files["working_0"], files["working_1"]], _STEREO if count == _STEREO else 1)
    intake = _Intake(working, surveyed.weights if surveyed else None)
    film = tracks.film(container)
    clock = MediaClock(stamped=container.format.name not in UNSTAMPED, limits=limits)
    start_s = origin_s(sound, film)
    walk = Walk(sound, clock, intake, start_s=start_s, limits=limits)
    pictures = PictureClock()

    def through(container: InputContainer, sound: AudioStream, film: VideoStream | None) -> None:
        streams = [sound] if film is None else [sound, film]
        for n, packet in enumerate(packets(container, streams, walk.counts)):
            if packet.stream_index == sound.index:
                walk.packet(packet)
            else:
                pictures.note(packet, walk.start_s)
            if n % _REPORTED_PACKETS == 0:
                report({"done_ms": round(clock.end_s * 1000), "total_ms": total_ms})

    through(container, sound, film)
    read = 1
    for another, its_sound in later_parts(files["master"], limits, parts[1:], sound.index):
        its_film = tracks.film(another)
        pictures.shifts_s = clock.shifts_s
        walk.next_part(its_sound, origin_s(its_sound, its_film))
        pictures.next_part()
        through(another, its_sound, its_film)
        read += 1
    walk.finish()
    _good_enough(walk.counts, limits)
    pictures.shifts_s = clock.shifts_s
    sound_end_s = clock.end_s
    clock.pad_to(min(pictures.end_s(), limits.longest_s))
    working.finish(clock.end_s)
    return Heard(count, clock, walk.counts, working, intake.meter, start_s, sound_end_s, surveyed, read)


def _good_enough(counts: Counts, limits: MediaLimits) -> None:
    """Random bytes pass as MP3: most packets must be good, and there must be a second of sound.

    A file without any damage is no such chance: a word that was kept by itself may be half as long.
    """
    if counts.packets and counts.bad_packets / counts.packets > limits.most_bad_share:
        raise rejected("too_damaged")
    is_whole = not counts.bad_packets and not counts.read_errors
    shortest_s = limits.shortest_good_s * (_SHARE_OF_WHOLE if is_whole else 1)
    if counts.decoded_s < shortest_s - _ROUNDING_S:
        raise rejected("too_short")


class _Survey:
    """Energies of many channels and their products with each other."""

    def __init__(self) -> None:
        self.products: NDArray[np.float64] | None = None
        self.seconds = 0.0
        self._floats = Floats()

    def begin(self, at_s: float) -> None:  # noqa: ARG002  where it lies does not matter here
        """Where it lies does not matter here."""
        self._floats = Floats()

    def take(self, frame: AudioFrame) -> None:
        sound = self._floats.of(frame)
        products = (sound @ sound.T).astype(np.float64) / max(sound.shape[1], 1)
        length_s = frame.samples / frame.sample_rate
        if self.products is None:
            self.products = products * length_s
        elif self.products.shape == products.shape:
            self.products += products * length_s
        self.seconds += length_s

    def end(self, at_s: float) -> None:
        """See ``begin``."""


def _survey(master: BinaryIO, index: int, limits: MediaLimits, window: Window) -> Decision | None:
    """A look at the first twenty minutes of a file of many channels: which of them sound."""
    survey = _Survey()
    with open_media(master, limits, window) as container:
        stream = container.streams[index]
        assert isinstance(stream, AudioStream)  # noqa: S101  the caller chose it
        clock = MediaClock(stamped=False, limits=limits)
        walk = Walk(stream, clock, survey, start_s=0.0, limits=limits)
        for packet in packets(container, [stream], walk.counts):
            walk.packet(packet)
            if survey.seconds > _SURVEYED_S:
                break
        walk.finish()
    if survey.products is None or survey.products.shape[0] <= _STEREO:
        return None
    energy = np.diag(survey.products) / max(survey.seconds, 1e-9)
    loudest = int(np.argmax(energy))
    scale = np.sqrt(np.diag(survey.products) * survey.products[loudest, loudest])
    return decide_many(energy, survey.products[loudest] / np.maximum(scale, 1e-12))


def _power_ratio(working: WorkingSound, weights: Weights) -> float:
    """Power after mixing by ``weights`` over the power of both channels, as the meter adds them."""
    if working.channels != _STEREO:
        return 1.0
    left, right = (float(one) for one in working.evidence.energy)
    if left + right <= 0:
        return 1.0
    both = np.array([[left, working.evidence.product], [working.evidence.product, right]])
    rows = np.asarray(weights)
    return float(np.einsum("ri,ij,rj->", rows, both, rows)) / (left + right)
