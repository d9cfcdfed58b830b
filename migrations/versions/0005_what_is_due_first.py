"""Stories: since when search is behind, and how urgently, with the index in that order; batches: those not done."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEHIND = sa.text("indexed_revision < revision")
UNDONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Forward. Nobody knows since when search is behind with what it is behind now: it counts from here."""
    op.add_column("stories", sa.Column("search_behind_since", UtcDateTime(), nullable=True))
    op.add_column("stories", sa.Column("search_priority", sa.Integer(), nullable=False, server_default="4"))
    stories = sa.table("stories", sa.column("search_behind_since", UtcDateTime()))
    moment = dt.datetime.now(dt.UTC)
    op.execute(stories.update().where(BEHIND).values(search_behind_since=moment))
    op.drop_index("ix_stories_behind", "stories")
    op.create_index(
        "ix_stories_behind",
        "stories",
        ["search_priority", "search_behind_since", "id"],
        sqlite_where=BEHIND,
        postgresql_where=BEHIND,
    )
    op.create_index(
        "ix_transcript_batches_undone",
        "transcript_batches",
        ["version_id", "seq"],
        sqlite_where=UNDONE,
        postgresql_where=UNDONE,
    )
    op.drop_index("ix_transcript_batches_done_at", "transcript_batches")


def downgrade() -> None:
    """Back."""
    op.create_index("ix_transcript_batches_done_at", "transcript_batches", ["done_at"])
    op.drop_index("ix_transcript_batches_undone", "transcript_batches")
    op.drop_index("ix_stories_behind", "stories")
    op.drop_column("stories", "search_priority")
    op.drop_column("stories", "search_behind_since")
    op.create_index("ix_stories_behind", "stories", ["id"], sqlite_where=BEHIND, postgresql_where=BEHIND)
