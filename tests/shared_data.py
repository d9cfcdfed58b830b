"""Real recordings and texts beside the project; tests that need them are skipped aloud where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
requires_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared recordings are not beside this checkout")
