"""Indexes that give the first of a list in its order, instead of every published story or media file."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("stories") as batch:
        batch.drop_index("ix_stories_state")
        batch.drop_index("ix_stories_collection_id")
        batch.create_index("ix_stories_state_id", ["state", "id"])
        batch.create_index("ix_stories_collection_id_state_id", ["collection_id", "state", "id"])
    op.create_index("ix_media_files_use_id", "media_files", ["use", "id"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_media_files_use_id", "media_files")
    with op.batch_alter_table("stories") as batch:
        batch.drop_index("ix_stories_collection_id_state_id")
        batch.drop_index("ix_stories_state_id")
        batch.create_index("ix_stories_collection_id", ["collection_id"])
        batch.create_index("ix_stories_state", ["state"])
