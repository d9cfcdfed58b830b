"""Finds the words of a question in a plain text at a glance, without cutting all of it into tokens."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from app.search.domain.fold import is_unspaced, steady_text
from app.search.domain.fold.characters import MIDDLE_DOTS
from app.search.domain.matching import Found, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.search.domain.matching import Wanted
    from app.search.domain.query import Term

_END_OF_CASED_SCRIPTS = "\u0590"
_LONGEST = 60
_BETWEEN = f"[\\s{re.escape(MIDDLE_DOTS)}]?"
_OF_RUNS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_OF_WORDS = f"[^\\W{_OF_RUNS}]"
"""A letter or digit of a word: where an unspaced script begins (1中), the word ends."""
_JOINERS = str.maketrans(dict.fromkeys("'`´ʹʻʼʽˈʾʿ‘’‛′-‐‑‒–—−", None))


def find(text: str, core: int, wanted: Sequence[Wanted]) -> Found | None:
    """Spans of terms that stand in the text as they are; None where only the full way can tell.

    It answers only if every term is there by itself before ``core`` and the text's characters all fold one for
    one; then it gives what ``matching.find`` would give.
    """
    plain = steady_text(text)
    if plain is None:
        return None
    spans: list[tuple[int, int]] = []
    for one in wanted:
        pattern = _pattern(one.term)
        if pattern is None:
            return None
        here = [match.span() for match in pattern.finditer(plain) if match.start() < core]
        if any(end > core for _, end in here):
            return None  # across the seam
        if not here or _stands_parted(plain, one.term):
            return None
        spans += here
    return Found(spans=merged(spans))


def _is_run(term: Term) -> bool:
    return all(is_unspaced(token) for token in term.tokens)


@lru_cache(maxsize=512)
def _pattern(term: Term) -> re.Pattern[str] | None:
    if sum(map(len, term.tokens)) > _LONGEST:
        return None
    if _is_run(term):
        run = "".join(token[0] for token in term.tokens) + term.tokens[-1][1:]
        if len(run) != len(term.tokens) + len(term.tokens[-1]) - 1:
            return None
        # Places of a run that repeats a character may overlap (生生 in 生生生): the full way finds each.
        body = _BETWEEN.join(re.escape(one) for one in run)
        return re.compile(body) if len(set(run)) == len(run) else None
    if term.joined or any(token >= _END_OF_CASED_SCRIPTS for token in term.tokens):
        return None
    words = r"\W+".join(re.escape(token) for token in term.tokens)
    return re.compile(rf"(?<!{_OF_WORDS}){words}" + (rf"{_OF_WORDS}*" if term.prefix else rf"(?!{_OF_WORDS})"))


def _stands_parted(plain: str, term: Term) -> bool:
    """Whether the word may stand once more with a hyphen or an apostrophe inside (O'Brien for obrien)."""
    if not term.is_word:
        return False
    word = term.tokens[0]
    return plain.translate(_JOINERS).count(word) > plain.count(word)
