"""E-mail addresses as they are kept: composed and casefolded, one account each."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 320
_SHAPE: Final = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+")


def composed_email(text: str) -> str | None:
    """The address as it is kept (any script, RFC 6531), None for what cannot be one."""
    email = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).casefold())
    if len(email) > LONGEST or not _SHAPE.fullmatch(email):
        return None
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in email):
        return None
    return email
