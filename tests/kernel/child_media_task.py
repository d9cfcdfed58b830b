"""A function for the child whose module loads all that the media children load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

import app.recordings.domain.media.access_copy
import app.recordings.domain.media.derive


def ready(_args: dict[str, Any], _files: dict[str, BinaryIO], _report: Callable[..., None]) -> dict[str, Any]:
    """Name what was loaded."""
    return {"loaded": [app.recordings.domain.media.access_copy.__name__, app.recordings.domain.media.derive.__name__]}
