"""Serve the archive: the API and one worker beside it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.accounts.commands import make_set_up_link
from app.kernel.db import unit
from app.kernel.errors import ArchiveError
from app.kernel.settings import Settings, is_loopback, load_settings
from app.main import FRONTEND, create_app
from workers.cli import DONE, say
from workers.cli.context import open_archive, require_model
from workers.serve import serve
from workers.watching import log_as_set, watched

if TYPE_CHECKING:
    import argparse


class CannotServeError(ArchiveError):
    """Something must be put right before serving; the sentence says what."""

    slug = "cannot-serve"
    title = "The archive cannot be served like this."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """With or without a worker."""
    parser.add_argument("--no-worker", action="store_true", help="the API alone")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    log_as_set(load_settings())
    ports = open_archive()
    settings = ports.settings
    refuse_unsafe(settings)
    if not (FRONTEND / "index.html").exists():
        message = "The pages are not built yet. Run: make install"
        raise CannotServeError(message)
    if not args.no_worker:
        require_model(settings)
    refuse_taken_port(settings)
    app = create_app(ports)
    say(f"Storybraid is at {settings.address}")
    with unit(ports.sessions) as session:
        token = make_set_up_link(session)
    if token is not None:
        say(f"Nobody is an admin yet. Open this link once to set one up:\n  {settings.address}/set-up#{token}")
    if settings.insecure_lan:
        say("STORYBRAID_INSECURE_LAN is on: passwords and recordings cross this network unprotected.")
    with watched(ports):
        serve(app, ports, worker=not args.no_worker)
    return DONE


def refuse_unsafe(settings: Settings) -> None:
    """Raise ``CannotServeError`` for plain http beyond loopback, unless the LAN switch is on."""
    parts = urlsplit(settings.address)
    plain = parts.scheme != "https"
    if settings.insecure_lan:
        return
    if plain and settings.base_url and not is_loopback(parts.hostname or ""):
        message = (
            f"STORYBRAID_BASE_URL is {settings.address}: plain http beyond this machine has no safe sign-in, no "
            "microphone and no checks of what is sent. Use https (docs/operations.md), or STORYBRAID_INSECURE_LAN=1."
        )
        raise CannotServeError(message)
    if not is_loopback(settings.host) and plain:
        message = (
            f"STORYBRAID_HOST is {settings.host}, which others can reach, and STORYBRAID_BASE_URL is not https. "
            "Put a proxy in front (docs/operations.md), or set STORYBRAID_INSECURE_LAN=1."
        )
        raise CannotServeError(message)


def refuse_taken_port(settings: Settings) -> None:
    """Raise ``CannotServeError`` when another program has the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            message = (
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). Another program, perhaps "
                "this archive, is there. Set STORYBRAID_PORT to another number."
            )
            raise CannotServeError(message) from error
