"""The first and last day that an EDTF date may mean, as text that sorts."""

from __future__ import annotations

import re

_ONE = re.compile(r"^(?P<year>[0-9X]{4})(?:-(?P<rest>[0-9X]{2}(?:-[0-9X]{2})?))?[?~%]?$")


def bounds(date: str | None) -> tuple[str | None, str | None]:
    """(low, high) of an EDTF level 1 date or interval; unknown ends and other texts give None.

    ``196X`` is 1960 to 1969, ``1974`` is 1974 to 1974-12-31. Source: EDTF in ISO 8601-2:2019.
    """
    if not date:
        return None, None
    first, slash, last = date.strip().upper().partition("/")
    low, high = _low(first), _high(last if slash else first)
    if slash and first in {"", ".."}:
        low = "0000"
    if slash and last in {"", ".."}:
        high = "9999"
    return low, high


def _low(date: str) -> str | None:
    match = _ONE.match(date)
    return match.group(0).rstrip("?~%").replace("X", "0") if match else None


def _high(date: str) -> str | None:
    match = _ONE.match(date)
    if match is None:
        return None
    text = match.group(0).rstrip("?~%")
    year, rest = match["year"].replace("X", "9"), match["rest"]
    return year + "-12-31" if rest is None else year + text[4:].replace("X", "9")
