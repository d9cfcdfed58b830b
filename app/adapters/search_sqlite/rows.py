"""Rows of one story as the search file holds them, folded before any transaction begins."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.adapters.search_sqlite.conditions import printable
from app.adapters.search_sqlite.expressions import ALIAS, SEAM
from app.ports.search_index import FACETS, BadDocumentError
from app.search.domain import aliases, edtf
from app.search.domain.fold import fold, is_unspaced, marked

if TYPE_CHECKING:
    from datetime import datetime

    from app.ports.search_index import PassageDoc, StoryDoc

SEAM_TOKENS = 6
"""How many words before the seam stand beside the next passage's first ones."""
MAX_PASSAGES = 1 << 16
SHORTEST_WORD = 4
"""Of the vocabulary for typos: a word of five letters may have lost one."""
# Everything but ASCII, the unspaced scripts and Hangul.
_MAY_HAVE_MARKS = re.compile("[\u00c0-\u0dff\u0f00-\u0fff\u1200-\u177f\u1800-\u1fff]")
_BREAK = "·"
"""A token that no question folds to: no phrase goes on from a title into a name."""


@dataclass(frozen=True)
class StoryRows:
    """Everything to insert; the rowids are ``seq`` until the story has its number."""

    story: tuple[str, int, str | None, str | None, str | None, str | None, str | None, str, int]
    groups: tuple[str, ...]
    facets: tuple[tuple[str, str], ...]
    passages: list[tuple[int, str, str | None, int | None, int | None, str, int, str, str]]
    tokens: list[tuple[int, str, str, str, str, str, str]]
    head: tuple[str, str, str]
    """Tokens, joined words and alias keys of title and names alone."""
    words: frozenset[str]


def rows_of(story: StoryDoc) -> StoryRows:
    """Fold a story. Raises ``BadDocumentError`` for two passages of one ``seq`` or too many of them."""
    seqs = [passage.seq for passage in story.passages]
    if len(set(seqs)) != len(seqs) or any(not 0 <= seq < MAX_PASSAGES for seq in seqs):
        message = f"story {story.story_id!r}: passage numbers must be distinct and below {MAX_PASSAGES}"
        raise BadDocumentError(message)
    unknown = set(story.facets) - set(FACETS)
    if unknown:
        message = f"story {story.story_id!r}: no such facet: {sorted(unknown)}"
        raise BadDocumentError(message)
    low, high = edtf.bounds(story.recorded_on)
    seen: set[str] = set()
    tokens = [_tokens(passage, story, seen) for passage in story.passages]
    return StoryRows(
        story=(
            story.story_id,
            story.revision,
            story.access.level,
            story.access.owner_id,
            low,
            high,
            _instant(story.published_at),
            printable(story.title),
            len(story.passages),
        ),
        groups=tuple(sorted(set(story.access.groups))),
        facets=tuple(sorted({(kind, printable(value)) for kind, values in story.facets.items() for value in values})),
        passages=[
            (
                passage.seq,
                passage.id,
                passage.recording_id,
                passage.start_ms,
                passage.end_ms,
                printable(passage.text),
                len(passage.text) - passage.tail,
                json.dumps(passage.languages),
                json.dumps(passage.names),
            )
            for passage in story.passages
        ],
        tokens=tokens,
        head=_head(story),
        words=frozenset(filter(is_vocabulary, seen)),
    )


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds") if at else None


def is_vocabulary(token: str) -> bool:
    """Whether a token may be what a mistyped word meant: letters only, of a spaced script."""
    if len(token) < SHORTEST_WORD:
        return False
    if token.isascii():
        return token.isalpha()
    return not is_unspaced(token) and not any(one.isdigit() for one in token)


def _tokens(passage: PassageDoc, story: StoryDoc, seen: set[str]) -> tuple[int, str, str, str, str, str, str]:
    """Columns title, text, seam, extra, marks, alias of one passage."""
    text = passage.text
    folded = fold(text)
    core = len(text) - passage.tail
    tokens = folded.tokens
    n = len(tokens) if not passage.tail else sum(start < core for start in folded.starts)
    seam = tokens[max(0, n - SEAM_TOKENS) :] if n < len(tokens) else []
    extra = [token for token, start, _ in folded.joined if start < core]
    marks = _marks(text, tokens[:n], folded.starts, folded.ends)
    keys = [key for key, start, _ in aliases.text_keys(text, passage.languages, folded) if start < core]
    heads: list[str] = []
    if passage.seq == 0:
        for line in (story.title, *passage.names):
            head = fold(line)
            heads += [*head.tokens, _BREAK]
            extra += [token for token, _, _ in head.joined]
            marks += _marks(line, head.tokens, head.starts, head.ends)
            seen.update(head.tokens)
        for name in passage.names:
            keys += aliases.name_keys(name)
    seen.update(tokens[:n])
    return (
        passage.seq,
        " ".join(heads),
        " ".join(tokens[:n]),
        " ".join(SEAM + token for token in seam),
        f" {_BREAK} ".join(extra),
        " ".join(marks),
        " ".join(ALIAS + key for key in dict.fromkeys(keys)),
    )


def _head(story: StoryDoc) -> tuple[str, str, str]:
    """Columns tokens, extra and alias of the title and the names."""
    names = [name for passage in story.passages if passage.seq == 0 for name in passage.names]
    tokens: list[str] = []
    extra: list[str] = []
    for line in (story.title, *names):
        head = fold(line)
        tokens += [*head.tokens, _BREAK]
        extra += [token for token, _, _ in head.joined]
    keys = dict.fromkeys(key for name in names for key in aliases.name_keys(name))
    return " ".join(tokens), f" {_BREAK} ".join(extra), " ".join(ALIAS + key for key in keys)


def _marks(text: str, tokens: list[str], starts: list[int], ends: list[int]) -> list[str]:
    """Words that have marks, with them; most texts have none."""
    if not _MAY_HAVE_MARKS.search(text):
        return []
    found = []
    for token, start, end in zip(tokens, starts, ends, strict=False):
        raw = text[start:end]
        if not raw.isascii() and not is_unspaced(token) and (word := marked(raw)) != token:
            found.append(printable(word))
    return found
