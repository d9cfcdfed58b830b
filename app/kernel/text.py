"""Text as people write it: composed forms, safe file names, and nothing that cannot be stored."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of all that follows: one left open in a title turns the rest of the page's line."""


def composed(text: str) -> str:
    """NFC text without control and turning characters (line ends and tabs become spaces), trimmed.

    Joiners (ZWJ, ZWNJ) and the marks LRM and RLM stay: scripts need them, and they reach no further.
    """
    kept = "".join(
        " " if c in "\r\n\t\u2028\u2029" else c
        for c in text
        if c in "\r\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _TURNING)
    )
    return unicodedata.normalize("NFC", kept).strip()


def not_blank(text: str) -> str:
    """The text as it is; raises ``ValueError`` where there is nothing in it to read."""
    if not any(unicodedata.category(c)[0] in "LNPSM" for c in text):
        message = "write something here; there is nothing to read in it"
        raise ValueError(message)
    return text


def shown_file_name(name: str) -> str:
    """A file name for people: composed, without any folder part."""
    return composed(name).replace("\\", "/").rsplit("/", 1)[-1] or "recording"


def content_disposition(disposition: str, name: str) -> str:
    """A Content-Disposition header that carries any script (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name) or "file"
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
