"""The tables of the ledger: every noun of `newsledger.model`, with constraints that keep wrong rows out.

A versioned table keeps every state a thing ever had: `known_at` says since when the ledger knew it, `known_until`
when it learnt better (null = it still holds). Rows are added and closed, never changed or deleted, so any past state
can be asked for. Amounts are whole units of their currency; `amount_usd` is whole dollars.
"""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from newsledger import model
from storage.columns import Flag, Json, Moment, Number, Text, Whole

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WORK_STEPS = ("read", "reread", "derive")
WORK_STATUSES = ("pending", "leased", "done", "dead")
LAYOFF_KINDS = get_args(model.LayoffKind)
INVESTMENT_KINDS = get_args(model.InvestmentKind)


def one_of(column: str, values: Any) -> CheckConstraint:
    """Return the constraint that a column is null or one of the values (a tuple or a Literal)."""
    allowed = values if isinstance(values, tuple) else get_args(values)
    listed = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def at_least_zero(*columns: str) -> list[CheckConstraint]:
    """Return the constraints that columns are null or not negative."""
    return [CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns]


def date_fits_precision() -> CheckConstraint:
    """Return the constraint that a date is cut to its precision: 2025, 2025-03 (month or quarter), 2025-03-14."""
    return CheckConstraint(
        "(date IS NULL AND date_precision IS NULL) OR (date IS NOT NULL AND date_precision IS NOT NULL AND "
        "length(date) = CASE date_precision WHEN 'day' THEN 10 WHEN 'year' THEN 4 ELSE 7 END)",
        name="date_fits_precision",
    )


def figures_fit_type() -> list[CheckConstraint]:
    """Return the constraints that people belong to layoffs, money to investments, and kinds to their type."""
    layoff = ", ".join(f"'{kind}'" for kind in LAYOFF_KINDS)
    investment = ", ".join(f"'{kind}'" for kind in INVESTMENT_KINDS)
    return [
        CheckConstraint(
            f"(type = 'layoff' AND kind IN ({layoff}) AND amount IS NULL AND currency IS NULL AND basis IS NULL) OR "
            f"(type = 'ai_investment' AND kind IN ({investment}) AND count IS NULL)",
            name="fields_fit_type",
        ),
        CheckConstraint("amount IS NULL OR currency IS NOT NULL", name="amount_has_currency"),
        CheckConstraint("length(currency) = 3", name="currency_is_code"),
        CheckConstraint("percent >= 0 AND percent <= 100", name="percent_in_bounds"),
        CheckConstraint("count_high IS NULL OR count_high >= count", name="count_range"),
        CheckConstraint("amount_high IS NULL OR amount_high >= amount", name="amount_range"),
    ]


def versioned(key: str = "id") -> list[Any]:
    """Return the columns and constraints of a versioned table with the given key."""
    return [
        Column("known_at", Moment, nullable=False),
        Column("known_until", Moment),
        PrimaryKeyConstraint(key, "known_at"),
        CheckConstraint("known_until IS NULL OR known_until > known_at", name="known_in_order"),
    ]


ENDED = Column("known_until", Moment).is_not(None)


def current_index(table: str, *columns: str, unique: bool = False, given: str | None = None) -> Index:
    """Return an index over the rows of a versioned table that still hold, and have a value in `given`."""
    name = f"{'uq' if unique else 'ix'}_{table}_current_{'_'.join(columns)}"
    where: ColumnElement[bool] = Column("known_until", Moment).is_(None)
    if given is not None:
        where = where & Column(given, Whole).is_not(None)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def table(name: str, *parts: Any, rowid: bool = True) -> Table:
    """Return a table, strictly typed on SQLite too; without `rowid` its rows lie in the order of the primary key."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


source = table(
    "source",
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("spider", Text, nullable=False),
    Column("urls", Json, nullable=False),
    Column("country", Text),
    Column("language", Text),
    Column("every_minutes", Whole, nullable=False),
    Column("selector", Text),
    Column("allow_private", Json, nullable=False),
    Column("excluded", Text),
    Column("sample", Flag, nullable=False),
    Column("robots", Text),
    Column("articles_per_week", Number),
    Column("last_seen", Text),
    one_of("kind", model.SourceKind),
    one_of("spider", model.SpiderKind),
    CheckConstraint("every_minutes > 0", name="every_minutes_positive"),
)

source_day = table(
    "source_day",
    Column("source_id", Text, ForeignKey("source.id"), nullable=False),
    Column("day", Text, nullable=False),
    Column("runs", Whole, nullable=False),
    Column("failed_runs", Whole, nullable=False),
    Column("empty_runs", Whole, nullable=False),
    Column("attempted", Whole, nullable=False),
    Column("fetched", Whole, nullable=False),
    Column("unchanged", Whole, nullable=False),
    Column("delivered", Whole, nullable=False),
    Column("robots", Text),
    Column("last_error", Text),
    Column("last_run_at", Moment, nullable=False),
    Column("newest", Moment),
    Column("retry_at", Moment),
    PrimaryKeyConstraint("source_id", "day"),
    CheckConstraint("length(day) = 10", name="day_is_date"),
    *at_least_zero("runs", "failed_runs", "empty_runs", "attempted", "fetched", "unchanged", "delivered"),
    Index("ix_source_day_day", "day"),
)

drop_day = table(
    "drop_day",
    Column("source_id", Text, ForeignKey("source.id"), nullable=False),
    Column("day", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("count", Whole, nullable=False),
    PrimaryKeyConstraint("source_id", "day", "stage", "reason"),
    CheckConstraint("stage IN ('collect', 'extract')", name="stage_known"),
    *at_least_zero("count"),
)

validator = table(
    "validator",
    Column("url", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("source.id"), nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("saved_at", Moment, nullable=False),
    Index("ix_validator_source_id", "source_id"),
)

page = table(
    "page",
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("asked_url", Text),
    Column("source_id", Text, ForeignKey("source.id"), nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("body", LargeBinary),
    Column("content_type", Text),
    Column("status", Whole, nullable=False),
    Column("feed_title", Text),
    Column("feed_published", Moment),
    Column("feed_text", Text),
    Column("article_id", Text),
    Column("dropped", Text),
    Column("dropped_detail", Text),
    Index("ix_page_url", "url"),
    Index("ix_page_asked_url", "asked_url"),
    Index("ix_page_source_id", "source_id", "fetched_at"),
    CheckConstraint("dropped IS NULL OR article_id IS NULL", name="one_outcome"),
)

article = table(
    "article",
    Column("id", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("url", Text),
    Column("source_id", Text, ForeignKey("source.id")),
    Column("published", Moment),
    Column("published_basis", Text),
    Column("published_precision", Text),
    Column("language", Text),
    Column("fetched_at", Moment),
    Column("rough", Flag, nullable=False),
    Column("description", Text),
    Column("publisher", Text),
    Column("seen_at", Moment, nullable=False),
    Column("known_at", Moment, nullable=False),
    PrimaryKeyConstraint("id", "revision"),
    UniqueConstraint("id", "text_hash"),
    one_of("published_basis", model.PublishedBasis),
    one_of("published_precision", model.Precision),
    CheckConstraint("revision >= 1", name="revision_positive"),
    Index("ix_article_source_id", "source_id", "known_at"),
    Index("ix_article_known_at", "known_at"),
)

story = table(
    "story",
    Column("article_id", Text, primary_key=True),
    Column("group_id", Text, nullable=False),
    Index("ix_story_group_id", "group_id"),
    rowid=False,
)

band = table(
    "band",
    Column("key", Text, primary_key=True),
    Column("article_id", Text, ForeignKey("story.article_id"), nullable=False),
    rowid=False,
)

reading = table(
    "reading",
    Column("article_id", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("version", Text, nullable=False),
    Column("claims", Whole, nullable=False),
    *versioned("article_id"),
    ForeignKeyConstraint(["article_id", "revision"], ["article.id", "article.revision"]),
    current_index("reading", "article_id", unique=True),
    current_index("reading", "version", "article_id"),
)

trial = table(
    "trial",
    Column("version", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("claims", Whole, nullable=False),
    Column("read_at", Moment, nullable=False),
    PrimaryKeyConstraint("version", "article_id"),
    ForeignKeyConstraint(["article_id", "revision"], ["article.id", "article.revision"]),
    *at_least_zero("claims"),
)

switch = table(
    "switch",
    Column("at", Moment, primary_key=True),
    Column("version", Text, nullable=False),
    Column("articles", Whole, nullable=False),
    Column("back_at", Moment),
    CheckConstraint("back_at IS NULL OR back_at > at", name="back_after_switch"),
)

claim = table(
    "claim",
    Column("id", Text, primary_key=True),
    Column("article_id", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("version", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("company_id", Text),
    Column("counterparty", Json, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("part_of", Text),
    Column("count", Whole),
    Column("count_high", Whole),
    Column("count_qualifier", Text),
    Column("percent", Number),
    Column("percent_of", Text),
    Column("amount", Whole),
    Column("amount_high", Whole),
    Column("amount_qualifier", Text),
    Column("currency", Text),
    Column("basis", Text),
    Column("period_start", Text),
    Column("period_end", Text),
    Column("date", Text),
    Column("date_precision", Text),
    Column("effective_date", Text),
    Column("ai_relation", Text, nullable=False),
    Column("ai_speaker", Text),
    Column("ai_cited", Flag, nullable=False),
    Column("roles", Json, nullable=False),
    Column("location", Text),
    Column("sentence", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Column("known_at", Moment, nullable=False),
    ForeignKeyConstraint(["article_id", "revision"], ["article.id", "article.revision"]),
    one_of("type", model.EventType),
    one_of("kind", model.Kind),
    one_of("status", model.Status),
    one_of("time", model.Time),
    one_of("scope", model.Scope),
    one_of("count_qualifier", model.Qualifier),
    one_of("amount_qualifier", model.Qualifier),
    one_of("basis", model.Basis),
    one_of("date_precision", model.Precision),
    one_of("ai_relation", model.AiRelation),
    one_of("ai_speaker", model.Speaker),
    date_fits_precision(),
    *figures_fit_type(),
    *at_least_zero("count", "amount"),
    Index("ix_claim_article_id", "article_id", "revision", "version"),
)

claim_company = table(
    "claim_company",
    Column("company_key", Text, nullable=False),
    Column("claim_id", Text, ForeignKey("claim.id"), nullable=False),
    PrimaryKeyConstraint("company_key", "claim_id"),
    Index("ix_claim_company_claim_id", "claim_id"),
    rowid=False,
)

claim_word = table(
    "claim_word",
    Column("word", Text, nullable=False),
    Column("claim_id", Text, nullable=False),  # no foreign key: claims stay, and looking each up takes twice the time
    PrimaryKeyConstraint("word", "claim_id"),
    rowid=False,
)
"""The words of what is told, see `storage.words`."""

company_id = table(
    "company_id",
    Column("id", Text, primary_key=True),
    Column("known_at", Moment, nullable=False),
)

company = table(
    "company",
    Column("id", Text, ForeignKey("company_id.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("aliases", Json, nullable=False),
    Column("parent_id", Text),
    Column("parent_since", Text),
    Column("tickers", Json, nullable=False),
    Column("cik", Whole),
    Column("sector", Text),
    Column("country", Text),
    Column("domain", Text),
    Column("wikidata", Text),
    Column("provisional", Flag, nullable=False),
    Column("successor", Text, ForeignKey("company_id.id")),
    *versioned(),
    CheckConstraint("successor <> id", name="successor_is_other"),
    CheckConstraint("name <> ''", name="name_given"),
    current_index("company", "id", unique=True),
    current_index("company", "name"),
    current_index("company", "sector"),
    current_index("company", "country"),
)

event_id = table(
    "event_id",
    Column("id", Text, primary_key=True),
    Column("minted_at", Moment, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Index("ix_event_id_article_id", "article_id"),
)

event_successor = table(
    "event_successor",
    Column("id", Text, ForeignKey("event_id.id"), nullable=False),
    Column("successor", Text, ForeignKey("event_id.id"), nullable=False),
    *versioned(),
    CheckConstraint("successor <> id", name="successor_is_other"),
    current_index("event_successor", "id", unique=True),
)

event = table(
    "event",
    Column("id", Text, ForeignKey("event_id.id"), nullable=False),
    Column("type", Text, nullable=False),
    Column("company_id", Text, ForeignKey("company_id.id"), nullable=False),
    Column("company", Text, nullable=False),
    Column("counterparty", Json, nullable=False),
    Column("counterparty_ids", Json, nullable=False),
    Column("kind", Text, nullable=False),
    Column("basis", Text),
    Column("scope", Text, nullable=False),
    Column("part_of", Text),
    Column("superseded_by", Text),
    Column("stage", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("count", Whole),
    Column("count_low", Whole),
    Column("count_high", Whole),
    Column("count_qualifier", Text),
    Column("percent", Number),
    Column("percent_of", Text),
    Column("amount", Whole),
    Column("amount_low", Whole),
    Column("amount_high", Whole),
    Column("amount_qualifier", Text),
    Column("currency", Text),
    Column("amount_usd", Whole),
    Column("usd_rate", Number),
    Column("usd_rate_date", Text),
    Column("usd_rate_table", Text),
    Column("period_start", Text),
    Column("period_end", Text),
    Column("date", Text),
    Column("date_precision", Text),
    Column("date_basis", Text),
    Column("effective_date", Text),
    Column("ai_relation", Text, nullable=False),
    Column("ai_speaker", Text),
    Column("ai_cited", Flag, nullable=False),
    Column("roles", Json, nullable=False),
    Column("locations", Json, nullable=False),
    Column("figure_rule", Text, nullable=False),
    Column("conflict", Flag, nullable=False),
    Column("claim_ids", Json, nullable=False),
    Column("claims", Whole, nullable=False),
    Column("sources", Whole, nullable=False),
    Column("source_kinds", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Column("sort_date", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    *versioned(),
    one_of("type", model.EventType),
    one_of("kind", model.Kind),
    one_of("basis", model.Basis),
    one_of("scope", model.Scope),
    one_of("stage", model.Stage),
    one_of("time", model.Time),
    one_of("count_qualifier", model.Qualifier),
    one_of("amount_qualifier", model.Qualifier),
    one_of("date_precision", model.Precision),
    one_of("date_basis", model.DateBasis),
    one_of("ai_relation", model.AiRelation),
    one_of("ai_speaker", model.Speaker),
    date_fits_precision(),
    *figures_fit_type(),
    *at_least_zero("count", "count_low", "amount", "amount_low", "amount_usd"),
    CheckConstraint("count_low <= count", name="count_low_range"),
    CheckConstraint("amount_low <= amount", name="amount_low_range"),
    CheckConstraint("claims >= 1 AND sources >= 1 AND sources <= claims", name="claims_counted"),
    current_index("event", "id", unique=True),
    current_index("event", "company_id", "date"),
    current_index("event", "sort_date", "id"),
    current_index("event", "count", "id", given="count"),
    current_index("event", "amount_usd", "id", given="amount_usd"),
    Index("ix_event_known_at", "known_at", "id"),
    # of past states only: else SQLite takes it for the way to those that hold, and sorts them all
    Index("ix_event_known_until", "known_until", sqlite_where=ENDED, postgresql_where=ENDED),
)

event_claim = table(
    "event_claim",
    Column("claim_id", Text, ForeignKey("claim.id"), nullable=False),
    Column("event_id", Text, ForeignKey("event_id.id"), nullable=False),
    *versioned("claim_id"),
    current_index("event_claim", "claim_id", unique=True),
    current_index("event_claim", "event_id"),
)

METRIC_COLUMNS = (
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
"""What the roll-ups add up, see `storage.rollups.contribution`."""

company_month = table(
    "company_month",
    Column("company_id", Text, ForeignKey("company_id.id"), nullable=False),
    Column("period", Text, nullable=False),
    *(Column(name, Whole, nullable=False) for name in METRIC_COLUMNS),
    PrimaryKeyConstraint("company_id", "period"),
    rowid=False,
)

PAIR_COLUMNS = ("layoff_events", "jobs_cut", "ai_cited_jobs", "ai_events", "ai_usd_out")
"""What is set side by side, see `storage.pairs`."""

RANKED_COLUMNS = ("jobs_cut", "ai_usd_out")
"""What companies are ranked by, see `storage.ranking`."""

company_quarter = table(
    "company_quarter",
    Column("company_id", Text, ForeignKey("company_id.id"), nullable=False),
    Column("quarter", Text, nullable=False),
    *(Column(name, Whole, nullable=False) for name in PAIR_COLUMNS),
    PrimaryKeyConstraint("company_id", "quarter"),
    *(
        Index(
            f"ix_company_quarter_by_{name}",
            "quarter",
            name,
            "company_id",
            sqlite_where=Column(name, Whole) > 0,
            postgresql_where=Column(name, Whole) > 0,
        )
        for name in RANKED_COLUMNS
    ),
    rowid=False,
)
"""The sums of `company_month` by quarter; what lies in no quarter for sure under an empty one."""

kind_month = table(
    "kind_month",
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    *(Column(name, Whole, nullable=False) for name in METRIC_COLUMNS),
    PrimaryKeyConstraint("kind", "period"),
    rowid=False,
)
"""The sums of all companies by kind of event and month."""

decision = table(
    "decision",
    Column("id", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("target", Text),
    Column("values", Json, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("revokes", Text, ForeignKey("decision.id")),
    one_of("action", model.DecisionAction),
    CheckConstraint("author <> '' AND reason <> ''", name="signed"),
    Index("ix_decision_subject", "subject"),
)

work = table(
    "work",
    Column("step", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("priority", Whole, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Whole, nullable=False),
    Column("leased_until", Moment),
    Column("owner", Text),
    Column("again", Flag, nullable=False),
    Column("reason", Text),
    Column("added_at", Moment, nullable=False),
    PrimaryKeyConstraint("step", "key"),
    one_of("step", WORK_STEPS),
    one_of("status", WORK_STATUSES),
    CheckConstraint("(status = 'leased') = (leased_until IS NOT NULL)", name="lease_has_end"),
    CheckConstraint("status <> 'dead' OR reason IS NOT NULL", name="dead_has_reason"),
    *at_least_zero("attempts"),
    Index("ix_work_status", "step", "status", "priority", "added_at", "key"),
)

job_run = table(
    "job_run",
    Column("job", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("outcome", Text),
    PrimaryKeyConstraint("job", "due"),
)
