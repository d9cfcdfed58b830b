"""Runs the chain from code: up to the newest, and whether the database is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.kernel.db import alone
from app.kernel.errors import ArchiveError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class NewerDatabaseError(ArchiveError):
    """The database stands at a revision that this program does not know."""

    slug = "newer-database"
    title = (
        "This database is of a newer version of the program. Nothing was changed. Install that version, or a later one."
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def migrate(engine: Engine) -> bool:
    """Bring the database to the newest revision; True when something was done. Raises ``NewerDatabaseError``."""
    config = _config()
    with engine.execution_options(write=True).begin() as connection:
        alone(connection, "migrations")  # two processes that start together
        if _is_newer(connection):
            raise NewerDatabaseError
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        after = MigrationContext.configure(connection).get_current_revision()
    return before != after


def downgrade_one(engine: Engine) -> bool:
    """Take the newest revision back; False when there is none left."""
    config = _config()
    with engine.execution_options(write=True).begin() as connection:
        if MigrationContext.configure(connection).get_current_revision() is None:
            return False
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
    return True


def check(engine: Engine) -> None:
    """Raise ``alembic.util.CommandError`` when the tables and the models differ."""
    config = _config()
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def require_known(engine: Engine) -> None:
    """Raise ``NewerDatabaseError`` where no chain of this program leads to the database's revision."""
    with engine.connect() as connection:
        if _is_newer(connection):
            raise NewerDatabaseError


def _is_newer(connection: Connection) -> bool:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return MigrationContext.configure(connection).get_current_revision() not in {None, *known}
