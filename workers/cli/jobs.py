"""Show the work that is owed, running or failed, and try failed work again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app import pipeline
from app.admin.commands import retry
from app.kernel.db import unit
from app.kernel.owing import FAILED
from app.kernel.time import iso, now
from workers.cli import DONE, print_json, say
from workers.cli.context import open_archive, operator

if TYPE_CHECKING:
    from app.kernel.leases import Owed
    from app.ports import Ports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """List, which is also what is done when nothing is said, or try one again."""
    actions = parser.add_subparsers(dest="action", metavar="list|retry")
    listing = actions.add_parser("list", help="what is owed, the longest waiting first")
    for one in (parser, listing):
        # Suppressed, or the default of the one would undo what was said to the other.
        one.add_argument(
            "--failed", action="store_true", default=argparse.SUPPRESS, help="only what nobody tries any more"
        )
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    again = actions.add_parser("retry", help="try it again, at once and with all its tries")
    again.add_argument("job", metavar="JOB", help="for example search.index_story")
    again.add_argument("id", metavar="ID")
    parser.set_defaults(action="list", failed=False, json=False, refuse=again.error)


def run(args: argparse.Namespace) -> int:
    """A line for each row that is owed, as ``GET /api/v1/admin/owed`` has them; the audit names who tried again."""
    if args.action == "retry" and (args.failed or args.json):
        args.refuse("--failed and --json are for the list")
    ports = open_archive()
    if args.action == "retry":
        with unit(ports.sessions) as session:
            retry(
                session,
                operator(),
                ports.jobs,
                owed=lambda: pipeline.owed(session, now(), args.id),
                job=args.job,
                id_=args.id,
            )
        say(f"{args.job} is tried again on {args.id}.")
        return DONE
    rows, left_off = _rows(ports, only_failed=args.failed)
    if left_off:
        say(f"The list is cut: {left_off} more are owed and not listed.")
    if args.json:
        print_json([_as_json(row) for row in rows])
        return DONE
    for row in rows:
        print(f"{row.state:<9} {row.job:<28} {row.id}  since {iso(row.since)}  {row.attempts} tries")
        if row.reason:
            print(f"          {row.reason}")
    if not rows:
        say("Nothing has failed." if args.failed else "Nothing is owed.")
    return DONE


def _rows(ports: Ports, *, only_failed: bool) -> tuple[list[Owed], int]:
    """The rows that are listed, and how many more there are."""
    moment = now()
    with unit(ports.sessions, write=False) as session:
        rows = [r for r in pipeline.owed(session, moment) if r.state == FAILED or not only_failed]
        counts = [one for one in pipeline.tallies(session, moment) if one.state == FAILED or not only_failed]
    rows.sort(key=lambda r: (r.since, r.job, r.id))
    return rows, max(0, sum(one.count for one in counts) - len(rows))


def _as_json(row: Owed) -> dict[str, object]:
    return {
        "job": row.job,
        "id": row.id,
        "state": row.state,
        "since": iso(row.since),
        "attempts": row.attempts,
        "crashes": row.crashes,
        "reason": row.reason,
    }
