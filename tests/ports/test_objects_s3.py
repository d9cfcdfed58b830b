"""A bucket of a real S3 server as an object store: the contract, and how uploads in parts behave there."""

from __future__ import annotations

import datetime as dt
import io
import time
import uuid
from typing import TYPE_CHECKING

import httpx
import pytest

from app.adapters.objects_s3 import S3ObjectStore, bucket
from app.adapters.objects_s3.store import PUT_PART_BYTES
from app.kernel.ids import new_id
from app.ports.object_store import AddressExpiredError, ObjectStore, WrongDigestError
from tests.factories.bucket import a_bucket, deliver, put, store_of
from tests.ports.object_store_contract import PART, Deliver, ObjectStoreContract, a_key, noise, sha256, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ports.object_store import Part


@pytest.fixture(scope="module")
def shared() -> S3ObjectStore:
    """One bucket for this file."""
    return store_of(a_bucket())


class TestS3ObjectStore(ObjectStoreContract):
    """The contract on a bucket."""

    @pytest.fixture
    def store(self, shared: S3ObjectStore) -> Iterator[ObjectStore]:
        """The store under test."""
        yield shared  # noqa: PT022  as in the contract

    @pytest.fixture
    def deliver(self, store: ObjectStore) -> Deliver:
        """Bytes go from the sender straight to the store."""
        del store
        return deliver


def send(store: S3ObjectStore, ref: str, number: int, data: bytes) -> Part:
    """One part through its address."""
    return deliver(store.part_url(ref, number, len(data), sha256(data), 60), data)


def an_upload(store: S3ObjectStore, data: bytes) -> str:
    """An upload with all its parts, joined."""
    ref = store.start(len(data), PART, "audio/wav")
    store.finish(ref, [store.send_part(ref, n, part, sha256(part)) for n, part in enumerate(split(data), 1)])
    return ref


def test_a_part_is_known_by_what_was_sent_last(shared: S3ObjectStore) -> None:
    """Promised is not sent, sent anew is the new one, and back again is the first; another process sees the same."""
    one, two = noise(PART, seed=1), noise(PART, seed=2)
    ref = shared.start(2 * PART, PART, "audio/wav")

    def listed() -> list[tuple[int, str]]:
        return [(part.number, part.sha256) for part in shared.parts(ref)]

    first = shared.part_url(ref, 1, PART, sha256(one), 60)
    assert listed() == []
    deliver(first, one)
    assert listed() == [(1, sha256(one))]
    second = shared.part_url(ref, 1, PART, sha256(two), 60)
    assert listed() == [(1, sha256(one))]
    deliver(second, two)
    assert listed() == [(1, sha256(two))]
    send(shared, ref, 1, one)
    assert listed() == [(1, sha256(one))]
    send(shared, ref, 2, two)
    assert listed() == [(1, sha256(one)), (2, sha256(two))]
    shared.finish(ref, shared.parts(ref))
    with shared.read(ref) as file:
        assert file.read() == one + two
    shared.abort(ref)


def test_an_older_address_never_makes_other_bytes_the_master(shared: S3ObjectStore) -> None:
    """A part replaced behind the listing's back is found by the store when it joins, and nothing is joined."""
    old, new = noise(PART, seed=1), noise(PART, seed=2)
    ref = shared.start(PART, PART, "audio/wav")
    late = shared.part_url(ref, 1, PART, sha256(old), 60)
    shared.part_url(ref, 1, PART, sha256(new), 60)
    deliver(late, old)
    told = [part for part in shared.parts(ref) if part.sha256 == sha256(new)]
    with pytest.raises(WrongDigestError) as caught:
        shared.finish(ref, told)
    assert caught.value.numbers == (1,)
    shared.abort(ref)


def test_an_address_ends_by_the_clock(shared: S3ObjectStore) -> None:
    """An address of one second is refused after it by 403, which a page answers with a fresh one."""
    data = noise(PART)
    ref = shared.start(PART, PART, "audio/wav")
    address = shared.part_url(ref, 1, PART, sha256(data), 1)
    time.sleep(2.1)
    assert put(address, data).status_code == 403
    with pytest.raises(AddressExpiredError):
        deliver(address, data)
    shared.abort(ref)


def test_the_signature_covers_length_and_digest(shared: S3ObjectStore) -> None:
    """Neither another digest nor another length nor another part is let in by an address."""
    data, other = noise(PART), noise(PART, seed=2)
    ref = shared.start(2 * PART, PART, "audio/wav")
    address = shared.part_url(ref, 1, PART, sha256(data), 60)
    forged = shared.part_url(ref, 1, PART, sha256(other), 60).headers
    assert httpx.put(address.url, content=other, headers=dict(forged)).status_code == 403
    assert httpx.put(address.url, content=data[:-1], headers=dict(address.headers)).status_code == 403
    assert httpx.put(address.url, content=data).status_code == 403
    moved = address.url.replace("partNumber=1", "partNumber=2")
    assert httpx.put(moved, content=data, headers=dict(address.headers)).status_code == 403
    assert list(shared.parts(ref)) == []
    shared.abort(ref)


def test_large_objects_are_copied_in_parts() -> None:
    """Above the limit of one copy the master is put together inside the bucket, whole, proven, and only once."""
    store = store_of(a_bucket(largest_copy_bytes=PART))
    data, key = noise(3 * PART + 77), a_key()
    ref = an_upload(store, data)
    for _ in range(2):
        assert store.settle(ref, key, sha256(data)).size_bytes == len(data)
    store.abort(ref)
    with store.open(key) as file:
        assert file.read() == data
    with store.open(key, PART - 5, PART + 5) as file:
        assert file.read() == data[PART - 5 : PART + 5]


@pytest.mark.parametrize("largest_copy_bytes", [PART, 8 * PART])
def test_a_copy_that_is_not_what_was_vouched_for_is_removed(largest_copy_bytes: int) -> None:
    """The final key is compared with the digest of the read-back; what differs does not stay under it."""
    store = store_of(a_bucket(largest_copy_bytes=largest_copy_bytes))
    data, key = noise(2 * PART), a_key()
    ref = an_upload(store, data)
    with pytest.raises(OSError, match="not the same as its source"):
        store.settle(ref, key, sha256(b"something else"))
    assert store.stat(key) is None
    store.settle(ref, key, sha256(data))


def test_large_files_are_put_in_parts(shared: S3ObjectStore) -> None:
    """A long working sound is sent in checked parts; a wrong one leaves neither an object nor parts."""
    data = noise(PUT_PART_BYTES * 2 + 5)
    key = f"copies/{new_id()}/working"
    with pytest.raises(WrongDigestError):
        shared.put(key, io.BytesIO(data), sha256(b"other"), "audio/L16")
    assert shared.stat(key) is None
    for _ in range(2):
        assert shared.put(key, io.BytesIO(data), sha256(data), "audio/L16").size_bytes == len(data)
    with shared.open(key) as file:
        assert sha256(file.read()) == sha256(data)
    open_ones = [u["Key"] for page in shared._calls.pages("list_multipart_uploads") for u in page.get("Uploads", [])]
    assert key not in open_ones


def test_nothing_is_left_of_an_ended_upload() -> None:
    """After abort the bucket holds the masters alone: no parts, no promises, no joined copy."""
    store = store_of(a_bucket())
    data, key = noise(PART + 9), a_key()
    ref = an_upload(store, data)
    store.settle(ref, key, sha256(data))
    store.abort(ref)
    unsent = store.start(PART, PART, "audio/wav")
    store.part_url(unsent, 1, PART, sha256(data), 60)
    store.abort(unsent)
    pages = store._calls.pages("list_objects_v2")
    assert [found["Key"] for page in pages for found in page.get("Contents", [])] == [key]


def test_leavings_of_killed_processes_are_cleared(shared: S3ObjectStore) -> None:
    """Uploads of which no row knows go after a month, younger ones stay, and those that a row has."""
    ref, held, joined = (shared.start(PART, PART, "audio/wav") for _ in range(3))
    for one in (ref, held, joined):
        shared.part_url(one, 1, PART, sha256(noise(PART)), 60)
        send(shared, one, 1, noise(PART))
    shared.finish(joined, shared.parts(joined))
    bucket.clear_leavings(shared._calls, [])
    assert len(shared.parts(ref)) == 1
    now_old = dt.timedelta(seconds=-5)
    bucket.clear_leavings(shared._calls, [held, joined], older_than=now_old)
    assert len(shared.parts(held)) == 1
    with shared.read(joined) as file:
        assert file.read() == noise(PART)
    bucket.clear_leavings(shared._calls, [], older_than=now_old)
    with pytest.raises(Exception, match="NoSuchUpload"):
        shared.parts(ref)


def test_probes_of_killed_processes_are_cleared() -> None:
    """What a look at the bucket left goes after a month from each place, and nothing else of it: no master, no copy."""
    calls = store_of(a_bucket())._calls
    probes = {bucket.a_probe(prefix) for prefix in bucket.PREFIXES}
    recording, name = new_id(), uuid.uuid4().hex
    others = {f"masters/{recording}/{sha256(b'')}", f"copies/{recording}/working", f"copies/{recording}/probe/{name}"}
    others |= {f"copies/probe/{name}.wav", f"masters/probe/{name}/{name}", f"copies/probes/{name}", f"masters/{name}"}
    for key in probes | others:
        calls.ask("put_object", Key=key, Body=b"probe")

    def held() -> set[str]:
        return {found["Key"] for page in calls.pages("list_objects_v2") for found in page.get("Contents", [])}

    bucket.clear_leavings(calls, [])
    assert held() == probes | others
    bucket.clear_leavings(calls, [], older_than=dt.timedelta(seconds=-5))
    assert held() == others
