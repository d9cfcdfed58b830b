"""The object store: where masters and their copies lie, written once and read by range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Stat:
    """What the store knows of one object."""

    key: str
    size_bytes: int
    content_type: str


@dataclass(frozen=True)
class Part:
    """One received part of an upload; ``number`` counts from 1, ``sha256`` is lower-case hex."""

    number: int
    size_bytes: int
    etag: str
    sha256: str


@dataclass(frozen=True)
class PartAddress:
    """Where the browser sends one part, and until when."""

    number: int
    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class ObjectMissingError(Exception):
    """No object has this key (or no upload this ref)."""


class ObjectExistsError(Exception):
    """The key is taken: what was stored is never overwritten."""


class WrongDigestError(Exception):
    """The bytes that came do not have the size or the SHA-256 that was promised; nothing was kept."""


class AddressExpiredError(Exception):
    """The address is too old or was changed; ask for a fresh one."""


class StoreFullError(Exception):
    """There is no room; nothing of the part was kept."""


class ObjectStore(Protocol):
    """Write-once objects, uploads in parts, reads by byte range. Every method may raise ``OSError``."""

    name: str
    """Product name and version for ``doctor``."""

    def start(self, size_bytes: int, part_size_bytes: int, content_type: str) -> str:
        """Begin an upload in parts and return its ref; raises ``StoreFullError``."""

    def part_url(
        self, ref: str, number: int, size_bytes: int, sha256: str, expires_s: int
    ) -> PartAddress:
        """A signed address for one part: valid ``expires_s`` seconds, for these bytes only."""

    def parts(self, ref: str) -> Sequence[Part]:
        """The parts received and checked so far, by number; raises ``ObjectMissingError``."""

    def finish(self, ref: str, parts: Sequence[Part]) -> None:
        """Join the parts; again = the same. Raises ``WrongDigestError`` when a part is not the named one."""

    def read(self, ref: str) -> BinaryIO:
        """The joined upload, before it is settled, to be read back."""

    def settle(self, ref: str, key: str, sha256: str) -> Stat:
        """Move the joined upload to its final key, write-once and durable; again with the same content = the same.

        Raises ``ObjectExistsError`` when the key holds other content.
        """

    def abort(self, ref: str) -> None:
        """Forget an upload and free its bytes; again = nothing."""

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """Bytes ``start`` to ``end`` (exclusive) of an object, as a stream; raises ``ObjectMissingError``."""

    def put(self, key: str, file: BinaryIO, sha256: str, content_type: str) -> Stat:
        """Store a whole file write-once; again with the same content = the same.

        Raises ``WrongDigestError``, ``ObjectExistsError``, ``StoreFullError``.
        """

    def get_url(
        self, key: str, expires_s: int, filename: str, disposition: str, content_type: str
    ) -> str | None:
        """A signed address for reading, or None where the store streams through our API."""

    def stat(self, key: str) -> Stat | None:
        """Size and type of an object, None when there is none."""

    def delete(self, key: str) -> None:
        """Remove an object; again = nothing."""

    def free_bytes(self) -> int | None:
        """Room left for objects, None where the store does not say."""

    def check(self) -> None:
        """Raise ``OSError`` with a sentence when the store cannot be reached or written."""


@runtime_checkable
class PartReceiver(Protocol):
    """A store whose part addresses are our own API's (the local one)."""

    def check_address(
        self, ref: str, number: int, offset: int, size_bytes: int, sha256: str, expires: int, signature: str
    ) -> None:
        """Raise ``AddressExpiredError`` unless we signed exactly this address and it is still good."""

    async def receive(
        self, ref: str, number: int, size_bytes: int, sha256: str, body: AsyncIterator[bytes]
    ) -> Part:
        """Write one part at its offset while hashing it; it counts only when its digest is right.

        Raises ``WrongDigestError``, ``ObjectMissingError``, ``StoreFullError``. Holds at most a few chunks in memory.
        """
