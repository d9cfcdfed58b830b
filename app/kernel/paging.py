"""Keyset paging: a cursor is the last row's sort key, opaque to callers."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from app.kernel.errors import BadInputError

LARGEST_PAGE = 100


def make_cursor(*key: Any) -> str:  # noqa: ANN401  JSON values
    """An opaque cursor that holds the sort key of the last row shown."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[Any]:
    """The sort key again, ``length`` values; raises ``BadInputError`` for anything else."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInputError(_UNKNOWN) from error
    if not isinstance(key, list) or len(key) != length or not all(isinstance(k, str | int) for k in key):
        raise BadInputError(_UNKNOWN)
    return key


_UNKNOWN = "This page marker is not one of ours. Start again from the first page."
