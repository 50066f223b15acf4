"""The index of the ends of states holds past states only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ENDED = sa.text("known_until IS NOT NULL")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.drop_index("ix_event_known_until", "event")
    op.create_index("ix_event_known_until", "event", ["known_until"], sqlite_where=ENDED, postgresql_where=ENDED)


def downgrade() -> None:
    """Take them back to the one before."""
    op.drop_index("ix_event_known_until", "event")
    op.create_index("ix_event_known_until", "event", ["known_until"])
