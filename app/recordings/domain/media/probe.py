"""What a file says about itself before it is decoded: format, streams, tags, cover, header lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final

import av
import av.error
from av.container import InputContainer

from app.recordings.domain.media import tracks
from app.recordings.domain.media.limits import FORMAT_SLUGS, FORMATS, MediaLimits
from app.recordings.domain.media.sandboxed_open import open_media

_CONTENT_TYPES: Final[dict[str, tuple[str, str]]] = {
    "wav": ("audio/wav", "audio/wav"),
    "w64": ("audio/x-w64", "audio/x-w64"),
    "aiff": ("audio/aiff", "audio/aiff"),
    "flac": ("audio/flac", "audio/flac"),
    "mp3": ("audio/mpeg", "audio/mpeg"),
    "aac": ("audio/aac", "audio/aac"),
    "ogg": ("audio/ogg", "video/ogg"),
    "matroska,webm": ("audio/webm", "video/webm"),
    "mov,mp4,m4a,3gp,3g2,mj2": ("audio/mp4", "video/mp4"),
    "amr": ("audio/amr", "audio/amr"),
    "caf": ("audio/x-caf", "audio/x-caf"),
    "asf": ("audio/x-ms-wma", "video/x-ms-wmv"),
}
_WEBM_CODECS: Final = frozenset({"vp8", "vp9", "libdav1d", "av1", "opus", "vorbis", "libopus"})
_MOST_TAGS: Final = 40
_LONGEST_TAG: Final = 500
_TRIED_PICTURES: Final = 300
_NOT_FOR_PEOPLE: Final = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "encoder", "handler_name", "vendor_id", "itunsmpb"}
)


def probe(args: dict[str, Any], files: dict[str, BinaryIO], _report: Callable[..., None]) -> dict[str, Any]:
    """Entry for a child. ``args``: ``{limits?}``; ``files``: ``master``. Gives what ``describe`` gives.

    Raises MediaRejected where the file cannot be opened at all.
    """
    with open_media(files["master"], MediaLimits.from_args(args.get("limits"))) as container:
        return describe(container)


def describe(container: InputContainer) -> dict[str, Any]:
    """``{format, streams, has_video, cover, tags, header_ms}`` from headers alone."""
    film = tracks.film(container)
    cover = tracks.cover(container)
    return {
        "format": _format(container, with_film=film is not None),
        "streams": [tracks.describe(one) for one in container.streams],
        "has_video": film is not None,
        "cover": None
        if cover is None
        else {
            "width": cover.codec_context.width if cover.codec_context else 0,
            "height": cover.codec_context.height if cover.codec_context else 0,
        },
        "tags": suggestions(container),
        "header_ms": None if container.duration is None else round(container.duration / 1000),
    }


def _format(container: InputContainer, *, with_film: bool) -> dict[str, str]:
    name = container.format.name
    content_type = _CONTENT_TYPES[name][with_film]
    slug, label = FORMAT_SLUGS.get(name, name), FORMATS[name]
    codecs = {one.codec_context.name for one in container.streams if one.codec_context is not None}
    if name == "matroska,webm":
        if codecs <= _WEBM_CODECS:
            slug, label = "webm", "WebM"
        else:
            label = "Matroska"
            content_type = content_type.replace("webm", "x-matroska")
    elif container.metadata.get("major_brand", "").strip() == "qt":
        slug, label, content_type = "mov", "QuickTime", "video/quicktime"
    elif slug == "mp4":
        label = "MP4"
    return {"name": slug, "label": label, "content_type": content_type}


def suggestions(container: InputContainer) -> dict[str, str]:
    """The file's tags as suggestions for the editor; never copied into a derivative."""
    found: dict[str, str] = {}
    for source in (container.metadata, *(one.metadata for one in container.streams)):
        for key, value in source.items():
            name = key.lower()
            if name in _NOT_FOR_PEOPLE or name in found or not value.strip():
                continue
            if len(found) < _MOST_TAGS:
                found[name[:80]] = value.replace("\x00", "").strip()[:_LONGEST_TAG]
    return found


def first_picture(file: BinaryIO, limits: MediaLimits, window: tuple[int, int]) -> dict[str, Any] | None:
    """``{width, height, rotation}`` of the film's first picture that can be decoded, else None.

    ``rotation`` is how many degrees clockwise it must be turned to stand upright.
    """
    with open_media(file, limits, window) as container:
        stream = tracks.film(container)
        if stream is None:
            return None
        stream.codec_context.thread_count = 1
        tried = 0
        try:
            for packet in container.demux(stream):
                tried += 1
                try:
                    frames = packet.decode()
                except MemoryError:
                    raise
                except (av.error.FFmpegError, ValueError):
                    frames = []
                for frame in frames:
                    return {
                        "width": frame.width,
                        "height": frame.height,
                        "rotation": int(-frame.rotation) % 360,
                    }
                if tried > _TRIED_PICTURES:
                    break
        except MemoryError:
            raise
        except av.error.FFmpegError:
            pass
    return None
