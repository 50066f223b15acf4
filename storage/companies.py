"""Companies: their names and facts through time, and where the ids of merged ones lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, func, or_, select, tuple_

from newsledger.model import Alias, Company
from storage import versions
from storage.batches import batches
from storage.bulk import insert_new
from storage.engine import moment_of_writing
from storage.tables import company, company_id, company_quarter
from storage.versions import held, write

FIELDS = tuple(field.name for field in fields(Company))


def _to_row(entry: Company) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in FIELDS}
    row["aliases"] = [
        {"name": a.name, "since": a.since, "until": a.until, "needs_context": a.needs_context} for a in entry.aliases
    ]
    row["tickers"] = list(entry.tickers)
    return row


def from_row(row: Row[Any]) -> Company:
    """Return the company of a row that has its columns."""
    values = {name: row._mapping[name] for name in FIELDS}
    values["aliases"] = tuple(Alias(**alias) for alias in values["aliases"])
    values["tickers"] = tuple(values["tickers"])
    return Company(**values)


def save(connection: Connection, companies: Iterable[Company], known_at: datetime | None = None) -> int:
    """Make the store know companies as they are now; return how many were new or changed."""
    at = known_at or moment_of_writing(connection)
    changed = 0
    for batch in batches(sorted(companies, key=lambda entry: entry.id)):
        merged = {
            row.id: row.successor
            for row in connection.execute(
                select(company.c.id, company.c.successor).where(
                    company.c.id.in_([entry.id for entry in batch]), held(company)
                )
            )
        }
        insert_new(connection, company_id, [{"id": entry.id, "known_at": at} for entry in batch])
        changed += write(connection, company, [_to_row(e) | {"successor": merged.get(e.id)} for e in batch], at)
    return changed


def save_new(connection: Connection, companies: Iterable[Company], known_at: datetime | None = None) -> int:
    """Keep those companies that the store does not know yet; return how many. Known ones stay as they are."""
    wanted = {entry.id: entry for entry in companies}
    for batch in batches(sorted(wanted)):
        for id_ in connection.execute(select(company.c.id).where(company.c.id.in_(batch), held(company))).scalars():
            del wanted[id_]
    return save(connection, wanted.values(), known_at)


def redirect(connection: Connection, successors: Mapping[str, str | None], known_at: datetime | None = None) -> None:
    """Say which company each merged id leads to now; null takes it back. Both ids must be known."""
    at = known_at or moment_of_writing(connection)
    for batch in batches(sorted(successors)):
        rows = connection.execute(select(company).where(company.c.id.in_(batch), held(company))).mappings()
        write(connection, company, [{**row, "successor": successors[row["id"]]} for row in rows], at)


def get(connection: Connection, id_: str) -> Company | None:
    """Return a company; null if unknown."""
    row = connection.execute(select(company).where(company.c.id == id_, held(company))).first()
    return None if row is None else from_row(row)


def successor(connection: Connection, id_: str) -> str | None:
    """Return the company that a merged id leads to in the end; null where it leads nowhere."""
    return versions.successor(connection, company, id_)


def load(connection: Connection, *, as_of: datetime | None = None) -> list[Company]:
    """Return all companies, by id."""
    rows = connection.execute(select(company).where(held(company, as_of)).order_by(company.c.id))
    return [from_row(row) for row in rows]


CompanySort = Literal["name", "layoff_events", "jobs_cut", "ai_events", "ai_usd_out"]
"""What companies with events are sorted by; sums the largest first."""


@dataclass(frozen=True, slots=True)
class CompanySums:
    """A company and what its events come to, over all time. Jobs are persons, money whole dollars."""

    id: str
    name: str
    layoff_events: int
    jobs_cut: int
    ai_events: int
    ai_usd_out: int


def with_events(
    connection: Connection,
    *,
    sort: CompanySort = "jobs_cut",
    name: str | None = None,
    after: tuple[str | int, str] | None = None,
    limit: int = 50,
) -> list[CompanySums]:
    """Return companies that have events, in order; `after` is the sorted value and the id of the last one before.

    `name` finds a part of the name, in any case of letters.
    """
    sums = {
        column: func.sum(company_quarter.c[column])
        for column in ("layoff_events", "jobs_cut", "ai_events", "ai_usd_out")
    }
    query = (
        select(company.c.id, company.c.name, *(total.label(column) for column, total in sums.items()))
        .join(company_quarter, company_quarter.c.company_id == company.c.id)
        .where(held(company))
        .group_by(company.c.id, company.c.name)
    )
    if name:
        query = query.where(company.c.name.icontains(name, autoescape=True))
    if sort == "name":
        if after is not None:
            query = query.where(tuple_(company.c.name, company.c.id) > tuple_(*after))
        query = query.order_by(company.c.name, company.c.id)
    else:
        total = sums[sort]
        if after is not None:
            value, id_ = after
            query = query.having(or_(total < value, and_(total == value, company.c.id > id_)))
        query = query.order_by(total.desc(), company.c.id)
    return [CompanySums(row[0], row[1], *map(int, row[2:])) for row in connection.execute(query.limit(limit))]


def page(
    connection: Connection,
    *,
    name: str | None = None,
    sector: str | None = None,
    country: str | None = None,
    after: str = "",
    limit: int = 100,
) -> Sequence[Company]:
    """Return companies by id, after an id; `name` finds a part of the name, in any case of letters."""
    query = select(company).where(held(company), company.c.id > after)
    if name:
        query = query.where(company.c.name.icontains(name, autoescape=True))
    if sector:
        query = query.where(company.c.sector == sector)
    if country:
        query = query.where(company.c.country == country)
    return [from_row(row) for row in connection.execute(query.order_by(company.c.id).limit(limit))]
