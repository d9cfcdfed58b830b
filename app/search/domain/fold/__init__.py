"""The archive's analyser: raw text in, folded tokens with their places in the raw text out."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field

import regex

from app.search.domain.fold.characters import UNSPACED, FoldTable, RunTable, fold_cluster

VERSION = "1"
"""Raise it whenever any text would fold to other tokens: the adapters then ask for a rebuild."""
MAX_TOKEN = 64
"""Longer words are cut here, in the index and in the query alike (bytes of nonsense stay bounded)."""

_FOLD = FoldTable()
_RUN = RunTable()
_CLUSTERS: dict[str, str] = {}
_CLUSTER_CACHE = 200_000
# A cluster of Unicode, and what people type behind one as if it belonged to it: loose voicing marks,
# and the second half of a Thai or Lao "am" typed in two.
_CLUSTER = regex.compile(r"\X(?:[\u309b\u309c]|(?<=[\u0e4d\u0ecd][\u0e48-\u0e4b\u0ec8-\u0ecb]?)[\u0e32\u0eb2])?")
_PIECES = re.compile(r"[a-z0-9]+")
_PARTED = re.compile(r"[a-z0-9]+(?:['`-][a-z0-9]+)+")
_TOKENS = re.compile(r"w+(?:aw+)*|" + "|".join(f"{letter}+(?:[sp]\\n?{letter}+)*" for letter in UNSPACED))


@dataclass(slots=True)
class Folded:
    """Tokens of one text in order; ``starts`` and ``ends`` are code points of the raw text.

    ``joined`` holds the parted words once more in one piece (Jean-Pierre → jeanpierre), as
    (token, start, end); they stand outside the order so that phrases stay whole.
    """

    tokens: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    joined: list[tuple[str, int, int]] = field(default_factory=list)
    plain: str = ""
    """The folded characters before they were cut into tokens."""
    places: tuple[list[int], list[int]] | None = None
    """Start and end in the raw text of each folded character; None where none moved."""

    def before(self, end: int) -> Folded:
        """The tokens that begin before a code point of the raw text."""
        n = bisect_left(self.starts, end)
        joined = [one for one in self.joined if one[1] < end]
        return Folded(self.tokens[:n], self.starts[:n], self.ends[:n], joined, self.plain, self.places)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """A span of ``plain`` as a span of the raw text."""
        if self.places is None:
            return start, end
        return self.places[0][start], self.places[1][end - 1]


def fold(text: str) -> Folded:
    """Tokens of ``text``: words, and overlapping pairs of the unspaced scripts with the last one alone.

    Pure and total: any string, lone surrogates included, gives tokens and never an error.
    """
    if text.isascii():
        return _words_of_ascii(text.lower())
    plain, places = _characters(text)
    return _tokens(plain, places)


def steady_text(text: str) -> str | None:
    """The folded text where every character folds to exactly one, whatever stands beside it; else None."""
    if text.isascii():
        return text.lower()
    unknown = set(text) - _FOLD.steady
    if unknown:
        for one in unknown:
            _FOLD[ord(one)]
        unknown -= _FOLD.steady
    return None if unknown else text.translate(_FOLD)


def _characters(text: str) -> tuple[str, tuple[list[int], list[int]] | None]:
    plain = steady_text(text)
    if plain is not None:
        return plain, None
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(text):
        cluster = match.group()
        piece = _CLUSTERS.get(cluster)
        if piece is None:
            if len(_CLUSTERS) > _CLUSTER_CACHE:
                _CLUSTERS.clear()
            piece = _CLUSTERS[cluster] = fold_cluster(cluster)
        if not piece and ends and cluster.strip():
            # A dropped sign belongs to the character before it, or a highlight would cut it off.
            ends[-1] = match.end()
        folded.append(piece)
        if len(piece) == 1:
            starts.append(match.start())
            ends.append(match.end())
        elif piece:
            starts += [match.start()] * len(piece)
            ends += [match.end()] * len(piece)
    return "".join(folded), (starts, ends)


def _words_of_ascii(lowered: str) -> Folded:
    words = list(_PIECES.finditer(lowered))
    tokens = [one.group() for one in words]
    if len(lowered) > MAX_TOKEN and tokens and max(map(len, tokens)) > MAX_TOKEN:
        tokens = [one[:MAX_TOKEN] for one in tokens]
    joined: list[tuple[str, int, int]] = []
    for one in _PARTED.finditer(lowered):
        at = one.start()
        joined += _joined(lowered, [(at + p.start(), at + p.end()) for p in _PIECES.finditer(one.group())])
    return Folded(tokens, [one.start() for one in words], [one.end() for one in words], joined, lowered)


def _joined(folded: str, pieces: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """A parted word in one piece; one that ends in a possessive s (O'Brien's) also without it."""
    words = [folded[a:b] for a, b in pieces]
    out = [("".join(words)[:MAX_TOKEN], pieces[0][0], pieces[-1][1])]
    if len(words) > 2 and words[-1] == "s":  # noqa: PLR2004
        out.append(("".join(words[:-1])[:MAX_TOKEN], pieces[0][0], pieces[-2][1]))
    return out


def _tokens(folded: str, places: tuple[list[int], list[int]] | None) -> Folded:
    out = Folded(plain=folded, places=places)
    tokens, starts, ends = out.tokens, out.starts, out.ends
    letters = folded.translate(_RUN)
    for match in _TOKENS.finditer(letters):
        start, end = match.span()
        kind = letters[start]
        if kind == "w":
            if "a" in match.group():
                pieces = [(start + m.start(), start + m.end()) for m in re.finditer("w+", match.group())]
                out.joined += _joined(folded, pieces)
            else:
                pieces = [(start, end)]
            for a, b in pieces:
                tokens.append(folded[a:b][:MAX_TOKEN])
                starts.append(a)
                ends.append(b)
            continue
        run = folded[start:end]
        if match.group().count(kind) == end - start:
            tokens += [run[i : i + 2] for i in range(len(run))]
            starts += range(start, end)
            ends += range(start + 2, end + 1)
            ends.append(end)
        else:
            own = [i for i in range(start, end) if letters[i] == kind]
            after = own[1:]
            tokens += [folded[a] + folded[b] for a, b in zip(own, after, strict=False)]
            tokens.append(folded[own[-1]])
            starts += own
            ends += [b + 1 for b in after]
            ends.append(own[-1] + 1)
    if places is not None:
        from_, to = places
        out.starts = [from_[i] for i in starts]
        out.ends = [to[i - 1] for i in ends]
        out.joined = [(token, from_[a], to[b - 1]) for token, a, b in out.joined]
    return out


def fold_text(text: str) -> str:
    """The folded characters of a text, without cutting it into tokens."""
    return text.lower() if text.isascii() else _characters(text)[0]


_MARKED: dict[str, str] = {}


def marked(raw: str) -> str:
    """Fold one word with its marks kept (Má → má), for ranking má before ma when marks were typed."""
    known = _MARKED.get(raw)
    if known is None:
        if len(_MARKED) > _CLUSTER_CACHE:
            _MARKED.clear()
        known = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", raw).casefold())
        _MARKED[raw] = known = known[:MAX_TOKEN]
    return known


def is_unspaced(token: str) -> bool:
    """Say whether a folded token is a pair (or the last one) of an unspaced script or Hangul."""
    return _RUN[ord(token[0])] in UNSPACED


def script_of(token: str) -> str:
    """Run letter of a folded token's first character (``characters.HAN_KANA``, ``WORD``, …)."""
    return _RUN[ord(token[0])]
