"""Makes the tables of ``app/search/domain/tables`` from OpenCC, Unihan and name lists, each line with a source.

Run inside the development environment, in this order::

    python docs/tables/make_search_tables.py han
    python docs/tables/make_search_tables.py readings Unihan_Readings.txt
    python docs/tables/make_search_tables.py surnames
    python docs/tables/make_search_tables.py japanese DATASET_FOLDER
    python docs/tables/make_search_tables.py words dict.txt

``Unihan_Readings.txt`` is Unicode's (the Debian package ``unicode-data`` carries it), ``DATASET_FOLDER``
the ``dataset`` folder of the MIT-licensed PyPI package ``japanese-personal-name-dataset`` 0.4.0,
``dict.txt`` the word list of the MIT-licensed PyPI package ``jieba`` 0.42.1. The
tables are committed because the search index must fold alike on every machine, whatever is installed.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from pathlib import Path

from opencc import OpenCC

TABLES = Path(__file__).parents[2] / "app" / "search" / "domain" / "tables"
HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x323AF))
# Variants that OpenCC leaves apart and that family registers are full of (Unihan kZVariant and
# kSemanticVariant name each pair).
HAND = (
    "邉边 髙高 﨑崎 嵜崎 嶋岛 嶌岛 濵滨 濱滨 浜滨 桒桑 冨富 栁柳 𠮷吉 槗桥 舘馆 曻昇 淸清 眞真 "
    "槇槙 凜凛 尭尧 卋世 畄留 峯峰 邨村"
)


def han() -> None:
    """Write ``han.txt``: one line ``variants<TAB>form``, every Han variant folded to one character."""
    characters = [chr(code) for low, high in HAN_BLOCKS for code in range(low, high + 1)]
    # One character a line keeps OpenCC from choosing by the neighbour.
    text = "\n".join(characters)
    simple = OpenCC("t2s")
    direct = dict(zip(characters, simple.convert(text).split("\n"), strict=True))
    older = dict(zip(characters, OpenCC("jp2t").convert(text).split("\n"), strict=True))
    local = dict(zip(characters, OpenCC("tw2t").convert(text).split("\n"), strict=True))
    hong_kong = dict(zip(characters, OpenCC("hk2t").convert(text).split("\n"), strict=True))
    form: dict[str, str] = {}
    for one in characters:
        for table in (older, local, hong_kong):
            if table[one] != one and len(table[one]) == 1:
                form[one] = direct.get(table[one], table[one])
                break
        else:
            form[one] = direct[one]
    form |= {pair[0]: form.get(pair[1], pair[1]) for pair in HAND.split()}
    groups: dict[str, list[str]] = {}
    for one in form:
        last, seen = one, {one}
        while form.get(last, last) not in seen and len(form.get(last, last)) == 1:
            last = form[last]
            seen.add(last)
        # A circle (two variants that name each other) ends at its smallest member.
        if form.get(last, last) in seen and form.get(last, last) != last:
            last = min(seen)
        if last != one:
            groups.setdefault(last, []).append(one)
    lines = [f"{''.join(sorted(found))}\t{to}" for to, found in sorted(groups.items())]
    (TABLES / "han.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _form(character: str, table: dict[str, str]) -> str:
    return table.get(character, character)


def _han_table() -> dict[str, str]:
    lines = (TABLES / "han.txt").read_text("utf-8").splitlines()
    return {one: line.split("\t")[1] for line in lines for one in line.split("\t")[0]}


def _bare(reading: str) -> str:
    """A reading in plain letters: no tone, no mark, ü as u, đ as d."""
    text = unicodedata.normalize("NFD", reading.strip().lower().replace("đ", "d"))
    return re.sub(r"[^a-z]", "", text)


# Jyutping to the spelling that Hong Kong's registers use; longest match first.
_JYUT_INITIALS = {
    "gw": "kw", "kw": "kw", "ng": "ng", "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k",
    "z": "ch", "c": "ch", "j": "y", "f": "f", "h": "h", "l": "l", "m": "m", "n": "n", "s": "s", "w": "w",
}  # fmt: skip
_JYUT_FINALS = {
    "aang": "ang", "aam": "am", "aan": "an", "aai": "ai", "aau": "au", "aak": "ak", "aap": "ap", "aat": "at",
    "eoi": "ui", "eon": "un", "eot": "ut", "oeng": "eung", "oek": "euk", "oe": "eu", "yun": "uen", "yut": "uet",
    "yu": "yu", "aa": "a", "am": "am", "an": "an", "ang": "ang", "ai": "ai", "au": "au", "ak": "ak", "ap": "ap",
    "at": "at", "eng": "eng", "ek": "ek", "ei": "ei", "e": "e", "ing": "ing", "ik": "ik", "im": "im", "in": "in",
    "ip": "ip", "it": "it", "iu": "iu", "i": "i", "ong": "ong", "oi": "oi", "on": "on", "ok": "ok", "ot": "ot",
    "ou": "o", "o": "o", "ung": "ung", "uk": "uk", "ui": "ui", "un": "un", "ut": "ut", "u": "u", "m": "m",
    "ng": "ng",
}  # fmt: skip


def hong_kong(jyutping: str) -> str:
    """One Jyutping syllable as Hong Kong spells it in names (zoeng1 → cheung)."""
    plain = jyutping.rstrip("0123456789")
    if plain in {"m", "ng"}:
        return "ng"
    for initial in sorted(_JYUT_INITIALS, key=len, reverse=True):
        if plain.startswith(initial) and plain[len(initial) :] in _JYUT_FINALS:
            head, rest = _JYUT_INITIALS[initial], plain[len(initial) :]
            final = _JYUT_FINALS[rest]
            if head == "y" and rest.startswith("yu"):
                final = _JYUT_FINALS[rest].removeprefix("y")
            return head + final
    return _JYUT_FINALS.get(plain, plain)


def readings(source: str) -> None:
    """Write ``readings.txt``: folded character, Mandarin readings, Hong Kong, Hangul (name characters)."""
    table = _han_table()
    found: dict[str, dict[str, list[str]]] = {}
    common: set[str] = set()
    for line in Path(source).read_text("utf-8").splitlines():
        if not line.startswith("U+"):
            continue
        code, kind, value = line.split("\t")
        form = _form(chr(int(code.removeprefix("U+"), 16)), table)
        if kind in {"kHanyuPinlu", "kTGHZ2013"}:
            common.add(form)
        if kind == "kHanyuPinlu":
            value = re.sub(r"\(\d+\)", "", value)
        into = found.setdefault(form, {})
        if kind in {"kMandarin", "kHanyuPinlu"}:
            into.setdefault("mandarin", []).extend(_bare(one) for one in value.split())
        elif kind == "kCantonese":
            into.setdefault("cantonese", []).extend(hong_kong(one) for one in value.split()[:1])
        elif kind == "kHangul":
            into.setdefault("hangul", []).extend(one.partition(":")[0] for one in value.split())
        elif kind == "kVietnamese":
            into.setdefault("vietnamese", []).extend(_bare(one) for one in value.split()[:1])
    surnames_ = {_form(one, table) for line in _by_hand() for one in line[0]}
    kinds = ("mandarin", "cantonese", "hangul", "vietnamese")
    lines = [
        form + "\t" + "\t".join(" ".join(list(dict.fromkeys(found[form].get(kind, [])))[:3]) for kind in kinds)
        for form in sorted((common | surnames_) & set(found))
    ]
    (TABLES / "readings.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _by_hand() -> list[list[str]]:
    lines = (Path(__file__).parent / "surnames_by_hand.txt").read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def surnames() -> None:
    """Write ``surnames.txt``: folded surname, then every spelling of it in plain letters."""
    table = _han_table()
    known = {}
    for line in (TABLES / "readings.txt").read_text("utf-8").splitlines():
        form, mandarin, cantonese, _, vietnamese = line.split("\t")
        known[form] = [*mandarin.split()[:1], *cantonese.split()[:1], *vietnamese.split()[:1]]
    spellings: dict[str, list[str]] = {}
    for name, *by_hand in _by_hand():
        form = "".join(_form(one, table) for one in name)
        own = known.get(form, []) if len(form) == 1 else ["".join(known[one][0] for one in form)]
        spellings.setdefault(form, []).extend(_bare(one) for one in [*own, *by_hand])
    lines = [f"{form}\t{' '.join(dict.fromkeys(all_))}" for form, all_ in sorted(spellings.items())]
    (TABLES / "surnames.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def japanese(folder: str) -> None:
    """Write ``japanese_surnames.txt`` and ``japanese_given.txt``: reading in letters, then the spellings."""
    table = _han_table()

    def folded(text: str) -> str:
        return "".join(_form(one, table) for one in text)

    with (Path(folder) / "last_name_org.csv").open(encoding="utf-8") as rows:
        family = [(row[3], folded(row[0])) for row in csv.reader(rows)]
    given: list[tuple[str, str]] = []
    for name in ("first_name_man_opti.csv", "first_name_woman_opti.csv"):
        with (Path(folder) / name).open(encoding="utf-8") as rows:
            given += [(row[1], folded(one)) for row in csv.reader(rows) for one in row[2:] if one]
    for file, pairs in (("japanese_surnames.txt", family), ("japanese_given.txt", given)):
        by_reading: dict[str, list[str]] = {}
        for reading, spelling in pairs:
            by_reading.setdefault(_bare(reading), []).append(spelling)
        lines = [f"{one}\t{' '.join(dict.fromkeys(all_))}" for one, all_ in sorted(by_reading.items())]
        (TABLES / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def words(source: str) -> None:
    """Write ``chinese_words.txt``: common words that hold a surname's character and are no name."""
    table = _han_table()
    surnames_ = {line.split("\t")[0] for line in (TABLES / "surnames.txt").read_text("utf-8").splitlines()}
    found: dict[str, list[str]] = {}
    by_hand = (Path(__file__).parent / "chinese_words_by_hand.txt").read_text("utf-8").splitlines()[1:]
    more = [f"{word} 20 n" for line in by_hand for word in line.split()]
    for line in [*Path(source).read_text("utf-8").splitlines(), *more]:
        word, count, kind = line.split(" ")
        form = "".join(_form(one, table) for one in word)
        inside = [one for one in form if one in surnames_]
        if len(form) == 2 and form[0] in surnames_ and form[1] == "家":  # noqa: PLR2004, the family of that name
            continue
        if 2 <= len(form) <= 4 and inside and not kind.startswith("nr") and int(count) >= 20:  # noqa: PLR2004
            found.setdefault(inside[0], []).append(form)
    lines = [" ".join(sorted(set(all_))) for _, all_ in sorted(found.items())]
    (TABLES / "chinese_words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    {"han": han, "readings": readings, "surnames": surnames, "japanese": japanese, "words": words}[sys.argv[1]](
        *sys.argv[2:]
    )
