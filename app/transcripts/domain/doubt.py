"""Why a cue must be checked by a person before readers see it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

LOWEST_SCORE = -1.0
"""Mean log-probability of a window: real speech scored −0.65 and better, invented −1.06 and worse."""
LOWEST_PROBABILITY = 0.30
"""Mean probability of a cue's words."""
WEAK_PROBABILITY = 0.45
LEAST_VOICED = 0.25
"""Share of a cue's frames that the voice detector holds for speech."""
WEAK_VOICED = 0.5
REPEATS = 3
"""The same text this often back to back is a loop, unless it is a short answer."""
OVER_AND_OVER = 10
"""One syllable or phrase this often, and nothing else, is a loop that no second hearing ended, or a song."""
FASTEST = 50
"""Letters a second: text faster than that was piled up at the end of a window."""
_LONG_REPEAT = 12
_LOOP = re.compile(r"(.{2,60}?)\1{3,}", re.DOTALL)
_LEAST_LOOP = 12
_NOTHING_ELSE = re.compile(rf"(.{{1,60}}?)\1{{{OVER_AND_OVER - 1},}}", re.DOTALL)


class Doubt(StrEnum):
    """The reasons; the strongest one is shown."""

    INVENTED = "known_invented_phrase"
    GLOSSARY = "equals_glossary"
    REPEATED = "same_text_back_to_back"
    FEW_VOICED = "few_voiced_frames"
    TOO_FAST = "faster_than_speech"
    LOW_PROBABILITY = "low_probability"


@dataclass(frozen=True)
class Facts:
    """What is known of one cue when it is judged."""

    text: str
    score: float
    """Mean log-probability of its window."""
    probability: float
    """Mean probability of its words."""
    voiced: float
    """Share of voiced frames under its words, 0 to 1."""
    length_ms: int = 60_000
    """How long its words take."""
    glossary: str = ""
    previous: tuple[str, ...] = ()
    """The texts of the cues before it in the same channel, last one last."""


def doubt(facts: Facts) -> Doubt | None:
    """The reason to doubt a cue, or None for a cue that readers may see.

    A phrase that Whisper is known to invent over applause, music and breath is doubtful wherever
    nobody says such a thing in an interview, and otherwise where the sound under it is weak.
    """
    said = folded(facts.text)
    weak = facts.voiced < WEAK_VOICED or facts.probability < WEAK_PROBABILITY
    always = _phrases("always")
    reasons = (
        (not said, Doubt.LOW_PROBABILITY),
        (said in always or _made_of(said, always), Doubt.INVENTED),
        (weak and said in _phrases("weak"), Doubt.INVENTED),
        (_is_glossary(said, facts.glossary), Doubt.GLOSSARY),
        (_repeated(said, facts.previous) or _NOTHING_ELSE.fullmatch(said) is not None, Doubt.REPEATED),
        (len(said) >= _LONG_REPEAT // 2 and len(said) * 1000 > FASTEST * facts.length_ms, Doubt.TOO_FAST),
        (facts.voiced < LEAST_VOICED, Doubt.FEW_VOICED),
        (facts.score < LOWEST_SCORE or facts.probability < LOWEST_PROBABILITY, Doubt.LOW_PROBABILITY),
    )
    return next((reason for holds, reason in reasons if holds), None)


def repeats_a_phrase(text: str) -> bool:
    """Whether a word or phrase stands four times and more back to back: a loop, a refrain, or laughter."""
    found = _LOOP.search(folded(text))
    return found is not None and len(found[0]) >= _LEAST_LOOP


def folded(text: str) -> str:
    """Letters and digits only, one case: "Thanks for watching!" and "thanks for watching" agree."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or unicodedata.combining(letter))


def _made_of(said: str, phrases: frozenset[str]) -> bool:
    """Whether the text is one long phrase of the list said several times over."""
    return any(
        len(phrase) >= _LONG_REPEAT and len(said) % len(phrase) == 0 and phrase * (len(said) // len(phrase)) == said
        for phrase in phrases
    )


def _is_glossary(said: str, glossary: str) -> bool:
    """Whether the text is the glossary come back: all of it, or two and more of its entries."""
    whole = folded(glossary)
    if not whole:
        return False
    if said == whole:
        return True
    entries = [folded(entry) for entry in glossary.replace("\n", ",").split(",")]
    left, found = said, 0
    for entry in sorted(filter(None, entries), key=len, reverse=True):
        if entry in left:
            left = left.replace(entry, "")
            found += 1
    return not left and found > 1


def _repeated(said: str, previous: tuple[str, ...]) -> bool:
    needed = 1 if len(said) >= 2 * _LONG_REPEAT else REPEATS - 1
    before = [folded(text) for text in previous[-needed:]]
    return len(before) == needed and all(text == said for text in before)


@cache
def _phrases(kind: str) -> frozenset[str]:
    lines = resources.files(__package__).joinpath("invented_phrases.txt").read_text("utf-8")
    found = set()
    for line in lines.splitlines():
        if not line.startswith("#") and "\t" in line:
            held, _, phrase = line.split("\t", 2)
            if held == kind:
                found.add(folded(phrase))
    return frozenset(found - {""})
