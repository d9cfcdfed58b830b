"""Filters of who may see a story and of what the reader asked for: positive conditions on coded values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.search_meilisearch.letters import either, key, listed, quoted
from app.adapters.search_meilisearch.rows import day
from app.ports.search_index import FACETS

if TYPE_CHECKING:
    from app.adapters.search_meilisearch.engine import Row
    from app.ports.search_index import Access, Query

_NEVER_A_LEVEL = {"", "draft", "sealed"}
_OF_GROUPS = {"community", "family"}
"""As the engine holds them, too: plain words stay what they are."""
NOBODY = 'kind = "nobody"'
"""A condition that no document meets: a filter nobody knows must not widen the answer."""


def guard(access: Access) -> list[str] | None:
    """Conditions that a document must all meet to be found by this reader; None when nothing may be.

    A condition never asks for what a document is not, since one without the field would meet it. The one
    exception is the deny-list, on a field that is always there.
    """
    ways: list[str] = []
    plain = sorted(access.levels - _NEVER_A_LEVEL - _OF_GROUPS)
    if plain:
        ways.append(f"level IN {listed(map(key, plain))}")
    shared = sorted(access.levels & _OF_GROUPS)
    if shared and access.groups:
        groups = listed(map(key, sorted(access.groups)))
        ways.append(f"level IN {listed(map(key, shared))} AND groups IN {groups}")
    if access.drafts == "all":
        ways.append('level = "draft"')
    elif access.drafts == "own" and access.account_id is not None:
        ways.append(f'level = "draft" AND owner_id = {quoted(key(access.account_id))}')
    if access.story_grants:
        ways.append(f"grantable = true AND story_id IN {listed(sorted(map(_story, access.story_grants)))}")
    if not ways:
        return None
    conditions = [either(ways)]
    if access.without:
        conditions.append(f"story_id NOT IN {listed(sorted(map(_story, access.without)))}")
    return conditions


class Sight:
    """The rules of ``guard`` once more, for documents that the engine says meet them."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._levels = {key(level) for level in access.levels - _NEVER_A_LEVEL}
        self._groups = {key(group) for group in access.groups}
        self._own = None if access.account_id is None else key(access.account_id)

    def has(self, row: Row) -> bool:
        """Whether this reader may see a document."""
        access = self._access
        if row.level is None or row.story_id in access.without:
            return False
        if row.level == "draft":
            own = self._own is not None and row.owner_id == self._own
            return access.drafts == "all" or (access.drafts == "own" and own)
        if row.grantable and row.story_id in access.story_grants:
            return True
        if row.level in _OF_GROUPS and self._groups.isdisjoint(row.groups):
            return False
        return row.level in self._levels


def filters(query: Query) -> list[str]:
    """Conditions of the reader's own: any value of each facet, and the range of dates."""
    conditions: list[str] = []
    for kind, wanted in query.filters.items():
        if wanted:
            conditions.append(f"{kind} IN {listed(map(key, wanted))}" if kind in FACETS else NOBODY)
    if query.date_from:
        low = day(query.date_from, last=False)
        conditions.append(NOBODY if low is None else f"recorded_high >= {low}")
    if query.date_to:
        high = day(query.date_to, last=True)
        conditions.append(NOBODY if high is None else f"recorded_low <= {high}")
    return conditions


def _story(story_id: str) -> str:
    """A story's id as a value; one that no story can have stays a value all the same."""
    return story_id.encode("utf-8", "replace").decode()
