"""Reading for search: the re-checked page, and what jobs index."""

from __future__ import annotations

from app.search.queries.found import flat_hits, search_page, story_search, suggestions
from app.search.queries.owed import OWED
from app.search.queries.renewal import are_kept, has_passages, hold_indexing
from app.search.queries.work import indexing_for_work, story_document

__all__ = [
    "OWED",
    "are_kept",
    "flat_hits",
    "has_passages",
    "hold_indexing",
    "indexing_for_work",
    "search_page",
    "story_document",
    "story_search",
    "suggestions",
]
