"""What the review site asks for: an order by risk, full-text search, saved views, roles, an audit."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RANK = """
UPDATE review_queue SET
  is_blocked = EXISTS (SELECT 1 FROM metadata_quality q, json_each(q.issues) i
                       WHERE q.photo_id = review_queue.id AND json_extract(i.value, '$.severity') = 'block'),
  confidence = (SELECT q.confidence FROM metadata_quality q WHERE q.photo_id = review_queue.id)
"""
_RANK_FROM = """
UPDATE review_queue SET rank = -(
  4000 * is_blocked + 2000 * needs_work
  + CASE WHEN confidence IS NULL OR confidence >= 75 THEN 0 WHEN confidence >= 50 THEN 500 ELSE 1000 END
  + CASE band WHEN 'Very Low' THEN 400 WHEN 'Low' THEN 300 WHEN 'NA' THEN 250
              WHEN 'Average' THEN 200 WHEN 'Good' THEN 100 ELSE 0 END)
"""


def _words(photo: str) -> str:
    """Names and texts of one photo, in a line each."""
    # a column's name, never a value
    return f"""SELECT r.id,
  coalesce(r.file_name, '') || char(10) || r.original_file_name || char(10) || r.subject || char(10) || r.location,
  coalesce((SELECT group_concat(e.value, char(10)) FROM photo_text t, json_each(t.value) e
            WHERE t.photo_id = r.id), '')
  FROM review_queue r WHERE r.id = {photo}"""  # noqa: S608 (names of columns)


def _renewed(photo: str) -> str:
    return f"""DELETE FROM photo_words WHERE rowid = {photo};
  INSERT INTO photo_words (rowid, names, texts) {_words(photo)};"""  # noqa: S608 (names of columns)


def upgrade() -> None:
    for column in (
        sa.Column("is_blocked", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("review_queue", column)
    op.execute(_RANK)
    op.execute(_RANK_FROM)
    op.create_index("ix_review_queue_rank", "review_queue", ["step", "status", "rank", "id"])
    op.create_index("ix_review_queue_set_rank", "review_queue", ["set_id", "step", "status", "rank", "id"])
    op.create_index("ix_review_queue_counts", "review_queue", ["step", "status", "needs_work"])
    op.create_index("ix_review_queue_set_counts", "review_queue", ["set_id", "step", "status", "needs_work"])
    op.create_index("ix_photo_event_at", "photo_event", ["at"])
    op.create_index("ix_photo_event_actor", "photo_event", ["actor_kind", "actor", "id"])
    _search()
    _people()


def _search() -> None:
    # pieces of three letters: finds parts of names, needs no spaces between words, and knows É as é
    op.execute("CREATE VIRTUAL TABLE photo_words USING fts5(names, texts, tokenize = 'trigram')")
    op.execute(f"INSERT INTO photo_words (rowid, names, texts) {_words('r.id')}")
    for name, event, photo in (
        ("photo_added", "INSERT ON review_queue", "NEW.id"),
        ("photo_named", "UPDATE OF file_name, original_file_name, subject, location ON review_queue", "NEW.id"),
        ("text_added", "INSERT ON photo_text", "NEW.photo_id"),
        ("text_changed", "UPDATE OF value ON photo_text", "NEW.photo_id"),
        ("text_removed", "DELETE ON photo_text", "OLD.photo_id"),
    ):
        op.execute(f"CREATE TRIGGER words_{name} AFTER {event} BEGIN {_renewed(photo)} END")
    op.execute(
        "CREATE TRIGGER words_photo_removed AFTER DELETE ON review_queue BEGIN"
        " DELETE FROM photo_words WHERE rowid = OLD.id; END"
    )


def _people() -> None:
    op.add_column("person", sa.Column("role", sa.Text(), server_default="admin", nullable=False))
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_view_name")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
