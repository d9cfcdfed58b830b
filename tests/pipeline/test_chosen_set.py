"""The archives of the tests stand on the set that was asked for, all of it, and nothing falls back unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.db import product_of
from tests.factories.archive import an_archive
from tests.factories.living import LivingArchive
from tests.factories.sets import EMBEDDED, PRODUCTION, THE_SET, what_stands_in
from tests.factories.stories import a_story

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from app.ports import Ports
    from tests.factories.archive import TestArchive

PRODUCTS = {
    EMBEDDED: ("SQLite ", "local folder", "embedded jobs", "SQLite FTS5"),
    PRODUCTION: (
        *("PostgreSQL ", "S3 bucket ", "Procrastinate "),
        "SQLite FTS5" if what_stands_in() else "Meilisearch",
    ),
}
OWN = {"DATABASE": "sqlite", "OBJECTS": "local", "SEARCH": "sqlite"}


def stands_on(ports: Ports, kind: str) -> bool:
    """Whether database, store, queue and search are those of the set."""
    with ports.sessions.kw["bind"].connect() as connection:
        found = (product_of(connection), ports.objects.name, ports.jobs.name, ports.search_index.name)
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
    database, store, _, search = PRODUCTS[pytestconfig.getoption("--set")]
    assert parts["database"].startswith(database)
    assert parts["objects"].startswith(store)
    assert parts["search"].startswith(search)


def test_what_a_test_names_itself_is_kept(tmp_path: Path) -> None:
    """An archive that a test puts on the embedded parts stands on them, and has their queue too, on every set."""
    own = {f"STORYBRAID_{part}__KIND": kind for part, kind in OWN.items()}
    assert stands_on(LivingArchive(tmp_path / "living", own).ports(), EMBEDDED)
    parts: dict[str, object] = {part.lower(): {"kind": kind} for part, kind in OWN.items()}
    with an_archive(tmp_path / "archive", None, **parts) as archive:
        assert stands_on(archive.ports, EMBEDDED)


def test_each_archive_has_an_index_of_its_own(tmp_path: Path) -> None:
    """What is found in one archive of a test is not found in another, nor in the one that comes after it."""
    with an_archive(tmp_path / "one") as one, an_archive(tmp_path / "other") as other:
        for archive in (one, other):
            archive.in_unit(lambda session: a_story(session, title="Umbrella", state="published", level="public"))
            archive.work()
        held = [[story_id for story_id, _, _ in archive.ports.search_index.inventory()] for archive in (one, other)]
        assert list(map(len, held)) == [1, 1]
        assert held[0] != held[1]
    THE_SET.drop_since({place for place in THE_SET.known() if place.parent != tmp_path.resolve()})
    with an_archive(tmp_path / "later") as later:
        assert list(later.ports.search_index.inventory()) == []
