"""From rows of the search file to hits: places of the matched words on the raw text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.ports.search_index import Hit, Span
from app.search.domain.standing import in_text, on_card

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from app.search.domain.matching import Wanted


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
        found = in_text(text, core, json.loads(languages), wanted)
        if found.missing and no & 0xFFFF == 0:
            found = on_card(found, (title, *json.loads(names)), wanted)
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
