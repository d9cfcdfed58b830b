"""Names written in Han characters: where one may stand in running text, and how it is read."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from app.search.domain.aliases import tables
from app.search.domain.aliases.letters import collapse, korean_key, revised_romanisation

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Characters that follow a surname's character in running text and begin no given name.
_NO_NAME = frozenset(
    "的了是在不我他她你您它这那和与就都也说有到来去要会能可把被对从向给让为于上下里中外以之其及或着过吗呢吧啊"
    "哦么什怎哪谁几多少很太最更又再只还已没无非所而且但却并若如因此则乃者兮矣焉曰云何岂未莫勿一二三四五六七"
    "八九十百千万个些每各某次两人们"
    "嘅咗唔佢哋喺啲冇咁嚟噉"
)
_TITLES = (
    "先生",
    "女士",
    "太太",
    "小姐",
    "老师",
    "医生",
    "氏",
    "某",
    "伯",
    "叔",
    "姨",
    "婆",
    "公",
    "哥",
    "姐",
    "爷",
    "奶",
    "婶",
)
_BEFORE = "老小阿"
_HONORIFICS = ("さん", "くん", "ちゃん", "君", "様", "氏", "先生", "せんせい", "さま", "样")
_LONGEST_WORD = 4
_VARIANTS = 4


def mandarin(given: str) -> list[str]:
    """Joined pinyin of a given name, at most four ways of reading it."""
    return _joined([_of(one).mandarin for one in given])


def cantonese(given: str) -> list[str]:
    """Joined Hong Kong spelling of a given name."""
    return _joined([_of(one).cantonese for one in given])


def vietnamese(given: str) -> list[str]:
    """Joined Sino-Vietnamese reading of a given name."""
    return _joined([_of(one).vietnamese for one in given])


def korean(given: str) -> list[str]:
    """Keys of the Korean readings of a given name of two characters."""
    spelt = _joined([tuple(map(revised_romanisation, _of(one).hangul)) for one in given])
    return [key for one in spelt if (key := korean_key(one))]


def _of(character: str) -> tables.Readings:
    return tables.readings().get(character, tables.Readings())


def _joined(choices: list[tuple[str, ...]]) -> list[str]:
    if not all(choices):
        return []
    return list(dict.fromkeys("".join(one) for one in islice(product(*choices), _VARIANTS)))


def chinese_names(run: str, *, in_cantonese: bool) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of what may be a Chinese name in a folded run of running text."""
    known = tables.surnames().spellings
    words: frozenset[str] | None = None
    read = cantonese if in_cantonese else mandarin
    i = 0
    while i < len(run):
        surname = run[i : i + 2] if run[i : i + 2] in known else run[i]
        if surname not in known:
            i += 1
            continue
        words = tables.chinese_words() if words is None else words
        after = run[i + len(surname) :]
        titled = after.startswith(_TITLES) or (i > 0 and run[i - 1] in _BEFORE)
        if len(surname) == 1 and not titled and _inside_a_word(run, i, words):
            i += 1
            continue
        given = ""
        for one in after[:2]:
            if one in _NO_NAME or one not in tables.readings():
                break
            given += one
        if titled and after.startswith(_TITLES):
            given = ""
        end = i + len(surname)
        if given or titled:
            yield surname, i, end
        for size in range(1, len(given) + 1):
            for key in read(given[:size]):
                yield collapse(key), end, end + size
        i = end


def _inside_a_word(run: str, i: int, words: frozenset[str]) -> bool:
    for start in range(max(0, i - _LONGEST_WORD + 1), i + 1):
        for size in range(max(2, i - start + 1), _LONGEST_WORD + 1):
            word = run[start : start + size]
            if len(word) == size and word in words:
                # 王安石 is in the word list too, and is a name: what follows is no word of its own.
                named = start == i and size == 3 and word[1:] not in words  # noqa: PLR2004
                if not named:
                    return True
    return False


def japanese_names(run: str) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of what may be a Japanese name in a folded run of Han and kana."""
    i = 0
    while i < len(run):
        i = yield from _japanese_name_at(run, i)


def _japanese_name_at(run: str, i: int) -> Generator[tuple[str, int, int], None, int]:
    """Keys of the name that begins at ``i``, if any; returns where to look on."""
    family, given = tables.japanese_surnames(), tables.japanese_given()
    for size in (4, 3, 2, 1):
        name, end = run[i : i + size], i + size
        if len(name) < size or name not in family:
            continue
        titled = run.startswith(_HONORIFICS, end)
        stop = 0 if titled else next((e for e in (end + 3, end + 2, end + 1) if run[end:e] in given), 0)
        # A surname of one character (林, 森) is a word too: only a title or a given name makes it one.
        if size == 1 and not titled and stop - end < 2:  # noqa: PLR2004
            continue
        yield from ((collapse(reading), i, end) for reading in family[name])
        if stop:
            yield from ((collapse(reading), end, stop) for reading in given[run[end:stop]])
        return stop or end
    for size in (3, 2):
        name = run[i : i + size]
        if name in given and run.startswith(_HONORIFICS, i + size):
            yield from ((collapse(reading), i, i + size) for reading in given[name])
    return i + 1


def honorifics_in(run: str) -> list[int]:
    """Where honorifics stand in a run of kana: what is before one may be a name."""
    return [at for one in _HONORIFICS if (at := run.find(one)) > 0]
