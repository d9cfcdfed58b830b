"""What the command line says of an address of a database that cannot work: one sentence, one JSON value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.kernel.settings import load_settings
from workers.cli import main

if TYPE_CHECKING:
    from pathlib import Path

BY_KIND = "one of Postgres needs STORYBRAID_DATABASE__KIND=postgres beside it."
BY_FORM = "a Postgres address is like postgresql://USER:PASSWORD@HOST:PORT/NAME"


@pytest.fixture(autouse=True)
def _no_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("kind", "url", "sentence"),
    [
        ("", "nonsense", BY_KIND),
        ("", "mysql://h/topsecret", BY_KIND),
        ("", "postgresql://sb:topsecret@h/n", BY_KIND),
        ("sqlite", "sqlite://topsecret/x", BY_KIND),
        ("sqlite", "sqlite+pysqlcipher://:topsecret@/x", BY_KIND),
        ("postgres", "postgresql://h:abc/d", BY_FORM),
        ("postgres", "postgresql://sb:topsecret/d", BY_FORM),
        ("postgres", "postgresql://sb:a@topsecret@h/d", BY_FORM),
        ("postgres", "postgresql://sb@h/d?port=topsecret", BY_FORM),
        ("postgres", "sqlite:////x.sqlite", "a Postgres address begins with postgresql://"),
    ],
)
def test_an_address_that_cannot_work_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str, url: str, sentence: str
) -> None:
    """Exit 1 with the setting's name and what to write, without what may be a password of it."""
    monkeypatch.setenv("STORYBRAID_DATABASE__KIND", kind)
    monkeypatch.setenv("STORYBRAID_DATABASE__URL", url)
    for command in (["doctor"], ["search", "x"]):
        assert main([*command, "--json"]) == 1
        printed = capsys.readouterr()
        error = json.loads(printed.out)["error"]
        assert error["slug"] == "settings"
        assert error["detail"].startswith("STORYBRAID_DATABASE__URL: ")
        assert sentence in error["detail"]
        assert "topsecret" not in printed.out + printed.err


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///archive/a.sqlite",
        "sqlite:////data/a@b.sqlite",
        "sqlite+pysqlite:////data/a.sqlite?timeout=30",
        "postgresql://sb:a%40b%2Fc@[::1]:5432/n",
        "postgresql://sb@/n?host=%2Frun%2Fpostgresql&port=5433",
        "postgres:///n",
        "postgresql://sb:to/psecret@h/n?sslmode=require&connect_timeout=3",
    ],
)
def test_an_address_that_can_work_is_taken(url: str) -> None:
    """With its password in whatever form the driver reads, by a socket, with parameters."""
    kind = "sqlite" if url.startswith("sqlite") else "postgres"
    taken = load_settings(env_file=None, database={"kind": kind, "url": url}).database_url
    assert taken.partition("://")[2] == url.partition("://")[2]
