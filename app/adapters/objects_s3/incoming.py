"""One upload on its way into the bucket: an S3 multipart upload, and what its parts were promised to be.

S3 tells the SHA-256 of the parts it holds; some servers (SeaweedFS 4) check it, keep it and tell only ETags, and
they list every generation of a part that was sent again. For those the first address for a digest leaves a promise:
an empty object whose name says the part, the digest, and the ETags that the part had at that moment. The signature
lets only bytes of a promised digest in, so an ETag is what the newest promise says that was made before it came, and
the part is its newest promise that was kept. An older address that is used after a newer promise can make this
wrong: that is found when the parts are joined (the store compares the digests), and when all is read back.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from app.ports.object_store import ObjectMissingError, Part, WrongDigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.adapters.objects_s3.calls import Calls

FOLDER: Final = "incoming/"
PROMISED: Final = ".promised/"
_REF: Final = re.compile(r"([0-9a-f]{32})-(\d{1,16})-(\d{1,16})-(\S{1,900})")
_PROMISE: Final = re.compile(r"(\d{5})\.\d{20}\.([0-9a-f]{64})\.(\S*)")
_KEYS_A_CALL: Final = 1000
_MOST_GENERATIONS: Final = 20
"""Of one part; their ETags must fit into a key."""


@dataclass(frozen=True)
class Ref:
    """What names an upload: its own key, what was planned, and S3's id of it."""

    name: str
    size_bytes: int
    part_size_bytes: int
    upload_id: str

    @classmethod
    def read(cls, text: str) -> Self:
        """From what ``str`` wrote; raises ``ObjectMissingError``."""
        found = _REF.fullmatch(text)
        if found is None:
            message = "no such upload"
            raise ObjectMissingError(message)
        return cls(found[1], int(found[2]), int(found[3]), found[4])

    def __str__(self) -> str:
        """One word."""
        return f"{self.name}-{self.size_bytes}-{self.part_size_bytes}-{self.upload_id}"

    @property
    def key(self) -> str:
        """Where the joined upload lies."""
        return f"{FOLDER}{self.name}"

    @property
    def promises(self) -> str:
        """The folder of its promises."""
        return f"{FOLDER}{self.name}{PROMISED}"

    @property
    def part_count(self) -> int:
        """How many parts make the whole."""
        return -(-self.size_bytes // self.part_size_bytes)

    def size_of(self, number: int) -> int:
        """How long a part is: the last one is what is left."""
        return min(self.part_size_bytes, self.size_bytes - (number - 1) * self.part_size_bytes)


@dataclass(frozen=True)
class _Promise:
    key: str
    number: int
    sha256: str
    etags_before: frozenset[str]


class Incoming:
    """The parts of one upload."""

    def __init__(self, calls: Calls, ref: Ref) -> None:
        self._calls = calls
        self.ref = ref
        self._of_this = {"Key": ref.key, "UploadId": ref.upload_id}

    @classmethod
    def create(cls, calls: Calls, size_bytes: int, part_size_bytes: int, content_type: str) -> Incoming:
        """A new upload without parts."""
        name = uuid.uuid4().hex
        made = calls.ask(
            "create_multipart_upload", Key=f"{FOLDER}{name}", ContentType=content_type, ChecksumAlgorithm="SHA256"
        )
        return cls(calls, Ref(name, size_bytes, part_size_bytes, made["UploadId"]))

    def promise(self, number: int, sha256: str) -> None:
        """Note that from now on the part may come with this digest."""
        made = list(self._promises(number))
        if made and made[-1].sha256 == sha256:
            return
        before: list[str] = []
        if made:
            wanted = {**self._of_this, "PartNumberMarker": number - 1, "MaxParts": _MOST_GENERATIONS}
            found = self._calls.ask("list_parts", **wanted).get("Parts", [])
            before = sorted({_bare(part["ETag"]) for part in found if part["PartNumber"] == number})
        key = f"{self.ref.promises}{number:05d}.{time.time_ns():020d}.{sha256}.{','.join(before)}"
        self._calls.ask("put_object", Key=key, Body=b"")

    def parts(self) -> list[Part]:
        """The parts that count, by number; raises ``ObjectMissingError`` once it was joined or forgotten."""
        found: dict[int, list[dict[str, Any]]] = {}
        for page in self._calls.pages("list_parts", **self._of_this):
            for part in page.get("Parts", []):
                number = part["PartNumber"]
                if number <= self.ref.part_count and part["Size"] == self.ref.size_of(number):
                    found.setdefault(number, []).append(part)
        untold = any("ChecksumSHA256" not in part for parts in found.values() for part in parts)
        promised = self._promises_by_part() if untold else {}
        counted = []
        for number in sorted(found):
            etags = {_bare(part["ETag"]): part.get("ChecksumSHA256", "") for part in found[number]}
            etag, sha256 = _told(etags) if all(etags.values()) else _kept(set(etags), promised.get(number, []))
            if sha256:
                counted.append(Part(number, self.ref.size_of(number), etag, sha256))
        return counted

    def send(self, number: int, data: bytes, sha256: str) -> Part:
        """Store one part from this process; raises ``WrongDigestError``."""
        answer = self._calls.work(
            "upload_part", **self._of_this, PartNumber=number, Body=data, ChecksumSHA256=as_base64(sha256)
        )
        return Part(number, len(data), _bare(answer["ETag"]), sha256)

    def forget(self, number: int) -> None:
        """S3 cannot drop a part: one of another length takes its place, and so it does not count."""
        data = b"x" if self.ref.size_of(number) > 1 else b"xx"
        self.send(number, data, hashlib.sha256(data).hexdigest())

    def join(self, named: Sequence[Part]) -> None:
        """Join exactly these; raises ``WrongDigestError`` with the numbers that are missing or differ."""
        held = {part.number: part for part in self.parts()}
        told = {part.number: part.sha256 for part in named}
        bad = [n for n in range(1, self.ref.part_count + 1) if n not in told or n not in held]
        bad += [n for n in told if not 1 <= n <= self.ref.part_count]
        bad += [n for n, part in held.items() if n in told and told[n] != part.sha256]
        if bad:
            message = "parts are missing or not the named ones"
            raise WrongDigestError(message, sorted(bad))
        parts = [
            {"PartNumber": n, "ETag": f'"{held[n].etag}"', "ChecksumSHA256": as_base64(told[n])} for n in sorted(told)
        ]
        try:
            self._calls.work("complete_multipart_upload", **self._of_this, MultipartUpload={"Parts": parts})
        except WrongDigestError as error:
            # It does not say which: all of them are looked at again.
            raise WrongDigestError(str(error), sorted(told)) from error

    def remove(self) -> None:
        """Forget the upload, the joined bytes and the promises; again = nothing."""
        with contextlib.suppress(ObjectMissingError):
            self._calls.work("abort_multipart_upload", **self._of_this)
        self._calls.work("delete_object", Key=self.ref.key)
        remove_all(self._calls, [promise.key for promise in self._promises()])

    def _promises(self, number: int | None = None) -> Iterator[_Promise]:
        prefix = self.ref.promises if number is None else f"{self.ref.promises}{number:05d}."
        for page in self._calls.pages("list_objects_v2", Prefix=prefix):
            for found in page.get("Contents", []):
                read = _PROMISE.fullmatch(found["Key"].removeprefix(self.ref.promises))
                if read is not None:
                    yield _Promise(found["Key"], int(read[1]), read[2], frozenset(read[3].split(",")))

    def _promises_by_part(self) -> dict[int, list[_Promise]]:
        promised: dict[int, list[_Promise]] = {}
        for promise in self._promises():  # sorted by key, so by number and time
            promised.setdefault(promise.number, []).append(promise)
        return promised


def remove_all(calls: Calls, keys: Sequence[str]) -> None:
    """Remove many objects in few calls."""
    for start in range(0, len(keys), _KEYS_A_CALL):
        wanted = [{"Key": key} for key in keys[start : start + _KEYS_A_CALL]]
        calls.work("delete_objects", Delete={"Objects": wanted, "Quiet": True})


def as_base64(sha256: str) -> str:
    """A digest in hex → as S3 writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def as_hex(checksum: str) -> str:
    """A digest as S3 writes it → in hex; "" for one that is not of the whole ("…-3")."""
    return "" if "-" in checksum else base64.b64decode(checksum).hex()


def _told(checksums: dict[str, str]) -> tuple[str, str]:
    """The ETag and digest of a part that the server tells of."""
    etag, checksum = list(checksums.items())[-1]
    return etag, as_hex(checksum)


def _kept(etags: set[str], promises: Sequence[_Promise]) -> tuple[str, str]:
    """The ETag and digest of a part by its promises (oldest first); empty where none was kept."""
    owners = {
        etag: next((promise.sha256 for promise in reversed(promises) if etag not in promise.etags_before), "")
        for etag in etags
    }
    for promise in reversed(promises):
        for etag, sha256 in owners.items():
            if sha256 == promise.sha256:
                return etag, sha256
    return "", ""


def _bare(etag: str) -> str:
    return etag.strip('"')
