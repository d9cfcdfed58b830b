"""How an upload ends when it does not go well: called off, left, damaged, no room, killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.recordings import jobs
from app.recordings.models import Upload
from tests.factories.archive import an_archive
from tests.factories.stores import held_uploads, keys_of
from tests.rooms.recordings.sending import (
    PART,
    addresses,
    age,
    begin,
    complete,
    name_of,
    noise,
    put,
    send_file,
    send_parts,
    sha256,
    split,
    upload_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive


def test_calling_off(archive: TestArchive) -> None:
    """Its bytes are freed, its addresses take nothing more, calling off again is nothing."""
    client, data = archive.client("volunteer"), noise(1000)
    upload_id = begin(client, data).json()["id"]
    send_parts(client, upload_id, {1: data})
    (late,) = addresses(client, upload_id, {1: noise(1000, seed=2)})["parts"]
    for _ in range(2):
        assert client.delete(f"/api/v1/uploads/{upload_id}").status_code == 204
    assert ("recordings.sweep_upload", upload_id) in archive.work()
    assert held_uploads(archive.ports.objects) == set()
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "cancelled"
    answer = put(client, late, noise(1000, seed=2))
    assert answer.status_code in (404, 409), "our API says that it is closed, S3 that there is no such upload"
    assert "upload-closed" in answer.text or "NoSuchUpload" in answer.text
    assert held_uploads(archive.ports.objects) == set()
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
    assert held_uploads(archive.ports.objects) == {name_of(archive, young)}


@pytest.fixture
def on_a_disk(tmp_path: Path) -> Iterator[TestArchive]:
    """An archive whose store is a folder, whatever the set: for what only its owner can do to a disk."""
    with an_archive(tmp_path / "archive", objects={"kind": "local"}) as made:
        yield made


def test_damage_on_our_disk_is_found_by_reading_back(on_a_disk: TestArchive) -> None:
    """A part that rotted before it was stored never becomes a master; only that part is sent again."""
    archive = on_a_disk
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
    assert keys_of(archive.ports.objects) == []
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


def test_a_disk_that_fills_up_in_the_middle(on_a_disk: TestArchive) -> None:
    """The part is answered 507 by the kernel's own "no room"; what was there is kept and it goes on later."""
    archive = on_a_disk
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
    assert keys_of(objects) == [f"masters/{made['recording_id']}/{sha256(data)}"]
    assert held_uploads(objects) == set()


def test_a_kill_before_the_bytes_were_freed_is_swept(archive: TestArchive) -> None:
    """A stored upload whose parts were not forgotten yet is owed that, and once only."""
    client = archive.client("volunteer")
    made = send_file(client, b"x" * 100)
    jobs.accept(archive.ports, made["id"])
    archive.in_unit(lambda s: s.execute(update(Upload).values(is_held=True)))
    assert ("recordings.sweep_upload", made["id"]) in archive.work()
    assert client.get(f"/api/v1/uploads/{made['id']}").json()["recording_id"] == made["recording_id"]
