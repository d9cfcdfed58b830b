"""The right to ask how requests from outside arrive: only who holds the archive's secret has it, for a minute."""

from __future__ import annotations

import hmac
from typing import Final

GOOD_S: Final = 60
"""Seconds that a right lasts."""


def sign_door(key: bytes, expires: int) -> str:
    """The signature of a right until ``expires`` (seconds since 1970); ``key`` is the archive's secret."""
    return hmac.new(hmac.digest(key, b"storybraid door 1", "sha256"), str(expires).encode(), "sha256").hexdigest()


def may_look(key: bytes, expires: int, signature: str, moment: float) -> bool:
    """Whether we signed this right and it still holds at ``moment``; one that lasts longer than we give is none."""
    ours = hmac.compare_digest(sign_door(key, expires).encode(), signature.encode())
    return ours and moment <= expires <= moment + 2 * GOOD_S
