"""Names across scripts: keys under which Nguyen, Nguyễn and 阮 are one."""

from __future__ import annotations

VERSION = "0"


def text_keys(text: str, languages: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Alias keys of the name-like runs of a text, with their places (code points)."""
    return []


def query_keys(raw: str) -> tuple[tuple[str, ...], ...]:
    """What a typed word may stand for: each alternative is a set of keys that must all be there."""
    return ()


def name_keys(name: str) -> list[str]:
    """Alias keys of a whole name from a person's or place's record, in any script."""
    return []
