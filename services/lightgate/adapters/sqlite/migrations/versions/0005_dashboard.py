"""Indexes that the dashboard's sums are read from."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_review_queue_camera", "review_queue", ["camera", "date_time"])
    op.create_index("ix_review_queue_created", "review_queue", ["created_at"])
    op.create_index("ix_publication_live", "publication", ["state", "published_at", "photo_id"])
