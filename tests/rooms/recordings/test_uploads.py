"""Uploading over HTTP: a plan, parts by address, completing, and what can go wrong on the way."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.kernel.db import unit
from app.kernel.errors import BadInputError
from app.kernel.time import now
from app.recordings import commands, jobs
from app.recordings.domain.refusals import EmptyFileError, NotARecordingError
from app.recordings.models import MediaFile, PreservationEvent, Recording, Upload
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.stories import a_story
from tests.rooms.recordings.sending import (
    PART,
    addresses,
    begin,
    complete,
    noise,
    send_file,
    send_parts,
    sha256,
    split,
)

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive


def upload_row(archive: TestArchive, upload_id: str) -> Upload:
    """The row as it stands."""
    return archive.in_unit(lambda session: session.scalars(select(Upload).where(Upload.id == upload_id)).one())


def age(archive: TestArchive, upload_id: str, days: float) -> None:
    """Let the last part have come that many days ago."""
    moment = now() - dt.timedelta(days=days)
    archive.in_unit(lambda s: s.execute(update(Upload).where(Upload.id == upload_id).values(last_part_at=moment)))


def kept_parts(archive: TestArchive) -> list[Path]:
    """Files that uploads hold on the disk."""
    return sorted(p for p in (archive.folder / "objects" / "tmp").rglob("*") if p.is_file())


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
    assert kept_parts(archive) == []


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
    with an_archive(tmp_path / "b", limits={"spare_bytes": 2**60}) as archive:
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


def test_missing_and_bad_parts_are_named(archive: TestArchive) -> None:
    """409 names what did not arrive, 422 what is not the sender's; the rest is kept and it goes on."""
    client, data = archive.client("volunteer"), noise(2 * PART + 5)
    first, second, third = split(data)
    upload_id = begin(client, data).json()["id"]
    sent = send_parts(client, upload_id, {1: first, 3: third})
    named = [*sent, {"number": 2, "etag": "x", "sha256": sha256(second)}]
    answer = complete(client, upload_id, named)
    assert (answer.status_code, answer.json()["missing"]) == (409, [2])
    wrong = send_parts(client, upload_id, {2: noise(PART, seed=9)})
    assert wrong[0]["sha256"] != sha256(second)
    answer = complete(client, upload_id, named)
    assert (answer.status_code, answer.json()["bad"]) == (422, [2])
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "uploading"
    sent += send_parts(client, upload_id, {2: second})
    assert complete(client, upload_id, sent).status_code == 202
    archive.work()
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "rejected"  # noise is no sound
    unknown = [*sent, {"number": 4, "etag": "x", "sha256": sha256(b"")}]
    other = begin(client, data).json()["id"]
    send_parts(client, other, {1: first, 2: second, 3: third})
    answer = complete(client, other, unknown)
    assert (answer.status_code, answer.json()["bad"]) == (422, [4])


def test_what_need_not_be_sent_again(archive: TestArchive) -> None:
    """After the file was chosen again its digests decide which parts are kept."""
    client, data = archive.client("volunteer"), noise(2 * PART)
    first, second = split(data)
    upload_id = begin(client, data).json()["id"]
    send_parts(client, upload_id, {1: first, 2: second})
    changed = noise(PART, seed=7)
    assert addresses(client, upload_id, {1: first})["received"] == [1, 2]
    assert addresses(client, upload_id, {1: changed, 2: second})["received"] == [2]
    sent = send_parts(client, upload_id, {1: changed, 2: second})
    assert complete(client, upload_id, sent).status_code == 202
    jobs.accept(archive.ports, upload_id)
    row = upload_row(archive, upload_id)
    with archive.ports.objects.open(f"masters/{row.recording_id}/{sha256(changed + second)}") as file:
        assert file.read() == changed + second


def test_an_address_takes_only_its_bytes(archive: TestArchive) -> None:
    """Other bytes, other lengths: 400 and the part is still missing; the right ones then count."""
    client, data = archive.client("volunteer"), b"a" * 1000
    upload_id = begin(client, data).json()["id"]
    url = addresses(client, upload_id, {1: data})["parts"][0]["url"]
    for wrong in (b"b" * 1000, b"a" * 999, b"a" * 1001, b""):
        answer = client.put(url, content=wrong)
        assert (answer.status_code, answer.json()["type"]) == (400, "/docs/problems#wrong-part")
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["received"] == []
    answer = client.put(url, content=data)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{sha256(data)}"')
    assert client.put(url, content=data).status_code == 200


def test_an_address_that_was_changed_or_is_too_old(archive: TestArchive) -> None:
    """403 for both, and for an old one a fresh address is all it takes."""
    client, data = archive.client("volunteer"), b"a" * 1000
    upload_id = begin(client, data).json()["id"]
    url = addresses(client, upload_id, {1: data})["parts"][0]["url"]
    changed = url.replace(f"sha256={sha256(data)}", f"sha256={sha256(b'b' * 1000)}")
    answer = client.put(changed, content=b"b" * 1000)
    assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems#address-expired")
    ref = upload_row(archive, upload_id).ref
    old = archive.ports.objects.part_url(ref, 1, 1000, sha256(data), -1).url
    assert client.put(old, content=data).status_code == 403
    send_parts(client, upload_id, {1: data})


def test_a_part_outlives_the_sign_in(archive: TestArchive) -> None:
    """A page whose session ended goes on sending to the addresses it has."""
    client, data = archive.client("volunteer"), b"a" * 1000
    upload_id = begin(client, data).json()["id"]
    url = addresses(client, upload_id, {1: data})["parts"][0]["url"]
    client.delete("/api/v1/session")
    client.cookies.clear()
    assert client.get(f"/api/v1/uploads/{upload_id}").status_code == 404
    assert client.put(url, content=data).status_code == 200
    back = archive.client("volunteer").get(f"/api/v1/uploads/{upload_id}").json()
    assert back["received"] == [1]


def test_addresses_fit_where_the_page_came_from(archive: TestArchive) -> None:
    """A page that knows us by another name gets addresses without a host, so that it may send there."""
    client, data = archive.client("volunteer"), b"a"
    upload_id = begin(client, data).json()["id"]
    body = {"parts": [{"number": 1, "sha256": sha256(data)}]}
    path = f"/api/v1/uploads/{upload_id}/parts"
    own = client.post(path, json=body).json()["parts"][0]["url"]
    assert own.startswith("https://archive.test/api/v1/objects/parts/")
    other = client.post(path, json=body, headers={"Host": "192.168.1.5:8000"}).json()["parts"][0]["url"]
    assert other.startswith("/api/v1/objects/parts/")
    assert client.put(other, content=data).status_code == 200


def test_no_more_than_fifty_addresses_and_no_unknown_part(archive: TestArchive) -> None:
    """More than 50 parts at once is the wrong shape; a number the file does not have is named."""
    client = archive.client("volunteer")
    upload_id = begin(client, b"a").json()["id"]
    path = f"/api/v1/uploads/{upload_id}/parts"
    many = [{"number": n, "sha256": sha256(b"a")} for n in range(1, 52)]
    assert client.post(path, json={"parts": many}).status_code == 422
    assert client.post(path, json={"parts": many[1:2]}).status_code == 400
    assert client.post(path, json={"parts": [{"number": 1, "sha256": "A" * 64}]}).status_code == 422
    assert client.post(path, json={"parts": [], "more": 1}).status_code == 422


def test_calling_off(archive: TestArchive) -> None:
    """Its bytes are freed, its addresses take nothing more, calling off again is nothing."""
    client, data = archive.client("volunteer"), noise(1000)
    upload_id = begin(client, data).json()["id"]
    send_parts(client, upload_id, {1: data})
    url = addresses(client, upload_id, {1: noise(1000, seed=2)})["parts"][0]["url"]
    for _ in range(2):
        assert client.delete(f"/api/v1/uploads/{upload_id}").status_code == 204
    assert ("recordings.sweep_upload", upload_id) in archive.work()
    assert kept_parts(archive) == []
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "cancelled"
    answer = client.put(url, content=noise(1000, seed=2))
    assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems#upload-closed")
    assert client.post(f"/api/v1/uploads/{upload_id}/parts", json={"parts": []}).status_code == 409
    assert complete(client, upload_id, []).json()["type"] == "/docs/problems#upload-closed"
    assert archive.work() == []


def test_what_is_complete_cannot_be_called_off(archive: TestArchive) -> None:
    """Once all was sent, and after it is stored, calling off is refused and the recording stays."""
    client = archive.client("volunteer")
    made = send_file(client, b"x" * 100)
    for _ in range(2):
        answer = client.delete(f"/api/v1/uploads/{made['id']}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems#upload-complete")
        jobs.accept(archive.ports, made["id"])
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["recording_id"] == made["recording_id"]


def test_an_upload_that_nobody_continues_is_closed(archive: TestArchive) -> None:
    """After seven days without a part it is abandoned and its bytes are freed; a day before it is not."""
    client, data = archive.client("volunteer"), noise(1000)
    old, young = begin(client, data).json()["id"], begin(client, data).json()["id"]
    for upload_id, days in ((old, 7.01), (young, 6.99)):
        send_parts(client, upload_id, {1: data})
        age(archive, upload_id, days)
    done = [(job, id_) for job, id_ in archive.work() if job.startswith("recordings.")]
    assert done == [("recordings.sweep_upload", old)]
    assert client.get(f"/api/v1/uploads/{old}").json()["state"] == "abandoned"
    assert client.get(f"/api/v1/uploads/{young}").json()["received"] == [1]
    assert {p.parent.name for p in kept_parts(archive)} == {upload_row(archive, young).ref}


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


def test_damage_on_our_disk_is_found_by_reading_back(archive: TestArchive) -> None:
    """A part that rotted before it was stored never becomes a master; only that part is sent again."""
    client, data = archive.client("volunteer"), noise(2 * PART)
    made = send_file(client, data)
    ref = upload_row(archive, made["id"]).ref
    with (archive.folder / "objects" / "tmp" / ref / "data").open("r+b") as file:
        file.seek(PART + 77)
        file.write(bytes([data[PART + 77] ^ 1]))
    jobs.accept(archive.ports, made["id"])
    told = client.get(f"/api/v1/uploads/{made['id']}").json()
    assert (told["state"], told["retryable"], told["received"]) == ("failed", True, [1])
    assert "kept" in told["reason"]
    assert not (archive.folder / "objects" / "masters").exists()
    second = send_parts(client, made["id"], {2: split(data)[1]})
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["reason"] is None
    first = {"number": 1, "etag": "x", "sha256": sha256(split(data)[0])}
    assert complete(client, made["id"], [first, *second]).status_code == 202
    jobs.accept(archive.ports, made["id"])
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["state"] == "stored"
    with archive.ports.objects.open(f"masters/{made['recording_id']}/{sha256(data)}") as file:
        assert file.read() == data


def test_bytes_that_are_gone_are_told(archive: TestArchive) -> None:
    """When the store has lost the upload, it fails with a sentence and its key begins anew."""
    client, data = archive.client("volunteer"), b"x" * 100
    upload_id = begin(client, data, key="k").json()["id"]
    sent = send_parts(client, upload_id, {1: data})
    complete(client, upload_id, sent)
    archive.ports.objects.abort(upload_row(archive, upload_id).ref)
    jobs.accept(archive.ports, upload_id)
    told = client.get(f"/api/v1/uploads/{upload_id}").json()
    assert (told["state"], told["retryable"], told["received"]) == ("failed", False, [])
    assert "send the file again" in told["reason"]
    assert begin(client, data, key="k").json()["id"] != upload_id


def test_a_disk_that_fills_up_in_the_middle(archive: TestArchive) -> None:
    """The part is answered 507 by the kernel's own "no room"; what was there is kept and it goes on later."""
    client, data = archive.client("volunteer"), noise(2 * PART)
    first, second = split(data)
    upload_id = begin(client, data).json()["id"]
    sent = send_parts(client, upload_id, {1: first})
    file = archive.folder / "objects" / "tmp" / upload_row(archive, upload_id).ref / "data"
    file.rename(file.with_name("aside"))
    file.symlink_to("/dev/full")
    url = addresses(client, upload_id, {2: second})["parts"][0]["url"]
    answer = client.put(url, content=second)
    assert (answer.status_code, answer.json()["type"]) == (507, "/docs/problems#no-room")
    assert "kept" in answer.json()["detail"]
    file.unlink()
    file.with_name("aside").rename(file)
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["received"] == [1]
    sent += send_parts(client, upload_id, {2: second})
    complete(client, upload_id, sent)
    jobs.accept(archive.ports, upload_id)
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "stored"


def test_accepting_after_a_kill_between_settling_and_writing(archive: TestArchive) -> None:
    """The object lies under its key already, the row does not know: done again, it is one recording."""
    client, data = archive.client("volunteer"), noise(1000)
    made = send_file(client, data)
    row = upload_row(archive, made["id"])
    objects = archive.ports.objects
    objects.finish(row.ref, list(objects.parts(row.ref)))
    objects.settle(row.ref, f"masters/{made['recording_id']}/{sha256(data)}", sha256(data))
    jobs.accept(archive.ports, made["id"])
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["state"] == "stored"
    masters = [p for p in (archive.folder / "objects" / "masters").rglob("*") if p.is_file()]
    assert len(masters) == 1
    assert masters[0].stat().st_nlink == 1


def test_a_kill_before_the_bytes_were_freed_is_swept(archive: TestArchive) -> None:
    """A stored upload whose parts were not forgotten yet is owed that, and once only."""
    client = archive.client("volunteer")
    made = send_file(client, b"x" * 100)
    jobs.accept(archive.ports, made["id"])
    archive.in_unit(lambda s: s.execute(update(Upload).values(is_held=True)))
    assert ("recordings.sweep_upload", made["id"]) in archive.work()
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["recording_id"] == made["recording_id"]


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


def test_the_command_line_goes_the_same_way(archive: TestArchive, tmp_path: Path) -> None:
    """A file of this machine is sent in parts to the same store and accepted by the same job."""
    data, path = noise(PART + 3), tmp_path / unicodedata.normalize("NFD", "bà.wav")
    path.write_bytes(data)
    operator = archive.actor("admin").as_operator("lin")
    with unit(archive.ports.sessions) as session:
        upload = commands.begin_file(session, archive.ports, operator, path, None)
    commands.send_file(archive.ports, operator, upload, path)
    upload_id = upload.id
    assert upload_row(archive, upload_id).state == "completing"
    jobs.accept(archive.ports, upload_id)
    row = upload_row(archive, upload_id)
    assert (row.state, row.owner, row.filename) == ("stored", "operator", path.name)
    with archive.ports.objects.open(f"masters/{row.recording_id}/{sha256(data)}") as file:
        assert file.read() == data


def test_the_command_line_refuses_alike(archive: TestArchive, tmp_path: Path) -> None:
    """An empty file and a picture are refused before anything is made."""
    operator = archive.actor("admin").as_operator("lin")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "a.svg").write_text("<svg/>")
    with pytest.raises(EmptyFileError), unit(archive.ports.sessions) as session:
        commands.begin_file(session, archive.ports, operator, tmp_path / "empty.wav", None)
    with pytest.raises(NotARecordingError), unit(archive.ports.sessions) as session:
        commands.begin_file(session, archive.ports, operator, tmp_path / "a.svg", None)
    assert issubclass(EmptyFileError, BadInputError)
    with unit(archive.ports.sessions, write=False) as session:
        assert session.scalars(select(Story)).all() == []
