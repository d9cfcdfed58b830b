"""Argon2id in a bounded pool: a flood of sign-ins takes neither all memory nor all threads."""

from __future__ import annotations

import functools
import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.domain.password import normalised
from app.kernel.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE: Final = 2
"""Hashes computed at the same time, 64 MiB each (RFC 9106, second recommended option)."""
IN_LINE: Final = 8
"""How many more may wait; the next one is told to come back."""
_hasher: Final = PasswordHash((Argon2Hasher(),))
_running: Final = threading.BoundedSemaphore(AT_ONCE)
_admitted: Final = threading.BoundedSemaphore(AT_ONCE + IN_LINE)


@contextmanager
def _turn() -> Iterator[None]:
    if not _admitted.acquire(blocking=False):
        message = "Many people are signing in just now. Nothing is lost; try again in a few seconds."
        raise UnavailableError(message)
    try:
        with _running:
            yield
    finally:
        _admitted.release()


def _bytes(password: str) -> bytes:
    return normalised(password).encode("utf-8", "surrogatepass")


def hash_password(password: str) -> str:
    """The argon2id hash to keep; raises ``UnavailableError`` when too many are in line."""
    with _turn():
        return _hasher.hash(_bytes(password))


def check_password(password: str, kept: str | None) -> tuple[bool, str | None]:
    """(right, a fresh hash where the kept one is of older parameters).

    Without a kept hash it takes as long and is never right. Raises ``UnavailableError`` as above.
    """
    with _turn():
        decoy = _decoy()
        right, fresh = _hasher.verify_and_update(_bytes(password), kept or decoy)
    return right and kept is not None, fresh


@functools.cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_bytes(32))
