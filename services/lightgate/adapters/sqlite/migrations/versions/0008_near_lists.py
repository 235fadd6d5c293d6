"""What lists in the order of intake are read from, photo by photo, without touching a row."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ASKED = ("step", "status", "needs_work", "rank", "band")


def upgrade() -> None:
    op.drop_index("ix_review_queue_set", "review_queue")
    op.create_index("ix_review_queue_set", "review_queue", ["set_id", "id", *_ASKED])
    op.create_index("ix_review_queue_place", "review_queue", ["id", "set_id", *_ASKED])
