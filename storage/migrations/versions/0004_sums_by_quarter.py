"""Sums by company and quarter, and from them the rankings; sums by month without their quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
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
PAIRS = ("layoff_events", "jobs_cut", "ai_cited_jobs", "ai_events", "ai_usd_out")
RANKED = ("jobs_cut", "ai_usd_out")
QUARTER = (
    "CASE WHEN length(period) <> 7 OR period = 'undated' THEN '' WHEN period LIKE '%Q%' THEN period "
    "ELSE substr(period, 1, 4) || '-Q' || ((CAST(substr(period, 6, 2) AS INTEGER) + 2) / 3) END"
)


def _make(name: str, key: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    op.create_table(
        name,
        *(sa.Column(column, TEXT, nullable=False) for column in key),
        *(sa.Column(column, WHOLE, nullable=False) for column in numbers),
        sa.ForeignKeyConstraint(["company_id"], ["company_id.id"], name=f"fk_{name}_company_id"),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _rank(table: str, period: str) -> None:
    for name in RANKED:
        op.create_index(
            f"ix_{table}_by_{name}",
            table,
            [period, name, "company_id"],
            sqlite_where=sa.text(f"{name} > 0"),
            postgresql_where=sa.text(f"{name} > 0"),
        )


def _replace_months(key: tuple[str, ...], values: str) -> None:
    """Make company_month anew with another key, and fill it from the old one; who migrates may make no temporary table."""
    op.execute("CREATE TABLE old_month AS SELECT * FROM company_month")
    op.drop_table("company_month")
    _make("company_month", key, METRICS)
    columns = ", ".join((*key, *METRICS))
    op.execute(f"INSERT INTO company_month ({columns}) SELECT {values}, {', '.join(METRICS)} FROM old_month")  # noqa: S608
    op.execute("DROP TABLE old_month")


def upgrade() -> None:
    """Bring the tables to this version."""
    _make("company_quarter", ("company_id", "quarter"), PAIRS)
    sums = ", ".join(f"sum({name})" for name in PAIRS)
    something = " OR ".join(f"sum({name}) > 0" for name in PAIRS)
    op.execute(
        f"INSERT INTO company_quarter (company_id, quarter, {', '.join(PAIRS)}) "  # noqa: S608
        f"SELECT company_id, quarter, {sums} FROM company_month GROUP BY company_id, quarter HAVING {something}"
    )
    _rank("company_quarter", "quarter")
    _replace_months(("company_id", "period"), "company_id, period")


def downgrade() -> None:
    """Take the tables back to the version before."""
    _replace_months(("company_id", "quarter", "period"), f"company_id, {QUARTER}, period")
    _rank("company_month", "period")
    op.drop_table("company_quarter")
