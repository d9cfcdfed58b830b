"""The name tables, read once from their data files when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parents[1] / "tables"
# Surnames that are borne in Korea, as folded characters (the census of 2015, all above 2,000 bearers).
KOREAN_SURNAMES = frozenset(
    "金李朴崔郑姜赵尹张林任韩吴徐申权黄安宋全洪柳刘高文梁孙裴白曹许南沈卢河郭成车朱禹具罗闵陈池严蔡"
    "元千方孔玄咸卞边廉吕秋都苏石宣薛马吉延魏表明奇潘王琴玉陆印孟诸牟卓鞠余鱼殷片丘龙田丁辛鲁杨庞程"
)
_HANGUL_LAW = {"ㅇ": 11, "ㄴ": 2, "ㄹ": 5}


@dataclass(frozen=True)
class Readings:
    """How one Han character is read, in plain letters; Hangul as written."""

    mandarin: tuple[str, ...] = ()
    cantonese: tuple[str, ...] = ()
    hangul: tuple[str, ...] = ()
    vietnamese: tuple[str, ...] = ()


@dataclass
class Surnames:
    """Surnames by character, by spelling in letters, and by Hangul syllable."""

    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_spelling: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_hangul: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _lines(name: str) -> list[list[str]]:
    text = (TABLES / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()]


@cache
def readings() -> dict[str, Readings]:
    """Readings of the characters that names are made of."""
    return {
        form: Readings(tuple(m.split()), tuple(c.split()), tuple(h.split()), tuple(v.split()))
        for form, m, c, h, v in _lines("readings.txt")
    }


@cache
def surnames() -> Surnames:
    """The surname table; a spelling may belong to several surnames (Wong: 王, 黄, 汪)."""
    found = Surnames()
    by_spelling: dict[str, list[str]] = {}
    by_hangul: dict[str, list[str]] = {}
    for form, spellings in _lines("surnames.txt"):
        found.spellings[form] = tuple(spellings.split())
        for one in found.spellings[form]:
            by_spelling.setdefault(one, []).append(form)
        if form in KOREAN_SURNAMES:
            for syllable in readings().get(form, Readings()).hangul:
                for said in _as_initial(syllable):
                    by_hangul.setdefault(said, []).append(form)
    found.by_spelling = {one: tuple(dict.fromkeys(all_)) for one, all_ in by_spelling.items()}
    found.by_hangul = {one: tuple(dict.fromkeys(all_)) for one, all_ in by_hangul.items()}
    return found


def _as_initial(syllable: str) -> list[str]:
    """A syllable and how the South says it first in a word (리 → 이, 로 → 노)."""
    code = ord(syllable) - 0xAC00
    initial, vowel, final = code // 588, code % 588 // 28, code % 28
    if initial != _HANGUL_LAW["ㄹ"]:
        return [syllable]
    soft = vowel in {2, 3, 6, 7, 12, 17, 20}  # ya, yae, yeo, ye, yo, yu, i
    other = _HANGUL_LAW["ㅇ"] if soft else _HANGUL_LAW["ㄴ"]
    return [syllable, chr(0xAC00 + other * 588 + vowel * 28 + final)]


@cache
def japanese_surnames() -> dict[str, tuple[str, ...]]:
    """Folded surname → readings in letters."""
    return _by_spelling("japanese_surnames.txt")


@cache
def japanese_surname_readings() -> frozenset[str]:
    """Every reading of a surname, in letters."""
    return frozenset(reading for reading, _ in _lines("japanese_surnames.txt"))


@cache
def japanese_given() -> dict[str, tuple[str, ...]]:
    """Folded given name → readings in letters, at most four."""
    return {one: found[:4] for one, found in _by_spelling("japanese_given.txt").items()}


def _by_spelling(name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for reading, spellings in _lines(name):
        for one in spellings.split():
            found.setdefault(one, []).append(reading)
    return {one: tuple(all_) for one, all_ in found.items()}


@cache
def chinese_words() -> frozenset[str]:
    """Words of two to four characters in which a surname's character is no surname (国王, 黄色)."""
    return frozenset(word for (line,) in _lines("chinese_words.txt") for word in line.split())
