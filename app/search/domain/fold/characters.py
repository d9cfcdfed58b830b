"""How one character, and one grapheme cluster, is folded for search, and which kind of run it joins."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

TABLES = Path(__file__).parents[1] / "tables"
HAN_KANA, HANGUL, THAI, LAO, KHMER, BURMESE = "ckTLKB"
WORD, JOINER, SPACE, DOT, OTHER = "wasp "
UNSPACED = HAN_KANA + HANGUL + THAI + LAO + KHMER + BURMESE
"""Run letters of scripts whose words are not parted (Hangul: whose particles are glued on)."""

_APOSTROPHES = "'`´ʹʻʼʽˈʾʿ‘’‛′ꞌ＇׳"
_DASHES = "-‐‑‒–—−﹣－⁃־"
MIDDLE_DOTS = "·‧・･•゠＝⸱ㆍᆞ"
_RUNS = (
    (0x0E01, 0x0E4E, THAI),
    (0x0E81, 0x0EDF, LAO),
    (0x1000, 0x109F, BURMESE),
    (0x1100, 0x11FF, HANGUL),
    (0x1780, 0x17D3, KHMER),
    (0x17D7, 0x17DD, KHMER),
    (0x3005, 0x3007, HAN_KANA),
    (0x3041, 0x309F, HAN_KANA),
    (0x30A1, 0x30FF, HAN_KANA),
    (0x3100, 0x312F, HAN_KANA),
    (0x3131, 0x318E, HANGUL),
    (0x31A0, 0x31FF, HAN_KANA),
    (0x3400, 0x9FFF, HAN_KANA),
    (0xA960, 0xA97C, HANGUL),
    (0xA9E0, 0xA9FE, BURMESE),
    (0xAA60, 0xAA7F, BURMESE),
    (0xAC00, 0xD7FB, HANGUL),
    (0xF900, 0xFAFF, HAN_KANA),
    (0x1B000, 0x1B16F, HAN_KANA),
    (0x20000, 0x323AF, HAN_KANA),
)
# Letters that Unicode does not take apart and people type without their stroke.
_STROKES = {
    "đ": "d", "ð": "d", "ɖ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ĸ": "k",
    "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng", "ə": "e", "ƶ": "z",
}  # fmt: skip
# Arabic letters that Persian, Urdu and Malay keyboards write with another code.
_ARABIC = {
    "ك": "ک", "ڪ": "ک", "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ہ": "ه", "ە": "ه",
    "ۀ": "ه", "ة": "ه", "ٱ": "ا", "ؤ": "و",
}  # fmt: skip
_ARABIC_POINTS = frozenset(
    chr(code)
    for low, high in ((0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670),
                      (0x06D6, 0x06ED), (0x08D3, 0x08FF), (0x0591, 0x05C7))
    for code in range(low, high + 1)
)  # fmt: skip
_LATIN_MARKS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.
_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_DROPPED = _LATIN_MARKS + _IGNORABLE
_KATAKANA = ((0x30A1, 0x30F6), (0x30FD, 0x30FE))
_KATAKANA_TO_HIRAGANA = 0x60
# Latin, Greek, Cyrillic, Armenian; Arabic; their extensions: marks are left out when people type.
_MARKS_FALL = ((0x0000, 0x058F), (0x0620, 0x06FF), (0x1E00, 0x1FFF), (0x2C60, 0x2DFF))
# Thai, Lao, Burmese and Khmer vowel signs: they never join the letter before them into another one.
_MARKS_STAND = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))
_JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
# Voicing marks that stand alone, and the first half of a Thai or Lao "am" typed in two.
_LOOSE = frozenset("\u309b\u309c\uff9e\uff9f\u0e4d\u0ecd")
_SARA_AM = (
    (re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32"), "\\1\u0e33"),
    (re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2"), "\\1\u0eb3"),
)
_LOOSE_VOICE = str.maketrans({"\u309b": "\u3099", "\u309c": "\u309a", "\uff9e": "\u3099", "\uff9f": "\u309a"})
# The Indic blocks are laid out in parallel: in each, the five stop rows and their nasals stand at the
# same distance from the block's start (The Unicode Standard, chapter 12).
_INDIC_BLOCKS = (0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00, 0x0C00, 0x0C80)
_STOP_ROWS = ((0x15, 0x18, 0x19), (0x1A, 0x1D, 0x1E), (0x1F, 0x22, 0x23), (0x24, 0x27, 0x28), (0x2A, 0x2D, 0x2E))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _han() -> dict[str, str]:
    lines = (TABLES / "han.txt").read_text("utf-8")
    return {
        variant: form for line in lines.splitlines() for variants, form in (line.split("\t"),) for variant in variants
    }


_HAN = _han()


def _indic_nasals() -> dict[str, str]:
    """Nasal + virama before a stop of its own row → anusvara, so that हिन्दी is हिंदी."""
    return {
        chr(block + nasal) + chr(block + 0x4D) + chr(block + stop): chr(block + 0x02) + chr(block + stop)
        for block in _INDIC_BLOCKS
        for low, high, nasal in _STOP_ROWS
        for stop in range(low, high + 1)
    }


_NASALS = _indic_nasals()
_INDIC_SIGNS = (
    {chr(block + 0x3C): "" for block in _INDIC_BLOCKS}  # nukta: optional in all but careful print
    | {chr(block + 0x01): chr(block + 0x02) for block in _INDIC_BLOCKS}  # candrabindu = anusvara
    | {"\u0a70": "\u0a02"}  # tippi, the Gurmukhi nasal sign over short vowels
)
VIRAMAS = frozenset(chr(block + 0x4D) for block in _INDIC_BLOCKS)


def _settle(character: str) -> str:
    """Fold what is left after normalising: case, strokes, marks, kana, Han variants, digits."""
    code = ord(character)
    if _within(code, _DROPPED) or character in _ARABIC_POINTS:
        return ""
    one_for_one = _INDIC_SIGNS.get(character, _HAN.get(character, _ARABIC.get(character)))
    if one_for_one is not None:
        return one_for_one
    if _within(code, _KATAKANA):
        return chr(code - _KATAKANA_TO_HIRAGANA)
    decimal = unicodedata.decimal(character, None)
    if decimal is not None:
        return str(decimal)
    if not _within(code, _MARKS_FALL):
        return character.casefold()
    bare = "".join(
        one
        for one in unicodedata.normalize("NFD", character)
        if not _within(ord(one), _LATIN_MARKS) and one not in _ARABIC_POINTS
    )
    return "".join(_ARABIC.get(one, _STROKES.get(one, one)) for one in bare.casefold())


def fold_cluster(cluster: str) -> str:
    """Fold one grapheme cluster: NFC, NFKC, then each character; may be longer, shorter or empty."""
    if len(cluster) > 1:
        cluster = unicodedata.normalize("NFC", cluster.translate(_LOOSE_VOICE))
        for apart, joined in _SARA_AM:
            cluster = apart.sub(joined, cluster)
    # NFKC would take the Thai and Lao "am" apart into two signs.
    if not ("\u0e33" in cluster or "\u0eb3" in cluster):
        cluster = unicodedata.normalize("NFKC", cluster)
    folded = "".join(_settle(one) for one in cluster)
    if not VIRAMAS.isdisjoint(folded):
        for nasal, sign in _NASALS.items():
            folded = folded.replace(nasal, sign)
    return folded


def run_letter(character: str) -> str:
    """Name the kind of run that a folded character belongs to."""
    code = ord(character)
    if character in _APOSTROPHES or character in _DASHES:
        return JOINER
    if character in MIDDLE_DOTS:
        return DOT
    for low, high, letter in _RUNS:
        if low <= code <= high:
            return letter
    category = unicodedata.category(character)
    if category[0] in "LM" or category == "Nd":
        return WORD
    if category[0] == "Z" or character in "\t\n\r":
        return SPACE
    return OTHER


class FoldTable(dict[int, str]):
    """``str.translate`` table that folds lone characters and remembers those it cannot fold in place."""

    def __init__(self) -> None:
        super().__init__()
        self.steady: set[str] = set()
        """Characters that fold to exactly one character whatever stands beside them."""

    def __missing__(self, code: int) -> str:
        """Fold a character that is met for the first time."""
        character = chr(code)
        folded = fold_cluster(character)
        self[code] = folded
        combines = unicodedata.category(character)[0] == "M" and not _within(code, _MARKS_STAND)
        if len(folded) == 1 and not combines and not _within(code, _JAMO) and character not in _LOOSE:
            self.steady.add(character)
        return folded


class RunTable(dict[int, str]):
    """``str.translate`` table from folded characters to run letters."""

    def __missing__(self, code: int) -> str:
        """Name the run of a character that is met for the first time."""
        self[code] = letter = run_letter(chr(code))
        return letter
