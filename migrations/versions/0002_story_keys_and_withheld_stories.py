"""Stories: the key they were made with, and whether search still has to learn who may know of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("stories") as batch:
        batch.add_column(sa.Column("withheld_revision", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("idempotency_key", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("made_from_sha256", sa.String(length=64), nullable=True))
        batch.create_index("ix_stories_withheld_revision", ["withheld_revision"])
        batch.create_index(
            "ix_stories_contributor_id_idempotency_key", ["contributor_id", "idempotency_key"], unique=True
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("stories") as batch:
        batch.drop_index("ix_stories_contributor_id_idempotency_key")
        batch.drop_index("ix_stories_withheld_revision")
        batch.drop_column("made_from_sha256")
        batch.drop_column("idempotency_key")
        batch.drop_column("withheld_revision")
