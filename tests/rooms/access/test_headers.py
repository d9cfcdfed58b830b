"""What every answer carries so that no browser, cache or other site widens who may know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from tests.factories.archive import ADDRESS
from tests.rooms.access.world import Row, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive


@pytest.mark.parametrize(
    "path",
    ["/session", "/stories", "/stories/{story_id}", "/stories/{absent}", "/admin/owed", "/nowhere"],
)
def test_no_cache_keeps_an_answer_of_the_api(archive: TestArchive, path: str) -> None:
    """JSON and errors are stored by nobody, so what is withdrawn is gone from every cache too."""
    world = World(archive)
    names = world.names(Row("public", "200"), "stranger", fresh=True)
    answer = world.client("stranger").get("/api/v1" + path.format_map(names))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("on", "stored"), [("public", "no-cache"), ("draft", "private, no-store")])
def test_sound_is_asked_for_again(archive: TestArchive, on: str, stored: str) -> None:
    """Sound that all may hear is revalidated each time; any other is stored by nobody."""
    world = World(archive)
    names = world.names(Row(on, "200"), "archivist", fresh=True)
    path = f"/api/v1/recordings/{names['recording_id']}/sound"
    assert world.client("archivist").get(path).headers["cache-control"] == stored
    etag = world.client("archivist").get(path).headers["etag"]
    headers = {"if-none-match": etag}
    expected = 304 if on == "public" else 404
    assert world.client("stranger").get(path, headers=headers).status_code == expected


def test_another_sites_page_writes_nothing(archive: TestArchive) -> None:
    """Every unsafe request with another site's origin is refused before anything is looked at."""
    client = archive.client("admin")
    twice: list[list[tuple[str, str]]] = [
        [("Origin", "https://evil.test"), ("Origin", ADDRESS)],
        [("Origin", ADDRESS), ("Origin", "https://evil.test")],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site"), ("Origin", ADDRESS)],
    ]
    del client.headers["Origin"]
    for headers in (
        [("Origin", "https://evil.test")],
        [("Origin", "null")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "cross-site"), ("Origin", ADDRESS)],
        *twice,
    ):
        answer = client.post("/api/v1/stories", json={"title": "Rain"}, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems#cross-site")
    assert client.get("/api/v1/stories?mine=true").json()["items"] == []


@pytest.mark.parametrize("length", ["said", "unsaid"])
@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/stories", "/api/v1/invitations/look"])
def test_no_request_fills_the_memory(archive: TestArchive, path: str, length: str) -> None:
    """A body without end is cut off with a sentence, also a stranger's, whether its length is said or not."""

    def endless() -> Iterator[bytes]:
        yield b'{"title": "'
        yield from (b"a" * 1024 * 1024 for _ in range(16))
        yield b'"}'

    body = b"".join(endless()) if length == "said" else endless()
    answer = archive.client().post(path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "too long" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("POST", "/api/v1/nowhere", 404),
        ("HEAD", "/api/v1/home", 405),
        ("DELETE", "/api/v1/stories", 405),
        ("POST", "/api/v1/search", 405),
        ("GET", "/api/", 404),
        ("GET", "/story/of/the/page", 200),
        ("HEAD", "/", 200),
        ("POST", "/", 405),
        ("GET", "/assets/nothing.js", 404),
        ("GET", "/nothing.txt", 404),
    ],
)
@pytest.mark.parametrize("pages", ["with pages", "without"])
def test_an_address_of_the_api_is_never_a_page(
    archive: TestArchive, tmp_path: Path, *, method: str, path: str, status: int, pages: str
) -> None:
    """Unknown addresses are 404 and wrong methods 405, as problems, whether the pages are served or not."""
    frontend = tmp_path / "dist"
    frontend.mkdir()
    (frontend / "index.html").write_text("<!doctype html>")
    app = create_app(archive.ports, frontend=frontend if pages == "with pages" else None)
    answer = TestClient(app, base_url=ADDRESS).request(method, path, headers={"Origin": ADDRESS})
    if pages == "without" and not path.startswith("/api/"):
        status = 404
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Allow" in answer.headers or status != 405
        assert method == "HEAD" or method in answer.json()["detail"] or status != 405
