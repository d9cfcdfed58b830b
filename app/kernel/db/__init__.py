"""The database: types, the engine of each product, and the unit of work; nothing outside knows which one it is."""

from __future__ import annotations

from app.kernel.db.engines import (
    LINE,
    UnstorableTextError,
    by_code_point,
    clock_ahead_s,
    commits_of,
    hold_still,
    make_engine,
    product_named,
    product_of,
)
from app.kernel.db.lists import is_listed
from app.kernel.db.only import Hold, HoldLostError, only_one
from app.kernel.db.types import NAMES, Base, Json, UtcDateTime
from app.kernel.db.units import (
    alone,
    in_unit,
    insert_into,
    is_away,
    let_go,
    make_sessions,
    raise_if_away,
    unit,
    was_in_the_way,
)

__all__ = [
    "LINE",
    "NAMES",
    "Base",
    "Hold",
    "HoldLostError",
    "Json",
    "UnstorableTextError",
    "UtcDateTime",
    "alone",
    "by_code_point",
    "clock_ahead_s",
    "commits_of",
    "hold_still",
    "in_unit",
    "insert_into",
    "is_away",
    "is_listed",
    "let_go",
    "make_engine",
    "make_sessions",
    "only_one",
    "product_named",
    "product_of",
    "raise_if_away",
    "unit",
    "was_in_the_way",
]
