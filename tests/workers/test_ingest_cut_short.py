"""``ingest`` of several files that is cut short: what was taken in is told all the same, as one JSON value."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Engine, event

from tests.factories.databases import DATABASES
from tests.factories.sound import a_tone, write_wav
from workers.cli import main
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Ears(io.StringIO):
    """Stderr that does something when a line is said for the first time."""

    def __init__(self, line: str, do: Callable[[], None]) -> None:
        super().__init__()
        self._line = line
        self._do: Callable[[], None] | None = do

    def write(self, text: str) -> int:
        """Keep it, and act on it."""
        written = super().write(text)
        if self._do is not None and self._line in text:
            do, self._do = self._do, None
            do()
        return written


def interrupt() -> None:
    """What Python does at Ctrl-C, also in tests that run in the background, where the signal itself is ignored."""
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def sounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Two files of an embedded archive."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORYBRAID_DATA", str(tmp_path / "archive"))
    return [str(write_wav(tmp_path / f"{name}.wav", a_tone(1))) for name in ("first", "second")]


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    """Commands that were run in this process keep connections, which end with the process."""
    used: set[Engine] = set()

    def watch(connection: Connection) -> None:
        used.add(connection.engine)

    event.listen(Engine, "engine_connect", watch)
    yield
    event.remove(Engine, "engine_connect", watch)
    for engine in used:
        engine.dispose()


def ingest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ears: Ears, *sounds: str) -> Any:
    """Exit code and JSON value."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", ears)
        capsys.readouterr()
        code = main(["ingest", *sounds, "--json"])
    assert "Traceback" not in ears.getvalue()
    return code, json.loads(capsys.readouterr().out)


def test_stopped_at_the_first_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sounds: list[str]
) -> None:
    """Ctrl-C before anything was taken in is exit 130 and an error in the form of all."""
    assert main(["migrate"]) == 0
    ears = Ears("Taking in first.wav", interrupt)
    code, told = ingest(capsys, monkeypatch, ears, *sounds)
    assert code == 130
    assert told == {"error": {"slug": "interrupted", "detail": "Stopped. What was finished is kept."}}
    assert "Stopped." in ears.getvalue()


def test_stopped_at_the_second_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sounds: list[str]
) -> None:
    """The story of the first is named; the second says that it was not taken in."""
    assert main(["migrate"]) == 0
    ears = Ears("Taking in second.wav", interrupt)
    code, told = ingest(capsys, monkeypatch, ears, *sounds)
    assert code == 130
    assert [(row["file"], row["state"]) for row in told] == [(sounds[0], "completing"), (sounds[1], "failed")]
    assert told[0]["story_id"]
    assert told[1]["warnings"] == ["Stopped before it was taken in."]


@pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
def test_a_database_that_goes_at_the_second_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sounds: list[str]
) -> None:
    """The story of the first is named though nothing more can be asked; exit 1."""
    database = DATABASES.empty()
    name = database.url.partition("@/")[2].partition("?")[0]
    monkeypatch.setenv("STORYBRAID_DATABASE__KIND", "postgres")
    monkeypatch.setenv("STORYBRAID_DATABASE__URL", database.url)
    assert main(["migrate"]) == 0
    ears = Ears("Taking in second.wav", lambda: DATABASES.server.drop(name))
    code, told = ingest(capsys, monkeypatch, ears, *sounds)
    assert code == 1
    assert [row["state"] for row in told] == ["completing", "failed"]
    assert told[0]["story_id"]
    assert all(row["warnings"][0].startswith("The database cannot be used now. It says: ") for row in told)
