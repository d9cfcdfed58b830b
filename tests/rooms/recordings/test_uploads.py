"""Uploading over HTTP: a file becomes a recording, for those who may, once."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.kernel.db import unit
from app.recordings import jobs
from app.recordings.models import MediaFile, PreservationEvent, Recording, Upload
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.stores import held_uploads
from tests.factories.stories import a_story
from tests.rooms.recordings.sending import (
    PART,
    begin,
    complete,
    noise,
    send_file,
    send_parts,
    sha256,
    split,
    upload_row,
)

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive


def test_a_file_sent_in_parts_becomes_a_master(archive: TestArchive) -> None:
    """Two parts become one stored recording, byte for byte, with its digest and events written down."""
    client, data = archive.client("volunteer"), noise(PART + 1000)
    plan = begin(client, data).json()
    assert (plan["part_size_bytes"], plan["part_count"], plan["max_concurrency"]) == (PART, 2, 3)
    assert plan["state"] == "created"
    sent = send_parts(client, plan["id"], dict(enumerate(split(data), 1)))
    told = client.get(f"/api/v1/uploads/{plan['id']}").json()
    assert (told["state"], told["received"], told["bytes_received"]) == ("uploading", [1, 2], len(data))
    assert told["recording_id"] is None
    done = complete(client, plan["id"], sent)
    assert done.status_code == 202
    assert done.json()["state"] == "completing"
    jobs.accept(archive.ports, plan["id"])
    told = client.get(f"/api/v1/uploads/{plan['id']}").json()
    recording_id = done.json()["recording_id"]
    assert (told["state"], told["recording_id"]) == ("stored", recording_id)
    assert told["processing"]["state"] == "stored"
    key = f"masters/{recording_id}/{sha256(data)}"
    with archive.ports.objects.open(key) as file:
        assert file.read() == data
    with unit(archive.ports.sessions, write=False) as session:
        master = session.scalars(select(MediaFile)).one()
        assert (master.use, master.key, master.sha256) == ("preservation_master", key, sha256(data))
        events = session.scalars(select(PreservationEvent).order_by(PreservationEvent.id)).all()
        assert [event.type for event in events] == ["ingestion", "message digest calculation"]
        assert events[1].detail["digest"] == sha256(data)
        assert session.scalars(select(Story.progress)).one() == "processing"
    assert held_uploads(archive.ports.objects) == set()


def test_who_may_upload(archive: TestArchive) -> None:
    """Strangers are asked to sign in, readers are refused, those who contribute get a plan."""
    statuses = {
        role: begin(archive.client(role), b"x" * 100).status_code
        for role in ("stranger", "registered", "researcher", "volunteer", "archivist", "admin")
    }
    assert statuses == {
        "stranger": 401,
        "registered": 403,
        "researcher": 403,
        "volunteer": 201,
        "archivist": 201,
        "admin": 201,
    }


def test_to_which_story_one_may_upload(archive: TestArchive) -> None:
    """A volunteer adds to their own draft, not to a published story, and knows of nobody else's draft."""
    mine = archive.account("volunteer").id

    def make(**over: Any) -> str:
        return archive.in_unit(lambda session: a_story(session, **over).id)

    own, foreign = make(contributor_id=mine), make(contributor_id=None)
    public = make(contributor_id=mine, state="published", level="public")
    client = archive.client("volunteer")
    assert begin(client, b"x", story_id=own).json()["story_id"] == own
    assert begin(client, b"x", story_id=foreign).status_code == 404
    assert begin(client, b"x", story_id="no-such-id").status_code == 404
    assert begin(client, b"x", story_id=public).status_code == 403
    assert begin(archive.client("archivist"), b"x", story_id=public).status_code == 201


def test_a_file_without_a_story_gets_a_draft_of_its_own(archive: TestArchive) -> None:
    """The draft belongs to the uploader, has no title, and nothing of the file name."""
    client = archive.client("volunteer")
    story_id = begin(client, b"x", filename="Interview Oma Li.wav").json()["story_id"]
    with unit(archive.ports.sessions, write=False) as session:
        story = session.scalars(select(Story).where(Story.id == story_id)).one()
        assert (story.state, story.title) == ("draft", "")
        assert story.contributor_id == archive.account("volunteer").id


def test_an_upload_is_its_owners_alone(archive: TestArchive) -> None:
    """Others, even an admin, get the answer of an upload that does not exist."""
    upload_id = begin(archive.client("volunteer"), b"x").json()["id"]
    for other in (archive.client("volunteer", "other"), archive.client("admin"), archive.client()):
        assert other.get(f"/api/v1/uploads/{upload_id}").status_code == 404
        answers = [
            other.get(f"/api/v1/uploads/{upload_id}"),
            other.get(f"/api/v1/uploads/{upload_id}/events"),
            other.post(f"/api/v1/uploads/{upload_id}/parts", json={"parts": []}),
            complete(other, upload_id, []),
            other.delete(f"/api/v1/uploads/{upload_id}"),
        ]
        absent = other.get("/api/v1/uploads/0192a1b2-0000-7000-8000-000000000000")
        assert {answer.status_code for answer in answers} == {404}
        assert all(answer.json() == absent.json() for answer in answers)


def test_the_list_is_ones_own(archive: TestArchive) -> None:
    """``open`` lists what still wants something of its owner, with the plan to go on."""
    client, other = archive.client("volunteer"), archive.client("volunteer", "other")
    first, second = (begin(client, b"x" * n).json()["id"] for n in (10, 20))
    begin(other, b"x")
    client.delete(f"/api/v1/uploads/{first}")
    items = client.get("/api/v1/uploads", params={"open": True}).json()["items"]
    assert [item["id"] for item in items] == [second]
    assert (items[0]["filename"], items[0]["size_bytes"], items[0]["part_count"]) == ("oma.wav", 20, 1)
    assert {i["id"] for i in client.get("/api/v1/uploads").json()["items"]} == {first, second}
    assert archive.client().get("/api/v1/uploads").status_code == 401


def test_an_account_sends_no_more_than_its_share(tmp_path: Path) -> None:
    """All files of a contributor count together, by whatever story; what is called off gives its room back."""
    limits = {"account_bytes": 1000, "spare_bytes": 0}
    with an_archive(tmp_path / "a", limits=limits) as archive:
        client = archive.client("volunteer")
        first = begin(client, b"x" * 600, key="k")
        assert first.status_code == 201
        refused = begin(client, b"x" * 401)
        assert (refused.status_code, refused.json()["type"]) == (507, "/docs/problems#quota-used-up")
        assert "Retry-After" not in refused.headers  # waiting helps nothing
        assert (refused.json()["limit_bytes"], refused.json()["sent_bytes"]) == (1000, 600)
        assert "Nothing of it was sent" in refused.json()["detail"]
        assert len(client.get("/api/v1/stories?mine=true").json()["items"]) == 1
        assert begin(client, b"x" * 600, key="k").json()["id"] == first.json()["id"]  # the same, not another
        assert begin(client, b"x" * 400).status_code == 201
        assert begin(client, b"x").status_code == 507
        assert begin(archive.client("volunteer", "other"), b"x" * 1000).status_code == 201
        assert begin(archive.client("archivist"), b"x" * 1001).status_code == 201
        assert begin(archive.client("researcher"), b"x").status_code == 403
        assert client.delete(f"/api/v1/uploads/{first.json()['id']}").status_code == 204
        assert begin(client, b"x" * 600).status_code == 201
        assert begin(client, b"x").status_code == 507


def test_files_that_are_refused_at_once(tmp_path: Path) -> None:
    """Too large, empty, a photograph, no room: each with its status and a sentence, and nothing is made."""
    limits = {"contributor_bytes": 1000, "archivist_bytes": 5000, "spare_bytes": 0}
    with an_archive(tmp_path / "a", limits=limits) as archive:
        client = archive.client("volunteer")
        large = begin(client, b"x" * 1001)
        assert (large.status_code, large.json()["limit_bytes"]) == (413, 1000)
        assert "Nothing was sent" in large.json()["detail"]
        assert begin(archive.client("archivist"), b"x" * 1001).status_code == 201
        empty = begin(client, b"")
        assert (empty.status_code, empty.json()["type"]) == (400, "/docs/problems#empty-file")
        for type_ in ("image/jpeg", "text/html; charset=utf-8", "application/pdf", "image/svg+xml"):
            assert begin(client, b"x", content_type=type_).status_code == 415, type_
        for type_ in ("", "audio/amr", "application/octet-stream", "video/x-unheard-of", "application/vnd.ms-asf"):
            assert begin(client, b"x", content_type=type_).status_code == 201, type_
    # Of the two stores only a folder says how much room there is.
    with an_archive(tmp_path / "b", limits={"spare_bytes": 2**60}, objects={"kind": "local"}) as archive:
        full = begin(archive.client("volunteer"), b"x")
        assert (full.status_code, full.headers["retry-after"]) == (507, "10")
        with unit(archive.ports.sessions, write=False) as session:
            assert session.scalars(select(Upload)).all() == []
            assert session.scalars(select(Story)).all() == []


def test_the_same_key_is_the_same_upload(archive: TestArchive) -> None:
    """Begun again with the same key: the same upload and no second story; another file is a conflict."""
    client = archive.client("volunteer")
    first = begin(client, b"x" * 10, key="k").json()
    again = begin(client, b"x" * 10, key="k")
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert begin(client, b"x" * 11, key="k").json()["type"] == "/docs/problems#idempotency-key-reused"
    assert begin(client, b"x" * 10, key="other").json()["id"] != first["id"]
    assert begin(archive.client("volunteer", "other"), b"x" * 10, key="k").json()["id"] != first["id"]
    client.delete(f"/api/v1/uploads/{first['id']}")
    fresh = begin(client, b"x" * 10, key="k")
    assert (fresh.status_code, fresh.json()["state"]) == (201, "created")
    assert fresh.json()["id"] != first["id"]


def test_completing_again_is_the_same(archive: TestArchive) -> None:
    """Twice, also after it was stored: the same answer and one recording."""
    client, data = archive.client("volunteer"), b"x" * 100
    upload_id = begin(client, data).json()["id"]
    sent = send_parts(client, upload_id, {1: data})
    first, second = (complete(client, upload_id, sent).json() for _ in range(2))
    assert first == second
    for _ in range(2):
        jobs.accept(archive.ports, upload_id)
    third = complete(client, upload_id, sent)
    assert (third.status_code, third.json()["recording_id"]) == (202, first["recording_id"])
    with unit(archive.ports.sessions, write=False) as session:
        assert [r.id for r in session.scalars(select(Recording))] == [first["recording_id"]]


@pytest.mark.parametrize(
    "name",
    [
        unicodedata.normalize("NFD", "Bà ngoại kể chuyện.m4a"),
        "阮氏明的故事" * 14 + ".wav",
        "אמא – סיפור.mp3",
        'a"b\\c;d%0d%0a.wav',
        "🪗" * 60 + ".ogg",
    ],
)
def test_names_are_kept_as_received(archive: TestArchive, name: str) -> None:
    """Any script, decomposed, long: the name comes back as it was sent."""
    client = archive.client("volunteer")
    made = send_file(client, b"x" * 100, filename=name)
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["filename"] == name
    jobs.accept(archive.ports, made["id"])
    with unit(archive.ports.sessions, write=False) as session:
        assert session.scalars(select(Recording.filename)).one() == name


def test_recordings_of_a_story_are_numbered(archive: TestArchive) -> None:
    """A second file of the same story is its second recording."""
    client = archive.client("volunteer")
    first = send_file(client, b"x" * 100)
    second = send_file(client, b"y" * 100, story_id=first["story_id"])
    for upload in (first, second):
        jobs.accept(archive.ports, upload["id"])
    with unit(archive.ports.sessions, write=False) as session:
        rows = session.execute(select(Recording.id, Recording.number).order_by(Recording.number)).all()
    assert [tuple(row) for row in rows] == [(first["recording_id"], 1), (second["recording_id"], 2)]


def test_progress_as_events(archive: TestArchive) -> None:
    """The stream says the upload's body once and ends when there is nothing more to wait for."""
    client = archive.client("volunteer")
    upload_id = begin(client, b"x" * 10).json()["id"]
    client.delete(f"/api/v1/uploads/{upload_id}")
    answer = client.get(f"/api/v1/uploads/{upload_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.count("event: progress") == 1
    assert '"state":"cancelled"' in answer.text


def test_what_the_store_forgot_is_begun_anew_with_the_same_key(archive: TestArchive) -> None:
    """After a backup was restored the parts are gone: sending the same file again begins another upload."""
    client = archive.client("volunteer")
    first = begin(client, noise(2000), key="the same file").json()
    assert begin(client, noise(2000), key="the same file").json()["id"] == first["id"]
    archive.ports.objects.abort(upload_row(archive, first["id"]).ref)
    again = begin(client, noise(2000), key="the same file")
    assert again.status_code == 201, again.text
    assert again.json()["id"] != first["id"]
    lost = client.get(f"/api/v1/uploads/{first['id']}").json()
    assert (lost["state"], lost["retryable"]) == ("failed", False)
    assert "send the file again" in lost["reason"]
