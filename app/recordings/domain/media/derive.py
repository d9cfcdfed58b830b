"""The one decode of a recording: its clock, track, channels, loudness, working sound and waveform."""

from __future__ import annotations

from typing import Any, BinaryIO

from av.audio.stream import AudioStream
from av.container import InputContainer

from app.recordings.domain.media import findings, tracks
from app.recordings.domain.media.claims import wav_claim
from app.recordings.domain.media.clock import PictureClock
from app.recordings.domain.media.hearing import Heard, hear
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.parts import windows
from app.recordings.domain.media.probe import describe, first_picture
from app.recordings.domain.media.refusals import rejected
from app.recordings.domain.media.sandboxed_open import open_media
from app.recordings.domain.media.walk import Counts, Report, origin_s, packets
from app.recordings.domain.media.waveform import header

_NO_CHANNELS = {
    "count": 0,
    "mode": "mono",
    "working_channels": 0,
    "weights": [],
    "access_weights": [],
    "polarity_inverted": False,
    "silent": [],
    "reason": "no sound",
}


_GUESSED = frozenset({"mp3", "aac", "amr"})
"""Formats without a length of their own (or with one that few write): players guess it."""


def probe_and_derive(args: dict[str, Any], files: dict[str, BinaryIO], report: Report) -> dict[str, Any]:
    """Entry for a child: everything that one decode tells.

    ``args``: ``{languages: [BCP 47], limits: MediaLimits.to_args()}``, both optional.
    ``files``: ``master`` (read), ``working_0``, ``working_1`` and ``peaks`` (empty, read and write).
    Gives::

        {format: {name, label, content_type}, streams: […], chosen_track: index | null,
         channels: {count, mode: mono|mix|apart, working_channels: 0|1|2, weights, access_weights,
                    polarity_inverted, silent, reason},
         clock: {segments: [{sample, original_ms}], shifts_ms, restarts, closed_jumps, origin_ms},
         gaps: [{start_ms, end_ms}], durations: {header_ms, stamps_ms, decoded_ms}, duration_ms,
         loudness: {integrated_lufs, range_lu, true_peak_db}, access: {gain_db, limit},
         warnings: [{slug, sentence, …}], tags, has_video, has_sound, cover, picture, rotation}

    ``working_0`` (in mode apart also ``working_1``) then hold raw 16 kHz s16le, sample n of the
    media clock at byte 2n; ``peaks`` holds an audiowaveform file. Raises MediaRejected.
    """
    limits = MediaLimits.from_args(args.get("limits"))
    master = files["master"]
    first, *rest = windows(master)
    with open_media(master, limits, first) as container:
        told = describe(container)
        claimed_ms, unfinished = wav_claim(master, first)
        told["header_ms"] = claimed_ms or told["header_ms"]
        works = tracks.decodable(container)
    unread = 0
    picture = first_picture(master, limits, first) if told["has_video"] else None
    with open_media(master, limits, first) as container:
        sound = _choose(container, works, args.get("languages") or [])
        if sound is not None:
            heard = hear(container, sound, files, limits, report, total_ms=told["header_ms"], parts=[first, *rest])
            unread = len(rest) + 1 - heard.parts
            found = _of_sound(heard, told, files["peaks"]) | {"chosen_track": sound.index}
        elif picture is not None:
            found = _of_picture(container, limits, told, files["peaks"])
        else:
            raise rejected("codec_unknown" if told["has_video"] or works else "nothing_to_play")
    found["warnings"] += findings.of_tracks(found["chosen_track"], told["streams"], works)
    if told["has_video"] and picture is None:
        found["warnings"].append(findings.picture_not_playable())
    cover = told["cover"]
    if cover and cover["width"] * cover["height"] > limits.most_picture_pixels:
        found["warnings"].append(findings.cover_too_large())
    if unfinished:
        found["warnings"].append(findings.unfinished_header(found["duration_ms"]))
    if unread:
        found["warnings"].append(findings.parts_not_read(unread))
    told.pop("header_ms")
    return {
        **told,
        **found,
        "has_video": picture is not None,
        "picture": picture,
        "rotation": picture["rotation"] if picture else 0,
    }


def _choose(container: InputContainer, works: dict[int, bool], languages: list[str]) -> AudioStream | None:
    """The track; where none decodes at its start, one whose codec is known (it may be damaged there)."""
    sounds = container.streams.audio
    known = {one.index: one.codec_context is not None for one in sounds}
    return tracks.choose(sounds, works, languages) or tracks.choose(sounds, known, languages)


def _of_sound(heard: Heard, told: dict[str, Any], peaks: BinaryIO) -> dict[str, Any]:
    clock, counts = heard.clock, heard.counts
    settled = heard.settle(peaks)
    duration_ms = round(clock.end_s * 1000)
    # Neither header nor stamps of one part say anything about all of them.
    single = heard.parts == 1 and not clock.restarts
    stamps_ms = round(counts.stamps_end_s * 1000) if clock.stamped else None
    return settled | {
        "has_sound": True,
        "clock": clock.to_json() | {"origin_ms": round(heard.start_s * 1000)},
        "gaps": _gaps(clock.gaps),
        "duration_ms": duration_ms,
        "durations": {
            "header_ms": told["header_ms"],
            "stamps_ms": stamps_ms,
            "decoded_ms": round(counts.decoded_s * 1000),
        },
        "warnings": [
            *findings.of_lengths(
                told["header_ms"] if single else None,
                stamps_ms if single else None,
                duration_ms,
                round(heard.sound_end_s * 1000),
                sure=told["format"]["name"] not in _GUESSED,
            ),
            *findings.of_clock(clock),
            *findings.of_walk(counts),
            *findings.of_sound(settled["channels"], settled["loudness"]),
        ],
    }


def _gaps(gaps: list[tuple[float, float]]) -> list[dict[str, int]]:
    return [{"start_ms": round(a * 1000), "end_ms": round(b * 1000)} for a, b in gaps]


def _of_picture(
    container: InputContainer, limits: MediaLimits, told: dict[str, Any], peaks: BinaryIO
) -> dict[str, Any]:
    """A film without sound: its length is that of its pictures."""
    film = tracks.film(container)
    assert film is not None  # noqa: S101  its first picture was decoded
    pictures, counts = PictureClock(), Counts()
    start_s = origin_s(None, film)
    for packet in packets(container, [film], counts):
        pictures.note(packet, start_s)
    if pictures.end_s() < limits.shortest_good_s:
        raise rejected("too_short")
    if pictures.end_s() > limits.longest_s:
        raise rejected("too_long")
    duration_ms = round(pictures.end_s() * 1000)
    peaks.write(header(0))
    return {
        "has_sound": False,
        "chosen_track": None,
        "channels": _NO_CHANNELS,
        "clock": {
            "segments": [{"sample": 0, "original_ms": 0}],
            "shifts_ms": [0],
            "restarts": 0,
            "closed_jumps": 0,
            "origin_ms": round(start_s * 1000),
        },
        "gaps": [],
        "duration_ms": duration_ms,
        "durations": {"header_ms": told["header_ms"], "stamps_ms": duration_ms, "decoded_ms": 0},
        "loudness": {"integrated_lufs": None, "range_lu": None, "true_peak_db": None},
        "access": {"gain_db": 0.0, "limit": False},
        "warnings": [
            findings.no_sound(),
            *findings.of_lengths(told["header_ms"], None, duration_ms, duration_ms, sure=True),
            *findings.of_walk(counts),
        ],
    }
