"""``storybraid search setup``: the keys and the index of a Meilisearch server, where search is one."""

from __future__ import annotations

import getpass
import os
import sys

from app import wiring
from app.adapters.search_meilisearch import make_keys
from app.kernel.errors import ArchiveError
from app.kernel.settings import MeilisearchSearch, Settings
from app.ports.search_index import SearchUnavailableError
from app.search.commands import SPEC, ensure_index
from migrations import chain
from workers.cli import DONE, print_json, say

NOTHING_TO_DO = (
    "The embedded search needs no setting up: its index is a file, made when it is first used. "
    """To search for the word, write: storybraid search '"setup"'"""
)


class SearchSetupError(ArchiveError):
    """The search engine could not be set up."""

    slug = "search-not-set-up"
    title = "The search engine could not be set up."


def set_up(settings: Settings, *, as_json: bool) -> int:
    """Make the three keys and the index, and print the keys as settings; again it prints the same ones.

    The embedded search has no keys: there is nothing to print, and nothing is made.
    """
    wanted = wiring.search_server(settings)
    if wanted is None:
        if as_json:
            print_json({})
        say(NOTHING_TO_DO)
        return DONE
    try:
        keys = make_keys(wanted.url, _master_key(wanted))
        search = MeilisearchSearch.model_validate({"kind": "meilisearch", "url": wanted.url, **vars(keys)})
        ports = wiring.build(settings.model_copy(update={"search": search}))
        older = False
        if chain.is_current(ports.sessions.kw["bind"]):
            older = ensure_index(ports)
        else:
            ports.search_index.ensure(SPEC)
        ports.search_index.health()
    except SearchUnavailableError as error:
        message = f"The search engine at {wanted.url} could not be set up: {error}. Nothing was lost."
        raise SearchSetupError(message) from error
    lines = {f"STORYBRAID_SEARCH__{name.upper()}": key for name, key in vars(keys).items()}
    if as_json:
        print_json(lines)
    else:
        for name, key in lines.items():
            print(f"{name}={key}")
    say(f"{ports.search_index.name} is ready.")
    if older:
        say("Its index is of an older form and goes on answering. A worker with the admin key fills a new one, or now:")
        say("storybraid search rebuild")
    say("Give the API the search key alone, workers the write key too. The admin key makes and rebuilds the index:")
    say("one worker may have it. No process needs the master key.")
    return DONE


def _master_key(wanted: MeilisearchSearch) -> str:
    key = os.environ.get("MEILI_MASTER_KEY", "")
    if not key and wanted.admin_key is not None:
        key = wanted.admin_key.get_secret_value()
    if not key and sys.stdin.isatty():
        key = getpass.getpass("Master key of Meilisearch: ")
    if not key:
        raise SearchSetupError("The master key is needed once: MEILI_MASTER_KEY=… storybraid search setup")
    return key
