"""Bring the database to this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import wiring
from app.kernel.settings import load_settings
from app.search.commands import ensure_index
from migrations import chain
from workers.cli import DONE, say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    del parser


def run(_args: argparse.Namespace) -> int:
    """Run the chain; a second run does nothing."""
    settings = load_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    ports = wiring.build(settings)
    engine = ports.sessions.kw["bind"]
    done = chain.migrate(engine)
    done = ports.jobs.prepare(engine) or done
    ensure_index(ports)
    say("The database is ready." if done else "The database was ready already.")
    if remark := ports.jobs.remark(engine):
        say(remark)
    return DONE
