"""What makes a password too easy to guess; any script, no upper limit that truncates."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from pathlib import Path
from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 1024
"""Characters; a longer one is refused and never cut."""
_LIST: Final = Path(__file__).with_name("common_passwords.txt")
_LONGEST_UNIT: Final = 4
_SHORTEST_OWN_WORD: Final = 4


def normalised(password: str) -> str:
    """The form that is hashed: NFKC, so that two keyboards give one password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def flaw(password: str, *own_words: str) -> str | None:
    """A sentence that says why the password cannot be taken, None when it can.

    ``own_words`` are what others know of the account, such as its name and address.
    """
    text = normalised(password)
    return _wrong_shape(text) or _easy_guess(text.casefold(), own_words)


def _wrong_shape(text: str) -> str | None:
    if len(text) < SHORTEST:
        return f"Choose at least {SHORTEST} characters; a few words in your own language are fine."
    if len(text) > LONGEST:
        return f"Choose at most {LONGEST} characters; a password is never cut."
    if any(unicodedata.category(c) == "Cs" for c in text):
        return "This password holds characters that cannot be kept. Choose another one."
    return None


def _easy_guess(folded: str, own_words: tuple[str, ...]) -> str | None:
    if _is_repeated(folded) or _is_run(folded):
        return "This password repeats or counts, so it is guessed first. Choose a few words."
    if folded in _common() or _is_common_core(folded):
        return "This password is one of those that are tried first. Choose a few words instead."
    if _is_made_of(folded, own_words):
        return "This password is made from your own name or address. Choose a few other words."
    return None


@functools.cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def _core(folded: str) -> str:
    """What stays when everything but letters is taken off both ends."""
    start, end = 0, len(folded)
    while start < end and not folded[start].isalpha():
        start += 1
    while end > start and not folded[end - 1].isalpha():
        end -= 1
    return folded[start:end]


def _is_common_core(folded: str) -> bool:
    core = _core(folded)
    return bool(core) and (core in _common() or _unit_of(core) in _common())


def _unit_of(text: str) -> str:
    """The shortest text that gives this one by repetition, or the text itself."""
    # A text occurs in its own double before its end exactly when it is a repetition.
    return text[: (text + text).index(text, 1)]


def _is_repeated(folded: str) -> bool:
    return len(_unit_of(folded)) <= _LONGEST_UNIT


def _is_run(folded: str) -> bool:
    """Whether nearly every character follows its neighbour in code order (1234…, abcd…, 9876…)."""
    steps = [ord(b) - ord(a) for a, b in itertools.pairwise(folded)]
    even = max(steps.count(step) for step in (-1, 0, 1))
    return even >= len(steps) * 3 // 4


def _is_made_of(folded: str, own_words: tuple[str, ...]) -> bool:
    """Whether hardly anything but the own words and signs is in it."""
    rest = folded
    for word in own_words:
        for part in (
            normalised(word).casefold(),
            *normalised(word).casefold().replace("@", " ").split(),
        ):
            if len(part) >= _SHORTEST_OWN_WORD:
                rest = rest.replace(part, "")
    return len(rest) < len(folded) and sum(c.isalpha() for c in rest) < _SHORTEST_OWN_WORD
