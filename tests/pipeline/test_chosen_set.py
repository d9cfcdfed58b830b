"""The archives of the tests stand on the set that was asked for, all of it, and nothing falls back unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.db import product_of
from tests.factories.archive import an_archive
from tests.factories.living import LivingArchive
from tests.factories.sets import EMBEDDED, PRODUCTION

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from app.ports import Ports
    from tests.factories.archive import TestArchive

PRODUCTS = {
    EMBEDDED: ("SQLite ", "local folder", "embedded jobs"),
    PRODUCTION: ("PostgreSQL ", "S3 bucket ", "Procrastinate "),
}


def stands_on(ports: Ports, kind: str) -> bool:
    """Whether database, store and queue are those of the set."""
    with ports.sessions.kw["bind"].connect() as connection:
        found = (product_of(connection), ports.objects.name, ports.jobs.name)
    return all(name.startswith(wanted) for name, wanted in zip(found, PRODUCTS[kind], strict=True))


def test_an_archive_stands_on_the_chosen_set(archive: TestArchive, pytestconfig: pytest.Config) -> None:
    """Of the process of the test."""
    assert stands_on(archive.ports, pytestconfig.getoption("--set"))


def test_a_living_archive_stands_on_the_chosen_set(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Of processes of its own, with the settings that they are given and that the test looks into it by."""
    living = LivingArchive(tmp_path)
    living.run("migrate")
    assert stands_on(living.ports(), pytestconfig.getoption("--set"))
    parts = {part["part"]: part["product"] for part in living.json("doctor")["parts"]}
    database, store, _ = PRODUCTS[pytestconfig.getoption("--set")]
    assert parts["database"].startswith(database)
    assert parts["objects"].startswith(store)


def test_what_a_test_names_itself_is_kept(tmp_path: Path) -> None:
    """An archive that a test puts on SQLite and a folder has the embedded queue too, on every set."""
    own = {"STORYBRAID_DATABASE__KIND": "sqlite", "STORYBRAID_OBJECTS__KIND": "local"}
    assert stands_on(LivingArchive(tmp_path / "living", own).ports(), EMBEDDED)
    with an_archive(tmp_path / "archive", database={"kind": "sqlite"}, objects={"kind": "local"}) as archive:
        assert stands_on(archive.ports, EMBEDDED)
