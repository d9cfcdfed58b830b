"""Korean names in Hangul: where one may stand in running text, and what one that is typed may mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.search.domain.aliases import tables
from app.search.domain.aliases.letters import korean_key, revised_romanisation

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = re.compile("[\uac00-\ud7a3]+")
_PARTICLES = re.compile(
    "(?:이라고|라고|이라는|라는|에게서|에게|에서|께서|한테|까지|부터|이랑|이와|으로|이가|이는|이를|이의"
    "|씨|님|이|가|은|는|을|를|의|에|도|와|과|로|만|랑|야|아)$"
)
# Syllables that given names are made of, and particles that make a word of three syllables look like one.
_GIVEN = frozenset(
    "가강건경계고관광구국권규균근금기길나남내녀노단달담대덕도동두라란람래려련령례로록룡루리린림마만말매면"
    "명모목무문미민박배백범별병보복봉부분비빈사산삼상새생서석선설섭성세소솔송수숙순술숭슬승시식신심아"
    "안애양언엄여연열염영예오옥온완용우욱운웅원월유윤율은을음의이익인일임자작잔장재전정제조종주준중"
    "지직진찬창채천철청초춘출충치탁태택평표하학한해행향헌혁현협형혜호홍화환활황회효훈휘흠흥희"
)
_NO_LAST = frozenset("가의로도과와에는를")
_TITLES = ("씨", "선생")
_SYLLABLES = 3
"""Of a usual name: surname and two."""


def _is_given(two: str) -> bool:
    return two[1] not in _NO_LAST and _GIVEN.issuperset(two)


def names(plain: str) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of names of three syllables, with or without particles, and of 박 씨, in folded text."""
    families = tables.surnames().by_hangul
    for match in RUN.finditer(plain):
        word, start = match.group(), match.start()
        if word[0] not in families:
            continue
        if len(word) == 1:
            if plain[start + 1 :].lstrip().startswith(_TITLES):
                yield from ((one, start, start + 1) for one in families[word])
            continue
        stem = word
        while len(stem) > _SYLLABLES and (shorter := _PARTICLES.sub("", stem)) != stem:
            stem = shorter
        if len(stem) == _SYLLABLES and _is_given(stem[1:]):
            yield from ((one, start, start + 1) for one in families[word[0]])
            if (key := korean_key(revised_romanisation(stem[1:]))) is not None:
                yield key, start + 1, start + _SYLLABLES


def alternatives(plain: str) -> list[tuple[str, ...]]:
    """What a typed run of Hangul may stand for: a surname, a given name, or both."""
    families = tables.surnames().by_hangul.get(plain[0], ())
    if len(plain) == 1:
        return [(one,) for one in families]
    given = plain[1:] if len(plain) == _SYLLABLES else plain
    if len(given) != _SYLLABLES - 1 or not _is_given(given):
        return []
    key = korean_key(revised_romanisation(given))
    if key is None:
        return []
    return [(key,)] if given == plain else [(one, key) for one in families]
