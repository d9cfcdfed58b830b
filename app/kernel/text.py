"""Text as people write it: composed forms, safe file names, and nothing that cannot be stored."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote


def composed(text: str) -> str:
    """NFC text without control characters (line ends and tabs become spaces), trimmed."""
    kept = "".join(
        " " if c in "\r\n\t\u2028\u2029" else c
        for c in text
        if c in "\r\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}
    )
    return unicodedata.normalize("NFC", kept).strip()


def shown_file_name(name: str) -> str:
    """A file name for people: composed, without any folder part."""
    return composed(name).replace("\\", "/").rsplit("/", 1)[-1] or "recording"


def content_disposition(disposition: str, name: str) -> str:
    """A Content-Disposition header that carries any script (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name) or "file"
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
