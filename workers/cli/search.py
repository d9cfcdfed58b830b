"""Find the second where a word was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts.queries import account, account_by_email
from app.accounts.schemas import Actor
from app.kernel.db import unit
from app.kernel.errors import ArchiveError
from app.kernel.settings import load_settings
from app.search.queries import flat_hits
from workers.cli import DONE, print_json
from workers.cli.context import open_archive

if TYPE_CHECKING:
    import argparse

    from sqlalchemy.orm import Session

    from app.search.schemas import FlatHit

MOST = 20


class NoSuchAccountError(ArchiveError):
    """--as names nobody."""

    slug = "no-such-account"
    title = "No account has this e-mail or id. See: storybraid account list"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is looked for, and who asks."""
    parser.add_argument(
        "query",
        metavar="QUERY",
        help="rebuild fills a new index, check compares the present one with the archive, and setup makes the keys and "
        "the index of Meilisearch; to search for one of these words, say who asks or in which story, or write it as a "
        """phrase, in quotation marks: '"rebuild"', '"check"', '"setup"'""",
    )
    parser.add_argument("--as", dest="account", metavar="ACCOUNT", help="e-mail or id; without it a stranger asks")
    parser.add_argument("--story", metavar="ID")
    parser.add_argument("--if-needed", action="store_true", help="of rebuild: only where the index is of an older form")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """At most 20 moments, best first."""
    # Nothing that is kept about the index is one account's or one story's.
    keeping = args.query if args.account is None and args.story is None else None
    if keeping == "setup":
        from workers.cli.search_setup import set_up  # noqa: PLC0415  only where it is meant

        return set_up(load_settings(), as_json=args.json)
    ports = open_archive()
    if keeping in ("rebuild", "check"):
        from workers.cli.search_keeping import check, rebuild  # noqa: PLC0415  only where it is meant

        if keeping == "check":
            return check(ports, as_json=args.json)
        return rebuild(ports, if_needed=args.if_needed, as_json=args.json)
    with unit(ports.sessions, write=False) as session:
        actor = _actor(session, args.account)
        hits = flat_hits(session, ports.search_index, actor, args.query, story_id=args.story, most=MOST)
    if args.json:
        print_json([hit.model_dump(mode="json") for hit in hits])
    elif not hits:
        print("Nobody says this in what may be heard.")
    else:
        for hit in hits:
            print(_line(hit))
    return DONE


def _actor(session: Session, name: str | None) -> Actor:
    if name is None:
        return Actor.stranger()
    found = account_by_email(session, name) or account(session, name)
    if found is None or found.disabled_at is not None:
        raise NoSuchAccountError
    return Actor(found.id, found.role)  # type: ignore[arg-type]  # the column holds one of the roles


def _line(hit: FlatHit) -> str:
    when = "title" if hit.start_ms is None else clock(hit.start_ms)
    return f"{when:>9}  {hit.title or hit.story_id}: {hit.text}"


def clock(ms: int) -> str:
    """h:mm:ss."""
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
