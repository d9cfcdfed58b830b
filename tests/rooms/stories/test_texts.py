"""Texts that no database keeps are refused with a sentence, the same on SQLite and Postgres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive

CONSENT = {"statement": "Yes.", "scope": ["listen"], "given_by": "Lan", "kind": "release_form"}


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize(
    "body",
    [
        '{"description": "a%sb"}',
        '{"narrators": [{"names": [{"text": "Lan", "language": "en"}]}], "description": "%s"}',
        '{"title_forms": [{"language": "vi", "text": "a%sb"}]}',
        '{"consent": {"statement": "a%sb", "scope": ["listen"], "given_by": "Lan"}}',
        '{"consent": {"statement": "a", "scope": ["listen"], "given_by": "L%sn"}}',
    ],
)
def test_a_story_with_an_unstorable_text_is_refused(archive: TestArchive, body: str, bad: str) -> None:
    """A NUL or half a surrogate pair is a 400 or 422 with a sentence, and nothing is kept."""
    client = archive.client("volunteer")
    answer = client.post("/api/v1/stories", content=(body % bad).encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["detail"]
    assert client.get("/api/v1/stories?mine=true").json()["items"] == []


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/stories?language=a%00",
        "/api/v1/stories?collection=%00",
        "/api/v1/stories?person=a%00b",
        "/api/v1/stories?cursor=WyIAIl0",
        "/api/v1/search?q=%00",
        "/api/v1/search?q=a%00b&collection=%00",
        "/api/v1/search/suggest?q=%00",
        "/api/v1/stories/%00",
        "/api/v1/recordings/%00/progress",
    ],
)
def test_an_address_with_a_nul_is_no_error_of_ours(archive: TestArchive, address: str) -> None:
    """A NUL in an address finds nothing or is refused; it is never a 500."""
    answer = archive.client().get(address)
    assert answer.status_code in {200, 400, 404, 422}, answer.text


def test_a_value_longer_than_its_place_is_refused(archive: TestArchive) -> None:
    """Sign-in with an endless e-mail, an upload with an endless name: never a 500."""
    client = archive.client("volunteer")
    long: list[tuple[str, dict[str, Any]]] = [
        ("/api/v1/session", {"email": "a" * 5000 + "@example.org", "password": "x" * 20}),
        ("/api/v1/uploads", {"filename": "a" * 5000 + ".wav", "size_bytes": 10, "content_type": "audio/wav"}),
        ("/api/v1/uploads", {"filename": "a.wav", "size_bytes": 10, "content_type": "audio/" + "x" * 5000}),
        ("/api/v1/stories", {"place": "字" * 301}),
    ]
    for address, body in long:
        answer = client.post(address, json=body)
        assert answer.status_code in {201, 400, 401, 422}, (address, answer.text)
