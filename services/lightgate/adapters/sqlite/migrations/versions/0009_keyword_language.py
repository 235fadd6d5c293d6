"""A vocabulary for each language: what was listed before is in the language of the newest set's first texts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("language", sa.Text(), nullable=False, server_default="en")
    op.add_column("keyword_term", column)
    op.execute(
        "UPDATE keyword_term SET language = coalesce("
        " (SELECT lower(substr(said, 1, instr(said || '-', '-') - 1))"
        "  FROM (SELECT json_extract(languages, '$[0]') AS said FROM photo_set ORDER BY id DESC LIMIT 1)), 'en')"
    )
    op.drop_index("ix_keyword_term_key", "keyword_term")
    op.create_index("ix_keyword_term_key", "keyword_term", ["key", "language"])
