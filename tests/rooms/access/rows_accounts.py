"""Access rows of accounts."""

from __future__ import annotations

from tests.rooms.access.world import Row, a_foreign_sign_in, a_sign_in, an_invitation

WORDS = "kalamansi, bagoong at tuyo"

ROWS = {
    "GET /api/v1/session": [Row("", "200")],
    "POST /api/v1/session": [Row("", "401", body={"email": "{absent}@x.test", "password": WORDS})],
    "DELETE /api/v1/session": [Row("", "204")],
    "GET /api/v1/sessions": [Row("", "401 200 200 200 200 200 200")],
    "DELETE /api/v1/sessions/{sign_in_id}": [
        Row("", "401 204 204 204 204 204 204", prepare=a_sign_in),
        Row("", "401 404 404 404 404 404 404", prepare=a_foreign_sign_in),
    ],
    "POST /api/v1/invitations/look": [
        Row("", "200", body={"token": "{token}"}, prepare=an_invitation),
        Row("", "404", body={"token": "{absent}"}),
    ],
    "POST /api/v1/invitations/accept": [
        Row(
            "",
            "200",
            body={"token": "{token}", "name": "Lan", "password": WORDS},
            prepare=an_invitation,
        ),
        Row("", "404", body={"token": "{absent}", "name": "Lan", "password": WORDS}),
    ],
}
