"""Photos whose series is not known yet are found without reading those that wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_review_queue_rated_lately",
        "review_queue",
        ["step", "set_id"],
        sqlite_where=sa.text("series_position IS NULL AND perceptual_hash IS NOT NULL"),
    )
