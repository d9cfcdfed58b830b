"""``make bench``: every benchmark in one run, a line each, and JSON with ``--json``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from bench import (
    derivation,
    languages,
    page,
    queue,
    search,
    search_meilisearch,
    simulation,
    transcription,
    two_workers,
    upload,
    upload_s3,
    worker,
)
from bench.sets import on_production

if TYPE_CHECKING:
    from collections.abc import Callable

ALL: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "transcription": transcription.run,
    "languages": languages.run,
    "worker": worker.run,
    "two_workers": two_workers.run,
    "two_workers_production": on_production("two_workers", two_workers.run),
    "derivation": derivation.run,
    "upload": upload.run,
    "upload_s3": upload_s3.run,
    "search": search.run,
    "page": page.run,
    "search_meilisearch": search_meilisearch.run,
    "search_meilisearch_production": on_production("search_meilisearch", search_meilisearch.run),
    "queue": queue.run,
    "simulation": simulation.run,
}


def main() -> int:
    """Print each row as ``name: ours, peer, ratio, goal, met|short``; 1 when a goal was not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ALL, []], help="some of them; all without")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for name in args.names or ALL:
        print(f"== {name}", file=sys.stderr, flush=True)
        for row in ALL[name]():
            rows.append({"bench": name, **row})
            if not args.json:
                print(line(row), flush=True)
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 0 if all(row["met"] for row in rows) else 1


def line(row: dict[str, Any]) -> str:
    """One row for people."""
    verdict = "met" if row["met"] else "short"
    return f"{row['name']}: {row['ours']}, {row['peer']}, {row['ratio']}, {row['goal']}, {verdict}"


if __name__ == "__main__":
    sys.exit(main())
