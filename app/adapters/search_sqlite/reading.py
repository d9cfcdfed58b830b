"""From rows of the search file to hits: places of the matched words on the raw text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.ports.search_index import Hit, Span
from app.search.domain import aliases, glance
from app.search.domain.fold import fold
from app.search.domain.matching import find

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from app.search.domain.matching import Found, Wanted


def hits_of(
    connection: sqlite3.Connection, generation: int, numbers: Sequence[int], wanted: Sequence[Wanted]
) -> dict[int, Hit]:
    """The passages with these rowids as hits, by rowid."""
    rows = connection.execute(
        "SELECT p.no, p.passage_id, st.story_id, p.recording_id, p.start_ms, p.end_ms, p.text, p.core, p.languages,"
        f" p.names, st.title FROM passages_{generation} AS p JOIN stories_{generation} AS st"
        " ON st.no = p.no >> 16 WHERE p.no IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    )
    out: dict[int, Hit] = {}
    for no, passage_id, story_id, recording_id, start_ms, end_ms, text, core, languages, names, title in rows:
        found = glance.find(text, core, wanted) or _in_text(text, core, languages, wanted)
        if found.missing and no & 0xFFFF == 0:
            found = _on_card(found, (title, *json.loads(names)), wanted)
        out[no] = Hit(
            passage_id=passage_id,
            story_id=story_id,
            recording_id=recording_id,
            start_ms=start_ms,
            end_ms=end_ms,
            spans=tuple(Span(a, b) for a, b in found.spans),
            via=found.via,
            matched_as=found.matched_as,
        )
    return out


def _in_text(text: str, core: int, languages: str, wanted: Sequence[Wanted]) -> Found:
    """How the words match; words of the tail only where the passage's own do not do."""
    folded = fold(text)
    plainly = find(text, folded.before(core), (), wanted)
    if not plainly.missing and plainly.via == "exact":
        return plainly  # keys are for words that do not stand there as typed
    any_alias = any(one.aliases for one in wanted)
    keys = aliases.text_keys(text, json.loads(languages), folded) if any_alias else []
    if core < len(text):
        own = find(text, folded.before(core), [key for key in keys if key[1] < core], wanted)
        if not own.missing:
            return own
    return find(text, folded, keys, wanted)


def _on_card(found: Found, lines: tuple[str, ...], wanted: Sequence[Wanted]) -> Found:
    """How the words match that stand in the title or a name and not in the card's text."""
    whole = "\n".join(lines)
    folded = fold(whole)
    plainly = find(whole, folded, (), wanted)
    if not plainly.missing and plainly.via == "exact":
        return found
    keys = [(key, 0, len(line)) for line in lines for key in aliases.name_keys(line)]
    here = find(whole, folded, keys, wanted)
    if here.via != "exact":
        found.via = here.via
        if here.via == "typo":
            found.matched_as = here.matched_as
        else:
            used = {key for one in wanted for group in one.aliases for key in group}
            found.matched_as = next(
                (line for line in lines if used.intersection(aliases.name_keys(line))), here.matched_as
            )
    return found
