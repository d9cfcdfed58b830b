"""What the engine holds of each story, leftovers of older revisions too."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.adapters.search_meilisearch.engine import Engine

_PASSAGES = 'kind = "passage"'


def inventory(engine: Engine) -> Iterator[tuple[str, int, int]]:
    """(story_id, revision, passages) of all that is held, as the heads say it.

    Where there are more or fewer passages than the heads say, each passage is looked at. A story with some of an
    older revision counts as of that one: it may be open there to more people than now. Passages without a head
    count as a story, which may be one that was taken out.
    """
    fields = ("id", "kind", "story_id", "revision", "passages")
    heads = {row.story_id: (row.revision, row.passages) for row in engine.scan(engine.live, 'kind = "head"', fields)}
    if sum(passages for _, passages in heads.values()) == engine.count(engine.live, _PASSAGES):
        yield from ((story_id, *held) for story_id, held in heads.items())
        return
    found: dict[str, list[int]] = defaultdict(list)
    for row in engine.scan(engine.live, _PASSAGES, ("id", "story_id", "revision")):
        found[row.story_id].append(row.revision)
    for story_id, (revision, _) in heads.items():
        # A passage newer than the head was put since the head was read.
        yield story_id, min([revision, *found[story_id]]), len(found[story_id])
    for story_id in found.keys() - heads.keys():
        yield story_id, max(found[story_id]), len(found[story_id])
