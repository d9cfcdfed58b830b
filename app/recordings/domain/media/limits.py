"""How much a file may ask of us, and what sound is made into; one frozen value travels to the child."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

WORKING_RATE: Final = 16_000
"""Samples a second of the working sound: what Whisper and Silero listen to."""
PEAKS_PER_SECOND: Final = 20
TARGET_LUFS: Final = -16.0
CEILING_DB: Final = -1.5

FORMATS: Final[dict[str, str]] = {
    "wav": "WAV sound",
    "w64": "Wave64 sound",
    "aiff": "AIFF sound",
    "flac": "FLAC sound",
    "mp3": "MP3 sound",
    "aac": "AAC sound",
    "ogg": "Ogg sound",
    "matroska,webm": "WebM or Matroska",
    "mov,mp4,m4a,3gp,3g2,mj2": "MP4 or QuickTime",
    "amr": "AMR telephone sound",
    "caf": "Core Audio sound",
    "asf": "Windows Media",
}
"""The demuxers that may open a file, by FFmpeg's name, each with its name for people."""

FORMAT_SLUGS: Final[dict[str, str]] = {
    "matroska,webm": "matroska",
    "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
}

UNSTAMPED: Final = frozenset({"wav", "w64", "aiff", "mp3", "aac", "amr", "caf"})
"""Containers without time stamps of their own: their clock is the count of decoded samples."""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """The bounds of INGEST, all settable; times in seconds."""

    most_channels: int = 16
    longest_s: float = 24 * 3600.0
    highest_rate: int = 192_000
    shortest_good_s: float = 1.0
    most_bad_share: float = 0.5
    most_picture_pixels: int = 50_000_000
    longest_gap_s: float = 3600.0
    """A jump of the stamps longer than this is a fault of the stamps, not a pause."""
    most_segments: int = 5_000

    def to_args(self) -> dict[str, Any]:
        """As JSON for the child."""
        return asdict(self)

    @staticmethod
    def from_args(args: dict[str, Any] | None) -> MediaLimits:
        """Of what ``to_args`` gave; unknown names raise TypeError."""
        return MediaLimits(**(args or {}))
