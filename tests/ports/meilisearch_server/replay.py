"""Answers that a real server once gave, given again."""

from __future__ import annotations

from typing import Any

from tests.ports.meilisearch_server import recorded
from tests.ports.meilisearch_server.serving import Request

REFUSED = 400


class Replay:
    """Answers each kind of request with the recorded exchange named for it; others are a disagreement."""

    def __init__(self, *names: str) -> None:
        self._answers: dict[str, list[dict[str, Any]]] = {}
        for name in names:
            one = recorded.exchanges()[name]
            request = one["request"]
            kind = recorded.template(request["method"], request["path"])
            self._answers.setdefault(kind, []).append(one["response"])

    def __call__(self, request: Request) -> tuple[int, Any, str | None]:
        """Give the next recorded answer of this kind; the last one again and again."""
        kind = recorded.template(request.method, request.path)
        if kind == recorded.SEVERAL:
            return self._several(request)
        waiting = self._answers.get(kind)
        if not waiting:
            return 500, {"message": "nothing was recorded for this", "code": "internal", "type": "internal"}, None
        one = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return one["status"], one["body"], one["retry_after"]

    def _several(self, request: Request) -> tuple[int, Any, str | None]:
        """Each search as if it had come alone; one that is refused has all refused, as the engine does."""
        results = []
        for query in request.body["queries"]:
            path = f"/indexes/{query['indexUid']}/search"
            status, body, later = self(request._replace(path=path, body=query))
            if status >= REFUSED:
                return status, body, later
            results.append({"indexUid": query["indexUid"], **body})
        return 200, {"results": results}, None
