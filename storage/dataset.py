"""The files of the nightly dataset: what is in each, field by field, and the rows as of a moment.

The rows of a file depend on the ledger as it was known at `as_of` and on nothing else, in the order of its key; so a
past night gives the same bytes again, from SQLite and from PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import batched, chain, groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, union

from newsledger.model import Article, Claim, Company, Event, Source
from storage.calendar import bounds, periods
from storage.cells import guard, guarded, instant, raw, truth
from storage.claims import held_at
from storage.coverage import coverage
from storage.dictionary import FieldDescription, FieldType, describe
from storage.pairs import by_quarter
from storage.rollups import UNDATED, month_sums
from storage.series import ALL
from storage.tables import (
    METRIC_COLUMNS,
    article,
    claim,
    company,
    drop_day,
    event,
    event_claim,
    event_successor,
    reading,
    source,
    source_day,
)
from storage.versions import held

SENTENCE_LIMIT = 300
"""Characters of an evidence sentence that are published: enough to find it, not the article."""

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a dataset is of: a day, and the last moment whose knowledge it holds (UTC)."""

    day: date
    as_of: datetime

    @property
    def begin(self) -> datetime:
        """The last moment of the day before: what is new since then makes the delta."""
        return end_of(self.day - timedelta(days=1))


def end_of(day: date) -> datetime:
    """Return the last moment of a day, UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One file of the dataset."""

    name: str
    title: str
    description: str
    fields: tuple[FieldDescription, ...]
    key: tuple[str, ...]
    rows: Callable[[Connection, Night], Rows]
    foreign: tuple[tuple[str, str, str], ...] = ()
    """(field, file, field there)"""
    needed: tuple[tuple[str, float], ...] = ()
    """(field, share from 0 to 1 of rows that must have it)"""
    minimum: int = 0
    """Rows without which it is not published."""
    summed: tuple[str, ...] = ()
    """Fields whose sum may not jump from one night to the next."""
    watched: tuple[str, ...] = ()
    """Fields that may not be empty much more often than the night before."""


def _field(name: str, type_: FieldType, description: str, *, required: bool = False) -> FieldDescription:
    return FieldDescription(name=name, type=type_, description=description, required=required)


FETCHED = 200
"""Rows fetched at once: few, as memory that is used again is much faster than new."""


def _streamed(connection: Connection, statement: Any) -> Iterator[Sequence[Any]]:
    """Yield the rows of a statement of ready cells, in flat memory."""
    result = connection.execute(statement, execution_options={"yield_per": FETCHED})
    with closing(result):
        yield from result.fetchmany(1)
        # from the second on the driver's own rows, which take a third less time
        cursor: Any = result.cursor
        if cursor is not None:
            yield from chain.from_iterable(iter(partial(cursor.fetchmany, FETCHED), []))


# events -------------------------------------------------------------------------------------------------------------

_SHARED = ("company_id", "company", "kind", "stage", "scope", "part_of", "time")
_DATED = ("date", "date_precision", "date_basis", "effective_date")
_TOLD = ("locations", "figure_rule", "conflict", "claims", "sources", "source_kinds", "claim_ids")
_LAYOFF_FIELDS = (
    *_SHARED,
    *("count", "count_low", "count_high", "count_qualifier", "percent", "percent_of"),
    *_DATED,
    *("ai_relation", "ai_speaker", "ai_cited", "roles"),
    *_TOLD,
)
_INVESTMENT_FIELDS = (
    *_SHARED,
    *("counterparty", "counterparty_ids", "basis", "superseded_by"),
    *("amount", "amount_low", "amount_high", "amount_qualifier", "currency"),
    *("amount_usd", "usd_rate", "usd_rate_date", "usd_rate_table", "period_start", "period_end"),
    *_DATED,
    *_TOLD,
)
_FREE_TEXT = ("company", "percent_of", "name")


def _cell(column: ColumnElement[Any]) -> ColumnElement[Any]:
    kind = type(column.type).__name__
    if kind == "Json":
        return raw(column)
    if kind == "Flag":
        return truth(column)
    if kind == "Moment":
        return instant(column)
    return guarded(column) if column.name in _FREE_TEXT else column


def event_cells(type_: str, as_of: datetime) -> Select[Any]:
    """Return the select of the cells of layoffs.csv or ai_investments.csv."""
    names = _LAYOFF_FIELDS if type_ == "layoff" else _INVESTMENT_FIELDS
    cells = [event.c.id, *(_cell(event.c[name]) for name in names), instant(event.c.known_at)]
    return select(*cells).where(event.c.type == type_, held(event, as_of)).order_by(event.c.id)


def _event_fields(names: Iterable[str]) -> tuple[FieldDescription, ...]:
    cited = _field("ai_cited", "boolean", "Whether AI is its cause, or where its money or roles go.", required=True)
    return (
        _field("event_id", "string", "Id of the event. Once published it always answers.", required=True),
        *(cited if name == "ai_cited" else describe(Event, name) for name in names),
        _field("known_at", "datetime", "Since when the ledger knows it to be so, UTC.", required=True),
    )


# claims -------------------------------------------------------------------------------------------------------------

_CLAIM_FIELDS = (
    *("article_id", "revision", "version", "type", "company", "company_id", "counterparty", "kind", "status", "time"),
    *("scope", "part_of", "count", "count_high", "count_qualifier", "percent", "percent_of"),
    *("amount", "amount_high", "amount_qualifier", "currency", "basis", "period_start", "period_end"),
    *("date", "date_precision", "effective_date", "ai_relation", "ai_speaker", "location"),
)


def _claim_rows(connection: Connection, night: Night) -> Rows:
    cells = [
        guarded(claim.c[n]) if n in ("location", "company", "percent_of") else _cell(claim.c[n]) for n in _CLAIM_FIELDS
    ]
    tables = (
        claim.join(reading, reading.c.article_id == claim.c.article_id)
        .join(article, and_(article.c.id == claim.c.article_id, article.c.revision == claim.c.revision))
        .outerjoin(event_claim, and_(event_claim.c.claim_id == claim.c.id, held(event_claim, night.as_of)))
    )
    statement = (
        select(
            claim.c.id,
            event_claim.c.event_id,
            *cells,
            raw(claim.c.roles),
            raw(claim.c.sentence),
            raw(claim.c.evidence),
            article.c.source_id,
            guarded(article.c.publisher),
            article.c.url,
            instant(article.c.published),
            instant(claim.c.known_at),
        )
        .select_from(tables)
        .where(held_at(night.as_of))
        .order_by(claim.c.id)
    )
    here = 2 + len(cells)
    for row in _streamed(connection, statement):
        roles, sentence, evidence = row[here : here + 3]
        said = orjson.loads(sentence)
        places = {name: [e["in"], e["start"], e["end"]] for name, e in orjson.loads(evidence).items()}
        yield (
            *row[:here],
            orjson.dumps([mention["role"] for mention in orjson.loads(roles)]).decode(),
            guard(shortened(said["quote"])),
            said["in"],
            said["start"],
            said["end"],
            orjson.dumps(places).decode(),
            *row[here + 3 :],
        )


def shortened(sentence: str) -> str:
    """Return a sentence cut at a word to at most SENTENCE_LIMIT characters."""
    if len(sentence) <= SENTENCE_LIMIT:
        return sentence
    return sentence[: SENTENCE_LIMIT - 1].rsplit(None, 1)[0] + "…"


_CLAIM_DESCRIPTIONS = (
    _field("claim_id", "string", "Id of the claim.", required=True),
    _field("event_id", "string", "The event it belongs to; null where a person rejected it or its date is no date."),
    *(describe(Claim, name) for name in _CLAIM_FIELDS),
    _field("roles", "array", "The work of those who lose their jobs.", required=True),
    _field("sentence", "string", f"The sentence that says so, cut to {SENTENCE_LIMIT} characters.", required=True),
    _field("sentence_in", "string", "The part of the article it stands in: title or text.", required=True),
    _field("sentence_start", "integer", "Where it begins, in code points.", required=True),
    _field("sentence_end", "integer", "Where it ends.", required=True),
    _field("evidence", "object", "Field → [part of the article, start, end] of the words behind it.", required=True),
    _field("source_id", "string", "The source that published the article; see coverage.csv."),
    describe(Article, "publisher"),
    _field("url", "string", "Where the article stands."),
    _field("published", "datetime", "When it was published, UTC."),
    _field("known_at", "datetime", "When the ledger read it, UTC.", required=True),
)


# companies ----------------------------------------------------------------------------------------------------------

_COMPANY_FIELDS = ("name", "parent_id", "parent_since", "cik", "sector", "country", "domain", "wikidata", "provisional")


def _company_rows(connection: Connection, night: Night) -> Rows:
    cells = [_cell(company.c[name]) for name in _COMPANY_FIELDS]
    statement = select(company.c.id, *cells, raw(company.c.tickers), raw(company.c.aliases), company.c.successor).where(
        held(company, night.as_of)
    )
    for row in _streamed(connection, statement.order_by(company.c.id)):
        names = [alias["name"] for alias in orjson.loads(row[-2])]
        yield (*row[:-2], orjson.dumps(names).decode(), row[-1])


# series and pairs ---------------------------------------------------------------------------------------------------


def _month_sums(connection: Connection, night: Night) -> Iterator[tuple[str, str, list[int]]]:
    """Yield (company id or `all`, month or longer period, sums), `all` first, from the events as of the night."""
    rows = month_sums(night.as_of)
    sums = [func.sum(rows.c[name]) for name in METRIC_COLUMNS]
    of_all = select(literal(ALL), rows.c.period, *sums).group_by(rows.c.period).order_by(rows.c.period)
    by_company = (rows.c.company_id, rows.c.period)
    of_each = select(*by_company, *(rows.c[name] for name in METRIC_COLUMNS)).order_by(*by_company)
    for statement in (of_all, of_each):
        for row in _streamed(connection, statement):
            yield row[0], row[1], [int(number) for number in row[2:]]


def _grain_of(period: str) -> str:
    if period == UNDATED:
        return UNDATED
    return {4: "year", 7: "quarter" if "Q" in period else "month"}[len(period)]


def _ratio(above: int, below: int, unit: float = 1.0) -> float | None:
    return above / below * unit if below else None


_PLACE = {name: place_ for place_, name in enumerate(METRIC_COLUMNS)}


def _series_rows(connection: Connection, night: Night) -> Rows:
    watched = cache(coverage(connection, until=night.day + timedelta(days=1)).of)
    of_all: dict[str, list[int]] = {}
    pending: list[tuple[str, str, list[int]]] = []
    sums = _month_sums(connection, night)
    for key, period, numbers in sums:
        if key != ALL:
            pending.append((key, period, numbers))
            break
        of_all[period] = numbers
    months = sorted(period for period in of_all if _grain_of(period) == "month")
    if months:
        dense = periods(bounds(months[0])[0], bounds(months[-1])[1], "month")
        for period in sorted({*of_all, *dense}):
            yield _series_row(ALL, period, of_all.get(period), watched, night)
    else:
        for period in sorted(of_all):
            yield _series_row(ALL, period, of_all[period], watched, night)
    for key, period, numbers in (*pending, *sums):
        yield _series_row(key, period, numbers, watched, night)


def _series_row(
    key: str, period: str, numbers: list[int] | None, watched: Callable[[str], tuple[int, int]], night: Night
) -> tuple[Any, ...]:
    grain = _grain_of(period)
    covered, days, partial = 0, 0, "false"  # numbers, never empty: frictionless cannot read empty ones from Parquet
    if grain != UNDATED:
        covered, days = watched(period)
        partial = "true" if bounds(period)[1] > night.as_of.date() + timedelta(days=1) else "false"
    if numbers is None:
        # a month that nobody watched is a gap, not a month without news
        numbers_: list[int | None] = [0 if covered else None] * len(METRIC_COLUMNS)
        return key, period, grain, *numbers_, None, partial, covered, days
    share = _ratio(numbers[_PLACE["ai_cited_jobs"]], numbers[_PLACE["jobs_cut"]])
    return key, period, grain, *numbers, share, partial, covered, days


METRIC_MEANING = {
    "layoff_events": "Job cuts: whole happenings, not denied or cancelled.",
    "jobs_cut": "Jobs cut, persons: the sum of the figures chosen.",
    "jobs_cut_low": "The same with the lowest figure of each.",
    "jobs_cut_high": "The same with the highest figure of each.",
    "percent_only_events": "Job cuts that state a percent and no number; in no sum of jobs.",
    "ai_cited_events": "Job cuts that AI is told to be the cause of, or whose money or roles go to AI.",
    "ai_cited_jobs": "Jobs cut in these.",
    "ai_events": "AI investments: whole happenings, not denied or cancelled, not replaced by newer guidance.",
    "ai_usd_out": "Dollars announced for capex, stakes, acquisitions, contracts and funds.",
    "ai_usd_in": "Dollars raised in funding rounds.",
    "ai_usd_booked": "Dollars reported as spent. Never to be added to what was announced.",
    "unconverted_events": "AI investments in a currency without a rate; in no sum of dollars.",
    "denied_events": "Happenings denied or cancelled; in no other number.",
}
_KEY = _field("company_id", "string", "Id of the company; `all` for all of them together.", required=True)
_PARTIAL = _field("partial", "boolean", "Whether the period was not over when this was published.", required=True)


def _metric(name: str) -> FieldDescription:
    return _field(name, "integer", METRIC_MEANING[name])


def _pair_rows(connection: Connection, night: Night) -> Rows:
    sides = (by_quarter(connection, as_of=night.as_of, together=together) for together in (True, False))
    for _, quarters in groupby(chain.from_iterable(sides), attrgetter("company_id")):
        jobs = money = 0
        for one in quarters:
            jobs, money = jobs + one.jobs_cut, money + one.ai_usd_out
            both = "true" if one.both else "false"
            partial = "true" if bounds(one.quarter)[1] > night.as_of.date() + timedelta(days=1) else "false"
            yield *one, one.jobs_per_usd_bn, both, jobs, money, partial


# coverage and delta -------------------------------------------------------------------------------------------------

_DAY_COUNTS = ("runs", "failed_runs", "empty_runs", "attempted", "fetched", "unchanged", "delivered")


def _coverage_rows(connection: Connection, night: Night) -> Rows:
    dropped = (
        select(drop_day.c.source_id, drop_day.c.day, func.sum(drop_day.c["count"]).label("dropped"))
        .group_by(drop_day.c.source_id, drop_day.c.day)
        .subquery()
    )
    statement = (
        select(
            source_day.c.source_id,
            source_day.c.day,
            guarded(source.c.name),
            source.c.kind,
            source.c.country,
            source.c.language,
            *(source_day.c[name] for name in _DAY_COUNTS),
            func.coalesce(dropped.c.dropped, 0),
            source_day.c.robots,
        )
        .join(source, source.c.id == source_day.c.source_id)
        .outerjoin(dropped, and_(dropped.c.source_id == source_day.c.source_id, dropped.c.day == source_day.c.day))
        .where(source.c.excluded.is_(None), source_day.c.day <= night.day.isoformat())
        .order_by(source_day.c.source_id, source_day.c.day)
    )
    return _streamed(connection, statement)


def _delta_rows(connection: Connection, night: Night) -> Rows:
    touched = union(
        select(event.c.id).where(event.c.known_at > night.begin, event.c.known_at <= night.as_of),
        select(event.c.id).where(event.c.known_until > night.begin, event.c.known_until <= night.as_of),
    ).subquery()
    names = tuple(dict.fromkeys((*_LAYOFF_FIELDS, *_INVESTMENT_FIELDS)))
    ids = connection.execute(select(touched.c.id).order_by(touched.c.id)).scalars()
    for batch in batched(ids.all(), 500):
        before = _states(connection, batch, night.begin, names)
        after = _states(connection, batch, night.as_of, names)
        gone = [id_ for id_ in batch if id_ in before and id_ not in after]
        successors = dict(
            connection.execute(
                select(event_successor.c.id, event_successor.c.successor).where(
                    event_successor.c.id.in_(gone), held(event_successor, night.as_of)
                )
            ).all()
        )
        for id_ in batch:
            old, new = before.get(id_), after.get(id_)
            if new is None:
                if old is not None:
                    yield id_, "removed", old["type"], "[]", successors.get(id_)
            elif old is None:
                yield id_, "added", new["type"], "[]", None
            else:
                fields = [name for name in ("type", *names) if old[name] != new[name]]
                if fields:
                    yield id_, "changed", new["type"], orjson.dumps(fields).decode(), None


def _states(connection: Connection, ids: Sequence[str], at: datetime, names: Iterable[str]) -> dict[str, Any]:
    columns = [event.c.id, event.c.type, *(event.c[name] for name in names)]
    rows = connection.execute(select(*columns).where(event.c.id.in_(ids), held(event, at)))
    return {row.id: row._mapping for row in rows}


# all files ----------------------------------------------------------------------------------------------------------

RESOURCES = (
    Resource(
        name="layoffs",
        title="Job cuts",
        description="One row for each happening: a named employer cuts, will cut or is said to cut jobs.",
        fields=_event_fields(_LAYOFF_FIELDS),
        key=("event_id",),
        rows=lambda connection, night: _streamed(connection, event_cells("layoff", night.as_of)),
        foreign=(("company_id", "companies", "company_id"),),
        needed=(("date", 0.8), ("claim_ids", 1.0)),
        summed=("count",),
        watched=("date", "count"),
    ),
    Resource(
        name="ai_investments",
        title="AI investments",
        description="One row for each happening: a named organisation puts, will put or raises money for AI.",
        fields=_event_fields(_INVESTMENT_FIELDS),
        key=("event_id",),
        rows=lambda connection, night: _streamed(connection, event_cells("ai_investment", night.as_of)),
        foreign=(("company_id", "companies", "company_id"),),
        needed=(("date", 0.8), ("claim_ids", 1.0)),
        summed=("amount_usd",),
        watched=("date", "amount", "amount_usd"),
    ),
    Resource(
        name="claims",
        title="Claims",
        description="What each article says, with its sentence and the places of the words behind each field.",
        fields=_CLAIM_DESCRIPTIONS,
        key=("claim_id",),
        rows=_claim_rows,
        needed=(("sentence", 1.0), ("event_id", 0.8)),
        watched=("event_id", "company_id", "source_id"),
    ),
    Resource(
        name="companies",
        title="Companies",
        description="Each company, its other names, and its ids elsewhere.",
        fields=(
            _field("company_id", "string", "Id of the company.", required=True),
            *(describe(Company, name) for name in _COMPANY_FIELDS),
            describe(Company, "tickers"),
            describe(Company, "aliases"),
            _field("successor_id", "string", "The company it was merged into."),
        ),
        key=("company_id",),
        rows=_company_rows,
        needed=(("name", 1.0),),
        minimum=1,
    ),
    Resource(
        name="series_monthly",
        title="Series by month",
        description="Each metric by company and month. What is dated only to a quarter or year has a row of its "
        "own; a month that no source was watched in has no numbers, not zeros.",
        fields=(
            _KEY,
            _field(
                "period", "string", "2026-03; or 2026-Q1, 2026 or undated, for what is dated no better.", required=True
            ),
            _field("grain", "string", "month, quarter, year or undated.", required=True),
            *(_metric(name) for name in METRIC_COLUMNS),
            _field("ai_cited_share", "number", "`ai_cited_jobs` of `jobs_cut`, from 0 to 1."),
            _PARTIAL,
            _field("covered_days", "integer", "Days of the period on which a source was watched."),
            _field("days", "integer", "Days of the period."),
        ),
        key=("company_id", "period"),
        rows=_series_rows,
    ),
    Resource(
        name="pairs_quarterly",
        title="Cuts and AI money by quarter",
        description="Both sides on one clock, by company and quarter.",
        fields=(
            _KEY,
            _field("quarter", "string", "2026-Q1.", required=True),
            *(_metric(n) for n in ("layoff_events", "jobs_cut", "ai_cited_jobs", "ai_events", "ai_usd_out")),
            _field("jobs_per_usd_bn", "number", "Jobs cut for each billion dollars of `ai_usd_out`."),
            _field("both", "boolean", "Whether it both cut jobs and put money into AI in this quarter.", required=True),
            _field("jobs_cut_so_far", "integer", "Jobs cut up to the end of the quarter.", required=True),
            _field("ai_usd_out_so_far", "integer", "Dollars out up to the end of the quarter.", required=True),
            _PARTIAL,
        ),
        key=("company_id", "quarter"),
        rows=_pair_rows,
    ),
    Resource(
        name="coverage",
        title="Coverage",
        description="What became of each live source on each day: how often it was asked, and what came.",
        fields=(
            _field("source_id", "string", "Id of the source.", required=True),
            _field("day", "string", "Day, UTC.", required=True),
            describe(Source, "name"),
            describe(Source, "kind"),
            describe(Source, "country"),
            describe(Source, "language"),
            _field("runs", "integer", "Times it was asked.", required=True),
            _field("failed_runs", "integer", "Times that failed as a whole.", required=True),
            _field("empty_runs", "integer", "Times it answered and listed nothing.", required=True),
            _field("attempted", "integer", "Addresses asked for.", required=True),
            _field("fetched", "integer", "Bodies that came whole.", required=True),
            _field("unchanged", "integer", "Not changed since the time before.", required=True),
            _field("delivered", "integer", "Pages kept to be read.", required=True),
            _field("dropped", "integer", "Addresses or pages left out, for any reason.", required=True),
            _field("robots", "string", "What its robots.txt said."),
        ),
        key=("source_id", "day"),
        rows=_coverage_rows,
    ),
    Resource(
        name="delta",
        title="Changes since the night before",
        description="Events added, changed and removed; a removed one names the event that took its place, if any.",
        fields=(
            _field("event_id", "string", "Id of the event.", required=True),
            _field("change", "string", "added, changed or removed.", required=True),
            describe(Event, "type"),
            _field("fields", "array", "Fields that changed.", required=True),
            _field("successor_id", "string", "The event that a removed one's id now leads to."),
        ),
        key=("event_id",),
        rows=_delta_rows,
    ),
)
