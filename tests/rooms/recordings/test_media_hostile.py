"""Hostile and broken files: refused with a sentence or ready with warnings, nothing else read, never stuck."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from app.kernel.child import ChildOutOfMemory, Limits
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.refusals import MediaRejected, rejected, rejection_slugs
from app.recordings.domain.media.sandboxed_open import open_media, refuse_to_follow
from app.recordings.media_child import derive
from tests.factories.sound import a_tone, write_wav
from tests.rooms.recordings.media_files import MediaShelf, needs_ffmpeg
from tests.rooms.recordings.media_fixtures import through
from tests.shared_data import SHARED, requires_shared


def refused(master: Path, folder: Path, **over: object) -> str:
    """The slug that this file is refused with; its sentence says that the file is kept."""
    folder.mkdir(exist_ok=True)
    with pytest.raises(MediaRejected) as error:
        derive(master, folder, **over)  # type: ignore[arg-type]
    assert "kept" in error.value.sentence
    assert "Traceback" not in error.value.sentence
    return error.value.slug


def a_secret(folder: Path) -> Path:
    """A recording that lies beside the hostile file and was not read since long ago."""
    secret = write_wav(folder / "secret.wav", a_tone(5))
    os.utime(secret, (1, 1))
    return secret


def was_not_read(secret: Path) -> bool:
    """By the file system's own note of the last reading, which is shown to work."""
    untouched = secret.stat().st_atime == 1
    secret.read_bytes()
    if secret.stat().st_atime == 1:
        pytest.skip("this file system does not note when a file was read: SKIPPED")
    return untouched


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of an MP4 file."""
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("playlist.wav", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n"),
        ("script.wav", "ffconcat version 1.0\nfile {secret}\n"),
        ("picture.mp3", "<svg xmlns='http://www.w3.org/2000/svg'><image href='{secret}'/></svg>"),
        ("page.m4a", "<!doctype html><html><audio src='{secret}'></audio></html>"),
        ("session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"),
        ("dash.mp4", "<?xml version='1.0'?><MPD><Period><BaseURL>{secret}</BaseURL></Period></MPD>"),
        ("text.wav", "Dear archive, here is my recording.\n" * 400),
    ],
)
def test_files_that_name_other_files_are_refused(tmp_path: Path, name: str, content: str) -> None:
    """Scripts and pages with a sound file's name: refused, and the file they name is not read."""
    secret = a_secret(tmp_path)
    master = tmp_path / name
    master.write_text(content.format(secret=secret))
    assert refused(master, tmp_path / "work") in {"format_not_allowed", "unreadable"}
    assert was_not_read(secret)


def test_a_film_with_data_in_another_file_does_not_get_it(tmp_path: Path) -> None:
    """A QuickTime file whose sound lies in a neighbouring file by reference: nothing of it is read."""
    secret = a_secret(tmp_path)
    alias = box(b"url ", bytes(4), b"file://" + os.fsencode(secret) + b"\0")
    entry = struct.pack(">I4s6xH8xHHIHH", 36, b"sowt", 1, 1, 16, 0, 16_000, 0)
    stbl = box(
        b"stbl",
        box(b"stsd", bytes(4), struct.pack(">I", 1), entry),
        box(b"stts", bytes(4), struct.pack(">III", 1, 80_000, 1)),
        box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, 80_000, 1)),
        box(b"stsz", bytes(4), struct.pack(">II", 2, 80_000)),
        box(b"stco", bytes(4), struct.pack(">II", 1, 44)),
    )
    mdia = box(
        b"mdia",
        box(b"mdhd", bytes(4), struct.pack(">IIIIHH", 0, 0, 16_000, 80_000, 0, 0)),
        box(b"hdlr", bytes(4), b"mhlrsoun", bytes(13)),
        box(
            b"minf",
            box(b"smhd", bytes(8)),
            box(b"dinf", box(b"dref", bytes(4), struct.pack(">I", 1), alias)),
            stbl,
        ),
    )
    tkhd = box(b"tkhd", bytes(3), b"\x07", struct.pack(">IIIII", 0, 0, 1, 0, 80_000), bytes(60))
    mvhd = box(b"mvhd", bytes(4), struct.pack(">IIII", 0, 0, 16_000, 80_000), bytes(80))
    master = tmp_path / "refers.mov"
    master.write_bytes(box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + box(b"moov", mvhd, box(b"trak", tkhd, mdia)))
    assert refused(master, tmp_path / "work") in {"too_short", "unreadable", "too_damaged", "codec_unknown"}
    assert was_not_read(secret)


def test_a_reader_that_asks_for_another_file_gets_an_error() -> None:
    """The callback that a container gets for opening others always refuses."""
    with pytest.raises(PermissionError, match="may not open"):
        refuse_to_follow("file:///etc/passwd", 1, {})


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_end_in_a_refusal(tmp_path: Path, seed: int) -> None:
    """Random bytes, also behind the first bytes of real formats, are no recording."""
    heads = [b"", b"\xff\xfb\x90\x64", b"ID3\x04\0\0\0\0\0\0", b"OggS\0\x02", b"\x1aE\xdf\xa3", b"fLaC\0\0\0\x22"]
    rng = np.random.default_rng(seed)
    master = tmp_path / "random.mp3"
    master.write_bytes(heads[seed] + rng.bytes(400_000))
    begun = time.monotonic()
    assert refused(master, tmp_path / "work") in rejection_slugs()
    assert time.monotonic() - begun < 30


@requires_shared
@pytest.mark.parametrize("name", ["mono.empty.wav", "mono.invalid.wav", "mono.zero.wav", "bad_metadata.flac"])
def test_given_hostile_files_end_well(tmp_path: Path, name: str) -> None:
    """Refused with a sentence, or ready."""
    expected = {"mono.empty.wav": "empty_file", "mono.invalid.wav": "unreadable", "mono.zero.wav": "too_short"}
    master = SHARED / "hostile" / name
    if name in expected:
        assert refused(master, tmp_path / "work") == expected[name]
    else:
        assert through(master, tmp_path / "work").copy.copy is not None


@needs_ffmpeg
def test_a_phone_that_did_not_finish_saving_is_named(shelf: MediaShelf, tmp_path: Path) -> None:
    """An M4A whose index was never written."""
    content = shelf.file("phone_index_behind.m4a").read_bytes()
    master = shelf.bytes_file("unfinished.m4a", content[: len(content) // 2])
    assert refused(master, tmp_path / "work") == "unfinished_file"
    assert "did not finish saving" in rejected("unfinished_file").sentence


def test_a_dictation_machines_format_is_named(tmp_path: Path) -> None:
    """DS2 cannot be played; the sentence says how to export it."""
    (tmp_path / "memo.ds2").write_bytes(b"\x03ds2" + bytes(5000))
    assert refused(tmp_path / "memo.ds2", tmp_path / "work") == "dictation_format"
    assert "export" in rejected("dictation_format").sentence


@pytest.mark.parametrize(
    ("over", "slug"),
    [
        ({"most_channels": 1}, "too_many_channels"),
        ({"highest_rate": 8000}, "rate_too_high"),
        ({"longest_s": 2.0}, "too_long"),
        ({"shortest_good_s": 30.0}, "too_short"),
    ],
)
def test_limits_are_kept(tmp_path: Path, over: dict[str, float], slug: str) -> None:
    """Each bound has its own sentence."""
    tone = a_tone(4)
    master = write_wav(tmp_path / "tone.wav", np.stack([tone, tone], axis=1))
    limits = MediaLimits(**over)  # type: ignore[arg-type]
    assert refused(master, tmp_path / "work", media_limits=limits) == slug


def test_seventeen_channels_and_a_megahertz_are_refused(tmp_path: Path) -> None:
    """The default bounds, on files that claim such things."""
    master = write_wav(tmp_path / "many.wav", np.zeros((40_000, 17)))
    assert refused(master, tmp_path / "work") == "too_many_channels"
    fast = write_wav(tmp_path / "fast.wav", a_tone(2), rate=1_000_000)
    assert refused(fast, tmp_path / "work") == "rate_too_high"


def test_damage_in_the_middle_keeps_the_rest(tmp_path: Path) -> None:
    """A megabyte of zeros over a recording: what is left is ready."""
    master = write_wav(tmp_path / "holed.wav", a_tone(30))
    content = bytearray(master.read_bytes())
    content[200_000:400_000] = bytes(200_000)
    master.write_bytes(content)
    assert through(master, tmp_path / "work").result["duration_ms"] == 30_000


@needs_ffmpeg
@pytest.mark.parametrize("name", ["vbr.mp3", "archive.flac", "voice_note.ogg", "browser.webm", "phone.m4a"])
def test_scrambled_stretches_are_survived(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    """Random bytes over a tenth of the file: ready with what is left, or refused; never stuck."""
    content = bytearray(shelf.file(name).read_bytes())
    start, size = len(content) // 2, len(content) // 10
    content[start : start + size] = np.random.default_rng(8).bytes(size)
    master = shelf.bytes_file(f"scrambled_{name}", bytes(content))
    made = through(master, tmp_path / "work")
    assert 5000 < made.result["duration_ms"] < 13_000
    assert made.copy.copy is not None


def test_nothing_is_left_open_by_a_refusal(tmp_path: Path) -> None:
    """A hundred refusals leave as many open files as before."""
    master = tmp_path / "text.wav"
    master.write_text("nothing to hear")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(100):
        with master.open("rb") as file, pytest.raises(MediaRejected), open_media(file, MediaLimits()):
            pass
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_file_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    """With too little address space the parent hears why, and goes on."""
    master = write_wav(tmp_path / "tone.wav", a_tone(4))
    (tmp_path / "work").mkdir()
    with pytest.raises(Exception, match=r"memory|ended by|could not be read") as error:
        derive(master, tmp_path / "work", limits=Limits(address_space_bytes=150 * 1024**2))
    assert not isinstance(error.value, MediaRejected)
    assert isinstance(error.value, ChildOutOfMemory) or error.type.__name__.startswith("Child")


@pytest.mark.parametrize("slug", rejection_slugs())
def test_every_refusal_says_what_is_safe(slug: str) -> None:
    """One or two plain sentences, and that the file is kept."""
    sentence = rejected(slug).sentence
    assert sentence.endswith("kept exactly as you sent it.")
    assert len(sentence) < 400
    assert not {"codec", "ffmpeg", "demuxer", "stream"} & set(sentence.lower().split())


def test_a_short_clip_that_is_whole_is_taken(tmp_path: Path) -> None:
    """A word of 0.96 s in an undamaged file is a recording; a tenth of a second is not."""
    word = write_wav(tmp_path / "word.wav", a_tone(0.96))
    (tmp_path / "work").mkdir()
    derived = derive(word, tmp_path / "work")
    assert 900 <= derived.result["duration_ms"] <= 1_000
    assert refused(write_wav(tmp_path / "click.wav", a_tone(0.1)), tmp_path / "other") == "too_short"
