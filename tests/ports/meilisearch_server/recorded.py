"""Exchanges with a real Meilisearch 1.50.0, and whether a request agrees with them in shape."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from tests.shared_data import SHARED

FILE = SHARED / "meilisearch" / "exchanges.json"

_TEMPLATES = (
    (re.compile(r"/indexes/[\w-]+/documents/(?!delete$)[\w-]+"), "/indexes/{uid}/documents/{id}"),
    (re.compile(r"/indexes/[\w-]+"), "/indexes/{uid}"),
    (re.compile(r"/tasks/\d+"), "/tasks/{n}"),
    (re.compile(r"/keys/[\w-]+"), "/keys/{uid}"),
)
SEARCH = "POST /indexes/{uid}/search"
SEVERAL = "POST /multi-search"
# What the adapter uses besides, with where it is described.
DOCUMENTED: dict[str, dict[str, Any]] = {
    # https://www.meilisearch.com/docs/reference/api/search#sort
    SEARCH: {"body": {"sort": [[""]]}},
    # https://www.meilisearch.com/docs/reference/api/documents#query-parameters
    "GET /indexes/{uid}/documents": {"query": {"filter"}},
    # https://www.meilisearch.com/docs/reference/api/indexes#list-all-indexes
    "GET /indexes": {"query": {"limit"}},
    # https://www.meilisearch.com/docs/reference/api/indexes#delete-an-index
    "DELETE /indexes/{uid}": {},
    # https://www.meilisearch.com/docs/reference/api/documents#add-or-replace-documents (the filter's too)
    "POST /indexes/{uid}/documents/delete": {"query": {"customMetadata"}},
    # https://www.meilisearch.com/docs/reference/api/keys
    "GET /keys/{uid}": {},
    "POST /keys": {
        "body": {
            **{name: [""] for name in ("uid", "name", "description")},
            **{name: [[""]] for name in ("actions", "indexes")},
            "expiresAt": [None],
        }
    },
}


@cache
def exchanges() -> dict[str, Any]:
    """Every recorded exchange by its name."""
    return {one["name"]: one for one in json.loads(FILE.read_text(encoding="utf-8"))}


def template(method: str, path: str) -> str:
    """Method and path with names and numbers left out."""
    for pattern, name in _TEMPLATES:
        path = pattern.sub(name, path, count=1)
        if "/{id}" in path:
            break
    return f"{method} {path}"


@cache
def _known() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for one in exchanges().values():
        request = one["request"]
        here = known.setdefault(template(request["method"], request["path"]), {"query": set(), "body": {}, "lists": []})
        here["query"] |= set(request["params"] or {})
        if isinstance(request["body"], dict):
            for key, value in request["body"].items():
                here["body"].setdefault(key, []).append(value)
        elif isinstance(request["body"], list):
            here["lists"].append(request["body"])
    for name, more in DOCUMENTED.items():
        here = known.setdefault(name, {"query": set(), "body": {}, "lists": []})
        here["query"] |= more.get("query", set())
        for key, values in more.get("body", {}).items():
            here["body"].setdefault(key, []).extend(values)
    return known


def disagreement(method: str, path: str, query: set[str], content_type: str | None, body: Any) -> str | None:
    """What in a request no recorded one has; None when all of it is known (or the recordings are not here)."""
    if not FILE.exists():
        return None
    name = template(method, path)
    if name == SEVERAL:
        return _of_several(body)
    known = _known().get(name)
    if known is None:
        return f"no recorded request is {name}"
    if query - known["query"]:
        return f"{name}: no recorded request has {sorted(query - known['query'])} in its address"
    if body is not None and content_type != "application/json":
        return f"{name}: sent as {content_type}"
    return _of_object(name, body, known) if isinstance(body, dict) else _of_list(name, body, known)


def _of_several(body: Any) -> str | None:
    """Several searches in one request: each has the index's name, and for the rest is a search.

    https://www.meilisearch.com/docs/reference/api/multi_search
    """
    if set(body) != {"queries"} or not isinstance(body["queries"], list):
        return f"{SEVERAL}: {body!r}"
    for query in body["queries"]:
        one = {key: value for key, value in query.items() if key != "indexUid"}
        path = f"/indexes/{query['indexUid']}/search"
        if (wrong := disagreement("POST", path, set(), "application/json", one)) is not None:
            return f"{SEVERAL}: {wrong}"
    return None


def _of_object(name: str, body: dict[str, Any], known: dict[str, Any]) -> str | None:
    for key, value in body.items():
        if key not in known["body"]:
            return f"{name}: no recorded request has {key!r}"
        if not any(_alike(value, other) for other in known["body"][key]):
            return f"{name}: {key!r} is {value!r}, recorded was {known['body'][key]!r}"
    return None


def _of_list(name: str, body: Any, known: dict[str, Any]) -> str | None:
    if body is None:
        return None
    if name.endswith("/documents"):  # the fields of a document are ours
        return None if all(isinstance(one.get("id"), str) for one in body) else f"{name}: a document without an id"
    alike = any(_alike(body, other) for other in known["lists"])
    return None if alike else f"{name}: {body!r} is like none of {known['lists']!r}"


def _alike(value: Any, recorded: Any) -> bool:
    """Same kinds, down to the last; a list may be longer or empty, and an object lacks no key and has no other."""
    if isinstance(value, dict) and isinstance(recorded, dict):
        return set(value) == set(recorded) and all(_alike(value[key], recorded[key]) for key in value)
    if isinstance(value, list) and isinstance(recorded, list):
        return not recorded or all(any(_alike(one, other) for other in recorded) for one in value)
    return type(value) is type(recorded)
