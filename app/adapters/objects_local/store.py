"""The local object store itself: objects in a folder, uploads in ``tmp`` below it, addresses of our own API."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import threading
import time
import uuid
from typing import TYPE_CHECKING, BinaryIO, Final

from app.adapters.objects_local.addresses import Signer
from app.adapters.objects_local.disk import (
    CHUNK_BYTES,
    make_folders,
    open_slice,
    publish,
    sync_file,
    sync_folder,
    telling_when_full,
)
from app.adapters.objects_local.incoming import Incoming, PartWriter, Plan
from app.ports.object_store import (
    ObjectMissingError,
    Part,
    PartAddress,
    SignedPart,
    Stat,
    StoreFullError,
    WrongDigestError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
    from pathlib import Path

_KEY: Final = re.compile(r"[a-z][a-z0-9_-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_REF: Final = re.compile(r"[0-9a-f]{32}")
STALLED_S: Final = 120.0
_STALE_S: Final = 24 * 3600
_ORPHAN_S: Final = 30 * 24 * 3600
"""Longer than any process needs from here to the row of what it began."""


class LocalObjectStore:
    """Objects as read-only files; see ``app.ports.object_store.ObjectStore`` for what each method promises."""

    name = "local folder"
    browser_origin: str | None = None

    def __init__(self, folder: Path, *, address: str, key: bytes, spare_bytes: int) -> None:
        """``address`` is the archive's own, ``key`` signs part addresses, ``spare_bytes`` stay free on the disk."""
        self._root = folder
        self._tmp = folder / "tmp"
        self._signer = Signer(address, key)
        self._spare = spare_bytes
        self._writers: dict[tuple[str, int], PartWriter] = {}
        self._writers_lock = threading.Lock()

    # Uploads in parts

    def start(self, size_bytes: int, part_size_bytes: int, content_type: str) -> str:
        """Begin an upload: nothing is written yet, but room for all of it is counted as taken."""
        del content_type  # the database keeps it
        self._prepare()
        promised = sum(self._promised())
        if self._free() < size_bytes + promised + self._spare:
            message = f"{size_bytes} bytes do not fit"
            raise StoreFullError(message)
        ref = uuid.uuid4().hex
        Incoming.create(self._tmp / ref, Plan(size_bytes, part_size_bytes))
        return ref

    def part_url(self, ref: str, number: int, size_bytes: int, sha256: str, expires_s: int) -> PartAddress:
        """An address of our own API, signed over method, path, expiry, size, offset and digest."""
        offset = self._incoming(ref).plan.offset_of(number)
        expires = int(time.time()) + expires_s
        return self._signer.address(SignedPart(ref, number, offset, size_bytes, sha256, expires))

    def check_address(self, part: SignedPart, signature: str) -> None:
        """Refuse an address that we did not sign, or whose time is over."""
        self._signer.check(part, signature)

    def parts(self, ref: str) -> Sequence[Part]:
        """The parts whose digest matched."""
        return self._incoming(ref).parts()

    def send_part(self, ref: str, number: int, data: bytes, sha256: str) -> Part:
        """Store one part from this process."""
        writer = self._begin_part(ref, number, len(data), sha256)
        try:
            for start in range(0, len(data), CHUNK_BYTES):
                writer.write(data[start : start + CHUNK_BYTES])
            return writer.settle()
        finally:
            self._end_part(ref, number, writer)

    async def receive(self, ref: str, number: int, size_bytes: int, sha256: str, body: AsyncIterator[bytes]) -> Part:
        """Take one part from the network: the loop only gathers chunks, a thread hashes and writes them."""
        writer = await asyncio.to_thread(self._begin_part, ref, number, size_bytes, sha256)
        writing: asyncio.Task[None] | None = None
        try:
            async for block in _blocks(body):
                if writing is not None:
                    await writing
                # The next block is gathered while this one is written.
                writing = asyncio.create_task(asyncio.to_thread(writer.write, block))
            if writing is not None:
                await writing
            return await asyncio.to_thread(writer.settle)
        finally:
            if writing is not None:
                await asyncio.gather(writing, return_exceptions=True)
            await asyncio.to_thread(self._end_part, ref, number, writer)

    def finish(self, ref: str, parts: Sequence[Part]) -> None:
        """Take no more parts; the parts already lie at their places."""
        self._incoming(ref).finish(parts)

    def reopen(self, ref: str, bad: Sequence[int]) -> bool:
        """Take parts again: only the bad ones must come."""
        self._incoming(ref).reopen(bad)
        return True

    def read(self, ref: str) -> BinaryIO:
        """The joined file; its pages are dropped from memory first, so that the disk itself answers."""
        file = self._incoming(ref).data.open("rb")
        with contextlib.suppress(AttributeError, OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file

    def settle(self, ref: str, key: str, sha256: str) -> Stat:
        """A second, read-only name for the same bytes, or a copy where links fail."""
        incoming = self._incoming(ref)
        if not incoming.is_finished:
            message = "the upload is not joined yet"
            raise ObjectMissingError(message)
        publish(incoming.data, self._path(key), self._root, sha256)
        return Stat(key, incoming.plan.size_bytes)

    def abort(self, ref: str) -> None:
        """Remove the upload's folder."""
        with contextlib.suppress(ObjectMissingError, FileNotFoundError):
            self._incoming(ref).remove()

    def clear_leavings(self, held: Callable[[], Collection[str]]) -> None:
        """Folders of uploads; the folder is small, so that it is looked at each time."""
        old = []
        for ref in self._refs():
            with contextlib.suppress(FileNotFoundError):
                incoming = Incoming(self._tmp / ref)
                if incoming.touched_at() < time.time() - _ORPHAN_S:
                    old.append(incoming)
        if old:
            kept = held()
            for incoming in old:
                if incoming.folder.name not in kept:
                    with contextlib.suppress(FileNotFoundError):
                        incoming.remove()

    # Objects

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """A stream of the bytes; the whole object is a plain file with a descriptor."""
        try:
            return open_slice(self._path(key), start, end)
        except FileNotFoundError as error:
            raise ObjectMissingError(key) from error

    def put(self, key: str, file: BinaryIO, sha256: str, content_type: str) -> Stat:
        """Copy, check, sync, and only then give the name."""
        del content_type  # the database keeps it
        final = self._path(key)
        self._prepare()
        fresh = self._tmp / f"put-{uuid.uuid4().hex}"
        digest, size = hashlib.sha256(), 0
        try:
            with telling_when_full(), fresh.open("xb") as copy:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
                    size += copy.write(chunk)
            if digest.hexdigest() != sha256 or not size:
                message = "the file is empty or not the one that was announced"
                raise WrongDigestError(message)
            sync_file(fresh)
            publish(fresh, final, self._root, sha256)
        finally:
            fresh.unlink(missing_ok=True)
        return Stat(key, size)

    def get_url(self, key: str, expires_s: int, filename: str, disposition: str, content_type: str) -> str | None:
        """None: our API streams."""
        del key, expires_s, filename, disposition, content_type
        return None

    def stat(self, key: str) -> Stat | None:
        """The size of the file, None when there is none."""
        try:
            size = self._path(key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stat(key, size) if size else None  # an empty one is a reserved name, see ``publish``

    def delete(self, key: str) -> None:
        """Remove the file and the folders that it leaves empty."""
        path = self._path(key)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)
        for folder in path.relative_to(self._root).parents[:-2]:
            try:
                (self._root / folder).rmdir()
            except OSError:
                return

    # For doctor

    def free_bytes(self) -> int | None:
        """Room on the disk, without what always stays free."""
        self._prepare()
        return max(0, self._free() - self._spare)

    def check(self) -> None:
        """Write, sync and remove a small file; raises ``OSError`` with a sentence."""
        probe = self._tmp / f"put-{uuid.uuid4().hex}"
        try:
            self._prepare()
            probe.write_bytes(b"probe")
            sync_file(probe)
            probe.unlink()
        except (OSError, StoreFullError) as error:
            message = f"The folder of the recordings ({self._root}) cannot be written: {error}."
            raise OSError(message) from error

    def remarks(self) -> Sequence[str]:
        """Whether a stored upload is a second name for the same bytes, or must be copied."""
        self._prepare()
        probe, name = self._tmp / f"put-{uuid.uuid4().hex}", self._root / f".{uuid.uuid4().hex}"
        try:
            probe.write_bytes(b"probe")
            os.link(probe, name)
        except OSError:
            sentence = (
                f"The folder of the recordings ({self._root}) cannot give a file two names, so each upload is "
                "copied once more at its end and needs its size twice for that moment."
            )
            return (sentence,)
        finally:
            name.unlink(missing_ok=True)
            probe.unlink(missing_ok=True)
        return ()

    # Inside

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key) or key.startswith("tmp/"):
            message = f"not a key: {key!r}"
            raise ValueError(message)
        return self._root / key

    def _incoming(self, ref: str) -> Incoming:
        if not _REF.fullmatch(ref):
            message = "no such upload"
            raise ObjectMissingError(message)
        return Incoming(self._tmp / ref)

    def _begin_part(self, ref: str, number: int, size_bytes: int, sha256: str) -> PartWriter:
        incoming = self._incoming(ref)
        if not 1 <= number <= incoming.plan.part_count or size_bytes != incoming.plan.size_of(number):
            message = "no part of this upload has this number and size"
            raise WrongDigestError(message, [number])
        if self._free() < size_bytes + self._spare and not incoming.has(number, sha256):
            message = "the part does not fit"
            raise StoreFullError(message)
        with self._writers_lock:
            older = self._writers.get((ref, number))
            if older is not None:
                older.stop()  # a phone that changed its network sends the part again
            writer = PartWriter(incoming, number, size_bytes, sha256)
            self._writers[ref, number] = writer
        return writer

    def _end_part(self, ref: str, number: int, writer: PartWriter) -> None:
        writer.close()
        with self._writers_lock:
            if self._writers.get((ref, number)) is writer:
                del self._writers[ref, number]

    def _prepare(self) -> None:
        if not self._tmp.is_dir():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_folders(self._tmp, self._root)

    def _free(self) -> int:
        return shutil.disk_usage(self._tmp).free

    def _refs(self) -> list[str]:
        return [entry.name for entry in self._tmp.iterdir() if _REF.fullmatch(entry.name)] if self._tmp.is_dir() else []

    def _promised(self) -> Iterator[int]:
        """What open uploads may still write; half-written files of killed processes are cleared on the way."""
        for entry in self._tmp.iterdir():
            with contextlib.suppress(FileNotFoundError, ObjectMissingError):
                if not _REF.fullmatch(entry.name):
                    if entry.stat().st_mtime < time.time() - _STALE_S:
                        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                    continue
                yield Incoming(entry).promised_bytes()


async def _blocks(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in blocks of about ``CHUNK_BYTES``; raises ``WrongDigestError`` when it stops coming."""
    gathered: list[bytes] = []
    size = 0
    while True:
        try:
            async with asyncio.timeout(STALLED_S):
                chunk = await anext(body, None)
        except TimeoutError as error:
            message = "the part stopped coming"
            raise WrongDigestError(message) from error
        if chunk is None:
            break
        gathered.append(chunk)
        size += len(chunk)
        if size >= CHUNK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)
