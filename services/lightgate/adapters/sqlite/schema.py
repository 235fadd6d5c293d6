"""The tables of ``review.db``. Alembic's migrations make them; a test holds both equal."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

from lightgate.domain.route.pipeline import Status

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


@lru_cache(maxsize=64)
def _as_text(at: datetime) -> str:
    # a transaction writes the same moment many times
    return at.astimezone(UTC).strftime(_FORMAT)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime as fixed-width text, which sorts and compares as time does."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone never reaches the database")
        return _as_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_statuses = ", ".join(f"'{status.value}'" for status in Status)

photo_set = Table(
    "photo_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("brief", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Column("languages", JSON, nullable=False),
    Column("on_error", Text, nullable=False, server_default="wait"),
    Column("created_at", UtcTime, nullable=False),
    Column("rolled_back_at", UtcTime),
    sqlite_autoincrement=True,
)

approval = Table(
    "approval",
    metadata,
    Column("id", Integer, primary_key=True),
    # no foreign key: the two tables would point at each other, and a decision outlives a rolled-back photo
    Column("photo_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("seal_version", Integer, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", UtcTime, nullable=False),
    Column("override_reason", Text),
    # keywords with the levels above them, a list each; NULL in approvals that are older than this column
    Column("keyword_paths", JSON(none_as_null=True)),
    Column("withdrawn_at", UtcTime),
    UniqueConstraint("id", "photo_id"),
    Index("ix_approval_photo", "photo_id"),
    sqlite_autoincrement=True,
)

#: what lists are ordered and narrowed by: an index of their own, so that a filter reads no row
FILTERED = (
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

review_queue = Table(
    "review_queue",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("set_id", ForeignKey("photo_set.id"), nullable=False),
    # position and lease
    Column("step", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("priority", Integer, nullable=False, server_default="5"),
    Column("not_before", UtcTime),
    Column("lease_owner", Text),
    Column("lease_token", Integer, nullable=False, server_default="0"),
    Column("lease_until", UtcTime),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("version", Integer, nullable=False, server_default="1"),
    # identity
    Column("original_file_name", Text, nullable=False),
    Column("relative_path", Text, nullable=False),
    Column("source_path", Text, nullable=False),
    Column("remove_source", Boolean, nullable=False, server_default=text("0")),
    Column("source_mode", Integer),
    Column("content_hash", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("perceptual_hash", String(16)),
    Column("difference_hash", String(16)),
    Column("embedding", LargeBinary),
    # EXIF
    Column("format", Text),
    Column("date_time", Text),
    Column("sub_seconds", Text),
    Column("offset", Text),
    Column("make", Text),
    Column("model", Text),
    Column("camera", Text),
    Column("lens_model", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("exposure", Text),
    Column("aperture", Text),
    Column("iso", Integer),
    # SQLite keeps 4.25 in such a column as it is, and 4.0 as the 4 of older rows
    Column("focal_length_mm", Integer),
    Column("focal_length_35mm_mm", Integer),
    Column("orientation", Integer, nullable=False, server_default="1"),
    Column("has_gps", Boolean, nullable=False, server_default=text("0")),
    Column("creator", Text),
    Column("copyright", Text),
    # quarter turns clockwise: what a person wants, and what the pictures were made with
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("pictures_turn", Integer, nullable=False, server_default="0"),
    Column("turn_error", Text),
    # what a person may edit
    Column("file_name", Text),
    Column("subject", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("needs_work", Boolean, nullable=False, server_default=text("0")),
    # the reviewer's order, see ``domain/rating/risk.py``; written with what it follows from
    Column("is_blocked", Boolean, nullable=False, server_default=text("0")),
    Column("confidence", Integer),
    Column("rank", Integer, nullable=False, server_default="0"),
    # scores
    Column("nima_score", Float),
    Column("blur_score", Float),
    Column("brightness_score", Float),
    Column("contrast_score", Float),
    Column("brisque_score", Float),
    Column("clip_aesthetic_score", Float),
    Column("qr", Float),
    Column("qr_mode", Text),
    Column("qr_by_person", Float),
    Column("band", Text, nullable=False, server_default="NA"),
    Column("score_components", JSON),
    Column("metrics_version", Text),
    Column("score_model", Text),
    # series
    Column("series_key", Text),
    Column("series_position", Integer),
    Column("series_count", Integer),
    Column("series_similarity", Float),
    # decision
    Column("approval_id", Integer),
    # the id once more, so that the key below can say "an approval of this photo"; on the id itself it would
    # cost the table its AUTOINCREMENT, and a history its photo
    Column("own_id", Integer, Computed("id", persisted=True)),
    Column("reject_reason", Text),
    Column("facts", JSON, nullable=False, server_default="{}"),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    CheckConstraint(f"status IN ({_statuses})", name="status"),
    # the database itself refuses a photo past review without an approval
    CheckConstraint(
        "step NOT IN ('release', 'publish') OR approval_id IS NOT NULL OR status = 'rejected'", name="approved"
    ),
    CheckConstraint("status <> 'published' OR step = 'publish'", name="published_at_the_end"),
    CheckConstraint("attempt >= 0 AND crashes >= 0 AND version >= 1", name="counts"),
    ForeignKeyConstraint(
        ["approval_id", "own_id"], ["approval.id", "approval.photo_id"], name="fk_review_queue_approval"
    ),
    Index("ix_review_queue_ready", "step", "status", "priority", "not_before", "id"),
    Index("ix_review_queue_lease", "lease_until", sqlite_where=text("status = 'running'")),
    # in the order they were taken in, with all that a list without a query asks
    Index("ix_review_queue_set", "set_id", "id", "step", "status", "needs_work", "rank", "band"),
    Index("ix_review_queue_place", "id", "set_id", "step", "status", "needs_work", "rank", "band"),
    Index("ix_review_queue_status", "status", "step", "id"),
    Index("ix_review_queue_band", "band", "id"),
    Index("ix_review_queue_size", "size_bytes"),
    Index("ix_review_queue_filter", *FILTERED),
    Index("ix_review_queue_set_rank", "set_id", "step", "status", "rank", "id"),
    Index("ix_review_queue_camera", "camera", "date_time"),
    Index("ix_review_queue_created", "created_at"),
    Index("ix_review_queue_reject_reason", "reject_reason", sqlite_where=text("reject_reason IS NOT NULL")),
    Index("ix_review_queue_error_code", "error_code", sqlite_where=text("error_code IS NOT NULL")),
    Index(
        "ix_review_queue_rated_lately",
        "step",
        "set_id",
        sqlite_where=text("series_position IS NULL AND perceptual_hash IS NOT NULL"),
    ),
    Index("ix_review_queue_turning", "id", sqlite_where=text("turn <> pictures_turn")),
    Index("uq_review_queue_content", "content_hash", unique=True, sqlite_where=text("status <> 'rejected'")),
    sqlite_autoincrement=True,
)

photo_text = Table(
    "photo_text",
    metadata,
    Column("photo_id", ForeignKey("review_queue.id", ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=text("0")),
    Column("model", Text),
    Column("prompt_hash", Text),
    Column("updated_at", UtcTime, nullable=False),
    # characters of a text, or how many keywords
    Column(
        "size",
        Integer,
        Computed(
            "CASE json_type(value) WHEN 'array' THEN json_array_length(value) ELSE length(value ->> '$') END",
            persisted=False,
        ),
    ),
    Index("ix_photo_text_source", "source", "photo_id"),
    Index("ix_photo_text_locked", "photo_id", sqlite_where=text("locked")),
    Index("ix_photo_text_size", "field", "size", "photo_id"),
)

#: how many photos stand where, kept by triggers (migration 0007)
photo_count = Table(
    "photo_count",
    metadata,
    Column("set_id", Integer, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("needs_work", Boolean, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

text_request = Table(
    "text_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("review_queue.id", ondelete="CASCADE"), nullable=False),
    Column("language", Text, nullable=False),
    Column("fields", JSON, nullable=False, server_default="[]"),
    Column("hint", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    Column("lease_token", Integer, nullable=False, server_default="0"),
    Column("lease_until", UtcTime),
    Column("result", JSON),
    Column("error_message", Text),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", UtcTime, nullable=False),
    Column("not_before", UtcTime),
    Column("finished_at", UtcTime),
    # by field: taken, left
    Column("decided", JSON, nullable=False, server_default="{}"),
    Index("ix_text_request_ready", "status", "id"),
    Index("ix_text_request_photo", "photo_id"),
    sqlite_autoincrement=True,
)

known_text = Table(
    "known_text",
    metadata,
    Column("id", Integer, primary_key=True),
    # one of the two: a photo of the queue, or a row of the website's catalogue that is none of ours
    Column("photo_id", ForeignKey("review_queue.id", ondelete="CASCADE")),
    Column("file_name", Text),
    Column("language", Text, nullable=False),
    Column("field", Text, nullable=False),
    # every word once, folded and sorted
    Column("words", Text, nullable=False),
    UniqueConstraint("photo_id", "language", "field"),
    UniqueConstraint("file_name", "language", "field"),
)

known_text_key = Table(
    "known_text_key",
    metadata,
    # see ``domain/proof/near_duplicates.py``
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("text_id", ForeignKey("known_text.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_known_text_key_text", "text_id"),
    sqlite_with_rowid=False,
)

keyword_term = Table(
    "keyword_term",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("parent_id", ForeignKey("keyword_term.id", ondelete="CASCADE")),
    Column("state", Text, nullable=False),
    Column("is_published", Boolean, nullable=False, server_default=text("1")),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # the primary part of the tag: a list in ``en`` holds for ``en-GB``
    Column("language", Text, nullable=False, server_default="en"),
    CheckConstraint("state IN ('listed', 'proposed', 'banned')", name="state"),
    Index("ix_keyword_term_key", "key", "language"),
    Index("ix_keyword_term_parent", "parent_id"),
    Index("ix_keyword_term_state", "state", "id"),
)

keyword_synonym = Table(
    "keyword_synonym",
    metadata,
    Column("key", Text, primary_key=True),
    Column("term_id", ForeignKey("keyword_term.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, nullable=False),
    Index("ix_keyword_synonym_term", "term_id"),
)

name_reservation = Table(
    "name_reservation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("stem_key", Text, nullable=False),
    Column("counter", Integer, nullable=False),
    # no foreign key: a published name outlives its photo
    Column("photo_id", Integer),
    Column("state", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    CheckConstraint("state IN ('reserved', 'published', 'released')", name="state"),
    Index("uq_name_reservation_held", "key", unique=True, sqlite_where=text("state <> 'released'")),
    Index("ix_name_reservation_stem", "stem_key", "state", "counter"),
    Index("ix_name_reservation_photo", "photo_id", "state"),
)

photo_event = Table(
    "photo_event",
    metadata,
    Column("id", Integer, primary_key=True),
    # no foreign keys: history outlives a rolled-back photo
    Column("photo_id", Integer, nullable=False),
    Column("set_id", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    # what a person did to many photos at once shares one word
    Column("operation", Text),
    Index("ix_photo_event_photo", "photo_id", "id"),
    Index("ix_photo_event_set", "set_id", "id"),
    Index("ix_photo_event_at", "at"),
    Index("ix_photo_event_actor", "actor_kind", "actor", "id"),
    Index(
        "ix_photo_event_decision",
        *("id", "name", "actor", "at", "operation"),
        sqlite_where=text("kind = 'decision' AND actor_kind = 'person'"),
    ),
    Index("ix_photo_event_operation", "operation", "id", sqlite_where=text("operation IS NOT NULL")),
    sqlite_autoincrement=True,
)

metadata_quality = Table(
    "metadata_quality",
    metadata,
    Column("photo_id", ForeignKey("review_queue.id", ondelete="CASCADE"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("score", Float),
    Column("issues", JSON, nullable=False),
    Column("generation_mode", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fallback_used", Boolean, nullable=False, server_default=text("0")),
    Column("confidence", Integer),
    Column("manual_decision", Text),
    Column("model", Text),
    Column("prompt_hash", Text),
    Column("rewrites", Integer, nullable=False, server_default="0"),
    Column("repairs", JSON, nullable=False, server_default="[]"),
    # texts by ``field.language``, as the model wrote them and as they were proved
    Column("before", JSON),
    Column("after", JSON),
    Column("field_scores", JSON, nullable=False, server_default="{}"),
    Column("verdict", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index("ix_metadata_quality_issues", "photo_id", "issues", sqlite_where=text("issues <> '[]'")),
)

publication = Table(
    "publication",
    metadata,
    # no foreign key: what is live stays known whatever happens to the row
    Column("photo_id", Integer, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("paths", JSON, nullable=False),
    Column("hashes", JSON, nullable=False),
    Column("remote_id", Integer),
    Column("published_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    Column("profile", Text),
    Column("pixels", JSON, nullable=False, server_default="{}"),
    Column("checks", JSON, nullable=False, server_default="{}"),
    # what was live before what is not whole now, sealed
    Column("earlier", JSON(none_as_null=True)),
    # who may have left temporary files
    Column("writers", JSON, nullable=False, server_default="[]"),
    # a debt that could not be settled is tried again then
    Column("retry_at", UtcTime),
    Index("ix_publication_live", "state", "published_at", "photo_id"),
)

#: who changes what is live of a photo; the token only ever rises
live_hold = Table(
    "live_hold",
    metadata,
    # no foreign key: a photo's row may go while the website still has something of it
    Column("photo_id", Integer, primary_key=True, autoincrement=False),
    Column("token", Integer, nullable=False),
    Column("owner", Text),
    # of a publish worker: its claim, without which the hold is void
    Column("claim_token", Integer),
    Column("lease_until", UtcTime),
)

redirect = Table(
    "redirect",
    metadata,
    Column("old_path", Text, primary_key=True),
    Column("new_path", Text, nullable=False),
    Column("photo_id", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
)

release_item = Table(
    "release_item",
    metadata,
    # no foreign keys: what was replaced stays known whatever happens to the row
    Column("release_id", Integer, primary_key=True),
    Column("photo_id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("released_by", Text, nullable=False),
    # what was live, written right before the first byte; SQL NULL until then
    Column("before", JSON(none_as_null=True)),
    # the sealed act: which approval, at which version; '' once it is over
    Column("approval_id", Integer),
    Column("version", Integer),
    Column("seal", String(64), nullable=False, server_default=""),
    # rows are never deleted: their numbers are not given again
    Column("taken_back_at", UtcTime),
    Index("ix_release_item_photo", "photo_id", "release_id"),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("session_epoch", Integer, nullable=False, server_default="1"),
    Column("is_active", Boolean, nullable=False, server_default=text("1")),
    Column("role", Text, nullable=False, server_default="admin"),
    Column("created_at", UtcTime, nullable=False),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("params", JSON, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
)

#: full-text index over names and each text, kept by triggers (migration 0007); its rowid is the photo's id
WORDS = "photo_words"

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name_key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_sign_in_failure_name", "name_key", "at"),
    Index("ix_sign_in_failure_address", "address", "at"),
)

ended_session = Table(
    "ended_session",
    metadata,
    # SHA-256 of what stands in the cookie
    Column("key", String(64), primary_key=True),
    # by then the last copy of the cookie is too old
    Column("until", UtcTime, nullable=False),
)

note = Table(
    "note",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
