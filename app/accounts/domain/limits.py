"""How long a sign-in and a link hold, and how many wrong tries are borne."""

from __future__ import annotations

import datetime as dt

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


def is_over(seen_at: dt.datetime, expires_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a sign-in has ended by its idle or its absolute limit."""
    return now >= expires_at or now >= seen_at + IDLE
