"""Keyset paging: a cursor is the last row's sort key, opaque to callers."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from app.kernel.errors import BadInputError

LARGEST_PAGE = 100
LONGEST_CURSOR = 400


def make_cursor(*key: Any) -> str:  # noqa: ANN401  JSON values
    """An opaque cursor that holds the sort key of the last row shown."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """The sort key again, one value of each of ``kinds``; raises ``BadInputError`` for anything else."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise BadInputError(_UNKNOWN)  # what we make is short; deep nesting would exhaust the parser
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInputError(_UNKNOWN) from error
    if not isinstance(key, list) or [type(value) for value in key] != list(kinds):
        raise BadInputError(_UNKNOWN)
    return key


_UNKNOWN = "This page marker is not one of ours. Start again from the first page."
