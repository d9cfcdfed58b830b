"""A server of our own that does not start says why."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workers.servers.own import NoServerError
from workers.servers.postgres import a_postgres, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for programs in Postgres' place, which the user that it runs as may read."""
    with tempfile.TemporaryDirectory(prefix="sb-programs-") as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{name}{os.pathsep}{os.environ['PATH']}")
        yield Path(name)


def put(programs: Path, name: str, script: str) -> None:
    """A program of that name."""
    (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (programs / name).chmod(0o755)


@pytest.mark.parametrize("name", ["initdb", "postgres"])
def test_postgres_that_does_not_start_says_why(programs: Path, name: str) -> None:
    """Also where its folder, with its log, is gone again."""
    here = find_postgres()
    assert here is not None
    for each in ("initdb", "postgres"):
        put(programs, each, f'exec "{here / each}" "$@"')
    put(programs, name, "echo cannot open the null device >&2; exit 1")
    with pytest.raises(NoServerError, match="cannot open the null device"), a_postgres():
        pass


def test_a_keeper_that_fails_itself_says_why(programs: Path) -> None:
    """No program at all where it should be."""
    put(programs, "initdb", "exit 0")
    put(programs, "postgres", "exit 0")
    (programs / "initdb").write_bytes(b"\x7fELF no program")
    with pytest.raises(NoServerError, match="initdb"), a_postgres():
        pass
