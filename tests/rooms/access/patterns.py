"""Rows that many routes share: reading a story, working on it, deciding about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.access.world import Row

# stranger, registered, researcher, volunteer, contributor, archivist, admin
READING = {
    "draft": "404 404 404 404 200 200 200",
    "unlevelled": "404 404 404 404 404 200 200",
    "staff": "404 404 404 200 200 200 200",
    "registered": "404 200 200 200 200 200 200",
    "public": "200 200 200 200 200 200 200",
}
WORKING = {
    "draft": "404 404 404 404 200 200 200",
    "unlevelled": "404 404 404 404 404 200 200",
    "staff": "404 404 404 403 403 200 200",
    "registered": "404 403 403 403 403 200 200",
    "public": "401 403 403 403 403 200 200",
}
DECIDING = WORKING | {"draft": "404 404 404 404 403 200 200"}
EDITORS_ONLY = {
    "draft": "404 404 404 404 200 200 200",
    "unlevelled": "404 404 404 404 404 200 200",
    "staff": "404 404 404 404 404 200 200",
    "registered": "404 404 404 404 404 200 200",
    "public": "404 404 404 404 404 200 200",
}
"""Where readers are not even told that there is such a thing."""


def rows(pattern: dict[str, str], *, ok: int = 200, **over: Any) -> list[Row]:
    """A row for every level; ``ok`` is what takes the place of 200."""
    return [replace(Row(on, answers.replace("200", str(ok))), **over) for on, answers in pattern.items()]
