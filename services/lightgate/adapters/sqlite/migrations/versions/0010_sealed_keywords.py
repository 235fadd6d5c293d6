"""An approval keeps where the keywords stood in the vocabulary; one given before has them looked up as until now."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval", sa.Column("keyword_paths", sa.JSON(none_as_null=True), nullable=True))
