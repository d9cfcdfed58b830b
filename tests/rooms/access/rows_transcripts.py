"""Access rows of transcripts."""

from __future__ import annotations

from tests.rooms.access.patterns import EDITORS_ONLY, READING, WORKING, rows
from tests.rooms.access.world import Row

ROWS = {
    "GET /api/v1/stories/{story_id}/transcript": [
        *rows(READING),
        *rows(READING, query="format=vtt&recording={recording_id}"),
        *rows(READING, query="format=txt"),
    ],
    "GET /api/v1/stories/{story_id}/braid": rows(READING),
    "GET /api/v1/recordings/{recording_id}/cues": rows(EDITORS_ONLY),
    "GET /api/v1/recordings/{recording_id}/events": rows(EDITORS_ONLY),
    "GET /api/v1/languages/advice": [Row("draft", "401 200 200 200 200 200 200", query="language=ja")],
    "POST /api/v1/recordings/{recording_id}/transcribe": rows(WORKING, ok=202, body={"languages": ["fil"]}),
}
