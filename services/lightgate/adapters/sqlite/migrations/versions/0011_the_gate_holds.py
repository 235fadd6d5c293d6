"""Decisions and releases are sealed acts, half-sent photos are debts, and who changes what is live holds a row.

What was approved under the older rule and is not live yet is approved anew; what is live stays as it is.
"""

import hashlib
import hmac
import json
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AGAIN = "Approve again: the rule for what may go live became stricter."
_ON_THE_WAY = (
    "SELECT id FROM review_queue WHERE status <> 'rejected'"
    " AND (step = 'release' OR (step = 'publish' AND status IN ('queued', 'running', 'failed')))"
)


def upgrade() -> None:
    op.add_column("publication", sa.Column("earlier", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("publication", sa.Column("writers", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("publication", sa.Column("retry_at", sa.String(length=27), nullable=True))
    op.create_table(
        "live_hold",
        sa.Column("photo_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("claim_token", sa.Integer(), nullable=True),
        sa.Column("lease_until", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_live_hold")),
    )
    op.add_column("release_item", sa.Column("approval_id", sa.Integer(), nullable=True))
    op.add_column("release_item", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("release_item", sa.Column("seal", sa.String(length=64), server_default="", nullable=False))
    op.add_column("release_item", sa.Column("taken_back_at", sa.String(length=27), nullable=True))
    op.add_column("review_queue", sa.Column("source_mode", sa.Integer(), nullable=True))
    op.create_table(
        "ended_session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ended_session")),
    )
    op.add_column("approval", sa.Column("withdrawn_at", sa.String(length=27), nullable=True))
    _keep_what_was_live(op.get_bind(), context.config.attributes.get("key"))
    _ask_again(op.get_bind())


def _keep_what_was_live(connection: sa.Connection, key: bytes | None) -> None:
    """Seal what releases replaced, and tell the ledger of half-sent photos what was live before them."""
    found = connection.exec_driver_sql(
        "SELECT release_id, photo_id, before FROM release_item WHERE before IS NOT NULL ORDER BY release_id"
    ).fetchall()
    newest: dict[int, dict[str, Any]] = {}
    for number, photo_id, told in found:
        before = json.loads(told)
        newest[photo_id] = before
        connection.exec_driver_sql(
            "UPDATE release_item SET before = ? WHERE release_id = ? AND photo_id = ?",
            (
                json.dumps({**before, "seal": _seal(b"replaced:", key, before, number=number, photo_id=photo_id)}),
                number,
                photo_id,
            ),
        )
    # a writer of before this left files whose names hold no writer
    connection.exec_driver_sql("UPDATE publication SET writers = '[\"\"]' WHERE state IN ('sending', 'failed')")
    half_sent = connection.exec_driver_sql(
        "SELECT photo_id, target FROM publication WHERE state IN ('sending', 'failed')"
    ).fetchall()
    for photo_id, target in half_sent:
        before = newest.get(photo_id)
        here = [each for each in before["publications"] if each["target"] == target] if before else []
        if before and here:
            earlier = {"publications": here, "row": before["row"]}
            sealed = _seal(b"earlier:", key, earlier, photo_id=photo_id, target=target)
            told = json.dumps({**earlier, "seal": sealed})
            connection.exec_driver_sql(
                "UPDATE publication SET earlier = ? WHERE photo_id = ? AND target = ?", (told, photo_id, target)
            )


def _seal(kind: bytes, key: bytes | None, before: dict[str, Any], **about: int | str) -> str:
    if key is None:
        return ""
    told = {**about, "publications": before["publications"], "row": before["row"]}
    content = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return hmac.new(key, kind + content, hashlib.sha256).hexdigest()


def _ask_again(connection: sa.Connection) -> None:
    ids = [row[0] for row in connection.exec_driver_sql(_ON_THE_WAY)]
    for photo_id in ids:
        of = (photo_id,)
        connection.exec_driver_sql(
            "INSERT INTO photo_event (photo_id, set_id, at, actor_kind, actor, kind, name, old, new) "
            "SELECT id, set_id, strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z', 'system', 'upgrade', 'position', step, "
            "step || ':' || status, 'review:waiting' FROM review_queue WHERE id = ?",
            of,
        )
        connection.exec_driver_sql(
            "UPDATE review_queue SET step = 'review', status = 'waiting', attempt = 0, not_before = NULL, "
            "lease_owner = NULL, lease_until = NULL, lease_token = lease_token + 1, approval_id = NULL, "
            "version = version + 1, error_code = 'approve_again', error_message = ? WHERE id = ?",
            (_AGAIN, photo_id),
        )
    # nobody is on the way any more, so whatever is half-sent is owed, also what was withdrawn before this
    connection.exec_driver_sql(
        "UPDATE publication SET state = CASE WHEN earlier IS NULL THEN 'taking_off' ELSE 'putting_back' END "
        "WHERE state IN ('sending', 'failed')"
    )
    # the word that stands behind what is live is kept; all others are over, and no old seal may be used again
    connection.exec_driver_sql(
        "UPDATE approval SET seal = '', withdrawn_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z' "
        "WHERE id NOT IN (SELECT approval_id FROM review_queue WHERE status = 'published' AND approval_id IS NOT NULL)"
    )
