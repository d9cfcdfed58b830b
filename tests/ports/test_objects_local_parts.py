"""The parts of an upload into a local folder: addresses, lengths, senders, the journal."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.ports.object_store import AddressExpiredError, Part, SignedPart, WrongDigestError
from tests.ports.local_objects import a_finished_upload, a_store, chunks
from tests.ports.object_store_contract import PART, noise, sha256, split


def test_an_unsent_address_of_another_part_takes_nothing(tmp_path: Path) -> None:
    """The signature covers the part's number, size, offset and digest: none can be exchanged."""
    store = a_store(tmp_path / "objects")
    data = noise(PART)
    ref = store.start(2 * PART, PART, "audio/wav")
    query = parse_qs(urlsplit(store.part_url(ref, 1, PART, sha256(data), 60).url).query)
    expires, signature = int(query["expires"][0]), query["signature"][0]
    part = SignedPart(ref, 1, 0, PART, sha256(data), expires)
    store.check_address(part, signature)
    changes: list[dict[str, object]] = [
        {"number": 2},
        {"offset": PART},
        {"size_bytes": PART - 1},
        {"sha256": sha256(b"other")},
        {"expires": expires + 1},
        {"ref": "0" * 32},
    ]
    for change in changes:
        with pytest.raises(AddressExpiredError, match="not our signature"):
            store.check_address(dataclasses.replace(part, **change), signature)  # type: ignore[arg-type]
    with pytest.raises(AddressExpiredError, match="not our signature"):
        store.check_address(part, "é")


@pytest.mark.parametrize("size", [PART - 1, PART + 1])
def test_a_part_of_another_length_does_not_count(tmp_path: Path, size: int) -> None:
    """A body that is cut or too long is refused, and bytes beyond the part's place are never written."""
    store = a_store(tmp_path / "objects")
    data = noise(2 * PART)
    ref = store.start(len(data), PART, "audio/wav")
    second = store.send_part(ref, 2, data[PART:], sha256(data[PART:]))
    with pytest.raises(WrongDigestError):
        asyncio.run(store.receive(ref, 1, PART, sha256(data[:PART]), chunks(data[:size])))
    assert list(store.parts(ref)) == [second]
    whole = (tmp_path / "objects" / "tmp" / ref / "data").read_bytes()
    assert hashlib.sha256(whole[PART:]).hexdigest() == second.sha256


def test_of_two_senders_of_one_part_the_later_wins(tmp_path: Path) -> None:
    """A phone that changed its network sends a part again while the old request still hangs."""
    store = a_store(tmp_path / "objects")
    old, new = noise(PART, seed=1), noise(PART, seed=2)
    ref = store.start(PART, PART, "audio/wav")

    async def hanging(gate: asyncio.Event) -> AsyncIterator[bytes]:
        yield old[: PART // 2]
        await gate.wait()
        yield old[PART // 2 :]

    async def both() -> Part:
        gate = asyncio.Event()
        first = asyncio.create_task(store.receive(ref, 1, PART, sha256(old), hanging(gate)))
        await asyncio.sleep(0.1)
        part = await store.receive(ref, 1, PART, sha256(new), chunks(new))
        gate.set()
        with pytest.raises(WrongDigestError):
            await first
        return part

    store.finish(ref, [asyncio.run(both())])
    with store.read(ref) as file:
        assert file.read() == new


def test_a_sender_that_leaves_keeps_nothing_open(tmp_path: Path) -> None:
    """A connection that breaks in a part leaves the part missing and no file open."""
    store = a_store(tmp_path / "objects")
    ref = store.start(PART, PART, "audio/wav")

    async def breaking() -> AsyncIterator[bytes]:
        yield noise(PART // 2)
        raise ConnectionResetError

    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir())) if descriptors.exists() else 0
    for _ in range(5):
        with pytest.raises(ConnectionResetError):
            asyncio.run(store.receive(ref, 1, PART, sha256(noise(PART)), breaking()))
    assert list(store.parts(ref)) == []
    if before:
        assert len(list(descriptors.iterdir())) <= before


def test_a_torn_journal_line_loses_one_part_only(tmp_path: Path) -> None:
    """After a power cut in the middle of a line the other parts still count and new ones can be noted."""
    store = a_store(tmp_path / "objects")
    first, second = split(noise(2 * PART))
    ref = store.start(2 * PART, PART, "audio/wav")
    kept = store.send_part(ref, 1, first, sha256(first))
    journal = tmp_path / "objects" / "tmp" / ref / "journal"
    with journal.open("ab") as file:
        file.write(b"\n[2, 524")
    assert list(store.parts(ref)) == [kept]
    again = store.send_part(ref, 2, second, sha256(second))
    assert list(store.parts(ref)) == [kept, again]


def test_damaged_parts_can_be_sent_again_after_joining(tmp_path: Path) -> None:
    """When reading back finds a damaged part only that part must come again."""
    store, data = a_store(tmp_path / "objects"), noise(3 * PART)
    ref = a_finished_upload(store, data)
    assert store.reopen(ref, [2])
    assert [part.number for part in store.parts(ref)] == [1, 3]
    part = store.send_part(ref, 2, split(data)[1], sha256(split(data)[1]))
    store.finish(ref, [*store.parts(ref)[:1], part, store.parts(ref)[-1]])
    with store.read(ref) as file:
        assert file.read() == data
