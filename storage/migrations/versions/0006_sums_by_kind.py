"""Sums of all companies by kind of event and month, in place of those by month alone."""

import sqlalchemy as sa
from alembic import op

from storage import rollups
from storage.tables import kind_month

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")
METRICS = (
    "layoff_events",
    "jobs_cut",
    "jobs_cut_low",
    "jobs_cut_high",
    "percent_only_events",
    "ai_cited_events",
    "ai_cited_jobs",
    "ai_events",
    "ai_usd_out",
    "ai_usd_in",
    "ai_usd_booked",
    "unconverted_events",
    "denied_events",
)


def _make(name: str, *key: str) -> None:
    op.create_table(
        name,
        *(sa.Column(column, TEXT, nullable=False) for column in key),
        *(sa.Column(column, WHOLE, nullable=False) for column in METRICS),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Bring the tables to this version."""
    _make("kind_month", "kind", "period")
    rollups.fill_months(op.get_bind(), kind_month, "kind")
    op.drop_table("total_month")


def downgrade() -> None:
    """Take the tables back to the version before."""
    _make("total_month", "period")
    sums = ", ".join(f"sum({name})" for name in METRICS)
    op.execute(
        f"INSERT INTO total_month (period, {', '.join(METRICS)}) SELECT period, {sums} FROM kind_month GROUP BY period"  # noqa: S608
    )
    op.drop_table("kind_month")
