"""Reading stories; every query takes the actor and shows only what they may know of."""

from __future__ import annotations

from app.stories.queries.home import home
from app.stories.queries.lists import collection_list, revisions_after, stories_by_title, story_items, story_page
from app.stories.queries.one import (
    cards_of,
    consents_read,
    hold_story,
    next_number,
    story,
    story_by_key,
    story_for_work,
    story_head,
    visible_ids,
    withheld_ids,
)

__all__ = [
    "cards_of",
    "collection_list",
    "consents_read",
    "hold_story",
    "home",
    "next_number",
    "revisions_after",
    "stories_by_title",
    "story",
    "story_by_key",
    "story_for_work",
    "story_head",
    "story_items",
    "story_page",
    "visible_ids",
    "withheld_ids",
]
