"""Every well-formed kind of sound and film becomes ready: levelled, on time, without tags."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from app.kernel.child import Limits
from app.recordings.media_child import derive, make_access_copy
from tests.rooms.recordings.media_files import (
    RECIPES,
    SECONDS,
    MediaShelf,
    length_of,
    loudness_of,
    needs_ffmpeg,
    samples_of,
)
from tests.rooms.recordings.media_fixtures import lag_ms, through
from tests.shared_data import SHARED, requires_shared

GIVEN = sorted((SHARED / "speech" / "format").glob("*")) if SHARED.exists() else []
SOUNDS = [name for name in RECIPES if not name.startswith(("pause", "film_1080p60", "silent_film", "sound_late"))]
FILMS = {"film.mp4", "film.webm"}


@needs_ffmpeg
@pytest.mark.parametrize("name", SOUNDS)
def test_a_made_kind_becomes_ready(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """Its length is right within 0.1 s, its copy within 0.5 LU of −16, its sound where it was."""
    made = through(shelf.file(name), tmp_path / "work")
    assert made.result["has_sound"]
    assert made.result["duration_ms"] == pytest.approx(SECONDS * 1000, abs=100)
    assert made.copy.copy is not None
    assert length_of(made.copy.copy) == pytest.approx(made.result["duration_ms"] / 1000, abs=0.1)
    assert loudness_of(made.copy.copy) == pytest.approx(-16, abs=0.5)
    samples = made.working()
    assert samples.size == pytest.approx(made.result["duration_ms"] * 16, abs=16)
    expected = samples_of(shelf.mono)
    assert abs(lag_ms(samples, expected)) < 60, "the working sound lies elsewhere than the original"
    assert abs(lag_ms(samples_of(made.copy.copy), samples)) < 10, "the copy lies elsewhere"
    assert made.result["has_video"] == (name in FILMS)


@requires_shared
@needs_ffmpeg
@pytest.mark.parametrize("path", GIVEN, ids=lambda path: path.name)
def test_a_given_kind_becomes_ready(tmp_path: Path, path: Path) -> None:
    """Real files in the containers that oral historians meet."""
    made = through(path, tmp_path / "work")
    assert made.copy.copy is not None
    with av.open(str(path)) as container:
        if container.duration:
            assert made.result["duration_ms"] == pytest.approx(container.duration / 1000, abs=100)
    assert length_of(made.copy.copy) == pytest.approx(made.result["duration_ms"] / 1000, abs=0.1)
    if made.result["loudness"]["integrated_lufs"] is not None:
        assert loudness_of(made.copy.copy) == pytest.approx(-16, abs=0.5)


@needs_ffmpeg
def test_telephone_sound_becomes_ready(shelf: MediaShelf, tmp_path: Path) -> None:
    """AMR, whose header promises more than there is."""
    made = through(shelf.amr(), tmp_path / "work")
    assert made.result["format"]["name"] == "amr"
    assert made.result["duration_ms"] == pytest.approx(SECONDS * 1000, abs=100)
    assert loudness_of(made.copy.copy or Path()) == pytest.approx(-16, abs=0.5)


@needs_ffmpeg
def test_what_a_file_is_comes_from_its_bytes(shelf: MediaShelf, tmp_path: Path) -> None:
    """An MP3 that is called a WAV is an MP3."""
    disguised = shelf.bytes_file("called.wav", shelf.file("vbr.mp3").read_bytes())
    made = through(disguised, tmp_path / "work")
    assert made.result["format"]["content_type"] == "audio/mpeg"


@needs_ffmpeg
def test_copies_carry_no_tags_and_the_editor_gets_suggestions(shelf: MediaShelf, tmp_path: Path) -> None:
    """The place that a phone wrote is offered and never copied."""
    made = through(shelf.file("tagged.m4a"), tmp_path / "work")
    assert made.result["tags"]["title"] == "Lola"
    assert "+14.5995" in made.result["tags"]["location"]
    content = (made.copy.copy or Path()).read_bytes()
    for secret in (b"Lola", b"14.59", b"Someone", b"home", b"Lavf", b"Lavc"):
        assert secret not in content


@needs_ffmpeg
def test_the_copy_can_start_to_play_before_it_has_arrived(shelf: MediaShelf, tmp_path: Path) -> None:
    """The index lies before the sound."""
    made = through(shelf.file("phone.m4a"), tmp_path / "work")
    content = (made.copy.copy or Path()).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@needs_ffmpeg
def test_a_film_keeps_its_picture_in_720p_at_most(shelf: MediaShelf, tmp_path: Path) -> None:
    """1080p at sixty a second becomes H.264 of 1280 × 720 at thirty, with a poster."""
    made = through(shelf.file("film_1080p60.mov"), tmp_path / "work")
    copy = made.copy.copy or Path()
    with av.open(str(copy)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 720)
        assert container.streams.audio[0].codec_context.name == "aac"
        assert sum(1 for _ in container.decode(video=0)) == pytest.approx(60, abs=2)
    assert made.copy.result["kind"] == "film"
    assert (made.copy.poster or Path()).read_bytes()[:3] == b"\xff\xd8\xff"


@needs_ffmpeg
def test_poster_and_copy_stand_upright(shelf: MediaShelf, tmp_path: Path) -> None:
    """A film with a rotation is turned as the ffmpeg program turns it."""
    upright = shelf.file("film.mp4")
    turned = shelf.made("turned.mp4", f"-i {upright} -c copy -metadata:s:v rotate=90")
    made = through(turned, tmp_path / "work")
    assert (made.copy.result["width"], made.copy.result["height"]) == (360, 640)
    first = shelf.made("turned.png", f"-i {turned} -frames:v 1")
    for ours in (made.copy.copy, made.copy.poster):
        assert ours is not None
        assert _alike(_picture(ours), _picture(first)) > 0.9
        assert _alike(_picture(ours)[::-1, ::-1], _picture(first)) < 0.9


def _picture(path: Path) -> np.ndarray:
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-vf", "scale=36:64,format=gray",
         "-f", "rawvideo", "-"], capture_output=True, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(64, 36).astype(np.float64)


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@needs_ffmpeg
def test_a_film_without_sound_is_ready(shelf: MediaShelf, tmp_path: Path) -> None:
    """A home movie: a picture, a poster, no working sound, and a sentence."""
    made = through(shelf.file("silent_film.mov"), tmp_path / "work")
    assert made.slugs == {"no_sound"}
    assert not made.result["has_sound"]
    assert made.derived.working == []
    assert made.result["duration_ms"] == pytest.approx(4000, abs=100)
    assert made.copy.poster is not None
    assert length_of(made.copy.copy or Path()) == pytest.approx(4, abs=0.1)


@needs_ffmpeg
def test_a_picture_that_ends_its_child_takes_nothing_from_the_sound(shelf: MediaShelf, tmp_path: Path) -> None:
    """With too little memory for pictures, the copy is the sound alone, and says so."""
    folder = tmp_path / "work"
    folder.mkdir()
    master = shelf.file("film_1080p60.mov")
    derived = derive(master, folder)
    tight = Limits(address_space_bytes=330 * 1024**2)
    copied = make_access_copy(master, folder, derived.result, limits=tight)
    assert [one["slug"] for one in copied.result["warnings"]] == ["picture_not_playable"]
    assert copied.result["kind"] == "sound"
    assert length_of(copied.copy or Path()) == pytest.approx(2, abs=0.1)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["cover.mp3", "cover.m4a"])
def test_a_cover_makes_no_film(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """The cover becomes the poster, made anew; the copy is sound."""
    made = through(shelf.file(name), tmp_path / "work")
    assert not made.result["has_video"]
    assert made.result["cover"] == {"width": 300, "height": 200}
    assert (made.copy.result["kind"], made.copy.result["poster_source"]) == ("sound", "cover")


@needs_ffmpeg
def test_a_huge_cover_is_not_decoded(shelf: MediaShelf, tmp_path: Path) -> None:
    """A picture of 81 million pixels inside an MP3: the sound is ready, the picture left alone."""
    huge = shelf.made("huge.png", "-f lavfi -i color=red:s=9000x9000:d=0.04 -frames:v 1")
    master = shelf.made(
        "huge_cover.mp3",
        f"-i {{s}} -i {huge} -map 0:a -map 1:v -c:a libmp3lame -c:v copy -disposition:v attached_pic",
    )
    made = through(master, tmp_path / "work")
    assert made.copy.poster is None
    assert made.copy.copy is not None


@needs_ffmpeg
def test_the_declared_language_chooses_among_tracks(shelf: MediaShelf, tmp_path: Path) -> None:
    """Where no track has the default flag more than another, the declared language decides."""
    master = shelf.file("two_tracks.m4a")
    with av.open(str(master)) as container:
        defaults = [bool(one.disposition & 1) for one in container.streams.audio]
    made = through(master, tmp_path / "work", declared_languages=["ja"])
    expected = 1 if defaults[0] == defaults[1] else defaults.index(True)
    assert made.result["chosen_track"] == expected
    assert "other_tracks" in made.slugs


@needs_ffmpeg
def test_the_waveform_is_audiowaveforms_second_version(shelf: MediaShelf, tmp_path: Path) -> None:
    """Header, twenty pairs a second, and the loud places where the sound is loud."""
    made = through(shelf.mono, tmp_path / "work")
    content = made.derived.peaks.read_bytes()
    version, flags, rate, a_peak, length, channels = struct.unpack("<iIiiIi", content[:24])
    assert (version, flags, rate, a_peak, channels) == (2, 1, 16_000, 800, 1)
    pairs = np.frombuffer(content[24:], np.int8).reshape(-1, 2)
    assert length == len(pairs) == pytest.approx(SECONDS * 20, abs=1)
    samples = made.working()[: len(pairs) // 2 * 1600]
    loud = np.abs(samples.reshape(-1, 1600)).max(axis=1) / 256
    drawn = np.abs(pairs[: len(loud) * 2].astype(int)).max(axis=1).reshape(-1, 2).max(axis=1)
    assert np.abs(loud - drawn).max() <= 1.01


@needs_ffmpeg
def test_everything_told_is_json_without_surprises(shelf: MediaShelf, tmp_path: Path) -> None:
    """The result goes into a database column as it is."""
    made = through(shelf.file("phone.m4a"), tmp_path / "work")
    assert json.loads(json.dumps(made.result, allow_nan=False)) == made.result
