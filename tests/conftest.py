"""What every test stands on: a whole archive in a temporary folder, with the real embedded adapters."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from tests.factories.archive import TestArchive, an_archive
from tests.factories.databases import DATABASES, POSTGRES, SQLITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--database postgresql`` runs every archive of the tests on a real Postgres server."""
    parser.addoption("--database", choices=(SQLITE, POSTGRES), default=SQLITE, help="what archives stand on")
    parser.addoption("--only-database", action="store_true", help="leave out files that --database changes nothing for")


def pytest_configure(config: pytest.Config) -> None:
    """Say which database it is before the first test asks."""
    DATABASES.choose(config.getoption("--database"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``--only-database``: files in which no archive stands, and those that ask for Postgres by themselves."""
    if not config.getoption("--only-database") or not collection_path.name.startswith("test_"):
        return None
    written = collection_path.read_text(encoding="utf-8")
    return None if AN_ARCHIVE.search(written) and "find_postgres" not in written else True


AN_ARCHIVE = re.compile(r"TestArchive|an_archive|LivingArchive|open_room|\bRoom\b|\bWorld\b|living_archive")
LOOPBACK = ["127.0.0.1", "localhost", "::1"]

# A landing is judged by the same examples every time; the long proofs look for new ones (HYPOTHESIS_PROFILE=wide).
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.register_profile("wide", max_examples=5_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_caller() -> None:
    """The tests pay no heed to the caller's STORYBRAID_*."""
    for name in [n for n in os.environ if n.startswith("STORYBRAID_")]:
        del os.environ[name]


@pytest.fixture(autouse=True)
def _closed_network() -> None:
    """Nothing but loopback is reached; the plugin opens it again after each test."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(autouse=True, scope="session")
def _no_server_stays() -> Iterator[None]:
    """The database server of this process, where one was started, ends with its tests."""
    with DATABASES.stack:
        yield


@pytest.fixture(autouse=True)
def _no_database_stays() -> Iterator[None]:
    """The databases that a test made go with it; those of its module's fixtures were there before."""
    known = set(DATABASES.by_folder)
    yield
    DATABASES.drop_since(known)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An empty archive: database at the newest revision, local store, embedded search, the app."""
    with an_archive(tmp_path / "archive") as made:
        yield made
