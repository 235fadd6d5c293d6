"""Texts in depth: where they repeat, how they came about, requests for new ones, and the keyword vocabulary."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _known_texts()
    _quality()
    _requests()
    _vocabulary()


def _known_texts() -> None:
    op.create_table(
        "known_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["review_queue.id"], name=op.f("fk_known_text_photo_id_review_queue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_text")),
        sa.UniqueConstraint("photo_id", "language", "field", name=op.f("uq_known_text_photo_id_language_field")),
        sa.UniqueConstraint("file_name", "language", "field", name=op.f("uq_known_text_file_name_language_field")),
    )
    op.create_table(
        "known_text_key",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["known_text.id"], name=op.f("fk_known_text_key_text_id_known_text"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "text_id", name=op.f("pk_known_text_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_known_text_key_text", "known_text_key", ["text_id"], unique=False)


def _quality() -> None:
    for column in (
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_hash", sa.Text(), nullable=True),
        sa.Column("rewrites", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repairs", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("field_scores", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
    ):
        op.add_column("metadata_quality", column)


def _requests() -> None:
    op.drop_column("text_request", "field")
    for column in (
        sa.Column("fields", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("not_before", sa.String(length=27), nullable=True),
        sa.Column("finished_at", sa.String(length=27), nullable=True),
        sa.Column("decided", sa.JSON(), server_default="{}", nullable=False),
    ):
        op.add_column("text_request", column)


def _vocabulary() -> None:
    op.create_table(
        "keyword_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("1"), nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("state IN ('listed', 'proposed', 'banned')", name=op.f("ck_keyword_term_state")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["keyword_term.id"], name=op.f("fk_keyword_term_parent_id_keyword_term"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyword_term")),
    )
    op.create_index("ix_keyword_term_key", "keyword_term", ["key"], unique=False)
    op.create_index("ix_keyword_term_parent", "keyword_term", ["parent_id"], unique=False)
    op.create_index("ix_keyword_term_state", "keyword_term", ["state", "id"], unique=False)
    op.create_table(
        "keyword_synonym",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["term_id"], ["keyword_term.id"], name=op.f("fk_keyword_synonym_term_id_keyword_term"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "term_id", name=op.f("pk_keyword_synonym")),
    )
    op.create_index("ix_keyword_synonym_term", "keyword_synonym", ["term_id"], unique=False)
