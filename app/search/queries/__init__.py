"""Reading for search: the re-checked page, and what jobs index."""

from __future__ import annotations

from app.search.queries.found import flat_hits, search_page, story_search, suggestions
from app.search.queries.work import indexing_for_work, owed, story_document

__all__ = [
    "flat_hits",
    "indexing_for_work",
    "owed",
    "search_page",
    "story_document",
    "story_search",
    "suggestions",
]
