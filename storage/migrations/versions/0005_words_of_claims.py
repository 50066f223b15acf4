"""The words of claims, to search them."""

import sqlalchemy as sa
from alembic import op

from storage import words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "claim_word",
        sa.Column("word", TEXT, nullable=False),
        sa.Column("claim_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("word", "claim_id", name="pk_claim_word"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    words.add_all(op.get_bind())


def downgrade() -> None:
    """Take them back to the one before."""
    op.drop_table("claim_word")
