"""A person may turn a photo; which photos' pictures are still to be turned is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("turn", "pictures_turn"):
        op.add_column("review_queue", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("review_queue", sa.Column("turn_error", sa.Text(), nullable=True))
    op.create_index("ix_review_queue_turning", "review_queue", ["id"], sqlite_where=sa.text("turn <> pictures_turn"))
