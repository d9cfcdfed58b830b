"""What the contract puts into an index and asks of it, in few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.ports.search_index import (
    Access,
    Page,
    PassageDoc,
    Query,
    SearchIndex,
    StoryAccess,
    StoryDoc,
)

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
WAIT_S = 30.0


def an_access(**over: Any) -> Access:
    """A stranger, unless told otherwise."""
    given: dict[str, Any] = {
        "account_id": None,
        "role": "stranger",
        "levels": frozenset({"public"}),
        "groups": frozenset(),
        "story_grants": frozenset(),
        "drafts": "none",
        "now": NOW,
        **over,
    }
    return Access(**given)


STRANGER = an_access()
ARCHIVIST = an_access(
    account_id="archivist",
    role="archivist",
    levels=frozenset({"public", "registered", "staff"}),
    drafts="all",
)


def a_story(story_id: str, *texts: str, **over: Any) -> StoryDoc:
    """A public story of these passages, half a minute each, with a card."""
    language = over.pop("language", "en")
    tails = over.pop("tails", {})
    card = PassageDoc(f"{story_id}-0", 0, None, None, None, over.pop("summary", ""), (language,), over.pop("names", ()))
    passages = tuple(
        PassageDoc(
            id=f"{story_id}-{seq}",
            seq=seq,
            recording_id=f"{story_id}-r",
            start_ms=seq * 30_000,
            end_ms=seq * 30_000 + 30_000,
            text=text,
            languages=(language,),
            tail=tails.get(seq, 0),
        )
        for seq, text in enumerate(texts, 1)
    )
    level = over.pop("level", "public")
    given: dict[str, Any] = {
        "story_id": story_id,
        "revision": 1,
        "title": "",
        "access": over.pop("access", StoryAccess(level)),
        "passages": (card, *passages),
        "published_at": NOW,
        **over,
    }
    return StoryDoc(**given)


def put(index: SearchIndex, *stories: StoryDoc) -> None:
    """Put the stories and wait until each can be found."""
    tickets = [index.put_story(story) for story in stories]
    assert all(index.wait(ticket, WAIT_S) for ticket in tickets)


def ids(page: Page) -> set[str]:
    """Ids of the stories on a page."""
    return {story.story_id for story in page.stories}


def find(index: SearchIndex, text: str, access: Access = STRANGER, **over: Any) -> set[str]:
    """Ids of the first fifty stories found."""
    return ids(index.search(Query(text, per_page=50, **over), access))


def exactly(index: SearchIndex, text: str, access: Access = STRANGER) -> set[str]:
    """Ids found without aliases and typos."""
    return find(index, text, access, literal=True)


def marked_parts(index: SearchIndex, raw: str, query: str) -> list[str]:
    """What is highlighted of a text for a query."""
    put(index, a_story("spans", raw))
    (story,) = index.search(Query(query), STRANGER).stories
    (hit,) = story.hits
    return [raw[span.start : span.end] for span in hit.spans]


def shape(page: Page) -> dict[str, Any]:
    """All of a page that a reader can see, but not how long it took."""
    return {
        "stories": page.stories,
        "total": (page.total_stories, page.total_moments, page.total_is_exact),
        "facets": {name: dict(sorted(counts.items())) for name, counts in page.facets.items()},
        "matched": (dict(page.matched), page.matched_are_all),
        "corrected": (page.corrected, page.corrected_by),
        "degraded": page.degraded,
    }
