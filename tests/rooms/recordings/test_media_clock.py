"""One clock for late, interrupted, joined and cut recordings, and a decision about every channel."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from app.recordings.domain.media.clock import MediaClock, PictureClock
from app.recordings.domain.media.limits import MediaLimits
from tests.factories.sound import write_wav
from tests.rooms.recordings.media_files import (
    SECONDS,
    MediaShelf,
    length_of,
    loudness_of,
    needs_ffmpeg,
    samples_of,
)
from tests.rooms.recordings.media_fixtures import Made, lag_ms, through
from tests.shared_data import SHARED, requires_shared

WHOLE_MS = SECONDS * 1000


def a_clock(*, stamped: bool = True) -> MediaClock:
    """A clock with the default bounds."""
    return MediaClock(stamped=stamped, limits=MediaLimits())


def feed(clock: MediaClock, stamps: list[float | None], length_s: float = 1.0) -> list[float]:
    """Place frames of this length one after another."""
    return [
        clock.place(stamp, length_s, following) for stamp, following in zip(stamps, [*stamps[1:], None], strict=True)
    ]


def test_frames_that_follow_on_are_placed_by_their_samples() -> None:
    """Jitter of stamps moves nothing."""
    clock = a_clock()
    assert feed(clock, [0.0, 1.03, 1.96, 3.08, None, 5.0]) == [0, 1, 2, 3, 4, 5]
    assert (clock.gaps, clock.restarts) == ([], 0)


def test_a_pause_is_silence_and_a_gap() -> None:
    """Stamps that jump twenty seconds mean that twenty seconds passed."""
    clock = a_clock()
    assert feed(clock, [0.0, 1.0, 22.0, 23.0]) == [0, 1, 22, 23]
    assert clock.gaps == [(2.0, 22.0)]
    assert clock.to_json()["segments"][-1] == {"sample": 22 * 16_000, "original_ms": 22_000}


def test_a_late_start_keeps_its_place() -> None:
    """Sound that begins four seconds after the picture begins at four seconds."""
    clock = a_clock()
    assert feed(clock, [4.0, 5.0]) == [4, 5]
    assert clock.gaps == [(0.0, 4.0)]


def test_a_new_beginning_follows_on() -> None:
    """Two notes glued together: the second lies behind the first, and the map knows both times."""
    clock = a_clock()
    assert feed(clock, [0.0, 1.0, 2.0, 0.0, 1.0]) == [0, 1, 2, 3, 4]
    assert clock.restarts == 1
    assert clock.to_json()["segments"] == [
        {"sample": 0, "original_ms": 0},
        {"sample": 48_000, "original_ms": 0},
    ]


def test_one_wrong_stamp_changes_nothing() -> None:
    """A stamp that the next frame contradicts is a fault, forward or back."""
    clock = a_clock()
    assert feed(clock, [0.0, 1.0, 50.0, 3.0, 4.0, 0.5, 6.0]) == [0, 1, 2, 3, 4, 5, 6]
    assert (clock.gaps, clock.restarts) == ([], 0)


def test_a_jump_of_hours_is_closed() -> None:
    """Stamps that jump further than any pause do not make hours of silence."""
    clock = a_clock()
    assert feed(clock, [0.0, 1.0, 9000.0, 9001.0]) == [0, 1, 2, 3]
    assert clock.closed_jumps == 1


def test_slow_drift_is_no_new_beginning() -> None:
    """More sound than the stamps have room for is kept, in the order it came."""
    clock = a_clock()
    stamps = [n * 0.97 for n in range(200)]
    assert feed(clock, list(stamps)) == list(range(200))
    assert clock.restarts == 0
    assert len(clock.segments) > 3


def test_containers_without_stamps_are_counted() -> None:
    """In an MP3 the count of samples is the clock, whatever a reader guesses."""
    clock = a_clock(stamped=False)
    assert feed(clock, [0.0, 30.0, 5.0]) == [0, 1, 2]


def test_pictures_take_the_shift_of_their_beginning() -> None:
    """The second beginning of the picture goes where that of the sound went."""
    pictures = PictureClock(shifts_s=[0.0, 9.0])
    assert [pictures.place(at) for at in (0.0, 5.0, 0.0, 5.0)] == [0.0, 5.0, 9.0, 14.0]
    assert pictures.end_s() == 14.0


@needs_ffmpeg
@pytest.mark.parametrize("name", ["sound_late.mp4", "sound_late.webm"])
def test_late_sound_keeps_its_place_in_every_derivative(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """Four seconds of silence before the sound in the working sound and in the copy."""
    made = through(shelf.file(name), tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(16_000, abs=100)
    assert made.result["gaps"][0] == {"start_ms": 0, "end_ms": pytest.approx(4000, abs=60)}
    assert "sound_starts_late" in made.slugs
    expected = samples_of(shelf.mono)
    assert lag_ms(made.working(), expected) == pytest.approx(4000, abs=60)
    assert lag_ms(samples_of(made.copy.copy or Path()), expected) == pytest.approx(4000, abs=60)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["pause.webm", "pause.m4a", "pause.ogg"])
def test_a_pause_inside_is_silent_everywhere(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """Twenty seconds without sound; what follows lies at its own time."""
    made = through(shelf.file(name), tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(WHOLE_MS + 20_000, abs=100)
    (gap,) = made.result["gaps"]
    assert gap["end_ms"] - gap["start_ms"] == pytest.approx(20_000, abs=60)
    assert "pauses_inside" in made.slugs
    after = samples_of(shelf.mono)[5 * 16_000 :]
    for heard in (made.working(), samples_of(made.copy.copy or Path())):
        start, end = gap["start_ms"] * 16, gap["end_ms"] * 16
        assert np.abs(heard[start + 1600 : end - 1600]).max() < 3
        assert lag_ms(heard, after) == pytest.approx(25_000, abs=60)
    peaks = np.frombuffer(made.derived.peaks.read_bytes()[24:], np.int8)
    middle = (gap["start_ms"] + gap["end_ms"]) // 2 // 50
    assert not peaks[middle * 2 - 40 : middle * 2 + 40].any()


GLUED = ["voice_note.ogg", "radio.aac", "vbr.mp3", "archive.flac", "browser.webm", "phone.m4a",
         "float.wav"]  # fmt: skip


@needs_ffmpeg
@pytest.mark.parametrize("name", GLUED)
def test_two_glued_recordings_are_both_heard(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """The same recording twice in one file is twice as long, in order, in both derivatives."""
    one = shelf.file(name).read_bytes()
    made = through(shelf.bytes_file(f"glued_{name}", one + one), tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(2 * WHOLE_MS, abs=150)
    assert length_of(made.copy.copy or Path()) == pytest.approx(2 * SECONDS, abs=0.15)
    samples = made.working()
    half = samples.size // 2
    expected = samples_of(shelf.mono)
    for part in (samples[:half], samples[half:]):
        assert abs(lag_ms(part, expected)) < 120
    assert loudness_of(made.copy.copy or Path()) == pytest.approx(-16, abs=0.5)
    if name not in ("radio.aac", "vbr.mp3"):
        assert "parts_joined" in made.slugs
        assert len(made.result["clock"]["segments"]) == 2


@needs_ffmpeg
@pytest.mark.parametrize("kind", ["ogg", "mp3", "aac"])
def test_a_format_that_changes_inside_is_heard_to_its_end(shelf: MediaShelf, tmp_path: Path, kind: str) -> None:
    """Stereo at 44.1 kHz and then mono at 22.05 kHz, in one file."""
    codec = {"ogg": "libvorbis", "mp3": "libmp3lame", "aac": "aac"}[kind]
    first = shelf.made(f"change_1.{kind}", f"-i {{s}} -c:a {codec}").read_bytes()
    second = shelf.made(f"change_2.{kind}", f"-i {{m}} -ar 22050 -c:a {codec}").read_bytes()
    made = through(shelf.bytes_file(f"change.{kind}", first + second), tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(2 * WHOLE_MS, abs=200)
    assert "format_changes" in made.slugs
    samples = made.working()
    assert abs(lag_ms(samples[samples.size // 2 :], samples_of(shelf.mono))) < 200


@needs_ffmpeg
@pytest.mark.parametrize("name", ["float.wav", "archive.flac", "archive.aiff", "browser.webm"])
def test_a_cut_file_is_saved_as_far_as_it_goes(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """Half of the bytes: about half of the sound, and a sentence with both lengths."""
    content = shelf.file(name).read_bytes()
    made = through(shelf.bytes_file(f"cut_{name}", content[: len(content) // 2 + 1]), tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(WHOLE_MS / 2, abs=900)
    (told,) = [one for one in made.result["warnings"] if one["slug"] == "shorter_than_header"]
    assert told["header_ms"] == pytest.approx(WHOLE_MS, abs=100)
    assert "6 seconds" in told["sentence"]
    assert "kept" in told["sentence"]


def test_a_recorder_that_lost_power_is_heard(tmp_path: Path) -> None:
    """A WAV whose lengths were never written, cut in the middle of a sample."""
    path = write_wav(tmp_path / "lost.wav", 0.2 * np.sin(np.arange(5 * 16_000) / 9))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = bytes(4)
    path.write_bytes(content[:-1])
    made = through(path, tmp_path / "work")
    assert made.result["duration_ms"] == 5000
    assert "unfinished_header" in made.slugs


@needs_ffmpeg
def test_lengths_that_a_player_guesses_are_told(shelf: MediaShelf, tmp_path: Path) -> None:
    """A VBR file without header: quiet first, so that its guessed length is far from the truth."""
    master = shelf.made(
        "guess.mp3",
        "-f lavfi -i anoisesrc=d=10:a=0.5 -f lavfi -i anullsrc=d=50 -filter_complex"
        " [0][1]concat=n=2:v=0:a=1 -c:a libmp3lame -q:a 0 -write_xing 0 -id3v2_version 0",
    )
    made = through(master, tmp_path / "work")
    assert made.result["duration_ms"] == pytest.approx(60_000, abs=150)
    assert abs(made.result["durations"]["header_ms"] - 60_000) > 1200
    assert "length_guessed" in made.slugs


@needs_ffmpeg
def test_opposite_signs_do_not_cancel(shelf: MediaShelf, tmp_path: Path) -> None:
    """A plain mix would be silent: one side is turned, in the working sound and in the copy."""
    made = through(shelf.file("opposite_signs.wav"), tmp_path / "work")
    assert made.result["channels"]["polarity_inverted"]
    assert "polarity_inverted" in made.slugs
    expected = samples_of(shelf.mono)
    for heard in (made.working(), samples_of(made.copy.copy or Path())):
        assert np.corrcoef(heard[: 11 * 16_000], expected[: 11 * 16_000])[0, 1] > 0.9


@needs_ffmpeg
def test_a_silent_side_is_left_out(shelf: MediaShelf, tmp_path: Path) -> None:
    """The side that sounds is heard at its own level, in mono."""
    made = through(shelf.file("one_sided.wav"), tmp_path / "work")
    assert made.result["channels"]["silent"] == [0]
    assert made.copy.result["channels"] == 1
    assert made.working().std() == pytest.approx(samples_of(shelf.mono).std(), rel=0.05)


def voices() -> tuple[np.ndarray, np.ndarray]:
    """Two voices that take turns, at 16 kHz, with a little noise of their own microphones."""
    rng = np.random.default_rng(3)
    t = np.arange(40 * 16_000) / 16_000
    turn = (np.sin(2 * np.pi * t / 9) > 0).astype(float)
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * t), 0, 1)
    one = turn * syllables * sum(np.sin(2 * np.pi * 117 * k * t) / k for k in (1, 2, 3, 4))
    other = (1 - turn) * syllables * sum(np.sin(2 * np.pi * 203 * k * t) / k for k in (1, 2, 3))
    noise = rng.normal(0, 0.001, (2, t.size))
    return 0.2 * one + noise[0], 0.2 * other + noise[1]


def with_channels(tmp_path: Path, left: np.ndarray, right: np.ndarray) -> Made:
    """Through the children as a stereo WAV."""
    return through(write_wav(tmp_path / "two.wav", np.stack([left, right], axis=1)), tmp_path / "work")


def test_one_voice_a_channel_stays_apart(tmp_path: Path) -> None:
    """An interview with a microphone for each: two working files, a stereo copy."""
    one, other = voices()
    made = with_channels(tmp_path, one, other)
    assert made.result["channels"]["mode"] == "apart"
    assert len(made.derived.working) == 2
    for channel, voice in enumerate((one, other)):
        assert np.corrcoef(made.working(channel), voice)[0, 1] > 0.99
    assert made.copy.result["channels"] == 2


@pytest.mark.parametrize("bleed_db", [-6, -12, -20, -26])
def test_microphones_that_hear_both_voices_are_mixed(tmp_path: Path, bleed_db: int) -> None:
    """With bleed, apart would write every sentence twice."""
    one, other = voices()
    gain = 10 ** (bleed_db / 20)
    made = with_channels(tmp_path, one + gain * np.roll(other, 40), other + gain * np.roll(one, 40))
    assert made.result["channels"]["mode"] == "mix"
    assert len(made.derived.working) == 1


@requires_shared
def test_a_real_call_with_a_speaker_a_side_stays_apart(tmp_path: Path) -> None:
    """Two people on two channels, talking over each other."""
    made = through(SHARED / "speech" / "multi" / "stereo_two_channels.wav", tmp_path / "work")
    assert made.result["channels"]["mode"] == "apart"


def test_the_working_sound_of_plain_pcm_is_that_pcm(tmp_path: Path) -> None:
    """16 kHz mono goes through sample for sample: byte 2n is sample n."""
    path = write_wav(tmp_path / "plain.wav", voices()[0])
    made = through(path, tmp_path / "work")
    with wave.open(str(path)) as file:
        assert made.derived.working[0].read_bytes() == file.readframes(file.getnframes())
