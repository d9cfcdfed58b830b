"""Talking to the server by its official client: one client a thread, every failure a typed error."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import requests
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from pydantic import BaseModel, ConfigDict, Field

from app.adapters.search_meilisearch import schema
from app.adapters.search_meilisearch.line import Line
from app.ports.search_index import BadDocumentError, SearchUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Role = Literal["search", "write", "admin"]
SEARCH_TIMEOUT_S, WRITE_TIMEOUT_S = 5, 60
"""A search is cut off by the engine after 1.5 s; the rest is for its queue. One document, or how a task ended, is
told as fast: somebody who takes a story back waits for it. Many documents may take their time."""
_FIRST_LOOK_S, _LONGEST_LOOK_S = 0.01, 0.5
_SENTENCES = {
    "index_not_found": "the search index has not been made: run storybraid search setup",
    "invalid_api_key": "the search engine does not take the key of this process: run storybraid search setup",
    "missing_authorization_header": "the search engine asks for a key: run storybraid search setup",
    "too_many_search_requests": "the search engine has too many questions at once",
}


class Row(BaseModel):
    """One document as the engine shows it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    story_id: str = ""
    kind: str = ""
    level: str | None = None
    groups: tuple[str, ...] = ()
    owner_id: str | None = None
    grantable: bool = False
    seq: int = 0
    revision: int = 0
    passages: int = 0
    passage_id: str = ""
    recording_id: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    text: str = ""
    core: int = 0
    languages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    title: str = ""
    recorded_newest: int = -1
    recorded_oldest: int = -1
    published_at: int = 0
    language: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    version: str = ""
    generation: str = ""


class Answer(BaseModel):
    """The engine's answer to a search."""

    hits: tuple[Row, ...]
    total: int | None = Field(default=None, alias="totalHits")
    estimated: int | None = Field(default=None, alias="estimatedTotalHits")
    facets: dict[str, dict[str, int]] = Field(default_factory=dict, alias="facetDistribution")


class _Answers(BaseModel):
    results: tuple[Answer, ...]


class _Rows(BaseModel):
    results: tuple[Row, ...]
    total: int


class _Named(BaseModel):
    uid: str


class _Indexes(BaseModel):
    results: tuple[_Named, ...]


class _Failure(BaseModel):
    code: str = "unknown"
    type: str = "unknown"


class _Done(BaseModel):
    status: Literal["enqueued", "processing", "succeeded", "failed", "canceled"]
    error: _Failure | None = None


class _Product(BaseModel):
    pkgVersion: str  # noqa: N815  the engine's own name


class Engine:
    """One server and the keys this process has for it."""

    def __init__(
        self, url: str, *, search_key: str | None, write_key: str | None, admin_key: str | None, live: str
    ) -> None:
        self.url = url.rstrip("/")
        self.live = live
        """The index that answers; one that a rebuild fills has a name that begins like it."""
        self._keys: dict[Role, str | None] = {
            "search": search_key or admin_key or write_key,
            "write": write_key or admin_key,
            "admin": admin_key,
        }
        self._local = threading.local()

    def may(self, role: Role) -> bool:
        """Whether this process has a key for it."""
        return self._keys[role] is not None

    def search(self, uid: str, q: str, **body: Any) -> Answer:  # noqa: ANN401  the engine's own parameters
        """Ask one index; raises ``SearchUnavailableError`` whatever goes wrong."""
        return self.searches(uid, [{"q": q, **body}])[0]

    def searches(self, uid: str, bodies: Sequence[dict[str, Any]]) -> list[Answer]:
        """Ask one index several things in one request; raises ``SearchUnavailableError`` whatever goes wrong."""
        asked = [{"locales": ["eng"], "matchingStrategy": "all", **body} for body in bodies]
        with _typed():
            line = self._line()
            if len(asked) == 1:
                return [Answer.model_validate_json(line.post(f"indexes/{uid}/search", asked[0]))]
            queries = [{"indexUid": uid, **one} for one in asked]
            answers = _Answers.model_validate_json(line.post("multi-search", {"queries": queries})).results
            if len(answers) != len(asked):
                raise ValueError("as many answers as questions")
            return list(answers)

    def _line(self) -> Line:
        line: Line | None = self._local.__dict__.get("line")
        if line is None:
            line = self._local.line = Line(self.url, self._key("search"), SEARCH_TIMEOUT_S)
        return line

    def add(self, uid: str, documents: Sequence[dict[str, Any]], *, role: Role = "write", note: str = "") -> int:
        """Put documents in place of those of the same ids; the task's number."""
        with _typed(writing=True):
            index = self._client(role).index(uid)
            return int(index.add_documents(documents, metadata=note or None).task_uid)

    def take(self, uid: str, condition: str, *, role: Role = "write", note: str = "") -> int:
        """Remove the documents of a filter; the task's number."""
        with _typed():
            index = self._client(role).index(uid)
            return int(index.delete_documents(filter=condition, metadata=note or None).task_uid)

    def document(self, uid: str, id_: str) -> Row | None:
        """One document by its id; None when it, or the index, is not there."""
        with _typed():
            try:
                found = self._client("write", SEARCH_TIMEOUT_S).index(uid).get_document(id_)
            except MeilisearchApiError as error:
                if error.code in {"document_not_found", "index_not_found"}:
                    return None
                raise
            return Row.model_validate(dict(found))

    def scan(self, uid: str, condition: str, fields: Iterable[str]) -> Iterator[Row]:
        """All documents of a filter, in the engine's own order."""
        names, size, offset = ",".join(fields), 1000, 0
        while True:
            with _typed():
                http = self._client("write").http
                query = urlencode({"fields": names, "limit": size, "offset": offset, "filter": condition})
                page = _Rows.model_validate(http.get(f"indexes/{uid}/documents?{query}"))
            yield from page.results
            offset += size
            if offset >= page.total:
                return

    def count(self, uid: str, condition: str) -> int:
        """How many documents of a filter there are, exactly."""
        with _typed():
            query = urlencode({"fields": "id", "limit": 1, "offset": 0, "filter": condition})
            return _Rows.model_validate(self._client("write").http.get(f"indexes/{uid}/documents?{query}")).total

    def create(self, uid: str) -> None:
        """Make an index with the archive's settings, and wait; one that is there already gets the settings."""
        with _typed():
            task = self._client("admin").create_index(uid, {"primaryKey": "id"})
            made = self.outcome(int(task.task_uid), WRITE_TIMEOUT_S, role="admin")
            if made is not None and made.error is not None and made.error.code != "index_already_exists":
                raise _refusal(made.error)
            settings = self._client("admin").index(uid).update_settings(schema.SETTINGS)
        self.settle([int(settings.task_uid)], role="admin")

    def names(self) -> list[str]:
        """Names of the server's indexes, at most a thousand."""
        with _typed():
            listed = _Indexes.model_validate(self._client("admin").http.get("indexes?limit=1000"))
            return [one.uid for one in listed.results]

    def drop(self, uid: str) -> int:
        """Remove an index; the task's number."""
        with _typed():
            return int(self._client("admin").delete_index(uid).task_uid)

    def swap(self, one: str, other: str) -> int:
        """Let two indexes change places, in one step for whoever asks; the task's number."""
        with _typed():
            return int(self._client("admin").swap_indexes([{"indexes": [one, other]}]).task_uid)

    def outcome(self, task: int, timeout_s: float, *, role: Role = "write") -> _Done | None:
        """How a task ended; None when it has not after so many seconds."""
        until, pause = time.monotonic() + timeout_s, _FIRST_LOOK_S
        while True:
            with _typed():
                http = self._client(role, SEARCH_TIMEOUT_S).http
                done = _Done.model_validate(http.get(f"tasks/{task}"))
            if done.status not in {"enqueued", "processing"}:
                return done
            if time.monotonic() >= until:
                return None
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_LOOK_S)

    def settle(self, tasks: Iterable[int], timeout_s: float = 600, *, role: Role = "write") -> None:
        """Wait until all tasks are done well.

        Raises ``BadDocumentError`` when the engine refused the documents, ``SearchUnavailableError`` otherwise.
        """
        for task in tasks:
            done = self.outcome(task, timeout_s, role=role)
            if done is None:
                raise SearchUnavailableError("the search engine has not done its work in time")
            if done.status != "succeeded":
                raise _refusal(done.error or _Failure())

    def health(self) -> None:
        """Raise ``SearchUnavailableError`` when the server does not say that it is available."""
        with _typed():
            if self._client("search", SEARCH_TIMEOUT_S).health().get("status") != "available":
                raise SearchUnavailableError("the search engine says that it is not available")

    def version(self) -> str | None:
        """The server's version; None where this process has not the admin key."""
        if not self.may("admin"):
            return None
        with _typed():
            return _Product.model_validate(self._client("admin").get_version()).pkgVersion

    def _key(self, role: Role) -> str:
        key = self._keys[role]
        if key is None:
            raise SearchUnavailableError(f"this process has no {role} key for the search engine")
        return key

    def _client(self, role: Role, timeout_s: int = WRITE_TIMEOUT_S) -> Client:
        key = self._key(role)
        # One client a thread: it changes the headers that its calls share.
        known: dict[tuple[Role, int], Client] = self._local.__dict__.setdefault("clients", {})
        if (role, timeout_s) not in known:
            known[role, timeout_s] = Client(
                self.url, key, timeout=timeout_s, custom_headers={"Accept-Encoding": "identity"}
            )
        return known[role, timeout_s]


def _refusal(error: _Failure) -> Exception:
    """A failed task as an error. The engine's own message is not passed on: it may quote the document."""
    if error.type == "invalid_request":
        return BadDocumentError(f"the search engine refused it ({error.code})")
    return SearchUnavailableError(f"the search engine could not do its work ({error.code})")


@contextmanager
def _typed(*, writing: bool = False) -> Iterator[None]:
    """Every error of the client, of the wire and of an answer that makes no sense, as the port's own."""
    try:
        yield
    except MeilisearchApiError as error:
        code = str(error.code or error.status_code)
        if writing and error.type == "invalid_request" and code not in _SENTENCES:
            raise BadDocumentError(f"the search engine refused it ({code})") from error
        sentence = _SENTENCES.get(code, f"the search engine answers with an error ({code})")
        raise SearchUnavailableError(sentence) from error
    except (MeilisearchError, requests.RequestException) as error:
        raise SearchUnavailableError("the search engine does not answer") from error
    except BadDocumentError:
        raise
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        # The client raises these on answers that are no JSON, or JSON of another kind.
        raise SearchUnavailableError("the search engine answers what makes no sense") from error
