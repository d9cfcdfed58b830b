"""Which server an archive stands on is settled by settings: nothing but adapters and wiring asks for its kind."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAY_ASK = ("app/adapters/", "app/wiring.py", "app/kernel/settings/", "app/kernel/db/")
PARTS = r"(Sqlite|Postgres)Database|(Local|S3)Objects|(Sqlite|Meilisearch)Search|(Embedded|Procrastinate)Jobs"
ASKS = re.compile(rf"isinstance\([^)]*\b({PARTS})\b|\b(database|objects|search|jobs)\.kind\b|if backend\b")


def test_only_adapters_and_wiring_ask_for_a_kind_of_server() -> None:
    """Rooms, pages and jobs speak to ports, whatever stands behind them."""
    files = [path for folder in ("app", "workers") for path in (ROOT / folder).rglob("*.py")]
    asking = {str(path.relative_to(ROOT)) for path in files if ASKS.search(path.read_text(encoding="utf-8"))}
    assert "app/wiring.py" in asking
    assert [name for name in sorted(asking) if not name.startswith(MAY_ASK)] == []
