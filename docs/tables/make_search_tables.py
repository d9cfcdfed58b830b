"""Makes the data files of ``app/search/domain/tables`` from OpenCC, so that each line has a source.

Run ``python docs/tables/make_search_tables.py han`` inside the development environment. The tables are
committed because the search index must fold the same way on every machine, whatever OpenCC it has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from opencc import OpenCC

TABLES = Path(__file__).parents[2] / "app" / "search" / "domain" / "tables"
HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x323AF))
# Variants that OpenCC leaves apart and that family registers are full of (Unihan kZVariant and
# kSemanticVariant name each pair).
HAND = "邉边 髙高 﨑崎 嵜崎 嶋岛 嶌岛 濵滨 濱滨 浜滨 桒桑 冨富 栁柳 𠮷吉 槗桥 舘馆 曻昇 淸清 眞真 槇槙 凜凛 尭尧 卋世 畄留 峯峰 邨村"  # noqa: E501


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


if __name__ == "__main__":
    {"han": han}[sys.argv[1]]()
