"""Keys of names in Latin letters, and kana and Hangul in such letters."""

from __future__ import annotations

import re

_LONG = (
    (re.compile("ou|oh(?![aeiouy])|oo"), "o"),
    (re.compile("aa"), "a"),
    (re.compile("uu"), "u"),
    (re.compile("ii|ee"), "i"),
    (re.compile("eo"), "o"),
    (re.compile("m(?=[bp])"), "n"),
)


def collapse(word: str) -> str:
    """Folded Latin letters with long vowels as short ones: Satou, Satoh, Sato → sato."""
    for pattern, short in _LONG:
        word = pattern.sub(short, word)
    return word


# Consonants that Korean spellings interchange (Park, Pak, Bak), then vowels, longest first.
_CONSONANTS = re.compile("ch|jj|tch|kk|tt|pp|ss|sh|k|t|p|r|h(?![aeiouyw])")
_CONSONANT_KEYS = {
    "ch": "j", "jj": "j", "tch": "j", "kk": "g", "tt": "d", "pp": "b", "ss": "s", "sh": "s",
    "k": "g", "t": "d", "p": "b", "r": "l", "h": "",
}  # fmt: skip
_VOWEL_KEYS = {
    "yeo": "yo", "you": "yo", "yoo": "yo", "yu": "yo", "yo": "yo", "yae": "ye", "ye": "ye", "ya": "ya",
    "woo": "o", "wu": "o", "weo": "wo", "wae": "we", "wa": "wa", "wo": "wo", "wi": "we", "we": "we",
    "eui": "i", "yi": "i", "ui": "i", "eo": "o", "eu": "o", "ae": "e", "ai": "e", "ay": "e", "ea": "e",
    "oe": "we", "oi": "we", "ou": "o", "oo": "o", "ee": "i", "ie": "i", "a": "a", "e": "e", "i": "i",
    "o": "o", "u": "o",
}  # fmt: skip
_VOWELS = re.compile("|".join(sorted(_VOWEL_KEYS, key=len, reverse=True)))
_VOWEL = "(?:y[aoe]|w[aoe]|[aeio])"
_GIVEN = re.compile(f"(?:[gndlmbsjh]?{_VOWEL}(?:ng|[nmgbdl])?){{2}}")
KOREAN = "ㅋ"
"""Begins each key of a Korean given name, so that it equals no other key."""


def korean_key(word: str) -> str | None:
    """One key for the spellings of a Korean given name of two syllables; None for other words.

    정희 is Jeonghui, Chung-hee, Junghee: consonant pairs and vowels that spellings mix become one.
    """
    if not word.isascii() or not word.isalpha():
        return None
    key = _CONSONANTS.sub(lambda match: _CONSONANT_KEYS[match.group()], word)
    key = _VOWELS.sub(lambda match: _VOWEL_KEYS[match.group()], key)
    return KOREAN + key if _GIVEN.fullmatch(key) else None


_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_MIDDLES = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
    "yu", "eu", "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t",
    "ng", "t", "t", "k", "t", "p", "t",
)  # fmt: skip


def revised_romanisation(hangul: str) -> str:
    """Hangul syllables letter by letter, without the sound changes that names do not follow.

    Source: Revised Romanization of Korean (Ministry of Culture and Tourism, notice 2000-8).
    """
    out = []
    for one in hangul:
        code = ord(one) - 0xAC00
        if not 0 <= code < 11_172:  # noqa: PLR2004
            return ""
        out.append(_INITIALS[code // 588] + _MIDDLES[code % 588 // 28] + _FINALS[code % 28])
    return "".join(out)


_SOUNDS = """
あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso たta ちchi つtsu てte とto なna にni ぬnu ねne
のno はha ひhi ふfu へhe ほho まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa ゐi ゑe をo んn
がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda ぢji づzu でde どdo ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe
ぽpo ぁa ぃi ぅu ぇe ぉo ゔvu
"""
_KANA = {pair[0]: pair[1:] for pair in _SOUNDS.split()}
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o"}


def romaji(kana: str) -> str:
    """Folded kana in Hepburn letters; "" when a character is no kana. Source: ANSI Z39.11-1972."""
    out: list[str] = []
    double = False
    for one in kana:
        if one in _SMALL_Y and out and out[-1].endswith("i"):
            head = out[-1][:-1]
            out[-1] = head + ("" if head in {"sh", "ch", "j"} else "y") + _SMALL_Y[one]
        elif one == "ー" and out:
            out.append(out[-1][-1])
        elif one == "っ":
            double = True
        elif one in "ぁぃぅぇぉ" and out and len(out[-1]) > 1:
            out[-1] = out[-1][:-1] + _KANA[one]
        elif one in _KANA:
            sound = _KANA[one]
            out.append((("t" if sound.startswith("ch") else sound[0]) if double else "") + sound)
            double = False
        elif one not in _SMALL_Y:
            return ""
    return "".join(out)
