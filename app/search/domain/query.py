"""What a reader typed, taken apart into terms that every engine's expression is made from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.search.domain.fold import MAX_TOKEN, fold, is_unspaced, marked

MAX_TERMS = 40
"""A longer question is cut here: forty words narrow any archive enough, and hostile ones stay cheap."""
MAX_CHARACTERS = 1_000
_QUOTED = re.compile(r'["“”„«»「『]([^"“”„«»「」『』]+)["“”«»」』]')


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase that must be found; several tokens are a phrase, in order."""

    raw: str
    tokens: tuple[str, ...]
    joined: str | None = None
    """A parted word in one piece (jean-pierre → jeanpierre): may stand in the text either way."""
    prefix: bool = False
    """The last token may go on."""
    marks: tuple[str, ...] = ()
    """The words with their marks, when the reader typed marks."""
    quoted: bool = False

    @property
    def is_word(self) -> bool:
        """One whole word of a spaced script: what aliases and typos are for."""
        return len(self.tokens) == 1 and not is_unspaced(self.tokens[0])

    @property
    def is_unspaced(self) -> bool:
        """Whether it ends in an unspaced script, where a "word" may cross the seam of two passages."""
        return is_unspaced(self.tokens[-1])


def terms_of(text: str, *, typing: bool = False) -> tuple[Term, ...]:
    """Terms of a raw question; ``typing``: its last word may go on (from 2 letters, Latin).

    Words between quotation marks are one phrase. Signs that engines read as operators are only signs.
    """
    text = text[:MAX_CHARACTERS]
    found: list[Term] = []
    rest = 0
    for match in _QUOTED.finditer(text):
        found += _loose(text[rest : match.start()])
        found += _phrase(match.group(1), quoted=True)
        rest = match.end()
    loose = _loose(text[rest:])
    if typing and loose and not text[-1:].isspace():
        last = loose[-1]
        if len(last.tokens[-1]) > 1 and not is_unspaced(last.tokens[-1]):
            loose[-1] = Term(last.raw, last.tokens, last.joined, prefix=True, marks=last.marks)
    found += loose
    return tuple(dict.fromkeys(found[:MAX_TERMS]))


def _loose(text: str) -> list[Term]:
    """Each chunk between spaces is a term; an unspaced chunk is parted at its punctuation too."""
    found: list[Term] = []
    for chunk in text.split():
        folded = fold(chunk)
        if not any(is_unspaced(token) for token in folded.tokens):
            found += _phrase(chunk, quoted=False)
            continue
        begin = 0
        for i in range(1, len(folded.tokens) + 1):
            last = i == len(folded.tokens)
            if last or folded.starts[i] >= max(folded.ends[begin:i]):
                piece = chunk[folded.starts[begin] : max(folded.ends[begin:i])]
                found += _phrase(piece, quoted=False)
                begin = i
    return found


def _phrase(raw: str, *, quoted: bool) -> list[Term]:
    folded = fold(raw)
    tokens = folded.tokens
    if not tokens:
        return []
    prefix = False
    if is_unspaced(tokens[-1]):
        if len(tokens) > 1 and is_unspaced(tokens[-2]) and tokens[-2][1:] == tokens[-1]:
            tokens = tokens[:-1]
        else:
            prefix = True
    joined = folded.joined[0][0] if len(folded.joined) == 1 and not quoted else None
    words = [marked(raw[a:b]) for a, b in zip(folded.starts, folded.ends, strict=True)][: len(tokens)]
    typed_marks = not raw.isascii() and any(
        not is_unspaced(token) and word != token for token, word in zip(tokens, words, strict=True)
    )
    marks = tuple(word[:MAX_TOKEN] for word in words) if typed_marks else ()
    return [Term(raw, tuple(tokens), joined, prefix=prefix, marks=marks, quoted=quoted)]
