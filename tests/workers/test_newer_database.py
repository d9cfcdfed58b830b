"""What an older program says of the database of a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from app.kernel.db import unit
from tests.factories.living import LivingArchive

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "This database is of a newer version of the program. Nothing was changed."


def test_the_database_of_a_newer_program_is_left_as_it_is(tmp_path: Path) -> None:
    """A sentence with what to do and no traceback, from migrate and from what needs the tables; doctor warns."""
    living = LivingArchive(tmp_path)
    living.run("migrate")
    with unit(living.ports().sessions) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (["migrate"], ["search", "x"]):
        done = living.run(*command, expect=1)
        assert done.stderr.startswith(SENTENCE)
        assert len(done.stderr.splitlines()) == 1
    assert living.json("search", "x", expect=1)["error"]["slug"] == "newer-database"
    (part,) = [part for part in living.json("doctor")["parts"] if part["part"] == "database"]
    assert part["warning"].startswith(SENTENCE)
    with unit(living.ports().sessions, write=False) as session:
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == ["9999"]
