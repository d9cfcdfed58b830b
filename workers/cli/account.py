"""Invite people, list accounts, let one in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.access.commands import audit
from app.accounts.commands import disable_account, enable_account, invite, make_reset_link
from app.accounts.domain.links import link_address
from app.accounts.queries import accounts
from app.accounts.schemas import ROLES
from app.kernel.db import unit
from workers.cli import DONE, say
from workers.cli.context import open_archive, operator

if TYPE_CHECKING:
    import argparse

    from app.ports import Ports

SAFE_LINK = "It works once; opening it changes nothing until the button is pressed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with whom."""
    actions = parser.add_subparsers(dest="action", required=True)
    inviting = actions.add_parser("invite", help="print a one-time link for a person")
    inviting.add_argument("email")
    inviting.add_argument("--role", choices=ROLES, required=True)
    actions.add_parser("list", help="who has an account")
    for name, summary in (
        ("reset", "print a one-time link with which an account chooses a new password"),
        ("disable", "let an account sign in no more, and end all its sign-ins"),
        ("enable", "let a disabled account sign in again"),
    ):
        actions.add_parser(name, help=summary).add_argument("email")


def run(args: argparse.Namespace) -> int:
    """Print the link, or one line an account; the audit names this machine's user."""
    ports = open_archive()
    if args.action == "list":
        with unit(ports.sessions, write=False) as session:
            for account in accounts(session):
                ended = " (disabled)" if account.disabled_at else ""
                print(f"{account.id}  {account.role:<10}  {account.email}{ended}")
    elif args.action in {"invite", "reset"}:
        _print_link(ports, args)
    else:
        change = disable_account if args.action == "disable" else enable_account
        with unit(ports.sessions) as session:
            account = change(session, operator(), args.email)
            audit(session, operator(), f"accounts.{args.action}", account.id)
        say(f"{account.email} is {args.action}d. Nothing of theirs was changed or removed.")
    return DONE


def _print_link(ports: Ports, args: argparse.Namespace) -> None:
    with unit(ports.sessions) as session:
        if args.action == "invite":
            token = invite(session, operator(), args.email, args.role)
            audit(session, operator(), "accounts.invite", None, role=args.role)
        else:
            token = make_reset_link(session, operator(), args.email)
            audit(session, operator(), "accounts.reset", None)
    say(f"Give this link to {args.email}. {SAFE_LINK}")
    print(link_address(ports.settings.address, args.action, token))
