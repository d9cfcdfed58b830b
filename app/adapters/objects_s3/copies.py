"""Giving a joined upload its final key inside the bucket: written once, in parts where it is large, and proven."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any, Final

from app.adapters.objects_s3.body import Body
from app.adapters.objects_s3.calls import EmptyRangeError, UnsupportedError
from app.adapters.objects_s3.incoming import as_hex
from app.ports.object_store import ObjectExistsError, ObjectMissingError, StoreRestsError

if TYPE_CHECKING:
    from app.adapters.objects_s3.calls import Calls

GIB: Final = 1024**3
MOST_PARTS: Final = 10_000
ONCE: Final = {"IfNoneMatch": "*"}
_CHUNK_BYTES: Final = 1024 * 1024


def head(calls: Calls, key: str) -> dict[str, Any] | None:
    """What the store says of an object, None when there is none."""
    try:
        found: dict[str, Any] = calls.ask("head_object", Key=key, ChecksumMode="ENABLED")
    except ObjectMissingError:
        return None
    return found


def is_content(calls: Calls, key: str, size_bytes: int, sha256: str) -> bool:
    """Whether the object has this content: by the store's digest of the whole, else by reading it."""
    found = head(calls, key)
    if found is None or found["ContentLength"] != size_bytes:
        return False
    told = as_hex(found.get("ChecksumSHA256") or "-")
    return (told or sha256_of(calls, key)) == sha256


def sha256_of(calls: Calls, key: str) -> str:
    """SHA-256 of an object as it lies in the bucket."""
    digest = hashlib.sha256()
    try:
        with Body(calls, key, 0, None) as body:
            while chunk := body.read(_CHUNK_BYTES):
                digest.update(chunk)
    except EmptyRangeError:
        pass
    return digest.hexdigest()


def publish(calls: Calls, source: str, final: str, sha256: str, largest_copy_bytes: int) -> int:
    """Copy to a free key and prove the copy; the size. A taken key with the same content is taken as done.

    Raises ``ObjectExistsError``, ``ObjectMissingError`` (no source), ``StoreRestsError``.
    """
    found = head(calls, source)
    if found is None:
        raise ObjectMissingError(source)
    size: int = found["ContentLength"]
    is_ours = False
    if head(calls, final) is None:
        with contextlib.suppress(ObjectExistsError):  # another one was first: its content decides
            if size <= largest_copy_bytes:
                once(calls, "copy_object", Key=final, CopySource=_of(calls, source), ChecksumAlgorithm="SHA256")
            else:
                _copy_in_parts(calls, source, final, found, largest_copy_bytes)
            is_ours = True
    if not is_content(calls, final, size, sha256):
        if not is_ours:
            message = f"{final} is taken by other content"
            raise ObjectExistsError(message)
        calls.work("delete_object", Key=final)
        message = "The store made a copy that is not the same as its source; the copy was removed."
        raise StoreRestsError(message)
    return size


def once(calls: Calls, operation: str, **wanted: Any) -> Any:  # noqa: ANN401  boto3's own shapes
    """A write to a key that must be free; where the server knows no condition the caller's look was the guard."""
    try:
        return calls.work(operation, **wanted, **ONCE)
    except UnsupportedError:
        return calls.work(operation, **wanted)


def _copy_in_parts(calls: Calls, source: str, final: str, found: dict[str, Any], largest_copy_bytes: int) -> None:
    size: int = found["ContentLength"]
    part_size = max(min(largest_copy_bytes, GIB), -(-size // MOST_PARTS))
    made = calls.work(
        "create_multipart_upload", Key=final, ContentType=found["ContentType"], ChecksumAlgorithm="SHA256"
    )
    of_this = {"Key": final, "UploadId": made["UploadId"]}
    parts = []
    try:
        for number, start in enumerate(range(0, size, part_size), 1):
            span = f"bytes={start}-{min(start + part_size, size) - 1}"
            result = calls.work(
                "upload_part_copy",
                **of_this,
                PartNumber=number,
                CopySource=_of(calls, source),
                CopySourceRange=span,
                CopySourceIfMatch=found["ETag"],
            )["CopyPartResult"]
            told = {name: result[name] for name in ("ETag", "ChecksumSHA256") if result.get(name)}
            parts.append({"PartNumber": number, **told})
        once(calls, "complete_multipart_upload", **of_this, MultipartUpload={"Parts": parts})
    except BaseException:
        give_up_parts(calls, of_this)
        raise


def give_up_parts(calls: Calls, of_this: dict[str, Any]) -> None:
    """Forget a multipart upload that came to nothing; what cannot be forgotten now is cleared after a month."""
    with contextlib.suppress(ObjectMissingError, StoreRestsError):
        calls.work("abort_multipart_upload", **of_this)


def _of(calls: Calls, key: str) -> dict[str, str]:
    return {"Bucket": calls.bucket, "Key": key}
