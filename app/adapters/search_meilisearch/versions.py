"""What the index says of itself: its version, whether the rows know what it lacks, whether it rests for a switch."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from app.adapters.search_meilisearch import schema
from app.ports.search_index import SearchUnavailableError

if TYPE_CHECKING:
    from app.adapters.search_meilisearch.engine import Engine

LOOKED_AT_S = 5.0
"""How long a reader goes by what the index last said of itself."""
_UNCONFIRMED, _RESTING = "~", "!"


def meta(version: str) -> dict[str, Any]:
    """The document that says which version an index is of; ``generation`` is new for each one."""
    return {"id": schema.META, "kind": "meta", "version": version, "generation": secrets.token_hex(8)}


def unconfirmed(version: str) -> str:
    """Of an index that was just made: the rows have not been told yet that it has nothing."""
    return _UNCONFIRMED + version


def is_unconfirmed(version: str) -> bool:
    """Whether the rows are still to be compared with what it holds."""
    return version.startswith(_UNCONFIRMED)


def resting(version: str) -> str:
    """Of an index that answers and takes no story, since another one is about to take its place."""
    return _RESTING + version.removeprefix(_RESTING)


def may_be_written(version: str, own: str) -> bool:
    """Whether a process of the version ``own`` may put stories into it; one that was told no version may."""
    return not own or version.removeprefix(_UNCONFIRMED) == own


def confirm(engine: Engine) -> None:
    """Say of the live index that the rows know what it lacks."""
    found = engine.document(engine.live, schema.META)
    if found is not None and is_unconfirmed(found.version):
        said = meta(found.version.removeprefix(_UNCONFIRMED)) | {"generation": found.generation}
        engine.settle([engine.add(engine.live, [said])])


class Sight:
    """How far a reader may trust what the index answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: tuple[float, str] | None = None

    def is_older(self, own: str) -> bool:
        """Whether its words were folded otherwise than ``own``, so that some that are there may not be found.

        Raises ``SearchUnavailableError`` where its documents are of another form, which cannot be asked.
        """
        said = self._said().lstrip(_UNCONFIRMED + _RESTING) if own else own
        if said in ("", own):
            return False
        if said.rsplit("/", 1)[-1] != own.rsplit("/", 1)[-1]:
            raise SearchUnavailableError("the search index is of another form and waits for its rebuild")
        return True

    def forget(self) -> None:
        """It may say something else now."""
        self._known = None

    def _said(self) -> str:
        """What the index last said, "" where it says nothing."""
        known = self._known
        if known is None or time.monotonic() - known[0] > LOOKED_AT_S:
            wanted = ["id", "kind", "version"]
            answer = self._engine.search(
                self._engine.live, "", filter=['kind = "meta"'], limit=1, attributesToRetrieve=wanted
            )
            said = next((row.version for row in answer.hits if row.kind == "meta"), "")
            known = self._known = time.monotonic(), said
        return known[1]
