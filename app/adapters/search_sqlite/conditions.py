"""SQL of who may see a story and of the reader's filters; nothing of it is ever made from input."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from app.ports.search_index import FACETS

if TYPE_CHECKING:
    from app.ports.search_index import Access, Query


_UNKEPT = re.compile("[\x00\ud800-\udfff]")

ACCESS = """(
  st.gone = 0 AND st.level IS NOT NULL AND st.story_id NOT IN (SELECT value FROM json_each(:without)) AND (
    (st.level IN (SELECT value FROM json_each(:levels))
      AND st.level NOT IN ('draft', 'sealed')
      AND (st.level NOT IN ('community', 'family') OR EXISTS (
        SELECT 1 FROM groups_{g} AS gr
        WHERE gr.story_no = st.no AND gr.group_id IN (SELECT value FROM json_each(:groups)))))
    OR (st.level = 'draft' AND (:drafts = 'all' OR (:drafts = 'own' AND st.owner_id = :account_id)))
    OR (st.level NOT IN ('draft', 'sealed')
      AND st.story_id IN (SELECT value FROM json_each(:story_grants)))
  )
)"""
"""True for stories that this reader may find. A missing field is NULL, and NULL is never true."""


def access_values(access: Access) -> dict[str, Any]:
    """Bound values of ``ACCESS``."""
    return {
        "levels": json.dumps(sorted(access.levels)),
        "groups": json.dumps(sorted(access.groups)),
        "story_grants": json.dumps(sorted(access.story_grants)),
        "without": json.dumps(sorted(access.without)),
        "drafts": access.drafts,
        "account_id": None if access.account_id is None else printable(access.account_id),
    }


def filters(query: Query) -> tuple[str, dict[str, Any]]:
    """SQL and bound values of the facet filters (any value of each facet) and the date range."""
    sql: list[str] = []
    values: dict[str, Any] = {}
    for kind in FACETS:
        wanted = query.filters.get(kind)
        if not wanted:
            continue
        sql.append(
            f"EXISTS (SELECT 1 FROM facets_{{g}} AS f WHERE f.story_no = st.no AND f.kind = '{kind}'"
            f" AND f.value IN (SELECT value FROM json_each(:filter_{kind})))"
        )
        values[f"filter_{kind}"] = json.dumps([printable(value) for value in wanted])
    unknown = set(query.filters) - set(FACETS)
    if any(query.filters[kind] for kind in unknown):
        # A filter nobody knows must not widen the answer.
        sql.append("0")
    if query.date_from:
        sql.append("st.recorded_high >= :date_from")
        values["date_from"] = printable(query.date_from)
    if query.date_to:
        sql.append("st.recorded_low <= :date_to || '~'")
        values["date_to"] = printable(query.date_to)
    return "".join(f" AND {one}" for one in sql), values


def printable(text: str) -> str:
    """The text without what SQLite cannot keep (lone surrogates, NUL), replaced one for one."""
    return _UNKEPT.sub("\ufffd", text)
