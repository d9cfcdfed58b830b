"""Names across scripts: keys under which Nguyen, Nguyễn and 阮, or Park and 박, are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex
from anyascii import anyascii

from app.search.domain.aliases import han, tables
from app.search.domain.aliases.letters import collapse, korean_key, revised_romanisation, romaji
from app.search.domain.fold import fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.search.domain.fold import Folded

VERSION = "1"
"""Raise it with every change of a table or a rule: the adapters then ask for a rebuild."""

Key = tuple[str, int, int]
Alternative = tuple[str, ...]

# English words that are surnames too: one of them is a name only beside another capitalised word.
_COMMON = frozenset(
    "a ah ai an and as at be bang big but chill chin chow do fan for free go ha he her his ho how hung i if in is"
    " it king la lie long low man may me mine miss mo my nay no of oh ok on or pan pang pay pie poor sad say see"
    " she sin sing so soon sit sum sun tan tang tea ten than the then they thin this to ton tong too u un up we"
    " win wing yes you young yes lay law lie loo lock mock mark back pack bay bye ray eo eng ang".split()
)
_CAPITAL = regex.compile(r"\p{Lu}")
_CHINESE = frozenset({"zh", "yue", "cmn", "nan", "hak", "wuu"})
_HAN_RUN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]+")
_KANA_RUN = re.compile("[ぁ-ゟー]{2,}")
_KATAKANA_RUN = re.compile("[ァ-ヺー]{2,}|[\uff66-\uff9f]{2,}")
_EAST_RUN = re.compile("[ぁ-ゟー々〆\u3400-\u9fff\U00020000-\U000323af]+")
_HANGUL_RUN = re.compile("[\uac00-\ud7a3]+")
_PARTICLES = re.compile(
    "(?:이라고|라고|이라는|라는|에게서|에게|에서|께서|한테|까지|부터|이랑|이와|으로|이가|이는|이를|이의"
    "|씨|님|이|가|은|는|을|를|의|에|도|와|과|로|만|랑|야|아)$"
)
_GIVEN_SYLLABLES = frozenset(
    "가강건경계고관광구국권규균근금기길나남내녀노단달담대덕도동두라란람래려련령례로록룡루리린림마만말매면"
    "명모목무문미민박배백범별병보복봉부분비빈사산삼상새생서석선설섭성세소솔송수숙순술숭슬승시식신심아"
    "안애양언엄여연열염영예오옥온완용우욱운웅원월유윤율은을음의이익인일임자작잔장재전정제조종주준중"
    "지직진찬창채천철청초춘출충치탁태택평표하학한해행향헌혁현협형혜호홍화환활황회효훈휘흠흥희"
)
_NO_LAST = frozenset("가의로도과와에는를")
_NAME_SYLLABLES = 3


def text_keys(text: str, languages: Iterable[str], folded: Folded | None = None) -> list[Key]:
    """Keys of the name-like runs of a passage, each with its place (code points of ``text``).

    Han characters are read by the passage's language, never by their script: 中村 is Nakamura only where
    Japanese is spoken.
    """
    folded = folded or fold(text)
    found = list(_cased(text, folded))
    if text.isascii():
        return found
    primary = {one.partition("-")[0] for one in languages}
    plain = folded.plain
    keys: list[Key] = []
    if "ja" in primary:
        keys += _japanese(plain)
        found += _katakana(text)
    if primary & _CHINESE:
        for match in _HAN_RUN.finditer(plain):
            names = han.chinese_names(match.group(), in_cantonese="yue" in primary)
            keys += [(key, match.start() + a, match.start() + b) for key, a, b in names]
    if "ko" in primary:
        keys += _hangul(plain)
    return found + [(key, *folded.raw_span(a, b)) for key, a, b in keys]


def name_keys(name: str) -> list[str]:
    """Keys of a whole name from a person's or place's own record, in any script and every reading."""
    folded = fold(name)
    keys: list[str] = []
    for start, end in _words(folded):
        raw = name[start:end]
        for alternative in query_keys(raw):
            keys += alternative
    for token, _, _ in folded.joined:
        keys += _latin(token)
    keys += [collapse(one) for one in folded.tokens if one.isascii() and one.isalpha()]
    return list(dict.fromkeys(keys))


def query_keys(raw: str, joined: str | None = None) -> tuple[Alternative, ...]:
    """What one typed word may stand for: each alternative is a set of keys that must all be there."""
    plain = joined or fold_text(raw)
    if not plain or len(plain) > 40:  # noqa: PLR2004
        return ()
    found: list[Alternative] = []
    if plain.isascii():
        if plain.isalpha() and (plain not in _COMMON or raw[0].isupper()):
            found += [(key,) for key in _latin(plain)]
    elif _HAN_RUN.fullmatch(plain):
        found += _han_alternatives(plain)
    elif _KANA_RUN.fullmatch(plain):
        if letters := romaji(plain):
            found.append((collapse(letters),))
    elif _HANGUL_RUN.fullmatch(plain):
        found += _hangul_alternatives(plain)
    elif _EAST_RUN.fullmatch(plain):
        found += [(key,) for key, _, _ in han.japanese_names(plain)]
    elif plain.isalpha() or any("\u0900" <= one <= "\u0dff" for one in plain):
        letters = fold_text(anyascii(raw))
        if letters.isascii() and letters.isalpha() and fold(plain).tokens == [plain]:
            found.append((collapse(letters),))
    return tuple(dict.fromkeys(found))


def _latin(word: str) -> list[str]:
    """Keys of one folded word of Latin letters."""
    keys = [collapse(word), *tables.surnames().by_spelling.get(word, ())]
    if (korean := korean_key(word)) is not None:
        keys.append(korean)
    return keys


def _cased(text: str, folded: Folded) -> Iterator[Key]:
    """Keys of capitalised words of scripts that have capitals."""
    known = tables.surnames().by_spelling
    tokens, starts, ends = folded.tokens, folded.starts, folded.ends
    if not _CAPITAL.search(text):
        return
    capital = [text[start].isupper() for start in starts]
    for i in [i for i, big in enumerate(capital) if big]:
        word = tokens[i]
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(tokens) and capital[j]]
        if not word.isascii():
            letters = fold_text(anyascii(word))
            if letters.isascii() and letters.isalpha() and not 0xAC00 <= ord(word[0]) <= 0xD7A3:  # noqa: PLR2004
                yield collapse(letters), starts[i], ends[i]
            continue
        if (key := collapse(word)) != word:
            yield key, starts[i], ends[i]
        if word in known and (
            word not in _COMMON or any(tokens[j] not in _COMMON for j in beside if _touch(text, ends, starts, i, j))
        ):
            for form in known[word]:
                yield form, starts[i], ends[i]
        if beside and word.isalpha() and any(_is_korean(tokens[j]) for j in _near(i, len(tokens), capital)):
            korean = korean_key(word)
            if korean is not None:
                yield korean, starts[i], ends[i]
    for whole, start, end in folded.joined:
        if text[start].isupper() and whole.isascii():
            near = text[max(0, start - 20) : end + 20]
            yield collapse(whole), start, end
            for form in known.get(whole, ()):
                yield form, start, end
            korean = korean_key(whole)
            if korean is not None and any(_is_korean(one) for one in fold(near).tokens):
                yield korean, start, end
    # "Chung Hee" in two words is one given name.
    for i in range(len(tokens) - 2):
        if capital[i] and capital[i + 1] and capital[i + 2] and _is_korean(tokens[i]):
            korean = korean_key(tokens[i + 1] + tokens[i + 2])
            if korean is not None:
                yield korean, starts[i + 1], ends[i + 2]


def _touch(text: str, ends: list[int], starts: list[int], i: int, j: int) -> bool:
    """Whether only a space stands between two tokens (no full stop, no comma)."""
    first, second = min(i, j), max(i, j)
    return text[ends[first] : starts[second]].strip() == ""


def _near(i: int, n: int, capital: list[bool]) -> list[int]:
    return [j for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < n and capital[j]]


def _is_korean(word: str) -> bool:
    return any(one in tables.KOREAN_SURNAMES for one in tables.surnames().by_spelling.get(word, ()))


def _han_alternatives(plain: str) -> list[Alternative]:
    found: list[Alternative] = []
    surnames = tables.surnames().spellings
    for size in (2, 1):
        surname, given = plain[:size], plain[size:]
        if surname not in surnames or len(given) > 2:  # noqa: PLR2004
            continue
        if not given:
            found.append((surname,))
            continue
        readings = [*han.mandarin(given), *han.cantonese(given), *han.vietnamese(given)]
        found += [(surname, collapse(one)) for one in readings]
        if surname in tables.KOREAN_SURNAMES and len(given) == 2:  # noqa: PLR2004
            found += [(surname, one) for one in han.korean(given)]
        break
    japanese = [key for key, _, _ in han.japanese_names(plain)]
    family = tables.japanese_surnames()
    if plain in family:
        found += [(collapse(one),) for one in family[plain]]
    elif plain in tables.japanese_given():
        found += [(collapse(one),) for one in tables.japanese_given()[plain]]
    elif japanese:
        # A full name: any reading of the surname with any of the given name.
        size = next((n for n in (4, 3, 2, 1) if plain[:n] in family), 0)
        for first in family.get(plain[:size], ()):
            found += [
                (collapse(first), collapse(second)) for second in tables.japanese_given().get(plain[size:], ())
            ]
    if len(plain) == 2 and not found:  # noqa: PLR2004
        found += [(collapse(one),) for one in han.mandarin(plain)]
    return found


def _hangul_alternatives(plain: str) -> list[Alternative]:
    families = tables.surnames().by_hangul.get(plain[0], ())
    if len(plain) == 1:
        return [(one,) for one in families]
    if len(plain) == _NAME_SYLLABLES and families:
        key = korean_key(revised_romanisation(plain[1:]))
        return [(one, key) for one in families] if key else []
    if len(plain) == 2 and all(one in _GIVEN_SYLLABLES for one in plain):  # noqa: PLR2004
        key = korean_key(revised_romanisation(plain))
        return [(key,)] if key else []
    return []


def _is_given(two: str) -> bool:
    """Whether two syllables may be a given name, and the second is no particle (최고의)."""
    return two[1] not in _NO_LAST and all(one in _GIVEN_SYLLABLES for one in two)


def _hangul(plain: str) -> Iterator[Key]:
    """Korean names of a surname and two syllables, with or without a particle, and 박 씨."""
    families = tables.surnames().by_hangul
    for match in _HANGUL_RUN.finditer(plain):
        word, start = match.group(), match.start()
        stem = word
        while len(stem) > _NAME_SYLLABLES and (shorter := _PARTICLES.sub("", stem)) != stem:
            stem = shorter
        if word[0] not in families:
            continue
        if len(stem) == _NAME_SYLLABLES and _is_given(stem[1:]):
            for one in families[word[0]]:
                yield one, start, start + 1
            key = korean_key(revised_romanisation(stem[1:]))
            if key is not None:
                yield key, start + 1, start + 3
        elif len(word) == 1 and plain[start + 1 : start + 3].lstrip()[:1] in {"씨", "선"}:
            for one in families[word]:
                yield one, start, start + 1


def _katakana(text: str) -> Iterator[Key]:
    """Every run of katakana: names and loan words, as they sound."""
    for match in _KATAKANA_RUN.finditer(text):
        if letters := romaji(fold_text(match.group())):
            yield collapse(letters), match.start(), match.end()


def _japanese(plain: str) -> Iterator[Key]:
    """Names in Han characters, and in kana before an honorific or apart from other letters."""
    for match in _EAST_RUN.finditer(plain):
        for key, start, end in han.japanese_names(match.group()):
            yield key, match.start() + start, match.start() + end
    known = tables.japanese_surname_readings()
    for match in _KANA_RUN.finditer(plain):
        run = match.group()
        for honorific in han.spoken_kana_names(run):
            at = run.find(honorific)
            for size in range(min(6, at), 1, -1):
                letters = romaji(run[at - size : at])
                if letters in known:
                    yield collapse(letters), match.start() + at - size, match.start() + at
                    break


def _words(folded: Folded) -> Iterator[tuple[int, int]]:
    """Spans of whole words; a run of an unspaced script is one."""
    begin = end = -1
    for start, stop in zip(folded.starts, folded.ends, strict=True):
        if begin >= 0 and start < end:
            end = max(end, stop)
            continue
        if begin >= 0:
            yield begin, end
        begin, end = start, stop
    if begin >= 0:
        yield begin, end
