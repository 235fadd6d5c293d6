"""What lists and counts of a large queue are read from: an index that filters read alone, words by field, counters."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: in the order of ``schema.FILTERED``
_FILTERED = (
    "step",
    "status",
    "rank",
    "id",
    "set_id",
    "needs_work",
    "is_blocked",
    "band",
    "confidence",
    "qr",
    "qr_by_person",
    "iso",
    "focal_length_mm",
    "width",
    "has_gps",
    "series_count",
    "camera",
    "lens_model",
    "date_time",
    "subject",
    "location",
    "folder",
    "file_name",
    "original_file_name",
)
_TEXTS = ("caption", "alt_text", "keywords")


def upgrade() -> None:
    for index in ("ix_review_queue_rank", "ix_review_queue_counts", "ix_review_queue_set_counts"):
        op.drop_index(index, "review_queue")
    op.create_index("ix_review_queue_filter", "review_queue", list(_FILTERED))
    for column in ("reject_reason", "error_code"):
        op.create_index(
            f"ix_review_queue_{column}", "review_queue", [column], sqlite_where=sa.text(f"{column} IS NOT NULL")
        )
    op.create_index("ix_photo_text_source", "photo_text", ["source", "photo_id"])
    op.create_index("ix_photo_text_locked", "photo_text", ["photo_id"], sqlite_where=sa.text("locked"))
    # characters of a text, or how many keywords
    size = "CASE json_type(value) WHEN 'array' THEN json_array_length(value) ELSE length(value ->> '$') END"
    op.execute(f"ALTER TABLE photo_text ADD COLUMN size INTEGER GENERATED ALWAYS AS ({size}) VIRTUAL")
    op.create_index("ix_photo_text_size", "photo_text", ["field", "size", "photo_id"])
    op.create_index(
        "ix_metadata_quality_issues", "metadata_quality", ["photo_id", "issues"], sqlite_where=sa.text("issues <> '[]'")
    )
    op.create_index(
        "ix_photo_event_decision",
        "photo_event",
        ["id", "name", "actor", "at", "operation"],
        sqlite_where=sa.text("kind = 'decision' AND actor_kind = 'person'"),
    )
    _words()
    _counters()


def _lines(column: str, texts: str) -> str:
    """One field of a photo, each value between line breaks; nothing where there is no value."""
    # names of columns, never values
    return f"""coalesce((SELECT char(10) || group_concat({column}, char(10)) || char(10) FROM {texts}
            WHERE t.photo_id = r.id AND {column} <> ''), '')"""  # noqa: S608


def _words_of(photo: str) -> str:
    # the sign leaves the photo's own few texts to the primary key
    texts = ",\n  ".join(_lines("e.value", f"photo_text t, json_each(t.value) e ON +t.field = '{f}'") for f in _TEXTS)
    # a column's name, never a value
    return f"""SELECT r.id, char(10) || coalesce(r.file_name || char(10), '') || r.original_file_name || char(10)
    || r.subject || char(10) || r.location || char(10),
  {texts}
  FROM review_queue r WHERE r.id = {photo}"""  # noqa: S608


def _words() -> None:
    names = ("photo_added", "photo_named", "text_added", "text_changed", "text_removed", "photo_removed")
    for name in names:
        op.execute(f"DROP TRIGGER words_{name}")
    op.execute("DROP TABLE photo_words")
    # pieces of three letters: finds parts of names, needs no spaces between words, and knows É as é
    columns = ", ".join(("names", *_TEXTS))
    op.execute(f"CREATE VIRTUAL TABLE photo_words USING fts5({columns}, tokenize = 'trigram', columnsize = 0)")
    put = f"INSERT INTO photo_words (rowid, {columns})"
    op.execute(f"{put} {_words_of('r.id')}")
    for name, event, photo in (
        ("photo_added", "INSERT ON review_queue", "NEW.id"),
        ("photo_named", "UPDATE OF file_name, original_file_name, subject, location ON review_queue", "NEW.id"),
        ("text_added", "INSERT ON photo_text", "NEW.photo_id"),
        ("text_changed", "UPDATE OF value ON photo_text", "NEW.photo_id"),
        ("text_removed", "DELETE ON photo_text", "OLD.photo_id"),
    ):
        # a column's name, never a value
        renewed = f"DELETE FROM photo_words WHERE rowid = {photo}; {put} {_words_of(photo)};"  # noqa: S608
        op.execute(f"CREATE TRIGGER words_{name} AFTER {event} BEGIN {renewed} END")
    op.execute(
        "CREATE TRIGGER words_photo_removed AFTER DELETE ON review_queue BEGIN"
        " DELETE FROM photo_words WHERE rowid = OLD.id; END"
    )


def _counters() -> None:
    op.create_table(
        "photo_count",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("needs_work", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("set_id", "step", "status", "needs_work", name=op.f("pk_photo_count")),
        sqlite_with_rowid=False,
    )
    key = "set_id, step, status, needs_work"
    op.execute(
        f"INSERT INTO photo_count ({key}, number)"  # noqa: S608 (names of columns)
        f" SELECT {key}, count(*) FROM review_queue GROUP BY {key}"
    )
    more = """INSERT INTO photo_count VALUES (NEW.set_id, NEW.step, NEW.status, NEW.needs_work, 1)
  ON CONFLICT DO UPDATE SET number = number + 1;"""
    less = """UPDATE photo_count SET number = number - 1 WHERE set_id = OLD.set_id AND step = OLD.step
  AND status = OLD.status AND needs_work = OLD.needs_work;"""
    has_moved = "(NEW.set_id, NEW.step, NEW.status, NEW.needs_work) <> "
    has_moved += "(OLD.set_id, OLD.step, OLD.status, OLD.needs_work)"
    op.execute(f"CREATE TRIGGER counts_photo_added AFTER INSERT ON review_queue BEGIN {more} END")
    op.execute(f"CREATE TRIGGER counts_photo_removed AFTER DELETE ON review_queue BEGIN {less} END")
    op.execute(
        f"CREATE TRIGGER counts_photo_moved AFTER UPDATE OF {key} ON review_queue WHEN {has_moved}"
        f" BEGIN {less} {more} END"
    )
