"""The parts of an upload: which are missing, and what an address takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.objects_s3.incoming import as_base64
from app.recordings import jobs
from tests.factories.archive import an_archive
from tests.factories.bucket import a_bucket
from tests.rooms.recordings.sending import (
    PART,
    addresses,
    begin,
    complete,
    noise,
    put,
    send_parts,
    sha256,
    split,
    upload_row,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories.archive import TestArchive


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
    (address,) = addresses(client, upload_id, {1: data})["parts"]
    for wrong in (b"b" * 1000, b"a" * 999, b"a" * 1001, b""):
        answer = put(client, address, wrong)
        # Our API says what is wrong; S3 finds that the bytes, or their number, are not those that were signed.
        assert answer.status_code in (400, 403)
        assert any(said in answer.text for said in ("#wrong-part", "BadDigest", "SignatureDoesNotMatch")), answer.text
        assert client.get(f"/api/v1/uploads/{upload_id}").json()["received"] == []
    for _ in range(2):
        answer = put(client, address, data)
        assert answer.status_code == 200
        assert answer.headers["etag"]
        assert client.get(f"/api/v1/uploads/{upload_id}").json()["received"] == [1]


def test_an_address_that_was_changed_or_is_too_old(archive: TestArchive) -> None:
    """Refused both, and for an old one a fresh address is all it takes."""
    client, data, other = archive.client("volunteer"), b"a" * 1000, b"b" * 1000
    upload_id = begin(client, data).json()["id"]
    (address,) = addresses(client, upload_id, {1: data})["parts"]
    changed = {
        **address,
        "url": address["url"].replace(sha256(data), sha256(other)),
        "headers": {name: as_base64(sha256(other)) for name in address["headers"]},
    }
    answer = put(client, changed, other)
    assert answer.status_code == 403
    assert "#address-expired" in answer.text or "SignatureDoesNotMatch" in answer.text
    ref = upload_row(archive, upload_id).ref
    old = archive.ports.objects.part_url(ref, 1, 1000, sha256(data), -1)
    answer = put(client, {**address, "url": old.url}, data)
    # SeaweedFS and Amazon refuse an address of a negative time with 400.
    assert answer.status_code == 403 or "AuthorizationQueryParametersError" in answer.text
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["received"] == []
    send_parts(client, upload_id, {1: data})


def test_a_part_outlives_the_sign_in(archive: TestArchive) -> None:
    """A page whose session ended goes on sending to the addresses it has."""
    client, data = archive.client("volunteer"), b"a" * 1000
    upload_id = begin(client, data).json()["id"]
    (address,) = addresses(client, upload_id, {1: data})["parts"]
    client.delete("/api/v1/session")
    client.cookies.clear()
    assert client.get(f"/api/v1/uploads/{upload_id}").status_code == 404
    assert put(client, address, data).status_code == 200
    back = archive.client("volunteer").get(f"/api/v1/uploads/{upload_id}").json()
    assert back["received"] == [1]


def test_addresses_fit_where_the_page_came_from(archive: TestArchive) -> None:
    """A page that knows us by another name gets our addresses without a host; those of another store stay as signed."""
    client, data = archive.client("volunteer"), b"a"
    upload_id = begin(client, data).json()["id"]
    body = {"parts": [{"number": 1, "sha256": sha256(data)}]}
    path = f"/api/v1/uploads/{upload_id}/parts"
    elsewhere = archive.ports.objects.browser_origin
    (own,) = client.post(path, json=body).json()["parts"]
    assert own["url"].startswith(elsewhere or "https://archive.test/api/v1/objects/parts/")
    (other,) = client.post(path, json=body, headers={"Host": "192.168.1.5:8000"}).json()["parts"]
    assert other["url"].startswith(elsewhere or "/api/v1/objects/parts/")
    assert put(client, other, data).status_code == 200


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


def test_parts_of_a_bucket_never_come_to_us(tmp_path: Path) -> None:
    """Where parts are sent to S3, the address for them at our own API is nobody's, whatever it says."""
    with an_archive(tmp_path / "archive", objects=a_bucket()) as archive:
        query = f"offset=0&size=1&sha256={sha256(b'a')}&expires=9999999999&signature={'0' * 64}"
        for role in ("stranger", "admin"):
            answer = archive.client(role).put(f"/api/v1/objects/parts/{'0' * 32}/1?{query}", content=b"a")
            assert answer.status_code == 404
