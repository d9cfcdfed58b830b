"""Why a file cannot be read, and what was odd about one that can, as sentences for a volunteer."""

from __future__ import annotations

from typing import Any, Final

KEPT: Final = "Your file is kept exactly as you sent it."


class MediaRejected(Exception):  # noqa: N818  the name of the outcome
    """The file gives no copies; ``slug`` names the case, ``sentence`` says what is safe and what to do."""

    def __init__(self, slug: str, sentence: str) -> None:
        """``sentence`` ends with what is safe; it is shown as it is."""
        super().__init__(sentence)
        self.slug = slug
        self.sentence = sentence


_REJECTIONS: Final[dict[str, str]] = {
    "empty_file": "This file is empty: it holds no bytes at all. Please choose it again on the phone or "
    "recorder where it plays; a file that is still in the cloud must be downloaded there first.",
    "unfinished_file": "The phone did not finish saving this recording, so the list that says where the "
    "sound lies is missing. Please look on the phone for another copy; if there is none, an "
    "archivist may have it repaired.",
    "format_not_allowed": "This is not a sound or film file that the archive can play, whatever its name "
    "says. Please send the recording itself (for example m4a, mp3, wav, flac, ogg, webm, mp4 or mov).",
    "unreadable": "No sound or film could be found in this file. If it plays on your device, please "
    "export it there as m4a, mp3 or wav and add that as well.",
    "dictation_format": "This is a dictation machine's own format (DSS or DS2), which cannot be played "
    "here. Please export it as WAV or MP3 with the machine's program and add that file as another "
    "form of this recording.",
    "protected": "This file is locked by copy protection or encryption, so it cannot be played here. "
    "Please export an unlocked copy with the program that made it and add that as well.",
    "codec_unknown": "The sound in this file is of a kind that cannot be played here. Please export it as "
    "m4a, mp3 or wav with the program that made it and add that as well.",
    "nothing_to_play": "This file holds neither sound nor film.",
    "too_short": "There is hardly any good sound or film in this file: less than a second.",
    "too_damaged": "More than half of this file is damaged, so it is not shown as a recording. "
    "If you have another copy, please add that one.",
    "too_many_channels": "This file has more sound channels than the archive takes. "
    "Please export it with fewer channels and add that as well.",
    "rate_too_high": "This file has a higher sampling rate than the archive takes. "
    "Please export it at 96 kHz or less and add that as well.",
    "too_long": "This recording is longer than the archive takes in one file. Please cut it into parts and add those.",
}


def rejected(slug: str) -> MediaRejected:
    """The refusal of that name, with its sentence and what is safe."""
    return MediaRejected(slug, f"{_REJECTIONS[slug]} {KEPT}")


def rejection_slugs() -> list[str]:
    """Every slug that a file can be refused with; each has a paragraph in the documentation."""
    return sorted(_REJECTIONS)


def warning(slug: str, sentence: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    """One entry of a recording's list of warnings; details are numbers for the page and the log."""
    return {"slug": slug, "sentence": sentence, **details}


def spoken_time(ms: int) -> str:
    """A length for people: ``4 seconds``, ``12:05``, ``1:02:03``."""
    seconds = round(ms / 1000)
    if seconds < 60:  # noqa: PLR2004  seconds of a minute
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
