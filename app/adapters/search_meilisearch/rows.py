"""One story as the engine's documents: its passages, and a head that says what is held of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch.letters import columns, key, marked_token, run_token, seam_token, word_key
from app.ports.search_index import FACETS, BadDocumentError
from app.search.domain import aliases, edtf
from app.search.domain.fold import Folded, fold, is_unspaced, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.ports.search_index import PassageDoc, StoryDoc

SEAM_TOKENS = 6
"""How many words before the seam stand beside the next passage's first ones."""
MAX_PASSAGES = 1 << 16
SHORTEST_NAME = 3
"""A Latin word of so many letters, with a capital, may be what another spelling of a name asks for."""
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_NEVER = 99_999_999
# Everything but ASCII, the unspaced scripts and Hangul.
_MAY_HAVE_MARKS = re.compile("[\u00c0-\u0dff\u0f00-\u0fff\u1200-\u177f\u1800-\u1fff]")


@dataclass(frozen=True)
class Documents:
    """What is put for one story; the head comes last."""

    story_id: str
    revision: int
    documents: tuple[dict[str, Any], ...]


def engine_id(story_id: str) -> str:
    """The story's id in the letters that the engine's ids may have (a-z, A-Z, 0-9, - and _)."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,200}", story_id):
        return story_id
    return "_" + key(story_id)


def head_id(story_id: str) -> str:
    """Id of the document that says which revision of a story is held."""
    return f"{engine_id(story_id)}_head"


def stone_id(story_id: str) -> str:
    """Id of the document that says up to which revision a story was taken out.

    Not the head's: taken out late, a story keeps the head of a newer revision.
    """
    return f"{engine_id(story_id)}_gone"


def document_id(story_id: str, seq: int) -> str:
    """Id of the document of a story's passage."""
    return f"{engine_id(story_id)}_{seq}"


def tombstone(story_id: str, revision: int) -> dict[str, Any]:
    """What keeps a story out that was taken out; it has no access fields, so nobody finds it."""
    return {"id": stone_id(story_id), "kind": "gone", "story_id": story_id, "revision": revision, "passages": 0}


def documents_of(story: StoryDoc) -> Documents:
    """Fold a story. Raises ``BadDocumentError`` for two passages of one ``seq``, too many, or an unknown facet."""
    seqs = [passage.seq for passage in story.passages]
    if len(set(seqs)) != len(seqs) or any(not 0 <= seq < MAX_PASSAGES for seq in seqs):
        message = f"story {story.story_id!r}: passage numbers must be distinct and below {MAX_PASSAGES}"
        raise BadDocumentError(message)
    unknown = set(story.facets) - set(FACETS)
    if unknown:
        message = f"story {story.story_id!r}: no such facet: {sorted(unknown)}"
        raise BadDocumentError(message)
    common = _common(story)
    head = {**common, "id": head_id(story.story_id), "kind": "head", "passages": len(story.passages), **_named(story)}
    return Documents(
        story.story_id,
        story.revision,
        (*({**common, **_passage(passage, story)} for passage in story.passages), head),
    )


def _common(story: StoryDoc) -> dict[str, Any]:
    """What every document of a story carries: who may see it, its facets, what it is sorted by."""
    access = story.access
    low, high = edtf.bounds(story.recorded_on)
    newest = day(low, last=False)
    published = story.published_at
    given: dict[str, Any] = {
        "story_id": story.story_id,
        "revision": story.revision,
        "groups": [key(one) for one in sorted(set(access.groups))],
        "recorded_newest": -1 if newest is None else newest,
        "recorded_oldest": _NEVER if newest is None else newest,
        "published_at": 0 if published is None else int(published.timestamp() * 1_000_000),
        **{kind: [key(value) for value in dict.fromkeys(story.facets.get(kind, ()))] for kind in FACETS},
    }
    # A field that is not there is matched by no condition: what is not known is found by nobody.
    if access.level:
        given["level"] = key(access.level)
        if access.level not in {"draft", "sealed"}:
            given["grantable"] = True
    if access.owner_id is not None:
        given["owner_id"] = key(access.owner_id)
    if newest is not None:
        given["recorded_low"] = newest
    if (latest := day(high, last=True)) is not None:
        given["recorded_high"] = latest
    return given


def day(date: str | None, *, last: bool) -> int | None:
    """A date as a number that sorts (1974-05 → 19740500, or 19740599 as the last day); None for no date."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", date) if date else None
    if match is None:
        return None
    rest = "99" if last else "00"
    year, month, of_month = match.groups()
    return int(year + (month or rest) + (of_month or rest))


def kept(text: str) -> str:
    """The text without what JSON cannot carry (lone surrogates, NUL), replaced one for one."""
    return _UNKEPT.sub("\ufffd", text)


def _passage(passage: PassageDoc, story: StoryDoc) -> dict[str, Any]:
    text = passage.text
    folded = fold(text)
    core = len(text) - passage.tail
    tokens = folded.tokens
    n = len(tokens) if not passage.tail else sum(start < core for start in folded.starts)
    seam = tokens[max(0, n - SEAM_TOKENS) :] if n < len(tokens) else []
    joined = [token for token, start, _ in folded.joined if start < core]
    marks = _marks(text, tokens[:n], folded)
    keys = [one for one, start, _ in aliases.text_keys(text, passage.languages, folded) if start < core]
    chars = _characters(tokens[:n])
    named = _named(story) if passage.seq == 0 else {}
    if passage.seq == 0:
        for line in _lines(story):
            head = fold(line)
            marks += _marks(line, head.tokens, head)
    words, runs = columns(tokens[:n])
    return {
        "id": document_id(story.story_id, passage.seq),
        "kind": "passage",
        "seq": passage.seq,
        "passage_id": passage.id,
        "recording_id": passage.recording_id,
        "start_ms": passage.start_ms,
        "end_ms": passage.end_ms,
        "text": kept(text),
        "core": core,
        "languages": list(passage.languages),
        "names": [kept(name) for name in passage.names],
        "title": kept(story.title) if passage.seq == 0 else "",
        "title_latin": named.get("title_latin", ""),
        "title_cjk": named.get("title_cjk", ""),
        "fold_latin": _parted([words, *dict.fromkeys(joined)]),
        "fold_cjk": runs,
        "seam": " ".join(seam_token(token) for token in seam),
        "marks": " ".join(marked_token(word) for word in dict.fromkeys(marks)),
        "alias": list(dict.fromkeys([*map(key, keys), *_capitals(text, tokens[:n], folded), *named.get("alias", ())])),
        "chars": sorted(chars.union(named.get("chars", ()))),
    }


def _lines(story: StoryDoc) -> list[str]:
    """The title and the names."""
    return [story.title, *(name for passage in story.passages if passage.seq == 0 for name in passage.names)]


def _named(story: StoryDoc) -> dict[str, Any]:
    """What the title and the names say, for the story's card and its head."""
    latin: list[str] = []
    cjk: list[str] = []
    keys: list[str] = []
    chars: set[str] = set()
    title, *names = _lines(story)
    for line in (title, *names):
        head = fold(line)
        words, runs = columns(head.tokens)
        latin += [words, *dict.fromkeys(token for token, _, _ in head.joined)]
        cjk.append(runs)
        keys += _capitals(line, head.tokens, head)
        chars |= _characters(head.tokens)
    for name in names:
        keys += map(key, aliases.name_keys(name))
    return {
        "title_latin": _parted(latin),
        "title_cjk": _parted(cjk),
        "alias": list(dict.fromkeys(keys)),
        "chars": sorted(chars),
    }


def _parted(lines: Iterable[str]) -> str:
    """Lines behind a full stop, which no phrase goes across."""
    return ". ".join(line for line in lines if line)


def _characters(tokens: Sequence[str]) -> set[str]:
    """Each character of the unspaced runs: one alone is looked for by a filter, exactly and anywhere."""
    return {run_token(token[0]) for token in tokens if is_unspaced(token)}


def _capitals(text: str, tokens: Sequence[str], folded: Folded) -> list[str]:
    """Keys of Latin words with a capital, as they are: Satoh asks for Sato."""
    return [
        word_key(token)
        for token, start in zip(tokens, folded.starts, strict=False)
        if len(token) >= SHORTEST_NAME and token.isascii() and text[start].isupper()
    ]


def _marks(text: str, tokens: Sequence[str], folded: Folded) -> list[str]:
    """Words that have marks, with them; most texts have none."""
    if not _MAY_HAVE_MARKS.search(text):
        return []
    found = []
    for token, start, end in zip(tokens, folded.starts, folded.ends, strict=False):
        raw = text[start:end]
        if not raw.isascii() and not is_unspaced(token) and (word := marked(raw)) != token:
            found.append(kept(word))
    return found
