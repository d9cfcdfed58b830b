"""What every object store must do, run on each adapter by a test class that names its store."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from app.kernel.ids import new_id
from app.ports.object_store import (
    AddressExpiredError,
    ObjectExistsError,
    ObjectMissingError,
    ObjectStore,
    Part,
    PartAddress,
    WrongDigestError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PART = 5 * 1024 * 1024
"""The smallest part that S3 takes."""
Deliver = Callable[[PartAddress, bytes], Part]
"""Sends bytes to an address as a browser would; raises what the store answers."""


def sha256(data: bytes) -> str:
    """SHA-256, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that no store can guess or compress, the same for the same seed."""
    return random.Random(seed).randbytes(size)


def a_key() -> str:
    """A key that no other test uses."""
    return f"masters/{new_id()}/{sha256(new_id().encode())}"


def split(data: bytes) -> list[bytes]:
    """The parts of an upload."""
    return [data[start : start + PART] for start in range(0, len(data), PART)]


class ObjectStoreContract:
    """Subclass it, give the fixtures ``store`` and ``deliver``, and every promise is checked."""

    @pytest.fixture
    def store(self) -> Iterator[ObjectStore]:
        """The store under test."""
        raise NotImplementedError

    @pytest.fixture
    def deliver(self, store: ObjectStore) -> Deliver:
        """How bytes reach an address of this store."""
        raise NotImplementedError

    def upload(self, store: ObjectStore, deliver: Deliver, data: bytes) -> tuple[str, list[Part]]:
        """An upload with all its parts sent."""
        ref = store.start(len(data), PART, "audio/wav")
        parts = [self.send(store, deliver, ref, n, part) for n, part in enumerate(split(data), 1)]
        return ref, parts

    def send(self, store: ObjectStore, deliver: Deliver, ref: str, number: int, data: bytes) -> Part:
        """One part through its address."""
        return deliver(store.part_url(ref, number, len(data), sha256(data), 60), data)

    def test_parts_become_one_object(self, store: ObjectStore, deliver: Deliver) -> None:
        """What was sent in parts is read back, settled and read again byte for byte."""
        data = noise(2 * PART + 12_345)
        key = a_key()
        ref, parts = self.upload(store, deliver, data)
        store.finish(ref, parts)
        with store.read(ref) as file:
            assert file.read() == data
        assert store.settle(ref, key, sha256(data)).size_bytes == len(data)
        store.abort(ref)
        with store.open(key) as file:
            assert file.read() == data
        stat = store.stat(key)
        assert stat is not None
        assert stat.size_bytes == len(data)

    def test_parts_arrive_in_any_order_and_are_listed(self, store: ObjectStore, deliver: Deliver) -> None:
        """Parts sent last first are listed by number, with the digests that were checked."""
        data = noise(2 * PART + 1)
        ref = store.start(len(data), PART, "audio/wav")
        assert list(store.parts(ref)) == []
        for number, part in reversed(list(enumerate(split(data), 1))):
            self.send(store, deliver, ref, number, part)
        listed = store.parts(ref)
        assert [part.number for part in listed] == [1, 2, 3]
        assert [part.size_bytes for part in listed] == [PART, PART, 1]
        assert [part.sha256 for part in listed] == [sha256(part) for part in split(data)]
        store.abort(ref)

    def test_wrong_bytes_do_not_count(self, store: ObjectStore, deliver: Deliver) -> None:
        """Bytes of another digest than the announced one are refused and the part stays missing."""
        ref = store.start(PART, PART, "audio/wav")
        address = store.part_url(ref, 1, PART, sha256(noise(PART)), 60)
        with pytest.raises(WrongDigestError):
            deliver(address, noise(PART, seed=2))
        assert list(store.parts(ref)) == []
        store.abort(ref)

    def test_a_changed_address_is_refused(self, store: ObjectStore, deliver: Deliver) -> None:
        """An address whose signature does not fit takes nothing."""
        data = noise(PART)
        ref = store.start(PART, PART, "audio/wav")
        address = store.part_url(ref, 1, PART, sha256(data), 60)
        last = "0" if address.url[-1] != "0" else "1"
        with pytest.raises(AddressExpiredError):
            deliver(dataclasses.replace(address, url=address.url[:-1] + last), data)
        assert list(store.parts(ref)) == []
        store.abort(ref)

    def test_an_old_address_is_refused_and_a_fresh_one_works(self, store: ObjectStore, deliver: Deliver) -> None:
        """After its time an address takes nothing; asking again costs nothing."""
        data = noise(PART)
        ref = store.start(PART, PART, "audio/wav")
        with pytest.raises(AddressExpiredError):
            deliver(store.part_url(ref, 1, PART, sha256(data), -5), data)
        self.send(store, deliver, ref, 1, data)
        assert [part.number for part in store.parts(ref)] == [1]
        store.abort(ref)

    def test_a_part_is_replaced_by_a_later_one(self, store: ObjectStore, deliver: Deliver) -> None:
        """A part sent again with other content (a phone encoded the film anew) takes its place."""
        ref = store.start(PART, PART, "audio/wav")
        self.send(store, deliver, ref, 1, noise(PART, seed=1))
        part = self.send(store, deliver, ref, 1, noise(PART, seed=2))
        store.finish(ref, [part])
        with store.read(ref) as file:
            assert file.read() == noise(PART, seed=2)
        store.abort(ref)

    def test_the_same_part_again_is_the_same(self, store: ObjectStore, deliver: Deliver) -> None:
        """Sending a part twice changes nothing."""
        data = noise(PART + 7)
        ref, parts = self.upload(store, deliver, data)
        again = self.send(store, deliver, ref, 2, split(data)[1])
        assert again.sha256 == parts[1].sha256
        store.finish(ref, [parts[0], again])
        with store.read(ref) as file:
            assert file.read() == data
        store.abort(ref)

    def test_a_missing_part_keeps_the_upload_open(self, store: ObjectStore, deliver: Deliver) -> None:
        """Joining without a part names its number; the part can still be sent and the rest is kept."""
        data = noise(2 * PART + 3)
        first, second, third = split(data)
        ref = store.start(len(data), PART, "audio/wav")
        sent = [self.send(store, deliver, ref, 1, first), self.send(store, deliver, ref, 3, third)]
        with pytest.raises(WrongDigestError) as caught:
            store.finish(ref, sent)
        assert caught.value.numbers == (2,)
        part = self.send(store, deliver, ref, 2, second)
        store.finish(ref, [sent[0], part, sent[1]])
        with store.read(ref) as file:
            assert file.read() == data
        store.abort(ref)

    def test_a_part_named_wrongly_is_not_joined(self, store: ObjectStore, deliver: Deliver) -> None:
        """Joining with another digest than the part's is refused and names the part."""
        ref, parts = self.upload(store, deliver, noise(PART + 1))
        wrong = dataclasses.replace(parts[1], sha256=sha256(b"something else"))
        with pytest.raises(WrongDigestError) as caught:
            store.finish(ref, [parts[0], wrong])
        assert caught.value.numbers == (2,)
        store.finish(ref, parts)
        store.abort(ref)

    def test_joining_and_settling_again_is_the_same(self, store: ObjectStore, deliver: Deliver) -> None:
        """A job that was killed after its deed does it again without harm."""
        data, key = noise(PART + 9), a_key()
        ref, parts = self.upload(store, deliver, data)
        for _ in range(2):
            store.finish(ref, parts)
            with store.read(ref) as file:
                assert sha256(file.read()) == sha256(data)
            store.settle(ref, key, sha256(data))
        store.abort(ref)
        store.abort(ref)
        with store.open(key) as file:
            assert file.read() == data

    def test_a_settled_key_is_never_overwritten(self, store: ObjectStore, deliver: Deliver) -> None:
        """Other content under a taken key is refused and the first stays."""
        key, first, second = a_key(), noise(PART, seed=1), noise(PART, seed=2)
        ref, parts = self.upload(store, deliver, first)
        store.finish(ref, parts)
        store.settle(ref, key, sha256(first))
        other, parts = self.upload(store, deliver, second)
        store.finish(other, parts)
        with pytest.raises(ObjectExistsError):
            store.settle(other, key, sha256(second))
        with pytest.raises(ObjectExistsError):
            store.put(key, io.BytesIO(second), sha256(second), "audio/wav")
        with store.open(key) as file:
            assert file.read() == first
        store.abort(other)

    def test_nothing_changes_after_joining(self, store: ObjectStore, deliver: Deliver) -> None:
        """An address that is still good cannot change bytes that were joined and read back."""
        data, key = noise(PART), a_key()
        ref, parts = self.upload(store, deliver, data)
        swapped = noise(PART, seed=2)
        address = store.part_url(ref, 1, PART, sha256(swapped), 60)
        store.finish(ref, parts)
        store.settle(ref, key, sha256(data))
        with pytest.raises(ObjectMissingError):
            deliver(address, swapped)
        with store.open(key) as file:
            assert file.read() == data

    def test_an_aborted_upload_is_gone(self, store: ObjectStore, deliver: Deliver) -> None:
        """After abort neither its parts nor its addresses exist; abort again does nothing."""
        data = noise(PART)
        ref = store.start(PART, PART, "audio/wav")
        address = store.part_url(ref, 1, PART, sha256(data), 60)
        store.abort(ref)
        store.abort(ref)
        with pytest.raises(ObjectMissingError):
            store.parts(ref)
        with pytest.raises(ObjectMissingError):
            deliver(address, data)

    def test_parts_can_be_sent_without_an_address(self, store: ObjectStore) -> None:
        """A process of ours stores parts directly, under the same checks."""
        data, key = noise(PART + 100), a_key()
        ref = store.start(len(data), PART, "audio/wav")
        parts = [store.send_part(ref, n, part, sha256(part)) for n, part in enumerate(split(data), 1)]
        with pytest.raises(WrongDigestError):
            store.send_part(ref, 1, noise(PART, seed=3), sha256(split(data)[0]))
        assert [p.sha256 for p in store.parts(ref)] == [p.sha256 for p in parts]
        store.finish(ref, parts)
        store.settle(ref, key, sha256(data))
        with store.open(key) as file:
            assert file.read() == data

    @pytest.mark.parametrize(
        ("start", "end"), [(0, 1), (0, 100_000), (99_999, 100_000), (5, 70_000), (0, None), (70_000, None), (9, 9)]
    )
    def test_ranges(self, store: ObjectStore, start: int, end: int | None) -> None:
        """A range gives exactly its bytes, the end exclusive."""
        data, key = noise(100_000), f"copies/{new_id()}/copy"
        store.put(key, io.BytesIO(data), sha256(data), "audio/mp4")
        with store.open(key, start, end) as file:
            assert b"".join(iter(lambda: file.read(8_192), b"")) == data[start:end]

    def test_put_checks_the_digest(self, store: ObjectStore) -> None:
        """A whole file under a wrong digest is refused and leaves nothing."""
        key = f"copies/{new_id()}/copy"
        with pytest.raises(WrongDigestError):
            store.put(key, io.BytesIO(b"one"), sha256(b"two"), "audio/mp4")
        assert store.stat(key) is None

    def test_put_again_is_the_same(self, store: ObjectStore) -> None:
        """Storing the same file twice is one object."""
        key, data = f"copies/{new_id()}/copy", noise(10_000)
        for _ in range(2):
            assert store.put(key, io.BytesIO(data), sha256(data), "audio/mp4").size_bytes == len(data)
        with store.open(key) as file:
            assert file.read() == data

    def test_delete(self, store: ObjectStore) -> None:
        """A removed object is gone, its neighbour is not; removing again does nothing."""
        folder, data = f"copies/{new_id()}", noise(1_000)
        for name in ("one", "two"):
            store.put(f"{folder}/{name}", io.BytesIO(data), sha256(data), "audio/mp4")
        store.delete(f"{folder}/one")
        store.delete(f"{folder}/one")
        assert store.stat(f"{folder}/one") is None
        with pytest.raises(ObjectMissingError):
            store.open(f"{folder}/one")
        with store.open(f"{folder}/two") as file:
            assert file.read() == data
        store.delete(f"{folder}/two")

    def test_missing_objects(self, store: ObjectStore) -> None:
        """A key that nobody wrote has no size and cannot be opened, in whole or in part."""
        key = a_key()
        assert store.stat(key) is None
        with pytest.raises(ObjectMissingError):
            store.open(key)
        with pytest.raises(ObjectMissingError):
            store.open(key, 5, 10)

    @pytest.mark.parametrize(
        "key", ["../secret", "masters/../../secret", "/etc/passwd", "tmp/x", "masters", "a/.b", "a/é"]
    )
    def test_keys_stay_inside(self, store: ObjectStore, key: str) -> None:
        """A key that leads elsewhere is refused before anything is touched."""
        for call in (store.stat, store.open, store.delete):
            with pytest.raises(ValueError, match="not a key"):
                call(key)

    @pytest.mark.parametrize("ref", ["", "..", "../objects", "0" * 32, "x" * 40])
    def test_unknown_refs(self, store: ObjectStore, ref: str) -> None:
        """A ref that was never given is no upload, whatever it looks like."""
        calls: Sequence[Callable[[], object]] = (
            lambda: store.parts(ref),
            lambda: store.finish(ref, []),
            lambda: store.read(ref),
            lambda: store.send_part(ref, 1, b"x", sha256(b"x")),
        )
        for call in calls:
            with pytest.raises(ObjectMissingError):
                call()
        store.abort(ref)

    def test_check_and_room(self, store: ObjectStore) -> None:
        """A working store passes its own check and names itself; its room is a number or unknown."""
        store.check()
        assert store.name
        room = store.free_bytes()
        assert room is None or room > 0
