"""The ledger in depth: what was rendered and checked, where files moved from, what each release replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("pixels", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("checks", sa.JSON(), server_default="{}", nullable=False),
    ):
        op.add_column("publication", column)
    op.create_table(
        "redirect",
        sa.Column("old_path", sa.Text(), nullable=False),
        sa.Column("new_path", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("old_path", name=op.f("pk_redirect")),
    )
    op.create_table(
        "release_item",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("release_id", "photo_id", name=op.f("pk_release_item")),
    )
    op.create_index("ix_release_item_photo", "release_item", ["photo_id", "release_id"], unique=False)
