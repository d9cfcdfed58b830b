"""Keys of the server, each for no more than its process needs: searching, writing, rebuilding."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError

from app.adapters.search_meilisearch import schema
from app.adapters.search_meilisearch.engine import WRITE_TIMEOUT_S
from app.ports.search_index import SearchUnavailableError

_NAMESPACE = uuid.UUID("6f3f6dc4-53a5-5b6e-9b6e-0b7f1c1f7a52")
_EVERY_INDEX = ("admin",)
"""Keys for the whole server: the engine tells its version to no key that is for some indexes alone."""
_ACTIONS: dict[str, tuple[str, ...]] = {
    "search": ("search",),
    # It makes no index: a mistyped name must not become a new one.
    "write": ("documents.add", "documents.get", "documents.delete", "tasks.get"),
    "admin": (
        "search",
        "documents.add",
        "documents.get",
        "documents.delete",
        "indexes.create",
        "indexes.get",
        "indexes.delete",
        "indexes.swap",
        "settings.get",
        "settings.update",
        "tasks.get",
        "version",
    ),
}


@dataclass(frozen=True)
class Keys:
    """The three keys, as settings take them."""

    search_key: str
    write_key: str
    admin_key: str


def make_keys(url: str, master_key: str) -> Keys:
    """Make the keys, or give those that were made before with the same rights.

    Raises ``SearchUnavailableError`` when the server does not answer or does not take the master key.
    """
    client = Client(url.rstrip("/"), master_key, timeout=WRITE_TIMEOUT_S)
    try:
        made = {name: _key(client, name, actions) for name, actions in _ACTIONS.items()}
    except MeilisearchApiError as error:
        raise SearchUnavailableError(f"the search engine makes no keys ({error.code or error.status_code})") from error
    except (MeilisearchError, OSError, ValueError, TypeError) as error:
        raise SearchUnavailableError("the search engine does not answer") from error
    return Keys(made["search"], made["write"], made["admin"])


def keys_of(master_key: str) -> Keys:
    """The keys that ``make_keys`` will make on a server with this master key, before there is one.

    A key is the HMAC-SHA256 of its uid under the master key, in hex: Meilisearch's own, kept so that others can tell.
    """
    made = {
        name: hmac.new(master_key.encode(), _uid(name, actions).encode(), "sha256").hexdigest()
        for name, actions in _ACTIONS.items()
    }
    return Keys(made["search"], made["write"], made["admin"])


def _uid(name: str, actions: tuple[str, ...]) -> str:
    """With the same rights it is the same key again."""
    return str(uuid.uuid5(_NAMESPACE, f"{name}: {' '.join(actions)}{' everywhere' if name in _EVERY_INDEX else ''}"))


def _key(client: Client, name: str, actions: tuple[str, ...]) -> str:
    uid = _uid(name, actions)
    try:
        return str(client.get_key(uid).key)
    except MeilisearchApiError as error:
        if error.code != "api_key_not_found":
            raise
    options: dict[str, Any] = {
        "uid": uid,
        "name": f"Storybraid: {name}",
        "description": "Made by storybraid search setup.",
        "actions": list(actions),
        "indexes": ["*"] if name in _EVERY_INDEX else [f"{schema.LIVE}*"],
        "expiresAt": None,
    }
    return str(client.create_key(options).key)
