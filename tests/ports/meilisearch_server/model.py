"""A small model of Meilisearch: the rules that the adapter relies on, and nothing else.

It lets the adapter's own logic be run where no server is. What it says of the engine is only as true as the recorded
exchanges and the engine's documentation; the contract on a real server is what counts.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import uuid
from typing import Any

from tests.ports.meilisearch_server.filters import FilterError, compiled, held
from tests.ports.meilisearch_server.serving import Request
from tests.ports.meilisearch_server.words import Text, match, pieces_of

MASTER = "master-key-of-the-model"
_STAMP = "2026-11-25T08:20:59.711950492Z"
_ID = re.compile(r"[A-Za-z0-9_-]{1,511}")
_DEFAULTS: dict[str, Any] = {
    "searchableAttributes": [],
    "displayedAttributes": ["*"],
    "filterableAttributes": [],
    "sortableAttributes": [],
    "typoTolerance": {"disableOnAttributes": []},
    "pagination": {"maxTotalHits": 1000},
    "faceting": {"maxValuesPerFacet": 100},
}


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, kind: str = "invalid_request", message: str = "It is wrong.") -> None:
        super().__init__(code)
        self.status = status
        self.body = {
            "message": message,
            "code": code,
            "type": kind,
            "link": f"https://docs.meilisearch.com/errors#{code}",
        }


class Index:
    """One index: its settings, its documents in the order they first came, their words."""

    def __init__(self) -> None:
        self.settings = dict(_DEFAULTS)
        self.documents: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, Text] = {}

    def put(self, documents: list[dict[str, Any]]) -> None:
        """Put documents in place of those of the same ids."""
        for document in documents:
            self.documents[document["id"]] = document
            self._texts.pop(document["id"], None)

    def take(self, ids: list[str]) -> None:
        """Remove documents."""
        for id_ in ids:
            del self.documents[id_]
            self._texts.pop(id_, None)

    def text(self, id_: str) -> Text:
        """The words of a document."""
        if id_ not in self._texts:
            self._texts[id_] = Text.of(self.documents[id_], self.settings)
        return self._texts[id_]

    def shown(self, document: dict[str, Any], fields: list[str] | None) -> dict[str, Any]:
        """What of a document may be seen."""
        may = self.settings["displayedAttributes"]
        return {k: v for k, v in document.items() if (may == ["*"] or k in may) and (fields is None or k in fields)}


class Model:
    """The whole server; tasks are done one after the other, later."""

    def __init__(self, *, version: str = "1.50.0") -> None:
        self.version = version
        self.indexes: dict[str, Index] = {}
        self.keys: dict[str, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.may_work = threading.Event()
        self.may_work.set()
        self.poison = ""
        """A word of which the engine takes no document."""
        self._lock = threading.RLock()
        self._queue: queue.Queue[tuple[int, Any]] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def __call__(self, request: Request) -> tuple[int, Any, str | None]:
        """Answer one request."""
        with self._lock:
            try:
                return (*self._route(request), None)
            except ApiError as error:
                return error.status, error.body, None

    # — tasks —

    def _later(self, kind: str, uid: str | None, work: Any, **more: Any) -> tuple[int, Any]:
        number = len(self.tasks)
        self.tasks[number] = {
            "uid": number, "batchUid": number, "indexUid": uid, "status": "enqueued", "type": kind, "canceledBy": None,
            "details": None, "error": None, "duration": None, "enqueuedAt": _STAMP, "startedAt": None,
            "finishedAt": None, **more,
        }  # fmt: skip
        self._queue.put((number, work))
        return 202, {"taskUid": number, "indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": _STAMP}

    def _work(self) -> None:
        while True:
            number, work = self._queue.get()
            self.may_work.wait()
            with self._lock:
                task = self.tasks[number]
                try:
                    task["details"] = work()
                    task["status"] = "succeeded"
                except ApiError as error:
                    task["status"], task["error"] = "failed", error.body

    # — addresses —

    def _route(self, request: Request) -> tuple[int, Any]:  # noqa: C901, PLR0911, PLR0912  one line an address
        method, path = request.method, request.path.strip("/").split("/")
        match (method, *path):
            case ("GET", "health"):
                return 200, {"status": "available"}
            case ("GET", "version"):
                self._may(request, "version")
                return 200, {"commitSha": "", "commitDate": "", "pkgVersion": self.version}
            case ("GET", "tasks", number):
                self._may(request, "tasks.get")
                return 200, dict(self.tasks[int(number)])
            case ("GET", "keys", uid):
                self._may(request, None)
                if uid not in self.keys:
                    raise ApiError(404, "api_key_not_found")
                return 200, self.keys[uid]
            case ("POST", "keys"):
                self._may(request, None)
                if "version" in request.body["actions"] and request.body["indexes"] != ["*"]:
                    raise ApiError(400, "index_scoped_api_key_with_global_action")
                made = {**request.body, "key": uuid.uuid4().hex, "createdAt": _STAMP, "updatedAt": _STAMP}
                self.keys[made["uid"]] = made
                return 201, made
            case ("GET", "indexes"):
                self._may(request, "indexes.get")
                listed = [{"uid": uid, "createdAt": _STAMP, "updatedAt": _STAMP} for uid in self.indexes]
                return 200, {"results": listed, "offset": 0, "limit": 1000, "total": len(listed)}
            case ("POST", "indexes"):
                self._may(request, "indexes.create")
                return self._later("indexCreation", request.body["uid"], lambda: self._create(request.body["uid"]))
            case ("POST", "swap-indexes"):
                self._may(request, "indexes.swap")
                return self._later("indexSwap", None, lambda: self._swap(request.body[0]["indexes"]))
            case ("POST", "multi-search"):
                for one in request.body["queries"]:
                    self._may(request, "search", one["indexUid"])
                return 200, {"results": [self._one_of_several(one) for one in request.body["queries"]]}
            case (_, "indexes", uid, *rest):
                return self._index(request, uid, rest)
            case _:
                raise ApiError(404, "not_found")

    def _index(  # noqa: PLR0911  one line an address
        self, request: Request, uid: str, rest: list[str]
    ) -> tuple[int, Any]:
        match (request.method, *rest):
            case ("DELETE",):
                self._may(request, "indexes.delete", uid)
                return self._later("indexDeletion", uid, lambda: self._drop(uid))
            case ("PATCH", "settings"):
                self._may(request, "settings.update", uid)
                return self._later("settingsUpdate", uid, lambda: self._set(uid, request.body))
            case ("POST", "documents"):
                self._may(request, "documents.add", uid)
                note = request.query.get("customMetadata")
                more = {} if note is None else {"customMetadata": note}
                makes = self._allows(request, "indexes.create", uid)
                return self._later(
                    "documentAdditionOrUpdate", uid, lambda: self._add(uid, request.body, makes=makes), **more
                )
            case ("POST", "documents", "delete"):
                self._may(request, "documents.delete", uid)
                return self._later("documentDeletion", uid, lambda: self._take(uid, request.body["filter"]))
            case ("GET", "documents"):
                self._may(request, "documents.get", uid)
                return 200, self._list(self._there(uid), request.query)
            case ("GET", "documents", id_):
                self._may(request, "documents.get", uid)
                index = self._there(uid)
                if id_ not in index.documents:
                    raise ApiError(404, "document_not_found")
                return 200, index.shown(index.documents[id_], None)
            case ("POST", "search"):
                self._may(request, "search", uid)
                return 200, self._search(self._there(uid), request.body)
            case _:
                raise ApiError(404, "not_found")

    def _may(self, request: Request, action: str | None, uid: str | None = None) -> None:
        if not self._allows(request, action, uid):
            raise ApiError(403, "invalid_api_key", "auth", "The provided API key is invalid.")

    def _allows(self, request: Request, action: str | None, uid: str | None) -> bool:
        if request.key == MASTER:
            return True
        for one in self.keys.values():
            inside = uid is None or any(
                uid == name or (name.endswith("*") and uid.startswith(name[:-1])) for name in one["indexes"]
            )
            if one["key"] == request.key and action in one["actions"] and inside:
                return True
        return False

    def _there(self, uid: str) -> Index:
        if uid not in self.indexes:
            raise ApiError(404, "index_not_found")
        return self.indexes[uid]

    # — work —

    def _create(self, uid: str) -> dict[str, Any]:
        if uid in self.indexes:
            raise ApiError(409, "index_already_exists")
        self.indexes[uid] = Index()
        return {"primaryKey": "id"}

    def _drop(self, uid: str) -> dict[str, Any]:
        self._there(uid)
        return {"deletedDocuments": len(self.indexes.pop(uid).documents)}

    def _swap(self, names: list[str]) -> dict[str, Any]:
        one, other = names
        first, second = self._there(one), self._there(other)
        self.indexes[one], self.indexes[other] = second, first
        return {"swaps": [{"indexes": names, "rename": False}]}

    def _set(self, uid: str, settings: dict[str, Any]) -> dict[str, Any]:
        self._there(uid).settings |= settings
        return settings

    def _add(self, uid: str, documents: list[dict[str, Any]], *, makes: bool) -> dict[str, Any]:
        if not makes:
            self._there(uid)
        for document in documents:
            if "id" not in document or (self.poison and self.poison in document.get("text", "")):
                raise ApiError(400, "missing_document_id", message=f"No id: {json.dumps(document)}")
            if not _ID.fullmatch(document["id"]):
                raise ApiError(400, "invalid_document_id")
        self.indexes.setdefault(uid, Index()).put(json.loads(json.dumps(documents)))
        return {"receivedDocuments": len(documents), "indexedDocuments": len(documents)}

    def _take(self, uid: str, condition: Any) -> dict[str, Any]:
        index = self._there(uid)
        ids = [id_ for id_, one in index.documents.items() if self._filter(condition, index)(one)]
        index.take(ids)
        return {"providedIds": 0, "deletedDocuments": len(ids), "originalFilter": json.dumps(condition)}

    @staticmethod
    def _filter(given: Any, index: Index) -> Any:
        try:
            return compiled(given, index.settings)
        except (FilterError, ValueError) as error:
            raise ApiError(400, "invalid_search_filter", message=str(error)) from error

    def _list(self, index: Index, query: dict[str, str]) -> dict[str, Any]:
        test = self._filter(query.get("filter"), index)
        found = [one for one in index.documents.values() if test(one)]
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        fields = query["fields"].split(",") if "fields" in query else None
        page = [index.shown(one, fields) for one in found[offset : offset + limit]]
        return {"results": page, "offset": offset, "limit": limit, "total": len(found)}

    def _one_of_several(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"indexUid": body["indexUid"], **self._search(self._there(body["indexUid"]), body)}

    def _search(self, index: Index, body: dict[str, Any]) -> dict[str, Any]:
        test = self._filter(body.get("filter"), index)
        pieces = pieces_of(body["q"])
        ranked: list[tuple[tuple[int, int], int, dict[str, Any]]] = []
        for number, (id_, document) in enumerate(index.documents.items()):
            if not test(document):
                continue
            rank = match(pieces, index.text(id_)) if pieces else (0, 0)
            if rank is not None:
                ranked.append((rank, number, document))
        ranked.sort(key=lambda one: one[:2])
        for rule in reversed(body.get("sort", [])):
            name, way = rule.split(":")
            if name not in index.settings["sortableAttributes"]:
                raise ApiError(400, "invalid_search_sort")
            ranked.sort(key=lambda one: one[2][name], reverse=way == "desc")
        found = [document for *_, document in ranked]
        if body.get("distinct"):
            first: dict[str, dict[str, Any]] = {}
            for one in found:
                first.setdefault(held(one[body["distinct"]]), one)
            found = list(first.values())
        most = index.settings["pagination"]["maxTotalHits"]
        out: dict[str, Any] = {"query": body["q"], "processingTimeMs": 0, "requestUid": str(uuid.uuid4())}
        if "page" in body:
            size, number = body["hitsPerPage"], body["page"]
            total = min(len(found), most)
            hits = found[:most][(number - 1) * size : number * size]
            out |= {"hitsPerPage": size, "page": number, "totalPages": -(-total // size), "totalHits": total}
        else:
            hits = found[: min(body.get("limit", 20), most)]
            out |= {"limit": body.get("limit", 20), "offset": 0, "estimatedTotalHits": len(found)}
        if "facets" in body:
            out |= {
                "facetDistribution": {name: _counted(found, name, index) for name in body["facets"]},
                "facetStats": {},
            }
        out["hits"] = [index.shown(one, body.get("attributesToRetrieve")) for one in hits]
        return out


def _counted(found: list[dict[str, Any]], name: str, index: Index) -> dict[str, int]:
    counted: dict[str, int] = {}
    for document in found:
        value = document.get(name)
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            counted[one] = counted.get(one, 0) + 1
    most = index.settings["faceting"]["maxValuesPerFacet"]
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most])
