"""The addresses of sound, picture, waveform and original: ranges, headers, and who may have them."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from app.recordings.models import MediaFile, Recording
from app.stories.models import Story
from tests.factories.stories import a_recording, a_story
from tests.rooms.recordings.sending import noise, sha256

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.accounts.schemas import Role
    from tests.factories.archive import TestArchive

SOUND = noise(700_000, seed=3)
FILES = {
    "access_copy": ("sound", "audio/mp4", SOUND),
    "waveform": ("waveform", "application/octet-stream", b"peaks" * 10),
    "poster": ("poster", "image/jpeg", b"jpeg" * 10),
    "preservation_master": ("master", "audio/x-caf", b"original" * 100),
}
NAME = 'Bà ngoại 阮 "1".caf'


@dataclass
class Served:
    """A recording with its files."""

    story_id: str
    recording_id: str

    def path(self, name: str = "sound") -> str:
        """Its address."""
        return f"/api/v1/recordings/{self.recording_id}/{name}"


def serve(archive: TestArchive, files: tuple[str, ...] = tuple(FILES), state: str = "ready", **over: Any) -> Served:
    """A recording in ``state`` with these files in the store; its story is public unless ``over`` says else."""
    fields = {"state": "published", "level": "public"} | over

    def make(session: Any) -> Served:
        story = a_story(session, **fields)
        recording = a_recording(session, story, state=state, filename=NAME)
        for use in files:
            _, content_type, data = FILES[use]
            key = f"copies/{recording.id}/{use}"
            archive.ports.objects.put(key, io.BytesIO(data), sha256(data), content_type)
            session.add(
                MediaFile(
                    recording_id=recording.id,
                    use=use,
                    key=key,
                    content_type=content_type,
                    size_bytes=len(data),
                    sha256=sha256(data),
                )
            )
        return Served(story.id, recording.id)

    return archive.in_unit(make)


def test_the_whole_sound(archive: TestArchive) -> None:
    """Without a range the whole file comes, and says that ranges are understood."""
    answer = archive.client().get(serve(archive).path())
    assert answer.status_code == 200
    assert answer.content == SOUND
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.headers["etag"] == f'"{sha256(SOUND)}"'
    assert answer.headers["content-disposition"] == "inline"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-65535", 0, 65_536),
        ("bytes=699999-", 699_999, 700_000),
        ("bytes=-10", 699_990, 700_000),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_range(archive: TestArchive, header: str, start: int, end: int) -> None:
    """206 with exactly the bytes and where they lie."""
    answer = archive.client().get(serve(archive).path(), headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == SOUND[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(end - start)


def test_a_range_beyond_the_end(archive: TestArchive) -> None:
    """416 says how long the file is, with the guarding headers of every media answer."""
    answer = archive.client().get(serve(archive).path(), headers={"Range": "bytes=700000-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */700000"
    assert answer.json()["type"] == "/docs/problems#range-not-satisfiable"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_head_says_what_get_would(archive: TestArchive) -> None:
    """HEAD gives the headers of GET, with a range too, and no body."""
    client, path = archive.client(), serve(archive).path()
    for headers in ({}, {"Range": "bytes=5-9"}):
        head, get = client.head(path, headers=headers), client.get(path, headers=headers)
        assert head.status_code == get.status_code
        assert head.content == b""
        del head.headers["x-request-id"], get.headers["x-request-id"]  # each request has its own
        assert dict(head.headers) == dict(get.headers)


def test_going_on_after_a_break(archive: TestArchive) -> None:
    """If-Range continues the same content and starts over with another; a known tag is 304."""
    client, path = archive.client(), serve(archive).path()
    tag = f'"{sha256(SOUND)}"'
    same = client.get(path, headers={"Range": "bytes=5-9", "If-Range": tag})
    other = client.get(path, headers={"Range": "bytes=5-9", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    known = client.get(path, headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    several = client.get(path, headers={"Range": "bytes=0-1,5-9"})
    assert (several.status_code, len(several.content)) == (200, len(SOUND))


@pytest.mark.parametrize("use", FILES)
def test_every_media_answer_is_guarded(archive: TestArchive, use: str) -> None:
    """No script runs in it, its type is ours, nothing keeps it without asking again."""
    name, content_type, data = FILES[use]
    answer = archive.client("archivist").get(serve(archive).path(name))
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-cache"


def test_what_is_not_public_is_never_kept(archive: TestArchive) -> None:
    """Sound of a draft, a staff or a registered story is not stored by any cache."""
    client = archive.client("archivist")
    for level in ("registered", "staff", None):
        served = serve(archive, level=level)
        if level is None:
            archive.in_unit(lambda s: s.execute(update(Story).values(state="draft", level=None)))
        answer = client.get(served.path())
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")


ROLES: tuple[Role, ...] = ("stranger", "registered", "researcher", "volunteer", "archivist", "admin")


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        ("public", set(ROLES)),
        ("registered", set(ROLES) - {"stranger"}),
        ("staff", {"volunteer", "archivist", "admin"}),
        (None, {"archivist", "admin"}),
    ],
)
def test_who_may_hear(archive: TestArchive, level: str | None, allowed: set[str]) -> None:
    """By level of the story, for every address, GET, HEAD and ranges alike; to others it is absent."""
    served = serve(archive, level=level)
    if level is None:
        archive.in_unit(lambda s: s.execute(update(Story).values(state="draft")))
    absent = Served("", "0192a1b2-0000-7000-8000-000000000000")
    for role in ROLES:
        client = archive.client(role)
        for name in ("sound", "waveform", "poster", "progress"):
            answers = [client.get(served.path(name)), client.get(served.path(name), headers={"Range": "bytes=0-1"})]
            if name != "progress":
                answers.append(client.head(served.path(name)))
            seen = {answer.status_code for answer in answers}
            assert seen <= ({200, 206} if role in allowed else {404}), (role, name)
            if role not in allowed:
                assert answers[0].json() == client.get(absent.path(name)).json()


def test_a_contributor_hears_their_own_draft(archive: TestArchive) -> None:
    """Who contributed a draft may hear it; another volunteer is told that it does not exist."""
    served = serve(archive, contributor_id=archive.account("volunteer").id)
    archive.in_unit(lambda s: s.execute(update(Story).values(state="draft", level=None)))
    assert archive.client("volunteer").get(served.path()).status_code == 200
    assert archive.client("volunteer", "other").get(served.path()).status_code == 404


def test_taking_a_story_back_works_at_once(archive: TestArchive) -> None:
    """The next request, also with a tag from before, is answered as if there were nothing."""
    client, served = archive.client(), serve(archive)
    tag = client.get(served.path()).headers["etag"]
    archive.in_unit(lambda s: s.execute(update(Story).values(state="draft", level=None)))
    assert client.get(served.path(), headers={"If-None-Match": tag}).status_code == 404
    assert client.get(served.path(), headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 404


def test_the_original(archive: TestArchive) -> None:
    """Only as a download under the name it came with, and only for those who may have it."""
    served = serve(archive, contributor_id=archive.account("volunteer").id)
    answer = archive.client("archivist").get(served.path("master"))
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''B%C3%A0%20ngo%E1%BA%A1i%20%E9%98%AE%20%221%22.caf" in disposition
    assert archive.client().get(served.path("master")).status_code == 401
    for role in ("registered", "volunteer"):
        assert archive.client(role).get(served.path("master")).status_code == 403
    archive.in_unit(lambda s: s.execute(update(Story).values(state="draft", level=None)))
    assert archive.client().get(served.path("master")).status_code == 404


def test_what_is_not_there_yet(archive: TestArchive) -> None:
    """While copies are being made the answer says that the original is safe; afterwards it is absent."""
    client = archive.client()
    waiting = serve(archive, files=("preservation_master",), state="processing")
    answer = client.get(waiting.path())
    assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems#not-ready")
    assert "safe" in answer.json()["detail"]
    assert client.get(waiting.path("poster")).status_code == 404
    done = serve(archive, files=("preservation_master",), state="failed")
    assert client.get(done.path()).status_code == 404


def test_an_object_that_the_store_lost(archive: TestArchive) -> None:
    """The row is there and the object is not: "resting", never an empty sound."""
    served = serve(archive)
    archive.ports.objects.delete(f"copies/{served.recording_id}/access_copy")
    assert archive.client().get(served.path()).status_code == 503


def test_progress(archive: TestArchive) -> None:
    """State, step and times as the row has them."""
    served = serve(archive)
    archive.in_unit(
        lambda s: s.execute(
            update(Recording).values(state="processing", step="transcribe", done_ms=5, total_ms=9, seconds_left=3)
        )
    )
    assert archive.client().get(served.path("progress")).json() == {
        "state": "processing",
        "step": "transcribe",
        "done_ms": 5,
        "total_ms": 9,
        "seconds_left": 3,
    }


def test_no_session_is_held_while_the_body_streams(archive: TestArchive) -> None:
    """When the first byte leaves, the request's database connection is back in the pool."""
    served = serve(archive)
    pool = archive.ports.sessions.kw["bind"].pool
    held: list[int] = []

    async def ask(app: FastAPI) -> None:
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.sleep(3600)
            sent = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                held.append(pool.checkedout())

        scope = {
            "type": "http",
            "method": "GET",
            "path": served.path(),
            "raw_path": served.path().encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "https",
            "headers": [(b"host", b"archive.test")],
            "http_version": "1.1",
            "server": ("archive.test", 443),
            "client": ("127.0.0.1", 1),
        }
        await app(scope, receive, send)

    asyncio.run(ask(archive.app))
    assert held
    assert set(held) == {0}
