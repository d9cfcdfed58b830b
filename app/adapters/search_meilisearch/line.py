"""A line to the server that stays, for searches: the official client opens one for each question."""

from __future__ import annotations

import json
from typing import Any

import requests
from meilisearch.errors import MeilisearchApiError


class Line:
    """One thread's line. What a request needs besides its words is made ready once."""

    def __init__(self, url: str, key: str, timeout_s: float) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            # A compressed answer on a line that stays waits 40 ms for a delayed acknowledgement.
            "Accept-Encoding": "identity",
        }
        self._session = requests.Session()
        # Looked up once; and no password file of the user's may take the place of our key.
        given = self._session.merge_environment_settings(url, {}, None, None, None)
        self._session.proxies, self._session.verify = given["proxies"], given["verify"]
        self._session.trust_env = False
        self._ready: dict[str, requests.PreparedRequest] = {}

    def post(self, path: str, asked: dict[str, Any]) -> bytes:
        """The server's JSON.

        Raises ``MeilisearchApiError`` for a refusal, ``requests.RequestException`` where there is no answer.
        """
        if path not in self._ready:
            made = requests.Request("POST", f"{self._url}/{path}", headers=self._headers)
            self._ready[path] = self._session.prepare_request(made)
        request = self._ready[path].copy()
        request.prepare_body(json.dumps(asked), None)
        try:
            response = self._send(request)
        except requests.Timeout:
            raise
        except requests.ConnectionError:
            # The server closes a line that was long idle, and may do so just when we ask.
            response = self._send(request)
        if not response.ok:
            raise MeilisearchApiError(f"{response.status_code}", response)
        return response.content

    def _send(self, request: requests.PreparedRequest) -> requests.Response:
        return self._session.send(request, timeout=self._timeout_s, allow_redirects=False)
