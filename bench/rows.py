"""A line of a benchmark's result, the same for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
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


def show(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print ``name: ours, peer, ratio, goal, met|short`` a line, or all of them as one JSON value."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in rows:
        met = "" if one["goal"] == "shown" else ("met" if one["met"] else "short")
        print(f"{one['name']}: {one['ours']}, {one['peer']}, {one['ratio']}, {one['goal']}, {met}")
