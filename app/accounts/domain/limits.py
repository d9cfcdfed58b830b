"""How long a sign-in and a link hold, and how many wrong tries are borne."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

IDLE = dt.timedelta(days=14)
"""A sign-in ends when it was not used for so long."""
ABSOLUTE = dt.timedelta(days=90)
"""A sign-in ends at this age, however much it is used."""
TOUCH_AFTER = dt.timedelta(minutes=10)
"""``seen_at`` is written at most this often, so that reading does not write."""
LINK_HOLDS = {
    "setup": dt.timedelta(days=7),
    "invite": dt.timedelta(days=14),
    "reset": dt.timedelta(days=1),
}
WINDOW = dt.timedelta(minutes=15)
"""Tries are counted in windows that start with the first one."""


@dataclass(frozen=True)
class Counter:
    """One count of tries: its key in the database and how many a window bears."""

    key: str
    most: int


MOST_PER_PAIR = 10
MOST_PER_ADDRESS = 100
MOST_PER_ACCOUNT = 100
MOST_PER_DEVICE = 10


def is_over(seen_at: dt.datetime, expires_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a sign-in has ended by its idle or its absolute limit."""
    return now >= expires_at or now >= seen_at + IDLE


def counters(email: str, address: str, *, device: str | None) -> tuple[Counter, ...]:
    """What a try to sign in counts against; an account that does not exist counts just the same.

    A known ``device`` (one that this account signed in on before) has a count of its own and none
    of the others: whoever guesses elsewhere, or from the same address, cannot lock its owner out.
    """
    if device is not None:
        return (Counter(_key("device", email, device), MOST_PER_DEVICE),)
    network = network_of(address)
    return (
        Counter(_key("pair", email, network), MOST_PER_PAIR),
        Counter(_key("address", network), MOST_PER_ADDRESS),
        Counter(_key("account", email), MOST_PER_ACCOUNT),
    )


def network_of(address: str) -> str:
    """What one guesser holds: an IPv4 address, or the /64 of an IPv6 one; other text as it is."""
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
