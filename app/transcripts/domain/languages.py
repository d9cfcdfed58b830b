"""Which language each region is in, and how tags and Whisper's codes map at the edge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import opencc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.transcripts.domain.speech import Span

NO_REGION = "no_region"
"""Reason of an untranscribed span: sound with energy in which no speech was found."""

SURE_MS = 1_500
"""A shorter region cannot be trusted to name its language: it follows its neighbours."""
SWITCH = 1.1
"""Nats that a change of language costs: a lone region must be 9 times likelier than its neighbours'."""
FAR_MS = 5_000
FAR_SWITCH = 0.6
"""After a long pause a change is more likely."""
CLEAR = 0.5
"""With nothing declared, only languages that lead some sure region by this much are considered."""
DISAGREES = 0.6
_CHECKS = 3
_FLOOR = 0.01
"""No single region may outweigh all its neighbours."""

_TO_WHISPER = {
    "fil": "tl",
    "jv": "jw",
    "cmn": "zh",
    "nb": "no",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "zsm": "ms",
    "prs": "fa",
    "pes": "fa",
    "npi": "ne",
    "khk": "mn",
    "swh": "sw",
}
_TO_TAG = {"tl": "fil", "jw": "jv"}
_WEAK_MODELS = ("tiny", "base", "small")
_HAN = frozenset({"zh", "yue"})
_NAMES = {
    "ar": "Arabic", "bn": "Bengali", "bo": "Tibetan", "cy": "Welsh", "de": "German", "en": "English",
    "es": "Spanish", "fa": "Persian", "fil": "Filipino", "fr": "French", "gu": "Gujarati",
    "haw": "Hawaiian", "hi": "Hindi", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "jv": "Javanese", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "lo": "Lao",
    "mi": "Māori", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ru": "Russian", "si": "Sinhala", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Filipino", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "yi": "Yiddish", "yue": "Cantonese", "zh": "Chinese",
}  # fmt: skip
_ANSWERS = {"tagalog": "tl", "javanese": "jw", "mandarin": "zh", "maori": "mi", "sinhalese": "si", "burmese": "my"}
"""Names that services give and people do not write."""
_LARGE_ERRORS = {
    "ko": 3.1, "ja": 4.9, "zh": 7.7, "th": 8.4, "vi": 8.6, "tl": 13, "hi": 17, "ta": 18, "ur": 21, "bn": 50,
}  # fmt: skip
"""Published error of large-v3 in percent of characters or words."""


@dataclass(frozen=True)
class LanguageWarning:
    """Something a person should know about the languages of a transcription."""

    slug: str
    sentence: str


def to_whisper(declared: Sequence[str], model: str, known: Sequence[str]) -> tuple[list[str], list[LanguageWarning]]:
    """BCP 47 tags → Whisper's codes in order, each once, with warnings; ``known`` empty = unknown.

    ``fil`` is Whisper's tl and every written Chinese its zh. Cantonese is yue only where the model
    has the token and is larger than small: base claims yue and answers nonsense. A language that
    Whisper does not know is left out and named.
    """
    codes: list[str] = []
    warnings: list[LanguageWarning] = []
    for tag in declared:
        code = _code_of(tag)
        if not code or code in {"und", "mul", "zxx", "mis"}:
            continue
        if code == "yue" and (_weak(model) or (known and "yue" not in known)):
            code = "zh"
            sentence = (
                f"The model {model} cannot write Cantonese, so it listens for Chinese (Mandarin writing)."
                " A larger model such as large-v3-turbo can; transcribe again with it."
            )
            warnings.append(LanguageWarning("cantonese_as_chinese", sentence))
        if known and code not in known:
            sentence = (
                f"The model {model} does not know {language_name(tag)} ({tag}). What is said in it will be"
                " written as the nearest language it knows; please write it by hand."
            )
            warnings.append(LanguageWarning("language_unknown_to_model", sentence))
            continue
        if code not in codes:
            codes.append(code)
    return codes, list(dict.fromkeys(warnings))


def to_listen_to(regions: Sequence[Span], codes: Sequence[str]) -> list[int]:
    """Indexes of the regions whose language must be heard, in order.

    One declared language: the longest region of each third, as a check. Else: every region that is
    long enough to tell, or the longest ones if none is.
    """
    if len(codes) == 1:
        size = max(1, math.ceil(len(regions) / _CHECKS))
        parts = [range(first, min(len(regions), first + size)) for first in range(0, len(regions), size)]
        longest = [max(part, key=lambda index: regions[index].length_ms) for part in parts]
        return [index for index in longest if regions[index].length_ms >= SURE_MS]
    sure = [index for index, region in enumerate(regions) if region.length_ms >= SURE_MS]
    if sure or not regions:
        return sure
    by_length = sorted(range(len(regions)), key=lambda index: -regions[index].length_ms)
    return sorted(by_length[:_CHECKS])


def settle(
    regions: Sequence[Span],
    heard: Mapping[int, Sequence[tuple[str, float]]],
    codes: Sequence[str],
) -> tuple[list[str], list[LanguageWarning]]:
    """The language of every region (Whisper codes), given what was heard at some of them.

    One declared language holds everywhere; a check that disagrees warns. Otherwise the likeliest
    sequence is chosen in which every change of language pays, so that regions which were not heard
    follow the surer neighbour and one odd region needs a clear margin. "" = the engine must say.
    """
    if len(codes) == 1:
        return [codes[0]] * len(regions), _disagreement(heard, codes[0])
    if not any(heard.values()):
        return [""] * len(regions), []
    candidates = _candidates(regions, heard, codes)
    if not candidates:
        return [""] * len(regions), []
    return _likeliest(regions, heard, candidates), []


def display_tag(code: str, text: str) -> str:
    """Whisper's code and the text it gave → the BCP 47 tag shown; Chinese says its script.

    Whisper writes traditional for simplified at random: the text stays as it was heard.
    """
    tag = _TO_TAG.get(code, code) or "und"
    if tag in _HAN:
        script = han_script(text)
        return f"{tag}-{script}" if script else tag
    return tag


def han_script(text: str) -> str:
    """Hans, Hant, or nothing where the text has no letter that tells them apart."""
    to_simplified, to_traditional = _converters()
    traditional = _changed(text, to_simplified.convert(text))
    simplified = _changed(text, to_traditional.convert(text))
    if simplified == traditional:
        return ""
    return "Hans" if simplified > traditional else "Hant"


def code_named(name: str) -> str:
    """The Whisper code of an English language name or code, as services answer it; "" if unknown."""
    wanted = name.strip().lower()
    if not wanted:
        return ""
    if wanted in _ANSWERS:
        return _ANSWERS[wanted]
    for code, known in _NAMES.items():
        if wanted == known.lower():
            return _TO_WHISPER.get(code, code)
    return _code_of(wanted) if len(wanted) in {2, 3} else ""


def language_name(tag: str) -> str:
    """The English name of a tag's language, or the tag."""
    primary = tag.split("-", maxsplit=1)[0].lower()
    return _NAMES.get(primary, tag)


def advice(code: str, model: str) -> str | None:
    """A sentence that recommends a larger model for a language, where its error is published."""
    if not _weak(model) or code not in _LARGE_ERRORS:
        return None
    return (
        f"The model {model} is meant for trying things out; for {language_name(_TO_TAG.get(code, code))} use"
        f" large-v3-turbo or large-v3 (published error of large-v3: {_LARGE_ERRORS[code]:g} %)."
    )


def foreseen(declared: Sequence[str], model: str) -> list[LanguageWarning]:
    """What can be said before anything is heard: what this model cannot write, and where a larger one is better."""
    codes, warnings = to_whisper(declared, model, ())
    return [*warnings, *(LanguageWarning("larger_model", said) for code in codes if (said := advice(code, model)))]


def _code_of(tag: str) -> str:
    parts = tag.replace("_", "-").lower().split("-")
    if parts[:2] == ["zh", "yue"]:
        return "yue"
    return _TO_WHISPER.get(parts[0], parts[0])


def _weak(model: str) -> bool:
    name = model.lower().rsplit("/", 1)[-1]
    return any(name == weak or name.endswith(f"-{weak}") or name.startswith(f"{weak}.") for weak in _WEAK_MODELS)


def _disagreement(heard: Mapping[int, Sequence[tuple[str, float]]], code: str) -> list[LanguageWarning]:
    best = [max(row, key=lambda one: one[1]) for row in heard.values() if row]
    others = [found for found, chance in best if found != code and chance >= DISAGREES]
    if not others or len(others) * 2 < len(best):
        return []
    tag = _TO_TAG.get(code, code)
    other = max(sorted(set(others)), key=others.count)
    other_tag = _TO_TAG.get(other, other)
    sentence = (
        f"{language_name(tag)} ({tag}) was declared, but at {len(others)} of the {len(best)} places that were"
        f" checked {language_name(other_tag)} ({other_tag}) was heard. If that is right, transcribe again with it."
    )
    return [LanguageWarning("other_language_heard", sentence)]


def _candidates(
    regions: Sequence[Span], heard: Mapping[int, Sequence[tuple[str, float]]], codes: Sequence[str]
) -> list[str]:
    if codes:
        return list(codes)
    weights: dict[str, float] = {}
    clear: set[str] = set()
    for index, row in heard.items():
        for code, chance in row:
            weights[code] = weights.get(code, 0.0) + chance * regions[index].length_ms
        if row:
            best, chance = max(row, key=lambda one: one[1])
            if chance >= CLEAR and regions[index].length_ms >= SURE_MS:
                clear.add(best)
    if not weights:
        return []
    likeliest = max(sorted(weights), key=lambda code: weights[code])
    return sorted(clear | {likeliest})


def _likeliest(
    regions: Sequence[Span], heard: Mapping[int, Sequence[tuple[str, float]]], candidates: Sequence[str]
) -> list[str]:
    """The best path through the regions (Viterbi): likelihood of each, minus the price of changes."""
    if not regions:
        return []
    scores = [_fits(regions[0], heard.get(0), code) for code in candidates]
    came: list[list[int]] = []
    for index in range(1, len(regions)):
        price = FAR_SWITCH if regions[index].start_ms - regions[index - 1].end_ms > FAR_MS else SWITCH
        before, scores, steps = scores, [], []
        for place, code in enumerate(candidates):
            # Staying comes first among equals, so that ties never change the language.
            order = [place, *(other for other in range(len(candidates)) if other != place)]
            step = max(order, key=lambda other: before[other] - (price if other != place else 0.0))
            steps.append(step)
            change = price if step != place else 0.0
            scores.append(before[step] - change + _fits(regions[index], heard.get(index), code))
        came.append(steps)
    place = max(range(len(candidates)), key=lambda one: scores[one])
    path = [place]
    for steps in reversed(came):
        place = steps[place]
        path.append(place)
    return [candidates[place] for place in reversed(path)]


def _fits(region: Span, row: Sequence[tuple[str, float]] | None, code: str) -> float:
    if not row:
        return 0.0
    chance = dict(row).get(code, 0.0)
    weight = 1.0 if region.length_ms >= SURE_MS else 0.3
    return weight * math.log(max(_FLOOR, chance))


def _changed(before: str, after: str) -> int:
    # Both converters keep the number of letters for the single letters that matter here.
    return sum(one != other for one, other in zip(before, after, strict=False))


@cache
def _converters() -> tuple[opencc.OpenCC, opencc.OpenCC]:
    return opencc.OpenCC("t2s"), opencc.OpenCC("s2t")
