"""The one Alembic chain, for SQLite and Postgres."""
