"""Write the settings of the production set, with secrets of its own, into a new .env file."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.kernel.errors import BadInputError
from workers.cli import DONE, say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The public address, and where the file goes."""
    parser.add_argument("--address", required=True, metavar="https://HOST", help="where people will reach the archive")
    parser.add_argument("--store-address", metavar="https://HOST", help="where browsers reach the store (s3.HOST)")
    parser.add_argument("--file", type=Path, default=Path(".env"))


def run(args: argparse.Namespace) -> int:
    """Write the file for its owner alone; one that is there is never overwritten."""
    address = _origin(args.address)
    store = _origin(args.store_address) if args.store_address else _store_beside(address)
    if store == address:
        message = "The store needs a name of its own, another than the archive's."
        raise BadInputError(message)
    text = production_settings(address, store)
    try:
        descriptor = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{args.file} is there already. Nothing was changed; move it away if you want new secrets."
        raise BadInputError(message) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    say(f"{args.file} is written. Keep a copy in a safe place: the database opens to the password in it alone.")
    say("Next: docker compose up -d --build")
    return DONE


def production_settings(address: str, store_address: str) -> str:
    """The whole file: every part by its own random secret, nothing that is the same on two archives."""
    from app.adapters.search_meilisearch import keys_of  # noqa: PLC0415  slow to load

    database, objects, search, secret = (secrets.token_urlsafe(32) for _ in range(4))
    keys = keys_of(search)
    return f"""# Made by storybraid init. The secrets are this archive's own: keep them, and show them to nobody.
STORYBRAID_ENVIRONMENT=production
STORYBRAID_BASE_URL={address}
STORYBRAID_SECRET={secret}
# The names that the door (Caddy) answers to, with certificates that it gets by itself.
STORYBRAID_SITE={urlsplit(address).netloc}
STORYBRAID_STORE_SITE={urlsplit(store_address).netloc}

POSTGRES_PASSWORD={database}
STORYBRAID_DATABASE__KIND=postgres
STORYBRAID_DATABASE__URL=postgresql://storybraid:{database}@postgres:5432/storybraid

STORYBRAID_JOBS__KIND=procrastinate

STORYBRAID_OBJECTS__KIND=s3
STORYBRAID_OBJECTS__BUCKET=storybraid
STORYBRAID_OBJECTS__ENDPOINT=http://seaweedfs:8333
STORYBRAID_OBJECTS__PUBLIC_ENDPOINT={store_address}
STORYBRAID_OBJECTS__ADDRESSING=path
STORYBRAID_OBJECTS__ACCESS_KEY=storybraid
STORYBRAID_OBJECTS__SECRET_KEY={objects}

MEILI_MASTER_KEY={search}
STORYBRAID_SEARCH__KIND=meilisearch
STORYBRAID_SEARCH__URL=http://meilisearch:7700
# setup makes these three of the master key; each process is given no more than it needs.
STORYBRAID_SEARCH__SEARCH_KEY={keys.search_key}
STORYBRAID_SEARCH__WRITE_KEY={keys.write_key}
STORYBRAID_SEARCH__ADMIN_KEY={keys.admin_key}

# A larger model needs a GPU or patience: large-v3-turbo for Asian languages.
# docs/operations.md says more under Models and A GPU for the words.
STORYBRAID_TRANSCRIBER__MODEL=base
"""


def _store_beside(address: str) -> str:
    host = urlsplit(address).netloc
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return f"https://s3.{host}"
    message = f"“{address}” is a number, which has no s3. before it. Say the store's name with --store-address."
    raise BadInputError(message)


def _origin(address: str) -> str:
    """``https://HOST`` as browsers send it; raises ``BadInputError`` for what the door would not answer to."""
    parts = urlsplit(address)
    plain = parts.scheme == "https" and parts.hostname and address.rstrip("/").endswith(parts.netloc)
    if not plain or "@" in parts.netloc or not address.isascii():
        message = (
            f"“{address}” is not an address for an archive. Write https://HOST and nothing after it; a name in other "
            "letters in the form that browsers send, xn--…"
        )
        raise BadInputError(message)
    if parts.netloc.lower() not in {host := _host(parts.hostname or ""), f"{host}:443"}:
        message = f"“{address}” names a port. The door has 80 and 443 alone: write https://{host}."
        raise BadInputError(message)
    return f"https://{host}"


def _host(name: str) -> str:
    return f"[{name}]" if ":" in name else name
