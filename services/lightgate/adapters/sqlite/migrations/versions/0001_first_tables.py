"""First tables: sets, the review queue, texts, names, events, approvals, ledger, persons."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("seal_version", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.String(length=27), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("id", "photo_id", name=op.f("uq_approval_id_photo_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_photo", "approval", ["photo_id"], unique=False)
    op.create_table(
        "name_reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stem_key", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'published', 'released')", name=op.f("ck_name_reservation_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_reservation")),
    )
    op.create_index("ix_name_reservation_photo", "name_reservation", ["photo_id", "state"], unique=False)
    op.create_index("ix_name_reservation_stem", "name_reservation", ["stem_key", "state", "counter"], unique=False)
    op.create_index(
        "uq_name_reservation_held",
        "name_reservation",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state <> 'released'"),
    )
    op.create_table(
        "note",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_note")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name_key", name=op.f("uq_person_name_key")),
    )
    op.create_table(
        "photo_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_photo_event_photo", "photo_event", ["photo_id", "id"], unique=False)
    op.create_index("ix_photo_event_set", "photo_event", ["set_id", "id"], unique=False)
    op.create_table(
        "photo_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("on_error", sa.Text(), server_default="wait", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("rolled_back_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_set")),
        sa.UniqueConstraint("slug", name=op.f("uq_photo_set_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "publication",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.String(length=27), nullable=True),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", "target", name=op.f("pk_publication")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_address", "sign_in_failure", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_failure_name", "sign_in_failure", ["name_key", "at"], unique=False)
    op.create_table(
        "review_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="5", nullable=False),
        sa.Column("not_before", sa.String(length=27), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.String(length=27), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("original_file_name", sa.Text(), nullable=False),
        sa.Column("relative_path", sa.Text(), nullable=False),
        sa.Column("source_path", sa.Text(), nullable=False),
        sa.Column("remove_source", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("perceptual_hash", sa.String(length=16), nullable=True),
        sa.Column("difference_hash", sa.String(length=16), nullable=True),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("date_time", sa.Text(), nullable=True),
        sa.Column("sub_seconds", sa.Text(), nullable=True),
        sa.Column("offset", sa.Text(), nullable=True),
        sa.Column("make", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("camera", sa.Text(), nullable=True),
        sa.Column("lens_model", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("exposure", sa.Text(), nullable=True),
        sa.Column("aperture", sa.Text(), nullable=True),
        sa.Column("iso", sa.Integer(), nullable=True),
        sa.Column("focal_length_mm", sa.Integer(), nullable=True),
        sa.Column("focal_length_35mm_mm", sa.Integer(), nullable=True),
        sa.Column("orientation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("has_gps", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("creator", sa.Text(), nullable=True),
        sa.Column("copyright", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("needs_work", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("nima_score", sa.Float(), nullable=True),
        sa.Column("blur_score", sa.Float(), nullable=True),
        sa.Column("brightness_score", sa.Float(), nullable=True),
        sa.Column("contrast_score", sa.Float(), nullable=True),
        sa.Column("brisque_score", sa.Float(), nullable=True),
        sa.Column("clip_aesthetic_score", sa.Float(), nullable=True),
        sa.Column("qr", sa.Float(), nullable=True),
        sa.Column("qr_mode", sa.Text(), nullable=True),
        sa.Column("qr_by_person", sa.Float(), nullable=True),
        sa.Column("band", sa.Text(), server_default="NA", nullable=False),
        sa.Column("score_components", sa.JSON(), nullable=True),
        sa.Column("metrics_version", sa.Text(), nullable=True),
        sa.Column("score_model", sa.Text(), nullable=True),
        sa.Column("series_key", sa.Text(), nullable=True),
        sa.Column("series_position", sa.Integer(), nullable=True),
        sa.Column("series_count", sa.Integer(), nullable=True),
        sa.Column("series_similarity", sa.Float(), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("own_id", sa.Integer(), sa.Computed("id", persisted=True), nullable=True),
        sa.Column("reject_reason", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint(
            "status <> 'published' OR step = 'publish'", name=op.f("ck_review_queue_published_at_the_end")
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'waiting', 'failed', 'rejected', 'published')",
            name=op.f("ck_review_queue_status"),
        ),
        sa.CheckConstraint(
            "step NOT IN ('release', 'publish') OR approval_id IS NOT NULL OR status = 'rejected'",
            name=op.f("ck_review_queue_approved"),
        ),
        sa.CheckConstraint("attempt >= 0 AND crashes >= 0 AND version >= 1", name=op.f("ck_review_queue_counts")),
        sa.ForeignKeyConstraint(
            ["approval_id", "own_id"], ["approval.id", "approval.photo_id"], name="fk_review_queue_approval"
        ),
        sa.ForeignKeyConstraint(["set_id"], ["photo_set.id"], name=op.f("fk_review_queue_set_id_photo_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_queue")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_queue_band", "review_queue", ["band", "id"], unique=False)
    op.create_index(
        "ix_review_queue_lease",
        "review_queue",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "ix_review_queue_ready", "review_queue", ["step", "status", "priority", "not_before", "id"], unique=False
    )
    op.create_index("ix_review_queue_set", "review_queue", ["set_id", "id"], unique=False)
    op.create_index("ix_review_queue_size", "review_queue", ["size_bytes"], unique=False)
    op.create_index("ix_review_queue_status", "review_queue", ["status", "step", "id"], unique=False)
    op.create_index(
        "uq_review_queue_content",
        "review_queue",
        ["content_hash"],
        unique=True,
        sqlite_where=sa.text("status <> 'rejected'"),
    )
    op.create_table(
        "metadata_quality",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("issues", sa.JSON(), nullable=False),
        sa.Column("generation_mode", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fallback_used", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("manual_decision", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["review_queue.id"],
            name=op.f("fk_metadata_quality_photo_id_review_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_metadata_quality")),
    )
    op.create_table(
        "photo_text",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_hash", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["review_queue.id"], name=op.f("fk_photo_text_photo_id_review_queue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("photo_id", "language", "field", name=op.f("pk_photo_text")),
    )
    op.create_table(
        "text_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.String(length=27), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["review_queue.id"], name=op.f("fk_text_request_photo_id_review_queue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_request")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_text_request_photo", "text_request", ["photo_id"], unique=False)
    op.create_index("ix_text_request_ready", "text_request", ["status", "id"], unique=False)
