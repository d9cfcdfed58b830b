"""Makes the kinds of media files that the tests need, with the ffmpeg program, in a folder of the run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest

FFMPEG: Final = shutil.which("ffmpeg")
SECONDS: Final = 12.0
"""Length of the sound that every made file holds."""

needs_ffmpeg = pytest.mark.skipif(
    FFMPEG is None, reason="the ffmpeg program is not here, so no media files can be made: SKIPPED"
)

_STAMP_JUMP: Final = "asetpts='if(gt(T,4),PTS+20/TB,PTS)'"

RECIPES: Final[dict[str, str]] = {
    # Sound as phones, recorders, browsers and archives write it: {s} is the stereo sound, {m} the mono.
    "phone.m4a": "-i {m} -c:a aac -movflags +faststart",
    "phone_index_behind.m4a": "-i {m} -c:a aac",
    "lossless.m4a": "-i {s} -c:a alac",
    "fragmented.mp4": "-i {m} -c:a aac -movflags frag_keyframe+empty_moov",
    "telephone.3gp": "-i {m} -c:a aac -ar 16000",
    "quicktime.mov": "-i {s} -c:a pcm_s16be",
    "studio_96k_24bit.wav": "-i {s} -c:a pcm_s24le -ar 96000",
    "float.wav": "-i {s} -c:a pcm_f32le",
    "dictaphone_adpcm.wav": "-i {m} -c:a adpcm_ima_wav",
    "telephone_mulaw.wav": "-i {m} -ar 8000 -c:a pcm_mulaw",
    "eight_bit.wav": "-i {m} -ar 11025 -c:a pcm_u8",
    "huge.w64": "-i {s} -c:a pcm_s16le",
    "archive.aiff": "-i {s} -c:a pcm_s24be",
    "apple.caf": "-i {s} -c:a pcm_s16be",
    "archive.flac": "-i {s} -c:a flac",
    "vbr.mp3": "-i {s} -c:a libmp3lame -q:a 5",
    "vbr_no_header.mp3": "-i {s} -c:a libmp3lame -q:a 7 -write_xing 0 -id3v2_version 0",
    "low_rate.mp3": "-i {m} -ar 22050 -c:a libmp3lame -b:a 32k",
    "radio.aac": "-i {m} -c:a aac -f adts",
    "voice_note.ogg": "-i {m} -c:a libopus -b:a 16k",
    "vorbis.ogg": "-i {s} -c:a libvorbis",
    "speex.ogg": "-i {m} -ar 16000 -c:a libspeex",
    "flac_in.ogg": "-i {m} -c:a flac",
    "sound.mka": "-i {s} -c:a flac",
    "mp3_in.mka": "-i {s} -c:a libmp3lame",
    "browser.webm": "-i {m} -c:a libopus",
    "browser_no_duration.webm": "-i {m} -c:a libopus -live 1 -f webm",
    "windows.wma": "-i {s} -c:a wmav2",
    "six_channels.wav": "-i {s} -af pan=5.1|c0=c0|c1=c1|c2=0.5*c0+0.5*c1 -c:a pcm_s16le",
    "three_channels.flac": "-i {s} -af pan=3.0|c0=c0|c1=c1|c2=c0",
    # Films.
    "film.mp4": "-f lavfi -i testsrc=s=640x360:r=30:d=12 -i {m} -c:v libx264 -pix_fmt yuv420p -c:a aac",
    "film.webm": "-f lavfi -i testsrc=s=320x240:r=15:d=12 -i {m} -c:v libvpx -b:v 200k -c:a libopus",
    "film_1080p60.mov": "-f lavfi -i testsrc=s=1920x1080:r=60:d=2 -i {m} -t 2 -c:v libx264 -preset ultrafast"
    " -pix_fmt yuv420p -c:a pcm_s16le",
    "silent_film.mov": "-f lavfi -i testsrc=s=640x360:r=30:d=4 -c:v libx264 -pix_fmt yuv420p",
    "sound_late.mp4": "-f lavfi -i testsrc=s=320x240:r=25:d=16 -itsoffset 4 -i {m} -map 0:v -map 1:a"
    " -c:v libx264 -pix_fmt yuv420p -c:a aac",
    "sound_late.webm": "-f lavfi -i testsrc=s=320x240:r=25:d=16 -itsoffset 4 -i {m} -map 0:v -map 1:a"
    " -c:v libvpx -b:v 200k -c:a libopus",
    # Pauses inside: the stamps jump twenty seconds after four.
    "pause.webm": f"-i {{m}} -af {_STAMP_JUMP} -c:a libopus",
    "pause.m4a": f"-i {{m}} -af {_STAMP_JUMP} -c:a aac",
    "pause.ogg": f"-i {{m}} -af {_STAMP_JUMP} -c:a libopus",
    # Channels.
    "opposite_signs.wav": "-i {m} -af pan=stereo|c0=c0|c1=-1*c0",
    "one_sided.wav": "-i {m} -af pan=stereo|c0=0*c0|c1=c0",
    "two_tracks.m4a": "-i {s} -i {m} -map 0 -map 1 -c:a aac -metadata:s:a:0 language=eng"
    " -metadata:s:a:1 language=jpn -disposition:a:0 0 -disposition:a:1 0",
    # Covers and tags.
    "cover.mp3": "-i {s} -i {cover} -map 0:a -map 1:v -c:a libmp3lame -disposition:v attached_pic",
    "cover.m4a": "-i {s} -i {cover} -map 0:a -map 1:v -c:a aac -c:v copy -disposition:v attached_pic",
    "tagged.m4a": "-i {s} -c:a aac -metadata title=Lola -metadata location=+14.5995+120.9842/"
    " -metadata artist=Someone -metadata comment=home",
}
"""Arguments of the ffmpeg program, by the name of what they make."""


class MediaShelf:
    """Files made once a run and shared by its tests; they are only read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sound = folder / "sound.wav"
        self.mono = folder / "mono.wav"
        self.cover = folder / "cover.jpg"

    def begin(self) -> None:
        """The sound that all others are made of: bursts of changing tones over faint noise."""
        rng = np.random.default_rng(5)
        rate, t = 44_100, np.arange(int(44_100 * SECONDS)) / 44_100
        burst = np.clip(np.sin(2 * np.pi * 0.9 * t) * 3, 0, 1)
        left = burst * sum(0.16 / k * np.sin(2 * np.pi * (140 + 30 * np.sin(t)) * k * t) for k in (1, 2, 3, 5))
        noise = rng.normal(0, 0.002, (2, t.size))
        right = 0.7 * np.roll(left, 11)
        for path, channels in ((self.sound, np.stack([left, right]) + noise), (self.mono, left[None] + noise[:1])):
            raw = (np.clip(channels.T, -1, 1) * 32767).astype("<i2").tobytes()
            self._ffmpeg(f"-f s16le -ar {rate} -ac {channels.shape[0]} -i pipe:0", path, raw)
        self._ffmpeg("-f lavfi -i testsrc=s=300x200:d=0.04 -frames:v 1", self.cover)

    def _ffmpeg(self, arguments: str, path: Path, stdin: bytes | None = None) -> None:
        assert FFMPEG is not None
        told = subprocess.run(
            [FFMPEG, "-v", "error", "-y", *arguments.split(" "), str(path)],
            input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True, check=False,
        )  # fmt: skip
        if told.returncode != 0:
            pytest.skip(f"this ffmpeg program cannot make {path.name}: {told.stderr.decode()[:200]}: SKIPPED")

    def file(self, name: str) -> Path:
        """The made file of that name."""
        path = self.folder / name
        if not path.exists():
            arguments = RECIPES[name].format(s=self.sound, m=self.mono, cover=self.cover)
            self._ffmpeg(arguments, path)
        return path

    def made(self, name: str, arguments: str) -> Path:
        """A file made by other arguments."""
        path = self.folder / name
        if not path.exists():
            self._ffmpeg(arguments.format(s=self.sound, m=self.mono, cover=self.cover), path)
        return path

    def bytes_file(self, name: str, content: bytes) -> Path:
        """A file of these bytes."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def amr(self) -> Path:
        """Telephone sound; most ffmpeg programs cannot write it, PyAV's library can."""
        path = self.folder / "telephone.amr"
        if not path.exists():
            with av.open(str(path), "w") as target, av.open(str(self.mono)) as source:
                stream = target.add_stream("libopencore_amrnb", rate=8000)
                stream.codec_context.layout = "mono"
                stream.codec_context.bit_rate = 12_200
                resampler = av.AudioResampler("s16", "mono", 8000)
                for frame in source.decode(audio=0):
                    for one in resampler.resample(frame):
                        target.mux(stream.encode(one))
                target.mux(stream.encode(None))
        return path


def loudness_of(path: Path) -> float:
    """Integrated loudness by the ffmpeg program, in LUFS."""
    assert FFMPEG is not None
    told = subprocess.run(
        [FFMPEG, "-hide_banner", "-nostats", "-i", str(path), "-map", "0:a", "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, check=True,
    ).stderr.decode()  # fmt: skip
    return float(told.rsplit("I:", 1)[1].split("LUFS")[0])


def samples_of(path: Path) -> np.ndarray:
    """Decoded mono samples at 16 kHz, by the ffmpeg program."""
    assert FFMPEG is not None
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", str(path), "-ac", "1", "-ar", "16000", "-f", "s16le", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.int16).astype(np.float64)


def length_of(path: Path) -> float:
    """Seconds by the header of a copy of ours."""
    with av.open(str(path)) as container:
        assert container.duration is not None
        return container.duration / 1_000_000
