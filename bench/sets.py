"""The set that a benchmark's archives stand on: the embedded one, or Postgres, S3 and Procrastinate where they are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tests.factories.sets import EMBEDDED, PRODUCTION, THE_SET, why_no_production

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    Run = Callable[[], list[dict[str, Any]]]

SETS = (EMBEDDED, PRODUCTION)


def add_set(parser: argparse.ArgumentParser) -> None:
    """The option of a benchmark that is run alone."""
    parser.add_argument("--set", choices=SETS, default=EMBEDDED)


def on_production(name: str, run: Run) -> Run:
    """The same benchmark on the production set, its rows named so; none, and said aloud, where the set is not here."""

    def on_it() -> list[dict[str, Any]]:
        if why := why_no_production():
            print(f"{name}: skipped on the production set, {why}", file=sys.stderr)
            return []
        THE_SET.choose(PRODUCTION)
        try:
            return [{**one, "name": f"{one['name']} [production set]"} for one in run()]
        finally:
            THE_SET.choose(EMBEDDED)

    return on_it
