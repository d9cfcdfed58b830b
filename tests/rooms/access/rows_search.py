"""Access rows of search."""

from __future__ import annotations

from tests.rooms.access.patterns import READING, rows
from tests.rooms.access.world import Row

ROWS = {
    "GET /api/v1/search": [Row("draft", "200", query="q=water")],
    "GET /api/v1/search/suggest": [Row("draft", "200", query="q=wa")],
    "GET /api/v1/stories/{story_id}/search": rows(READING, query="q=water"),
}
