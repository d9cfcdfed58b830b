"""Addresses of our own API for the parts of uploads, each signed over all that it allows."""

from __future__ import annotations

import datetime as dt
import hmac
import time
from typing import Final
from urllib.parse import urlencode

from app.ports.object_store import AddressExpiredError, PartAddress, SignedPart

PATH: Final = "/api/v1/objects/parts"


class Signer:
    """Makes and checks addresses: HMAC over method, path, expiry, size, offset and digest."""

    def __init__(self, address: str, key: bytes) -> None:
        """``address`` is the archive's own; from ``key`` comes one that signs nothing but parts."""
        self._address = address
        self._key = hmac.digest(key, b"storybraid part addresses 1", "sha256")

    def address(self, part: SignedPart) -> PartAddress:
        """The address of a part."""
        query = urlencode(
            {
                "offset": part.offset,
                "size": part.size_bytes,
                "sha256": part.sha256,
                "expires": part.expires,
                "signature": self._sign(part),
            }
        )
        url = f"{self._address}{PATH}/{part.ref}/{part.number}?{query}"
        return PartAddress(part.number, "PUT", url, {}, dt.datetime.fromtimestamp(part.expires, dt.UTC))

    def check(self, part: SignedPart, signature: str) -> None:
        """Raise ``AddressExpiredError`` unless we signed exactly this and it is still good."""
        if not hmac.compare_digest(self._sign(part).encode(), signature.encode()):
            message = "not our signature"
            raise AddressExpiredError(message)
        if part.expires < time.time():
            message = "the time is over"
            raise AddressExpiredError(message)

    def _sign(self, part: SignedPart) -> str:
        path = f"{PATH}/{part.ref}/{part.number}"
        signed = f"PUT\n{path}\n{part.expires}\n{part.size_bytes}\n{part.offset}\n{part.sha256}"
        return hmac.new(self._key, signed.encode(), "sha256").hexdigest()
