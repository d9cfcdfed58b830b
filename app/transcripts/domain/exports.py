"""Transcripts as WebVTT, SubRip and plain text. Sources: W3C WebVTT; the SubRip convention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class TextCue:
    """What an export needs of a cue."""

    start_ms: int
    end_ms: int
    speaker: str | None
    language: str
    text: str


def clock(ms: int, fraction: str = ".") -> str:
    """``hh:mm:ss.mmm``; at least two digits of hours."""
    seconds, thousandths = divmod(max(0, ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}{thousandths:03d}"


def _escaped(text: str) -> str:
    """Cue text without anything a parser would take for a tag or an arrow; one line."""
    line = " ".join(text.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_vtt(cues: Iterable[TextCue]) -> str:
    """WebVTT with a voice span where a speaker is known and a language span on every cue."""
    blocks = ["WEBVTT"]
    for cue in cues:
        words = f"<lang {cue.language}>{_escaped(cue.text)}</lang>"
        if cue.speaker:
            words = f"<v {_escaped(cue.speaker)}>{words}"
        end = max(cue.end_ms, cue.start_ms + 1)  # a cue without length is no cue to a parser
        blocks.append(f"{clock(cue.start_ms)} --> {clock(end)}\n{words}")
    return "\n\n".join(blocks) + "\n"


def to_srt(cues: Iterable[TextCue]) -> str:
    """SubRip, numbered from 1."""
    blocks: list[str] = []
    for number, cue in enumerate(cues, 1):
        line = " ".join(cue.text.split())
        words = f"{cue.speaker}: {line}" if cue.speaker else line
        end = max(cue.end_ms, cue.start_ms + 1)
        blocks.append(f"{number}\n{clock(cue.start_ms, ',')} --> {clock(end, ',')}\n{words}\n")
    return "\n".join(blocks)


def to_txt(cues: Iterable[TextCue]) -> str:
    """One line a cue, with its time and speaker."""
    lines = []
    for cue in cues:
        speaker = f"{cue.speaker}: " if cue.speaker else ""
        lines.append(f"[{clock(cue.start_ms)[:8]}] {speaker}{' '.join(cue.text.split())}")
    return "\n".join(lines) + ("\n" if lines else "")
