"""The clock of this machine beside the one that all machines of the archive can see: the database's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.kernel.db import clock_ahead_s

if TYPE_CHECKING:
    from app.ports import Ports

NEAR_S: Final = 2.0
"""NTP keeps machines within hundredths of a second; leases (30 s, prolonged every 10 s) bear ten times as much."""


def clock_told(ports: Ports) -> tuple[str, str]:
    """What the clock is near to, and a warning in a sentence where it is not; raises ``SQLAlchemyError``."""
    with ports.sessions.kw["bind"].connect() as connection:
        ahead_s = clock_ahead_s(connection)
    if ahead_s is None:
        return "this machine's own", ""
    if abs(ahead_s) < NEAR_S:
        return f"within {NEAR_S:g} s of the database's", ""
    apart = f"{abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} the database's"
    return apart, (
        f"This machine's clock is {apart}. Workers of machines whose clocks differ take work from each other and do "
        "it twice. Let both follow NTP: timedatectl set-ntp true"
    )
