"""The list of warnings of a recording: what was odd, what was done about it, and that the file is safe."""

from __future__ import annotations

from typing import Any, Final

from app.recordings.domain.media.clock import MediaClock
from app.recordings.domain.media.refusals import KEPT, spoken_time, warning
from app.recordings.domain.media.walk import Counts

_DIFFERS: Final = 0.02
_LEAST_DIFFERENCE_MS: Final = 500
_QUIET_LUFS: Final = -42.0
_LEAST_DAMAGE_S: Final = 0.25


def of_lengths(
    header_ms: int | None, stamps_ms: int | None, duration_ms: int, sound_ms: int, *, sure: bool
) -> list[dict[str, Any]]:
    """The header or the stamps give another length than what could be read, by over two per cent.

    ``duration_ms`` is the whole, ``sound_ms`` where the sound ends; ``sure`` is False for formats
    whose length is only guessed, which says nothing about damage.
    """
    numbers = {"header_ms": header_ms, "stamps_ms": stamps_ms, "read_ms": duration_ms}
    if header_ms is not None and _differ(header_ms, duration_ms):
        said, read = spoken_time(header_ms), spoken_time(duration_ms)
        if not sure:
            sentence = f"Other players may show {said} for this file; {read} are in it, all of them here."
            return [warning("length_guessed", f"{sentence} {KEPT}", **numbers)]
        if header_ms > duration_ms:
            sentence = (
                f"The file says that it lasts {said}, but what is in it ends after {read}; everything "
                "up to there is here."
            )
            return [warning("shorter_than_header", f"{sentence} {KEPT}", **numbers)]
        sentence = f"The file says that it lasts {said}, but there are {read} in it; all of it is here."
        return [warning("longer_than_header", f"{sentence} {KEPT}", **numbers)]
    if stamps_ms is not None and _differ(stamps_ms, sound_ms):
        sentence = (
            f"The times inside the file run to {spoken_time(stamps_ms)}, while its sound lasts "
            f"{spoken_time(sound_ms)} here. Nothing was left out."
        )
        return [warning("stamps_differ", f"{sentence} {KEPT}", **numbers)]
    return []


def _differ(said_ms: int, heard_ms: int) -> bool:
    return abs(said_ms - heard_ms) > max(_LEAST_DIFFERENCE_MS, _DIFFERS * max(said_ms, heard_ms))


def of_clock(clock: MediaClock) -> list[dict[str, Any]]:
    """Pauses, new beginnings and jumps of the time stamps."""
    found = []
    pauses = [(a, b) for a, b in clock.gaps if a > 0]
    if clock.padded_s and pauses:
        silent_ms = round(clock.padded_s * 1000)
        pauses.pop()
        found.append(
            warning(
                "sound_ends_early",
                f"The picture goes on for {spoken_time(silent_ms)} after the sound has ended. {KEPT}",
                silent_ms=silent_ms,
            )
        )
    if clock.gaps and clock.gaps[0][0] <= 0:
        late_ms = round(clock.gaps[0][1] * 1000)
        found.append(
            warning(
                "sound_starts_late",
                f"The sound begins {spoken_time(late_ms)} after the start of the recording; the "
                f"silence before it is kept, so that times fit the original. {KEPT}",
                silent_ms=late_ms,
            )
        )
    if pauses:
        silent_ms = round(sum(b - a for a, b in pauses) * 1000)
        found.append(
            warning(
                "pauses_inside",
                f"The recording was interrupted {_times(len(pauses))} ({spoken_time(silent_ms)} in all). "
                f"The pauses are silent here, so that times fit the original. {KEPT}",
                count=len(pauses),
                silent_ms=silent_ms,
            )
        )
    if clock.restarts:
        found.append(
            warning(
                "parts_joined",
                f"This file is made of {clock.restarts + 1} recordings joined together; they are played "
                f"one after another. {KEPT}",
                parts=clock.restarts + 1,
            )
        )
    if clock.closed_jumps:
        found.append(
            warning(
                "stamps_jump",
                "The times inside the file jump by hours, which cannot be right; the sound is played "
                f"without the jump. {KEPT}",
                count=clock.closed_jumps,
            )
        )
    return found


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def of_walk(counts: Counts) -> list[dict[str, Any]]:
    """Damage and changes of format that the decoding met."""
    found = []
    if counts.bad_s > _LEAST_DAMAGE_S or counts.read_errors:
        share = round(100 * counts.bad_packets / max(counts.packets, 1), 1)
        found.append(
            warning(
                "damaged",
                f"Parts of this file are damaged (about {max(share, 0.1):g} % of it) and could not be "
                f"played; the rest is here. {KEPT}",
                bad_packets=counts.bad_packets,
                packets=counts.packets,
                read_errors=counts.read_errors,
            )
        )
    if len(counts.shapes) > 1:
        found.append(
            warning(
                "format_changes",
                "The kind of sound changes inside this file, as when two recordings were joined; all of "
                f"it is here. {KEPT}",
                changes_ms=[round(at * 1000) for at, _ in counts.shapes[1:101]],
            )
        )
    return found


def of_tracks(chosen: int | None, streams: list[dict[str, Any]], works: dict[int, bool]) -> list[dict[str, Any]]:
    """Other sound tracks, and those that nobody here can decode."""
    found = []
    others = [one["index"] for one in streams if one["type"] == "audio" and one["index"] != chosen]
    mute = [index for index in others if not works.get(index)]
    if mute and chosen is not None:
        found.append(
            warning(
                "track_not_playable",
                f"The file holds {_tracks(len(mute))} of a kind that cannot be played here; another "
                f"one was taken. {KEPT}",
                tracks=mute,
            )
        )
    rest = [index for index in others if works.get(index)]
    if rest:
        found.append(
            warning(
                "other_tracks",
                f"The file holds {_tracks(len(rest))} besides the one that is played. An archivist can "
                f"choose another. {KEPT}",
                tracks=rest,
            )
        )
    return found


def _tracks(count: int) -> str:
    return "one sound track" if count == 1 else f"{count} sound tracks"


def of_sound(channels: dict[str, Any], loudness: dict[str, Any]) -> list[dict[str, Any]]:
    """Silence, a silent side, opposite signs."""
    found = []
    lufs = loudness["integrated_lufs"]
    if lufs is None:
        found.append(warning("silent", f"No sound could be heard in this recording. {KEPT}"))
    elif lufs < _QUIET_LUFS:
        found.append(
            warning(
                "very_quiet",
                f"This recording is very quiet; the copy for listening is made louder. {KEPT}",
                integrated_lufs=lufs,
            )
        )
    if channels["silent"] and lufs is not None:
        found.append(
            warning(
                "silent_channel",
                f"One side of this recording is silent; the copy for listening plays the other on both sides. {KEPT}"
                if channels["count"] == 2  # noqa: PLR2004  a stereo file
                else f"Some of the sound channels are silent and were left out of the copy. {KEPT}",
                channels=channels["silent"],
            )
        )
    if channels["polarity_inverted"]:
        found.append(
            warning(
                "polarity_inverted",
                "The two sides of this recording cancel each other out when they are mixed; one was "
                f"turned in the copy for listening. {KEPT}",
            )
        )
    return found


def no_sound() -> dict[str, Any]:
    """A film without sound is ready all the same."""
    return warning("no_sound", f"This film has no sound that can be played. {KEPT}")


def picture_not_playable() -> dict[str, Any]:
    """The sound is here and the picture cannot be decoded."""
    return warning(
        "picture_not_playable",
        f"The picture of this film cannot be shown here; its sound is here. {KEPT}",
    )


def cover_too_large() -> dict[str, Any]:
    """A cover beyond the limit is not opened."""
    return warning("cover_too_large", f"The cover picture in this file is too large to be shown here. {KEPT}")


def parts_not_read(parts: int) -> dict[str, Any]:
    """Recordings lie behind the first that could not be opened."""
    return warning(
        "parts_not_read",
        f"This file is made of several recordings joined together, of which {parts} could not be "
        f"played here. Please send them as separate files too. {KEPT}",
        parts=parts,
    )


def unfinished_header(read_ms: int) -> dict[str, Any]:
    """A recorder lost power before it wrote the lengths into its file."""
    return warning(
        "unfinished_header",
        f"The recorder did not finish this file; all {spoken_time(read_ms)} that it wrote are here. {KEPT}",
        read_ms=read_ms,
    )
