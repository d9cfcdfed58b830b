"""Access rows of admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.search.models import StoryIndexing
from tests.rooms.access.world import Names, Row, World

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def failed_work(world: World, actor: str, names: Names) -> None:
    """A story whose indexing failed for good."""
    del actor

    def fail(session: Session) -> None:
        row = session.get(StoryIndexing, names["story_id"])
        if row is None:
            row = StoryIndexing(id=names["story_id"])
            session.add(row)
        row.attempts, row.failed_reason = 5, "The disk was full."

    world.archive.in_unit(fail)


ROWS = {
    "GET /api/v1/admin/owed": [Row("", "401 403 403 403 403 200 200")],
    "POST /api/v1/admin/owed/retry": [
        Row(
            "draft",
            "401 403 403 403 403 403 202",
            body={"job": "search.index_story", "id": "{story_id}"},
            prepare=failed_work,
        ),
        Row("", "401 403 403 403 403 403 404", body={"job": "search.index_story", "id": "{absent}"}),
    ],
    "GET /api/v1/admin/workers": [Row("", "401 403 403 403 403 200 200")],
    "GET /api/v1/health/live": [Row("", "200")],
    "GET /api/v1/health/ready": [Row("", "200")],
    "GET /api/v1/health/door": [
        Row("", "404", query="expires=4000000000&signature=guess"),
        Row("", "422"),
    ],
    "GET /openapi.json": [Row("", "200")],
    "HEAD /openapi.json": [Row("", "200")],
}
