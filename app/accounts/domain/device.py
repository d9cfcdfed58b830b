"""The mark of a device on which an account signed in before (OWASP's device cookie)."""

from __future__ import annotations

import hashlib
import hmac


def device_mark(key: bytes, email: str, device_id: str) -> str:
    """``id.signature``: says that this account signed in on this device, and nothing more."""
    signature = hmac.new(key, f"device\0{email}\0{device_id}".encode(), hashlib.sha256).hexdigest()
    return f"{device_id}.{signature}"


def known_device(key: bytes, email: str, mark: str | None) -> str | None:
    """The device's id when the mark is ours and of this account, else None."""
    device_id, dot, _ = (mark or "").partition(".")
    if not dot or not device_id.isascii() or not (mark or "").isascii():
        return None
    return device_id if hmac.compare_digest(device_mark(key, email, device_id), mark or "") else None
