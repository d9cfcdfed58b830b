"""The object store: where masters and their copies lie, written once and read by range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from app.kernel.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Stat:
    """What the store knows of one object; its type and name stand in the database."""

    key: str
    size_bytes: int


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


@dataclass(frozen=True)
class SignedPart:
    """What an address of our own API is signed over; ``expires`` in seconds since 1970."""

    ref: str
    number: int
    offset: int
    size_bytes: int
    sha256: str
    expires: int


class ObjectMissingError(Exception):
    """No object has this key, or no upload that still takes parts has this ref."""


class ObjectExistsError(Exception):
    """The key is taken: what was stored is never overwritten."""


class WrongDigestError(Exception):
    """The bytes do not have the size or the SHA-256 that was promised, so they do not count."""

    def __init__(self, message: str, numbers: Sequence[int] = ()) -> None:
        """``numbers`` are the parts it is about, where parts are."""
        super().__init__(message)
        self.numbers = tuple(numbers)


class AddressExpiredError(Exception):
    """The address is too old or was changed; ask for a fresh one."""


class StoreFullError(Exception):
    """There is no room; what was stored before is untouched and nothing of this was kept."""


class StoreRestsError(UnavailableError, OSError):
    """The store does not answer, or says that it cannot now: a request becomes 503, a job waits and counts nothing."""

    title = (
        "The store of the recordings does not answer right now. What was sent before is kept; try again in a minute."
    )


class ObjectStore(Protocol):
    """Write-once objects, uploads in parts, reads by byte range.

    Every method may raise ``OSError``; a store elsewhere raises ``StoreRestsError`` within seconds.

    Keys are ``masters/{recording_id}/{sha256}`` and ``copies/{recording_id}/…``: ASCII letters,
    digits, ``.``, ``_``, ``-`` in at least two steps; never a name that a person gave.
    """

    name: str
    """Product name and version for ``doctor``."""

    browser_origin: str | None
    """The origin, not ours, that browsers send parts to; None where part addresses are our own."""

    def start(self, size_bytes: int, part_size_bytes: int, content_type: str) -> str:
        """Begin an upload in parts and return its ref.

        Raises ``StoreFullError`` when this size and what other uploads were promised do not fit.
        """

    def part_url(self, ref: str, number: int, size_bytes: int, sha256: str, expires_s: int) -> PartAddress:
        """A signed address for one part: good ``expires_s`` seconds, for these bytes only."""

    def parts(self, ref: str) -> Sequence[Part]:
        """The parts received and checked so far, by number; raises ``ObjectMissingError``."""

    def send_part(self, ref: str, number: int, data: bytes, sha256: str) -> Part:
        """Store one part from this process, for callers that need no address.

        Raises ``WrongDigestError``, ``ObjectMissingError``, ``StoreFullError``.
        """

    def finish(self, ref: str, parts: Sequence[Part]) -> None:
        """Join the parts and take no more; again = the same.

        Raises ``WrongDigestError`` with the numbers of the parts that are missing or not the named
        ones (the upload then stays open), ``ObjectMissingError``.
        """

    def reopen(self, ref: str, bad: Sequence[int]) -> bool:
        """After ``finish``, forget these parts and take parts again; False where only a new upload helps."""

    def read(self, ref: str) -> BinaryIO:
        """The joined upload, from the medium and not from memory where that can be asked for."""

    def settle(self, ref: str, key: str, sha256: str) -> Stat:
        """Give the joined upload its final key, write-once and durable; again with the same content = the same.

        The caller has read it back and vouches for ``sha256``. Until ``abort`` the ref can still be read.
        Raises ``ObjectExistsError`` when the key holds other content, ``StoreFullError``.
        """

    def abort(self, ref: str) -> None:
        """Forget an upload and free its bytes, never those of its settled object; again = nothing."""

    def clear_leavings(self, held: Callable[[], Collection[str]]) -> None:
        """Forget uploads that were untouched for a month, of which no row can know: who began them was killed.

        ``held`` gives the refs that rows know; theirs stay, however old. Looks once a day at most.
        """

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """Bytes ``start`` to ``end`` (exclusive) of an object, as a stream; raises ``ObjectMissingError``."""

    def put(self, key: str, file: BinaryIO, sha256: str, content_type: str) -> Stat:
        """Store a whole file write-once; again with the same content = the same.

        Raises ``WrongDigestError``, ``ObjectExistsError``, ``StoreFullError``.
        """

    def get_url(self, key: str, expires_s: int, filename: str, disposition: str, content_type: str) -> str | None:
        """A signed address for reading, or None where the store streams through our API."""

    def stat(self, key: str) -> Stat | None:
        """The size of an object, None when there is none."""

    def delete(self, key: str) -> None:
        """Remove an object; again = nothing."""

    def free_bytes(self) -> int | None:
        """Room left for objects, None where the store does not say."""

    def check(self) -> None:
        """Raise ``OSError`` with a sentence when the store cannot be reached or written."""

    def remarks(self) -> Sequence[str]:
        """Sentences for ``doctor``: what works here only in a slower or weaker way."""


@runtime_checkable
class PartReceiver(Protocol):
    """A store whose part addresses are our own API's (the local one)."""

    def check_address(self, part: SignedPart, signature: str) -> None:
        """Raise ``AddressExpiredError`` unless we signed exactly this address and it is still good."""

    async def receive(self, ref: str, number: int, size_bytes: int, sha256: str, body: AsyncIterator[bytes]) -> Part:
        """Write one part at its offset while hashing it; it counts only when its digest is right.

        The same part again with the same digest changes nothing; with another one it replaces the
        part. Of two that send the same part at once the later one wins. Holds a few chunks in memory.
        Raises ``WrongDigestError``, ``ObjectMissingError``, ``StoreFullError``.
        """


@runtime_checkable
class SetUpFirst(Protocol):
    """A store that must be made ready once, before the archive uses it (a bucket)."""

    def set_up(self) -> Sequence[str]:
        """Make what is missing and say in sentences what was done; again = nothing more. Raises ``OSError``."""
