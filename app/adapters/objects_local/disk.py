"""What the local store asks of the file system: durable names, written once, and an honest "no room"."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from app.ports.object_store import ObjectExistsError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

CHUNK_BYTES: Final = 1024 * 1024
READ_ONLY: Final = 0o444
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS: Final = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})
"""Another volume, exFAT, some network shares."""


@contextlib.contextmanager
def telling_when_full() -> Iterator[None]:
    """Turn the kernel's answers for "no room" into ``StoreFullError``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            message = "There is no room left on the disk."
            raise StoreFullError(message) from error
        raise


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of it; raises ``StoreFullError``."""
    left = memoryview(data)
    with telling_when_full():
        while left:
            written = os.pwrite(descriptor, left, offset)
            left, offset = left[written:], offset + written


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with telling_when_full():  # some file systems find out only here
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(path: Path, root: Path) -> None:
    """Make a folder and those above it up to the root, each durably named."""
    if path.is_dir() or path == root:
        return
    make_folders(path.parent, root)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(source: Path, final: Path, root: Path, sha256: str) -> None:
    """Give a complete, synced file its final name, durably and only if the name is free.

    A taken name with the same content is taken as done. Raises ``ObjectExistsError``,
    ``StoreFullError`` (where links fail, a copy is made).
    """
    make_folders(final.parent, root)
    source.chmod(READ_ONLY)
    try:
        os.link(source, final)
    except FileExistsError:
        if _is_unfinished(final):
            _copy(source, final)
        elif not (final.samefile(source) or sha256_of(final) == sha256):
            message = f"{final.name} is taken by other content"
            raise ObjectExistsError(message) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy_if_free(source, final, sha256)
    sync_folder(final.parent)


def _is_unfinished(final: Path) -> bool:
    """No object is empty: an empty file is a name that was reserved by a copy which then was killed."""
    return final.stat().st_size == 0


def _copy_if_free(source: Path, final: Path, sha256: str) -> None:
    try:
        os.close(os.open(final, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not _is_unfinished(final):
            if sha256_of(final) != sha256:
                message = f"{final.name} is taken by other content"
                raise ObjectExistsError(message) from None
            return
    try:
        _copy(source, final)
    except StoreFullError:
        with contextlib.suppress(FileNotFoundError):
            if _is_unfinished(final):
                final.unlink()
        raise


def _copy(source: Path, final: Path) -> None:
    """Fill a reserved name: the whole copy takes its place at once."""
    copy = final.with_name(f".{uuid.uuid4().hex}")
    try:
        with telling_when_full():
            shutil.copyfile(source, copy)
            sync_file(copy)
        copy.chmod(READ_ONLY)
        copy.rename(final)
    finally:
        copy.unlink(missing_ok=True)


class _Slice(io.RawIOBase):
    """Bytes ``start`` to ``end`` of an open file, as a stream of its own."""

    def __init__(self, file: io.FileIO, start: int, end: int) -> None:
        self._file = file
        self._at = start
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), self._end - self._at)
        if wanted <= 0:
            return 0
        read = os.preadv(self._file.fileno(), [view[:wanted]], self._at)
        self._at += read
        return read

    def close(self) -> None:
        self._file.close()
        super().close()


def open_slice(path: Path, start: int, end: int | None) -> BinaryIO:
    """The bytes of a file from ``start`` to ``end`` (exclusive, None = its end)."""
    if start == 0 and end is None:
        return path.open("rb")
    file = io.FileIO(path, "rb")
    size = os.fstat(file.fileno()).st_size
    return cast("BinaryIO", _Slice(file, start, size if end is None else min(end, size)))
