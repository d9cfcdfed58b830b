"""Stores in a folder, and uploads into them without a web server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.adapters.objects_local import LocalObjectStore
from app.ports.object_store import Part, PartAddress, SignedPart
from tests.ports.object_store_contract import PART, sha256, split

KEY = b"a key of this test"


def a_store(folder: Path, spare_bytes: int = 0) -> LocalObjectStore:
    """A store in the folder."""
    return LocalObjectStore(folder, address="https://archive.test", key=KEY, spare_bytes=spare_bytes)


async def chunks(data: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """A body as a server hands it over."""
    for start in range(0, len(data), size):
        await asyncio.sleep(0)
        yield data[start : start + size]


def deliver_to(store: LocalObjectStore, address: PartAddress, data: bytes) -> Part:
    """What our API's part address does."""
    parts = urlsplit(address.url)
    ref, number = parts.path.split("/")[-2:]
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    size, digest = int(query["size"]), query["sha256"]
    part = SignedPart(ref, int(number), int(query["offset"]), size, digest, int(query["expires"]))
    store.check_address(part, query["signature"])
    return asyncio.run(store.receive(ref, int(number), size, digest, chunks(data)))


def files_below(folder: Path) -> list[Path]:
    """All files, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def a_finished_upload(store: LocalObjectStore, data: bytes) -> str:
    """An upload that was joined."""
    ref = store.start(len(data), PART, "audio/wav")
    parts = [store.send_part(ref, n, part, sha256(part)) for n, part in enumerate(split(data), 1)]
    store.finish(ref, parts)
    return ref
