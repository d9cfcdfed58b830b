"""Move an archive's rows into another, empty database, each row compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.cli import DONE, print_json, say
from workers.copying import copy_archive

if TYPE_CHECKING:
    import argparse

    from workers.copying import Copied

AFTER = "Every row arrived as it was. Point STORYBRAID_DATABASE__KIND and __URL to the new database and start again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and where to."""
    parser.add_argument("--from", dest="source", required=True, metavar="sqlite:PATH|postgresql://…")
    parser.add_argument("--to", dest="target", required=True, metavar="postgresql://…|sqlite:PATH")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when every row is there; else the target holds nothing."""

    def note(copied: Copied) -> None:
        say(f"{copied.table}: {copied.rows} rows, the same there and here")

    tables = copy_archive(args.source, args.target, note)
    if args.json:
        print_json({"tables": [{"table": one.table, "rows": one.rows, "sha256": one.sha256} for one in tables]})
    say(AFTER)
    return DONE
