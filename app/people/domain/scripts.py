"""Which script a name is written in (ISO 15924), from the Unicode names of its letters."""

from __future__ import annotations

import unicodedata
from collections import Counter

_SCRIPTS = (
    ("CJK UNIFIED", "Hani"),
    ("CJK COMPATIBILITY", "Hani"),
    ("HIRAGANA", "Hira"),
    ("KATAKANA", "Kana"),
    ("HALFWIDTH KATAKANA", "Kana"),
    ("HANGUL", "Hang"),
    ("LATIN", "Latn"),
    ("DEVANAGARI", "Deva"),
    ("BENGALI", "Beng"),
    ("TAMIL", "Taml"),
    ("MALAYALAM", "Mlym"),
    ("THAI", "Thai"),
    ("LAO", "Laoo"),
    ("KHMER", "Khmr"),
    ("MYANMAR", "Mymr"),
    ("TIBETAN", "Tibt"),
    ("ARABIC", "Arab"),
    ("CYRILLIC", "Cyrl"),
    ("GREEK", "Grek"),
    ("HEBREW", "Hebr"),
)


def script_of(text: str) -> str | None:
    """The script most of the letters are in; None where no letter tells."""
    found: Counter[str] = Counter()
    for character in text:
        name = unicodedata.name(character, "")
        script = next((code for prefix, code in _SCRIPTS if name.startswith(prefix)), None)
        if script:
            found[script] += 1
    return found.most_common(1)[0][0] if found else None
