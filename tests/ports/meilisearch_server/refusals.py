"""What the engine refuses, asked of the model and of a real server alike, so that the model refuses it too."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from app.adapters.search_meilisearch import MeilisearchIndex, make_keys
from app.ports.search_index import IndexSpec
from tests.ports.search_index_contract import a_story, put

if TYPE_CHECKING:
    from collections.abc import Callable

UID = "passages_refusals"
ADDRESS = f"/indexes/{UID}"
ELSEWHERE = "/indexes/passages_nowhere"
DOCUMENT = {"id": "x", "kind": "passage"}
CASES: dict[str, tuple[str, str, str, Any, str]] = {
    "a write makes no index": ("write", "POST", f"{ELSEWHERE}/documents", [DOCUMENT], "index_not_found"),
    "nothing to take where no index is": (
        "write", "POST", f"{ELSEWHERE}/documents/delete", {"filter": 'kind = "passage"'}, "index_not_found",
    ),
    "no index to remove": ("admin", "DELETE", ELSEWHERE, None, "index_not_found"),
    "no index to change places with": (
        "admin", "POST", "/swap-indexes", [{"indexes": [UID, "passages_nowhere"]}], "index_not_found",
    ),
    "no index to search": ("search", "POST", f"{ELSEWHERE}/search", {"q": ""}, "index_not_found"),
    "no index for one of several": ("search", "POST", "/multi-search", {"queries": [
        {"indexUid": UID, "q": ""}, {"indexUid": "passages_nowhere", "q": ""},
    ]}, "index_not_found"),
    "a filter of one of several": ("search", "POST", "/multi-search", {"queries": [
        {"indexUid": UID, "q": ""}, {"indexUid": UID, "q": "", "filter": ["kind ="]},
    ]}, "invalid_search_filter"),
    "a write key asks nothing at all": ("write", "POST", "/multi-search", {"queries": [{"indexUid": UID, "q": ""}]},
                                        "invalid_api_key"),
    "no index to read": ("write", "GET", f"{ELSEWHERE}/documents/x", None, "index_not_found"),
    "an index that is there": ("admin", "POST", "/indexes", {"uid": UID, "primaryKey": "id"}, "index_already_exists"),
    "a document without an id": ("write", "POST", f"{ADDRESS}/documents", [DOCUMENT, {"kind": "passage"}],
                                 "missing_document_id"),
    "an id that is none": ("write", "POST", f"{ADDRESS}/documents", [DOCUMENT, {"id": "a b"}], "invalid_document_id"),
    "a document that is not there": ("write", "GET", f"{ADDRESS}/documents/nowhere", None, "document_not_found"),
    "a filter that cannot be read": ("search", "POST", f"{ADDRESS}/search", {"q": "", "filter": ["kind ="]},
                                     "invalid_search_filter"),
    "a filter by what is not for it": ("search", "POST", f"{ADDRESS}/search", {"q": "", "filter": ['text = "a"']},
                                       "invalid_search_filter"),
    "a comparison of what is only equal": ("search", "POST", f"{ADDRESS}/search", {"q": "", "filter": ["level > 1"]},
                                           "invalid_search_filter"),
    "an order by what is not for it": ("search", "POST", f"{ADDRESS}/search", {"q": "", "sort": ["text:asc"]},
                                       "invalid_search_sort"),
    "a search key reads no documents": ("search", "GET", f"{ADDRESS}/documents/meta", None, "invalid_api_key"),
    "a search key writes none": ("search", "POST", f"{ADDRESS}/documents", [DOCUMENT], "invalid_api_key"),
    "a write key does not search": ("write", "POST", f"{ADDRESS}/search", {"q": ""}, "invalid_api_key"),
    "a write key is told no version": ("write", "GET", "/version", None, "invalid_api_key"),
    "a write key changes no settings": ("write", "PATCH", f"{ADDRESS}/settings", {"stopWords": []}, "invalid_api_key"),
    "an admin key makes no keys": ("admin", "POST", "/keys", {
        "uid": "00000000-0000-4000-8000-000000000000", "name": "n", "description": "d",
        "actions": ["search"], "indexes": ["*"], "expiresAt": None,
    }, "invalid_api_key"),
    "the version is for no key of some indexes": ("master", "POST", "/keys", {
        "uid": "00000000-0000-4000-8000-000000000001", "name": "n", "description": "d",
        "actions": ["version"], "indexes": ["passages*"], "expiresAt": None,
    }, "index_scoped_api_key_with_global_action"),
}  # fmt: skip
"""By name: the key, method, path, body, and the code of the refusal, of the answer or of the task."""


def refused(url: str, master_key: str) -> dict[str, str]:
    """The code with which each case was refused there; "done" for what was done."""
    index = MeilisearchIndex(url, admin_key=master_key, uid=UID)
    index.ensure(IndexSpec("1"))
    put(index, a_story("a", "word"))
    keys = {name.removesuffix("_key"): key for name, key in vars(make_keys(url, master_key)).items()}
    keys["master"] = master_key
    # A line for each question: the server closes one that it keeps whenever it likes.
    each = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=url, headers={"Accept-Encoding": "identity"}, limits=each) as client:

        def ask(key: str, method: str, path: str, body: Any) -> str:
            answer = client.request(method, path, json=body, headers={"Authorization": f"Bearer {keys[key]}"})
            if answer.is_error:
                return str(answer.json()["code"])
            if answer.status_code != 202:
                return "done"
            return _ended(lambda: dict(client.get(f"/tasks/{answer.json()['taskUid']}", headers=_bearer(keys)).json()))

        return {name: ask(key, method, path, body) for name, (key, method, path, body, _) in CASES.items()}


def _bearer(keys: dict[str, str]) -> dict[str, str]:
    # The master key: to the others a task of another index, or of none, is not there.
    return {"Authorization": f"Bearer {keys['master']}"}


def _ended(look: Callable[[], dict[str, Any]], within_s: float = 60) -> str:
    until = time.monotonic() + within_s
    while (task := look())["status"] in {"enqueued", "processing"}:
        assert time.monotonic() < until
        time.sleep(0.02)
    return "done" if task["error"] is None else str(task["error"]["code"])
