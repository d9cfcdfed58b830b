"""Prints the API's description, which the pages' types are made from."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.factories.archive import an_archive


def description() -> str:
    """The OpenAPI document as JSON text, the same on every machine."""
    with tempfile.TemporaryDirectory() as folder, an_archive(Path(folder) / "archive") as archive:
        return json.dumps(archive.app.openapi(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(description())
