"""Historical dates as EDTF text (ISO 8601-2, levels 0 and 1 as far as an archive's field needs them)."""

from __future__ import annotations

import datetime as dt
import re

_YEAR = r"-?(?:\d{4}|\d{3}X|\d{2}XX)"
_DATE = re.compile(rf"(?P<year>{_YEAR})(?:-(?P<month>\d{{2}}|XX)(?:-(?P<day>\d{{2}}|XX))?)?[?~%]?")
SEASONS = range(21, 25)


def is_edtf(text: str) -> bool:
    """Whether the text is a date, an interval (``1948/1950``, ``1948/..``) or an uncertain date."""
    first, slash, last = text.partition("/")
    if not slash:
        return _is_date(first)
    return (
        (_is_date(first) or first in {"", ".."})
        and (_is_date(last) or last in {"", ".."})
        and text not in {"/", "../..", "..", "/.."}
    )


def _is_date(text: str) -> bool:  # noqa: PLR0911  one return a rule
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    month, day = found["month"], found["day"]
    if month is None or month == "XX":
        return True
    number = int(month)
    if number in SEASONS:
        return day is None
    if not 1 <= number <= 12:  # noqa: PLR2004  months
        return False
    if day is None or day == "XX" or "X" in found["year"]:
        return True
    try:
        dt.date(max(1, abs(int(found["year"]))), number, int(day))
    except ValueError:
        return False
    return True
