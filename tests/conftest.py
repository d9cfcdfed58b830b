"""What every test stands on: a whole archive in a temporary folder, with real adapters."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from app.kernel.logging import configure_logging
from tests.factories.archive import TestArchive, an_archive
from tests.factories.databases import DATABASES
from tests.factories.meilisearch import ENGINES, the_engines_host
from tests.factories.sets import EMBEDDED, PRODUCTION, THE_SET, what_stands_in, why_no_production

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--set production`` puts every archive of the tests on real Postgres, S3, Procrastinate and Meilisearch."""
    parser.addoption("--set", choices=(EMBEDDED, PRODUCTION), default=EMBEDDED, help="what archives stand on")
    parser.addoption("--only-archives", action="store_true", help="leave out files for which --set changes nothing")


def pytest_configure(config: pytest.Config) -> None:
    """Say which set it is before the first test asks; a machine that has not all of it runs nothing, and says so."""
    wanted = config.getoption("--set")
    if wanted == PRODUCTION and (lacking := why_no_production()):
        pytest.exit(f"Skipped on the production set: {lacking}.", returncode=0)
    THE_SET.choose(wanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say at the end, also of a quiet run, what the embedded part stood in for."""
    if config.getoption("--set") == PRODUCTION and (said := what_stands_in()):
        terminalreporter.write_line(said)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``--only-archives``: files in which no archive stands, and those that bring their own servers."""
    if not config.getoption("--only-archives") or not collection_path.name.startswith("test_"):
        return None
    written = collection_path.read_text(encoding="utf-8")
    return None if AN_ARCHIVE.search(written) and not OWN_SERVERS.search(written) else True


AN_ARCHIVE = re.compile(r"TestArchive|an_archive|LivingArchive|open_room|\bRoom\b|\bWorld\b|living_archive")
OWN_SERVERS = re.compile(r"find_postgres|the_server\(")
LOOPBACK = ["127.0.0.1", "localhost", "::1"]
RESOLVED: dict[str, set[str]] = {}
"""Addresses of these names, asked for once and not for every test."""

# A landing is judged by the same examples every time; the long proofs look for new ones (HYPOTHESIS_PROFILE=wide).
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.register_profile("wide", max_examples=5_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_caller() -> None:
    """The tests pay no heed to the caller's STORYBRAID_*."""
    for name in [n for n in os.environ if n.startswith("STORYBRAID_")]:
        del os.environ[name]


def close_network() -> None:
    """Nothing but loopback is reached, and the engine that MEILI_URL names."""
    hosts = [*LOOPBACK, *the_engines_host()]
    socket_allow_hosts(hosts, allow_unix_socket=True, resolution_cache=RESOLVED)


@pytest.fixture(autouse=True)
def _closed_network() -> None:
    """Closed for each test; the plugin opens it again after it."""
    close_network()


@pytest.fixture(autouse=True, scope="session")
def _no_server_stays() -> Iterator[None]:
    """The database server of this process and its search engines, where any was started, end with its tests."""
    with DATABASES.stack, ENGINES.stack:
        yield


@pytest.fixture(autouse=True)
def _lines_for_people() -> None:
    """Each test begins with the log of a person's archive, whatever the one before it set: quiet, JSON or nothing."""
    configure_logging(production=False)


@pytest.fixture(autouse=True)
def _nothing_of_an_archive_stays() -> Iterator[None]:
    """Databases, buckets and indexes that a test made go with it; those of its module's fixtures were there before."""
    known = THE_SET.known()
    yield
    THE_SET.drop_since(known)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TestArchive]:
    """An empty archive of the chosen set: database at the newest revision, store, search, the app."""
    with an_archive(tmp_path / "archive") as made:
        yield made
