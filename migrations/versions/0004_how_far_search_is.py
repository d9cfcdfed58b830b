"""Stories: how far the search index is with each, with indexes of those that it is behind and of what failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEHIND = sa.text("indexed_revision < revision")
FAILED = sa.text("failed_reason IS NOT NULL")


def upgrade() -> None:
    """Forward. Nothing here makes ``stories`` anew, which SQLite would do by dropping what others refer to."""
    op.add_column("stories", sa.Column("indexed_revision", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE stories SET indexed_revision = coalesce("
        "(SELECT known.indexed_revision FROM story_indexings AS known WHERE known.id = stories.id), 0)"
    )
    op.create_index("ix_stories_behind", "stories", ["id"], sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.create_index(
        "ix_story_indexings_failed", "story_indexings", ["id"], sqlite_where=FAILED, postgresql_where=FAILED
    )
    op.drop_column("story_indexings", "indexed_revision")


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_story_indexings_failed", "story_indexings")
    op.add_column("story_indexings", sa.Column("indexed_revision", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE story_indexings SET indexed_revision ="
        " (SELECT known.indexed_revision FROM stories AS known WHERE known.id = story_indexings.id)"
    )
    op.drop_index("ix_stories_behind", "stories")
    op.drop_column("stories", "indexed_revision")
