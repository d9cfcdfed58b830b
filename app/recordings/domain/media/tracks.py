"""What streams a file has and which of them is the recording: sound, picture, cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

_PICTURE_CODECS: Final = frozenset({"mjpeg", "png", "bmp", "gif", "webp", "tiff", "jpegls"})
_TRIED_PACKETS: Final = 60


def is_cover(stream: Stream) -> bool:
    """A picture beside the sound (a cover, a thumbnail) and not a film."""
    if stream.type != "video":
        return False
    if stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails):
        return True
    context = stream.codec_context
    return context is not None and context.name in _PICTURE_CODECS and stream.frames == 1


def describe(stream: Stream) -> dict[str, Any]:
    """One stream as JSON: codec, language, and what it would give."""
    context = stream.codec_context
    told: dict[str, Any] = {
        "index": stream.index,
        "type": stream.type,
        "codec": context.name if context is not None else None,
        "language": _language(stream),
        "default": bool(stream.disposition & Disposition.default),
        "title": stream.metadata.get("title"),
    }
    if isinstance(stream, AudioStream) and context is not None:
        told |= {"channels": stream.codec_context.channels, "rate": stream.codec_context.sample_rate}
    if isinstance(stream, VideoStream) and context is not None:
        told |= {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "cover": is_cover(stream),
        }
    return told


def _language(stream: Stream) -> str | None:
    language = stream.metadata.get("language")
    return None if language in (None, "", "und") else language


def film(container: InputContainer) -> VideoStream | None:
    """The picture of a film, None for sound with or without a cover."""
    for stream in container.streams.video:
        if not is_cover(stream) and stream.codec_context is not None:
            return stream
    return None


def cover(container: InputContainer) -> VideoStream | None:
    """The cover picture, None where there is none."""
    return next((one for one in container.streams.video if is_cover(one)), None)


def decodable(container: InputContainer) -> dict[int, bool]:
    """For each sound stream whether its first packets give sound; the file is read from its start."""
    found = {one.index: False for one in container.streams.audio}
    open_questions = {one.index: _TRIED_PACKETS for one in container.streams.audio if one.codec_context is not None}
    streams = [one for one in container.streams.audio if one.index in open_questions]
    if not streams:
        return found
    try:
        for packet in container.demux(streams):
            index = packet.stream_index
            if index not in open_questions:
                continue
            try:
                sound = any(frame.samples for frame in packet.decode() if isinstance(frame, AudioFrame))
            except MemoryError:
                raise
            except (av.error.FFmpegError, ValueError):
                sound = False
            found[index] = found[index] or sound
            open_questions[index] -= 1
            if sound or open_questions[index] <= 0:
                del open_questions[index]
            if not open_questions:
                break
    except MemoryError:
        raise
    except av.error.FFmpegError:
        pass
    return found


def choose(streams: Sequence[AudioStream], works: dict[int, bool], languages: Sequence[str]) -> AudioStream | None:
    """The track that is the recording: decodable first, then the default flag, then the language.

    ``languages`` are BCP 47 tags that the contributor declared, best first; a track's own tag is
    ISO 639-2 or BCP 47, compared by its first subtag. None where no track can be decoded.
    """
    wanted = {_same(tag) for tag in languages}

    def rank(stream: AudioStream) -> tuple[bool, bool, int]:
        default = bool(stream.disposition & Disposition.default)
        spoken = _same(stream.metadata.get("language") or "und") in wanted
        return (not default, not spoken, stream.index)

    able = [one for one in streams if works.get(one.index)]
    return min(able, key=rank, default=None)


_TWO_LETTERS: Final[dict[str, str]] = {
    "eng": "en", "jpn": "ja", "zho": "zh", "chi": "zh", "cmn": "zh", "yue": "yue", "kor": "ko",
    "vie": "vi", "hin": "hi", "tgl": "fil", "tl": "fil", "fil": "fil", "tam": "ta", "tha": "th",
    "ben": "bn", "urd": "ur", "ind": "id", "msa": "ms", "may": "ms", "khm": "km", "lao": "lo",
    "mya": "my", "bur": "my", "nep": "ne", "pan": "pa", "spa": "es", "fra": "fr", "fre": "fr",
    "deu": "de", "ger": "de", "por": "pt", "rus": "ru", "ara": "ar",
}  # fmt: skip
"""ISO 639-2 codes that containers write, as the tags that people declare."""


def _same(tag: str) -> str:
    first = tag.replace("_", "-").split("-")[0].lower()
    return _TWO_LETTERS.get(first, first)
