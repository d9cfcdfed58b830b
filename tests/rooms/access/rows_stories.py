"""Access rows of stories and collections."""

from __future__ import annotations

from tests.rooms.access.patterns import DECIDING, READING, WORKING, rows
from tests.rooms.access.world import Names, Row, World

CONSENT = {
    "kind": "release_form",
    "scope": ["listen", "read", "publish_online"],
    "statement": "I agree.",
    "language": "en",
    "given_by": "Lan",
}


def consented(world: World, actor: str, names: Names) -> None:
    """The story has a consent record that covers every level."""
    del actor
    path = f"/api/v1/stories/{names['story_id']}/consents"
    answer = world.client("archivist").post(path, json=CONSENT)
    assert answer.status_code == 201, answer.text


ROWS = {
    "GET /api/v1/home": [Row("", "200")],
    "GET /api/v1/stories": [Row("", "200"), Row("draft", "200", query="mine=true")],
    "POST /api/v1/stories": [Row("", "401 403 403 201 201 201 201", body={"title": "Rain"})],
    "GET /api/v1/stories/{story_id}": rows(READING),
    "PATCH /api/v1/stories/{story_id}": rows(
        WORKING, body=lambda names: {"version": names["version"], "title": "Rain"}
    ),
    "GET /api/v1/stories/{story_id}/consents": rows(WORKING),
    "POST /api/v1/stories/{story_id}/consents": rows(WORKING, ok=201, body=CONSENT),
    "POST /api/v1/stories/{story_id}/publish": [
        *rows(DECIDING, body={"level": "staff"}, prepare=consented),
        *rows(DECIDING, ok=409, body={"level": "public"}),
    ],
    "POST /api/v1/stories/{story_id}/unpublish": rows(DECIDING),
    "GET /api/v1/collections": [Row("", "200")],
    "POST /api/v1/collections": [Row("", "401 403 403 403 403 201 201", body={"title": "Letters"})],
}
