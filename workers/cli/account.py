"""Invite people and list accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts.commands import invite
from app.accounts.queries import accounts
from app.accounts.schemas import ROLES
from app.kernel.db import unit
from workers.cli import DONE, say
from workers.cli.context import open_archive, operator

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with whom."""
    actions = parser.add_subparsers(dest="action", required=True)
    inviting = actions.add_parser("invite", help="print a one-time link for a person")
    inviting.add_argument("email")
    inviting.add_argument("--role", choices=ROLES, required=True)
    actions.add_parser("list", help="who has an account")


def run(args: argparse.Namespace) -> int:
    """Print the link, or one line an account."""
    ports = open_archive()
    if args.action == "list":
        with unit(ports.sessions, write=False) as session:
            for account in accounts(session):
                ended = " (disabled)" if account.disabled_at else ""
                print(f"{account.id}  {account.role:<10}  {account.email}{ended}")
        return DONE
    with unit(ports.sessions) as session:
        token = invite(session, operator(), args.email, args.role)
    say(f"Give this link to {args.email}. It works once; opening it changes nothing until the button is pressed.")
    print(f"{ports.settings.address}/invitation#{token}")
    return DONE
