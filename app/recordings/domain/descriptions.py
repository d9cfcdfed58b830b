"""Sentences and states that people read: what was taken of a file, and how far a story is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_STILL = frozenset({"stored", "processing"})


def story_progress(states: Iterable[str]) -> str:
    """``empty``, ``processing``, ``ready`` or ``failed`` of a story from its recordings' states.

    Anything still being worked on counts first; one recording that is ready makes the story so.
    """
    held = set(states)
    if not held:
        return "empty"
    if held & _STILL:
        return "processing"
    return "ready" if "ready" in held else "failed"


def track_sentence(found: dict[str, Any]) -> str:
    """Which sound track was taken and what else there is; empty where there was nothing to choose."""
    sounds = [stream for stream in found.get("streams", ()) if stream.get("type") == "audio"]
    if len(sounds) < 2:  # noqa: PLR2004  a choice needs two
        return ""
    chosen = next((n for n, s in enumerate(sounds, 1) if s["index"] == found.get("chosen_track")), None)
    if chosen is None:
        return f"The file has {len(sounds)} sound tracks; none of them could be taken."
    language = sounds[chosen - 1].get("language")
    named = f" ({language})" if language else ""
    rest = len(sounds) - 1
    others = "the other track stays" if rest == 1 else f"the other {rest} tracks stay"
    return f"Sound track {chosen} of {len(sounds)}{named} was taken; {others} in the original."


def channels_sentence(found: dict[str, Any]) -> str:
    """How the channels became what is heard; empty for one channel."""
    channels = found.get("channels") or {}
    if channels.get("count", 0) < 2:  # noqa: PLR2004  a choice needs two
        return ""
    how = {
        "mono": "One channel was taken",
        "mix": "The channels were mixed",
        "apart": "The channels were kept apart",
    }.get(channels.get("mode", ""), "The channels were taken")
    reason = channels.get("reason")
    return f"{how}: {reason}." if reason else f"{how}."
