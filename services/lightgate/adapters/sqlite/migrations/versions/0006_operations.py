"""What a person did to many photos at once is one operation, which undo takes back whole."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photo_event", sa.Column("operation", sa.Text))
    op.create_index(
        "ix_photo_event_operation",
        "photo_event",
        ["operation", "id"],
        sqlite_where=sa.text("operation IS NOT NULL"),
    )
