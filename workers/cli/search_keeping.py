"""``storybraid search rebuild`` and ``search check``: what an operator does for the search index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errors import ArchiveError
from app.ports.search_index import SearchUnavailableError
from app.search.commands import compare_index, renew_index
from workers.cli import DONE, NOT_READY, print_json, say

if TYPE_CHECKING:
    from app.ports import Ports


class SearchNotRebuiltError(ArchiveError):
    """A new search index could not be filled, or the present one not be compared."""

    slug = "search-not-rebuilt"
    title = "The search index could not be rebuilt. The present one goes on answering; nothing was lost."


def rebuild(ports: Ports, *, if_needed: bool, as_json: bool) -> int:
    """Fill a new index and let it take the place of the old one, which answers meanwhile.

    The JSON value says which: ``{"outcome": "renewed" | "ready" (of this version already) | "elsewhere" (4)}``.
    """
    try:
        outcome = renew_index(ports, always=not if_needed)
    except SearchUnavailableError as error:
        message = f"A new search index could not be filled: {error}. The present one goes on answering."
        raise SearchNotRebuiltError(message) from error
    if as_json:
        print_json({"outcome": outcome})
    if outcome == "elsewhere":
        say("Another process of this archive fills a new search index just now; search answers from the old one.")
        return NOT_READY
    say("The new search index answers." if outcome == "renewed" else "The search index is of this version already.")
    return DONE


def check(ports: Ports, *, as_json: bool) -> int:
    """Compare the index with the archive; workers then put what it lacks: a line each, or ``{"owed": [ids]}``."""
    try:
        owed = compare_index(ports)
    except SearchUnavailableError as error:
        raise SearchNotRebuiltError(f"The search index could not be compared: {error}. Nothing was changed.") from error
    if as_json:
        print_json({"owed": owed})
    else:
        for story_id in owed:
            print(story_id)
    say(f"{len(owed)} stories were not in the search index as they are. Workers bring them there.")
    return DONE
