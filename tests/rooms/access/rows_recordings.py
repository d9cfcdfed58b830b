"""Access rows of recordings and uploads."""

from __future__ import annotations

from tests.rooms.access.patterns import DECIDING, READING, WORKING, rows
from tests.rooms.access.world import Names, Row, World

ONE_BYTE_SHA256 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
A_FILE = {"filename": "interview.wav", "size_bytes": 1, "content_type": "audio/wav"}
PARTS = {"parts": [{"number": 1, "sha256": ONE_BYTE_SHA256}]}
SENT = {"parts": [{"number": 1, "etag": "x", "sha256": ONE_BYTE_SHA256}]}
OWNERS_ONLY = "404 404 404 404 {ok} 404 404"
"""An upload is its owner's, the contributor's here; not even an admin is told that it exists."""


def an_upload(world: World, actor: str, names: Names) -> None:
    """An upload that the contributor began."""
    del actor
    answer = world.client("contributor").post("/api/v1/uploads", json=A_FILE)
    assert answer.status_code == 201, answer.text
    names["upload_id"] = answer.json()["id"]


def a_cancelled_upload(world: World, actor: str, names: Names) -> None:
    """An upload that the contributor began and called off, so that its events end at once."""
    an_upload(world, actor, names)
    path = f"/api/v1/uploads/{names['upload_id']}"
    assert world.client("contributor").delete(path).status_code == 204


def a_part_address(world: World, actor: str, names: Names) -> None:
    """The signed address of the upload's only part."""
    an_upload(world, actor, names)
    path = f"/api/v1/uploads/{names['upload_id']}/parts"
    url = world.client("contributor").post(path, json=PARTS).json()["parts"][0]["url"]
    address, names["signed"] = url.split("?", 1)
    names["ref"], names["number"] = address.rsplit("/", 2)[1:]
    names["forged"] = names["signed"][:-1] + ("0" if names["signed"][-1] != "0" else "1")


def of_the_upload(ok: int, **over: object) -> list[Row]:
    """The rows of a route on an upload."""
    return [Row("", OWNERS_ONLY.format(ok=ok), prepare=an_upload, **over)]  # type: ignore[arg-type]


SENDING = {on: f"401 {answers.split(' ', 1)[1]}" for on, answers in WORKING.items()}
"""A stranger is asked to sign in whatever the story, so that nothing is learnt of it."""

MEDIA = rows(READING) + rows(READING, ok=206, headers={"Range": "bytes=0-2"})
AT = "/api/v1/recordings/{recording_id}"

ROWS = {
    f"GET {AT}/progress": rows(READING),
    f"GET {AT}/sound": MEDIA,
    f"HEAD {AT}/sound": MEDIA,
    f"GET {AT}/waveform": MEDIA,
    f"HEAD {AT}/waveform": MEDIA,
    f"GET {AT}/poster": MEDIA,
    f"HEAD {AT}/poster": MEDIA,
    f"GET {AT}/master": rows(DECIDING) + rows(DECIDING, ok=206, headers={"Range": "bytes=0-2"}),
    f"HEAD {AT}/master": rows(DECIDING),
    "GET /api/v1/uploads": [Row("", "401 200 200 200 200 200 200")],
    "POST /api/v1/uploads": [
        Row("", "401 403 403 201 201 201 201", body=A_FILE),
        *rows(SENDING, ok=201, body={**A_FILE, "story_id": "{story_id}"}),
    ],
    "GET /api/v1/uploads/{upload_id}": of_the_upload(200),
    "DELETE /api/v1/uploads/{upload_id}": of_the_upload(204),
    "POST /api/v1/uploads/{upload_id}/parts": of_the_upload(200, body=PARTS),
    "POST /api/v1/uploads/{upload_id}/complete": of_the_upload(409, body=SENT),
    "GET /api/v1/uploads/{upload_id}/events": [Row("", OWNERS_ONLY.format(ok=200), prepare=a_cancelled_upload)],
    # The address carries its own right: whoever holds it may send exactly these bytes, nobody else.
    "PUT /api/v1/objects/parts/{ref}/{number}": [
        Row("", "200", query="{signed}", body=lambda _names: b"\0", prepare=a_part_address),
        Row("", "403", query="{forged}", body=lambda _names: b"\0", prepare=a_part_address),
    ],
}
