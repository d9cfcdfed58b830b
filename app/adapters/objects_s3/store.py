"""The S3 object store itself: masters and copies in a private bucket, uploads sent straight to it by browsers."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from app.adapters.objects_s3 import bucket, copies
from app.adapters.objects_s3.body import Body
from app.adapters.objects_s3.calls import Calls, EmptyRangeError
from app.adapters.objects_s3.incoming import Incoming, Ref, as_base64
from app.ports.object_store import (
    ObjectExistsError,
    ObjectMissingError,
    Part,
    PartAddress,
    Stat,
    StoreRestsError,
    WrongDigestError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from app.kernel.settings import S3Objects

MIB: Final = 1024 * 1024
_KEY: Final = re.compile(r"[a-z][a-z0-9_-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_OURS: Final = ("incoming/", "tmp/")
PUT_PART_BYTES: Final = 16 * MIB
"""Files that are larger are put in parts of this size, each checked by the store; the rest at once."""
DAY_S: Final = 24 * 3600


class S3ObjectStore:
    """Objects in a bucket; see ``app.ports.object_store.ObjectStore`` for what each method promises."""

    def __init__(self, settings: S3Objects, *, address: str) -> None:
        """``address`` is the archive's own, from whose pages browsers send."""
        self._settings = settings
        self._address = address
        self._calls = Calls(settings)
        self._tells: bool | None = None
        self._cleared_at: float | None = None
        self._lock = threading.Lock()
        self.name = bucket.product(settings)
        self.browser_origin: str | None = self._calls.origin()

    # Uploads in parts

    def start(self, size_bytes: int, part_size_bytes: int, content_type: str) -> str:
        """Begin a multipart upload; whether a bucket has room is known when a part does not fit."""
        return str(Incoming.create(self._calls, size_bytes, part_size_bytes, content_type).ref)

    def part_url(self, ref: str, number: int, size_bytes: int, sha256: str, expires_s: int) -> PartAddress:
        """A presigned ``upload_part``, signed over length and digest too."""
        incoming = self._incoming(ref)
        if not self._tells_digests():
            incoming.promise(number, sha256)
        checksum = as_base64(sha256)
        url = self._calls.address(
            "upload_part",
            expires_s,
            Key=incoming.ref.key,
            UploadId=incoming.ref.upload_id,
            PartNumber=number,
            ContentLength=size_bytes,
            ChecksumSHA256=checksum,
        )
        expires_at = dt.datetime.fromtimestamp(int(time.time()) + expires_s, dt.UTC)
        return PartAddress(number, "PUT", url, {"x-amz-checksum-sha256": checksum}, expires_at)

    def parts(self, ref: str) -> Sequence[Part]:
        """The parts whose digest the store checked."""
        return self._incoming(ref).parts()

    def send_part(self, ref: str, number: int, data: bytes, sha256: str) -> Part:
        """Store one part from this process."""
        incoming = self._incoming(ref)
        if not 1 <= number <= incoming.ref.part_count or len(data) != incoming.ref.size_of(number):
            message = "no part of this upload has this number and size"
            raise WrongDigestError(message, [number])
        if not self._tells_digests():
            incoming.promise(number, sha256)
        return incoming.send(number, data, sha256)

    def finish(self, ref: str, parts: Sequence[Part]) -> None:
        """Complete the multipart upload under its own key in ``incoming``."""
        incoming = self._incoming(ref)
        try:
            incoming.join(parts)
        except ObjectMissingError:
            found = copies.head(self._calls, incoming.ref.key)
            if found is None or found["ContentLength"] != incoming.ref.size_bytes:
                raise

    def reopen(self, ref: str, bad: Sequence[int]) -> bool:
        """Before the joining the bad parts are forgotten; what S3 joined it does not take apart."""
        incoming = self._incoming(ref)
        try:
            held = {part.number for part in incoming.parts()}
            disputed = [number for number in bad if number in held]
            if disputed and not self._tells_digests():
                return False  # this server keeps every generation of a part
            for number in disputed:
                incoming.forget(number)
        except ObjectMissingError:
            return False
        return True

    def read(self, ref: str) -> BinaryIO:
        """The joined object, from the bucket."""
        return self._open(self._incoming(ref).ref.key, 0, None)

    def settle(self, ref: str, key: str, sha256: str) -> Stat:
        """A copy inside the bucket, proven by the store's digest of the whole or by reading it."""
        _check_key(key)
        source = self._incoming(ref).ref.key
        return Stat(key, copies.publish(self._calls, source, key, sha256, self._settings.largest_copy_bytes))

    def abort(self, ref: str) -> None:
        """Forget the multipart upload and what lies in ``incoming`` of it."""
        try:
            incoming = self._incoming(ref)
        except ObjectMissingError:
            return
        incoming.remove()

    def clear_leavings(self, held: Callable[[], Collection[str]]) -> None:
        """Multipart uploads and what lies in ``incoming``."""
        if self._is_time_to_clear():
            with suppress(StoreRestsError):
                bucket.clear_leavings(self._calls, held())

    # Objects

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """A stream of the bytes, by Range."""
        _check_key(key)
        if end is not None and end <= start:
            if self.stat(key) is None:
                raise ObjectMissingError(key)
            return io.BytesIO()
        return self._open(key, start, end)

    def put(self, key: str, file: BinaryIO, sha256: str, content_type: str) -> Stat:
        """Send with a digest for all or for each part, and give the name only if it is free."""
        _check_key(key)
        first = _read_full(file, PUT_PART_BYTES)
        try:
            if len(first) < PUT_PART_BYTES:
                size = self._put_at_once(key, first, sha256, content_type)
            else:
                size = self._put_in_parts(key, first, file, sha256, content_type)
        except ObjectExistsError:
            found = self.stat(key)
            if found is None or not copies.is_content(self._calls, key, found.size_bytes, sha256):
                raise
            size = found.size_bytes
        return Stat(key, size)

    def get_url(self, key: str, expires_s: int, filename: str, disposition: str, content_type: str) -> str | None:
        """A presigned GET, where the settings allow one; None: our API streams."""
        _check_key(key)
        expires_s = min(expires_s, self._settings.redirect_s)
        if expires_s <= 0:
            return None
        del filename  # the disposition says it, in the form that takes every script
        return self._calls.address(
            "get_object",
            expires_s,
            Key=key,
            ResponseContentDisposition=disposition,
            ResponseContentType=content_type,
            ResponseCacheControl="private, no-store",
        )

    def stat(self, key: str) -> Stat | None:
        """The size, by HEAD."""
        _check_key(key)
        found = copies.head(self._calls, key)
        return Stat(key, found["ContentLength"]) if found is not None else None

    def delete(self, key: str) -> None:
        """Remove the object."""
        _check_key(key)
        self._calls.work("delete_object", Key=key)

    # For doctor

    def free_bytes(self) -> int | None:
        """A bucket does not say."""
        return None

    def check(self) -> None:
        """Write, read and remove a small object; raises ``OSError`` with a sentence."""
        self.name = bucket.check(self._calls, self._settings)

    def remarks(self) -> Sequence[str]:
        """Whether strangers can read the bucket, pages may send to it, and old versions stay."""
        return bucket.remarks(self._calls, self._address)

    def set_up(self) -> Sequence[str]:
        """Make the bucket if needed and let pages of this archive send to it; what was done, in sentences."""
        return bucket.set_up(self._calls, self._settings, self._address)

    # Inside

    def _incoming(self, ref: str) -> Incoming:
        return Incoming(self._calls, Ref.read(ref))

    def _open(self, key: str, start: int, end: int | None) -> BinaryIO:
        try:
            return cast("BinaryIO", Body(self._calls, key, start, end))
        except EmptyRangeError:
            return io.BytesIO()

    def _tells_digests(self) -> bool:
        """Whether this server lists the SHA-256 of parts; asked once a process."""
        if self._tells is None:
            self._tells = bucket.tells_digests(self._calls)
        return self._tells

    def _put_at_once(self, key: str, data: bytes, sha256: str, content_type: str) -> int:
        _compare(hashlib.sha256(data).hexdigest() if data else "", sha256)
        self._check_free(key)
        checksum = as_base64(sha256)
        copies.once(self._calls, "put_object", Key=key, Body=data, ContentType=content_type, ChecksumSHA256=checksum)
        return len(data)

    def _put_in_parts(self, key: str, first: bytes, file: BinaryIO, sha256: str, content_type: str) -> int:
        self._check_free(key)
        made = self._calls.work(
            "create_multipart_upload", Key=key, ContentType=content_type, ChecksumAlgorithm="SHA256"
        )
        of_this = {"Key": key, "UploadId": made["UploadId"]}
        try:
            parts, whole, size = self._send_pieces(of_this, _pieces(first, file))
            _compare(whole, sha256)
            copies.once(self._calls, "complete_multipart_upload", **of_this, MultipartUpload={"Parts": parts})
        except BaseException:
            copies.give_up_parts(self._calls, of_this)
            raise
        return size

    def _send_pieces(self, of_this: dict[str, Any], pieces: Iterator[bytes]) -> tuple[list[dict[str, Any]], str, int]:
        parts, whole, size = [], hashlib.sha256(), 0
        for number, data in enumerate(pieces, 1):
            whole.update(data)
            size += len(data)
            checksum = as_base64(hashlib.sha256(data).hexdigest())
            sent = self._calls.work("upload_part", **of_this, PartNumber=number, Body=data, ChecksumSHA256=checksum)
            parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})
        return parts, whole.hexdigest(), size

    def _check_free(self, key: str) -> None:
        if copies.head(self._calls, key) is not None:
            message = f"{key} is taken"
            raise ObjectExistsError(message)

    def _is_time_to_clear(self) -> bool:
        with self._lock:
            moment = time.monotonic()
            if self._cleared_at is not None and moment < self._cleared_at + DAY_S:
                return False
            self._cleared_at = moment
            return True


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key) or key.startswith(_OURS):
        message = f"not a key: {key!r}"
        raise ValueError(message)


def _compare(found: str, announced: str) -> None:
    if found != announced:
        message = "the file is empty or not the one that was announced"
        raise WrongDigestError(message)


def _read_full(file: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end."""
    read = bytearray()
    while len(read) < size and (chunk := file.read(size - len(read))):
        read += chunk
    return bytes(read)


def _pieces(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that grow, so that ten thousand of them hold everything (about 6 TB)."""
    piece, count = first, 0
    while piece:
        yield piece
        count += 1
        piece = _read_full(file, PUT_PART_BYTES * (1 + count // 1000))
