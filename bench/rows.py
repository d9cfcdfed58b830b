"""A line of a benchmark's result, the same for all of them."""

from __future__ import annotations

from typing import Any


def row(name: str, ours: float | None, peer: float | None, goal: str, *, met: bool) -> dict[str, Any]:
    """``ratio`` is ours / peer, None without a peer; a goal ``shown`` is no goal."""
    return {
        "name": name,
        "ours": None if ours is None else round(ours, 2),
        "peer": None if peer is None else round(peer, 2),
        "ratio": round(ours / peer, 3) if ours is not None and peer else None,
        "goal": goal,
        "met": met,
    }
