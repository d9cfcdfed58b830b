"""Alembic's environment: every room's tables, batch mode on SQLite, a lock timeout on Postgres."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from app.kernel.db import make_engine
from app.kernel.settings import load_settings
from app.tables import METADATA


def run() -> None:
    """Run the chain on the connection that was handed over, or on the settings' database."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        engine = make_engine(load_settings().database_url).execution_options(write=True)
        with engine.connect() as connection:
            _on(connection)
            connection.commit()
    else:
        _on(connection)


def _is_ours(_object, name, kind, is_reflected, known) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001  Alembic's
    """Whether the chain looks at it: the queue's own tables stand beside ours on Postgres."""
    return not (kind == "table" and is_reflected and known is None and name.startswith("procrastinate_"))


def _on(connection) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  Alembic's own untyped seam
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        # For this transaction: a change waits briefly for its locks and may then take its time.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=sqlite,
        compare_type=True,
        include_object=_is_ours,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
