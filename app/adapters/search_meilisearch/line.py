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
        # By the adapter alone: a session looks up proxies, cookies and password files for each request (0.4 ms), and
        # no password file of the user's may take the place of our key.
        self._adapter = requests.adapters.HTTPAdapter()
        given = requests.Session().merge_environment_settings(url, {}, None, None, None)
        self._proxies, self._verify = given["proxies"], given["verify"]
        self._ready: dict[str, requests.PreparedRequest] = {}

    def post(self, path: str, asked: dict[str, Any]) -> bytes:
        """The server's JSON.

        Raises ``MeilisearchApiError`` for a refusal, ``requests.RequestException`` where there is no answer.
        """
        if path not in self._ready:
            self._ready[path] = requests.Request("POST", f"{self._url}/{path}", headers=self._headers).prepare()
        request = self._ready[path].copy()
        request.prepare_body(json.dumps(asked), None)
        try:
            response = self._send(request)
        except requests.Timeout:
            raise
        except requests.ConnectionError:
            # The server closes a line that was long idle, and may do so just when we ask.
            response = self._send(request)
        answer = response.content
        if not response.ok:
            raise MeilisearchApiError(f"{response.status_code}", response)
        return answer

    def _send(self, request: requests.PreparedRequest) -> requests.Response:
        return self._adapter.send(request, timeout=self._timeout_s, verify=self._verify, proxies=self._proxies)
