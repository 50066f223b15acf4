"""The pages of the dashboard. Each is one question to the store and one template."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.answers import Answers, Body, answers_of
from api.dashboard import charts, timeline, wording
from api.dashboard.sentences import Said, link, marked, publisher, said
from api.filters import EventChoice
from api.parameters import CheckedRoute, checked
from api.problems import ProblemError
from api.routes.companies import find_company
from api.routes.events import MergedError, find_event, redirect
from api.routes.sources import source_health
from newsledger.model import Company, Event, SourcedClaim
from newsledger.reconcile import reasons
from storage import claims as claims_
from storage import companies, events, sources
from storage.engine import OutOfTimeError
from storage.pairs import NEAR_DAYS, pairs

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"

router = APIRouter(route_class=CheckedRoute)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        day=wording.day,
        short_day=wording.short_day,
        instant=wording.instant,
        figure=wording.figure,
        grouped=wording.grouped,
        money=wording.money,
        percent=wording.percent,
        plural=wording.plural,
        lower_first=lambda text: text[:1].lower() + text[1:] if text[1:2].islower() else text,
    )
    made.globals.update(
        kinds=wording.KINDS,
        stages=wording.STAGES,
        bases=wording.BASES,
        types=wording.TYPES,
        ai_relations=wording.AI_RELATIONS,
        speakers=wording.SPEAKERS,
        static_version=_static_version(),
        told=lambda number, events: None if number == 0 and events else number,
    )
    return made


def _static_version() -> str:
    hashed = hashlib.blake2b(digest_size=6)
    for path in sorted((HERE / "static").iterdir()):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


environment = _environment()


def warm(app: FastAPI) -> threading.Event:
    """Draw the overview and make the OpenAPI document in the background: each takes a second the first time.

    Returns what is set once that is done.
    """
    done = threading.Event()
    answers: Answers = app.state.answers

    def first_times() -> None:
        try:
            charts.warm()
            app.openapi()
            with answers.reading() as connection:
                overview_shown(connection)
        except (SQLAlchemyError, OutOfTimeError):
            pass  # no store, or a slow one: who asks for a page is told
        finally:
            done.set()

    threading.Thread(target=first_times, name="first times", daemon=True).start()
    return done


async def give_page(
    request: Request,
    template: str,
    section: str,
    build: Callable[[Connection], Mapping[str, Any]],
    *,
    fresh: bool = False,
) -> Response:
    """Return a page: `build` reads what the template shows, in one transaction."""
    version = await answers_of(request).version()

    def work() -> Body:
        with answers_of(request).reading() as connection:
            shown = build(connection)
            sample = sources.any_sample(connection)
        page = environment.get_template(template).render(
            section=section, sample=sample, version=version, known_at=_known_at(version), **shown
        )
        return Body(page.encode())

    try:
        return await answers_of(request).give(request, HTML, work, max_age=0, fresh=fresh)
    except MergedError as merged:
        return redirect(request, f"{section}/{merged.successor}" if section != "/" else f"/events/{merged.successor}")


def _known_at(version: str) -> datetime | None:
    try:
        return datetime.strptime(version, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_page(request: Request) -> bool:
    """Whether a problem should be told as a page: asked by a browser, outside the API."""
    path = request.url.path
    asked_by_browser = "text/html" in request.headers.get("accept", "")
    return asked_by_browser and not path.startswith(("/v1/", "/feeds/", "/openapi.json", "/static/"))


def problem_page(request: Request, problem: ProblemError) -> Response:
    """Return a problem as a page."""
    heading = {404: "Not found", 400: "That is not a question we can answer", 503: "That took too long"}
    page = environment.get_template("problem.html").render(
        title="ProblemError",
        section="",
        sample=False,
        version="–",
        known_at=None,
        problem=problem,
        heading=heading.get(problem.status, "Something is broken here"),
    )
    return Response(page, problem.status, {"Cache-Control": "no-store", **(problem.headers or {})}, HTML)


def with_sentences(connection: Connection, known: Sequence[events.KnownEvent], names: dict[str, str]) -> list[Said]:
    """Return events with a sentence each."""
    wanted = {id_ for item in known for id_ in item.event.claim_ids[:QUOTED]}
    found = {claim.claim.id: claim for claim in claims_.sourced_by_id(connection, sorted(wanted))}
    return [said(item, [found[id_] for id_ in item.event.claim_ids[:QUOTED] if id_ in found], names) for item in known]


QUOTED = 6
"""Claims of an event that a list quotes, at most; its page quotes all."""


class ChartQuery(BaseModel):
    """How a chart is drawn."""

    cumulative: bool = False


# overview -------------------------------------------------------------------------------------------------------------


PAIRS_SHOWN, NEWEST_SHOWN = 10, 8


@router.get("/", name="overview_page")
async def overview(request: Request, asked: Annotated[ChartQuery, Query()]) -> Response:
    """Show both series on one clock, the newest events, who cuts while investing, years and kinds."""
    shown = partial(overview_shown, cumulative=asked.cumulative)
    return await give_page(request, "overview.html", "/", shown)


def overview_shown(connection: Connection, *, cumulative: bool = False) -> dict[str, Any]:
    """Return what the overview shows."""
    cutting = pairs(connection, sort="jobs_cut_near", since=timeline.year_ago(), limit=PAIRS_SHOWN)
    newest = events.query(connection, sort="-date", limit=NEWEST_SHOWN)
    return timeline.overview(connection, cumulative=cumulative) | {
        "both": [pair for pair in cutting if pair.cuts_near],
        "pair_days": NEAR_DAYS,
        "title": "Overview",
        "newest": with_sentences(connection, newest.events, sources.names(connection)),
    }


# companies ------------------------------------------------------------------------------------------------------------


class CompaniesQuery(BaseModel):
    """Which companies, and in what order."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    sort: companies.CompanySort = "jobs_cut"
    cursor: Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*\|[^\x00]*$")] | None = None


COMPANIES_SHOWN = 50

COMPANY_COLUMNS: tuple[tuple[str, companies.CompanySort | None, bool, bool], ...] = (
    ("Company", "name", False, False),
    ("Job cuts", "layoff_events", True, True),
    ("Jobs cut", "jobs_cut", True, False),
    ("AI investments", "ai_events", True, True),
    ("AI money out", "ai_usd_out", True, False),
    ("Last five years", None, False, True),
)
"""Heading, what it sorts by, whether it is a number, and whether a phone leaves it out."""


@router.get("/companies", name="companies_page")
async def companies_page(request: Request, asked: Annotated[CompaniesQuery, Query()]) -> Response:
    """List companies with the sums and sparklines of both series."""
    after: tuple[str | int, str] | None = None
    if asked.cursor is not None:
        value, _, id_ = asked.cursor.rpartition("|")
        if asked.sort == "name":
            after = (value, id_)
        elif value.isascii() and value.isdigit() and len(value) < 19:
            after = (int(value), id_)
        else:
            raise ProblemError(400, "cursor: is none of this order", parameter="cursor")

    def build(connection: Connection) -> dict[str, Any]:
        found = companies.with_events(
            connection, sort=asked.sort, name=asked.q or None, after=after, limit=COMPANIES_SHOWN + 1
        )
        shown = found[:COMPANIES_SHOWN]
        kept = {"q": asked.q} if asked.q else {}
        following = None
        if len(found) > COMPANIES_SHOWN:
            cursor = f"{getattr(shown[-1], asked.sort)}|{shown[-1].id}"
            following = f"/companies?{urlencode({**kept, 'sort': asked.sort, 'cursor': cursor})}"

        def column(name: str, sort: str | None, num: bool, wide: bool) -> dict[str, Any]:
            order = ("ascending" if sort == "name" else "descending") if sort == asked.sort else None
            address = f"/companies?{urlencode({**kept, 'sort': sort})}" if sort else None
            return {"name": name, "num": num, "wide": wide, "sorted": order, "href": address}

        return {
            "title": "Companies",
            "q": asked.q,
            "sort": asked.sort,
            "rows": timeline.with_sparks(connection, shown),
            "columns": [column(*one) for one in COMPANY_COLUMNS],
            "first": f"/companies?{urlencode({**kept, 'sort': asked.sort})}" if asked.cursor else None,
            "next": following,
        }

    return await give_page(request, "companies.html", "/companies", build)


LISTED = 25
"""Events of each type that a company's page lists."""


@router.get("/companies/{id}", name="company_page")
async def company_page(request: Request, id: str, asked: Annotated[ChartQuery, Query()]) -> Response:
    """Show both timelines of a company and its events with their sentences."""

    def build(connection: Connection) -> dict[str, Any]:
        company = find_company(connection, id)
        names = sources.names(connection)
        lists: dict[str, Any] = {}
        for key, type_ in (("cuts", "layoff"), ("investments", "ai_investment")):
            chosen = events.EventFilter(type=type_, company_ids=(id,))
            page = events.query(connection, chosen, "-date", None, LISTED)
            lists[key] = with_sentences(connection, page.events, names)
            lists[f"more_{key}"] = page.cursor is not None
        parent = companies.get(connection, company.parent_id) if company.parent_id else None
        return (
            timeline.company(connection, company, cumulative=asked.cumulative)
            | lists
            | {"title": company.name, "company": company, "facts": _company_facts(company, parent)}
        )

    return await give_page(request, "company.html", "/companies", build)


def _company_facts(company: Company, parent: Company | None) -> list[dict[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("Id", company.id),
        ("Also named", ", ".join(alias.name for alias in company.aliases)),
        ("Part of", Markup('<a href="/companies/{}">{}</a>').format(parent.id, parent.name) if parent else None),
        ("Tickers", ", ".join(company.tickers)),
        ("SEC number (CIK)", company.cik),
        ("Sector", company.sector),
        ("Country", company.country),
        ("Web", company.domain),
        ("Wikidata", company.wikidata),
    ]
    return [{"name": name, "value": value} for name, value in facts if value]


# one event ------------------------------------------------------------------------------------------------------------

FACT_OF_DOLLARS = "In US dollars"
FACTS = (
    ("stage", "Stage"),
    ("date", "Date"),
    ("kind", "Kind"),
    ("basis", "Basis"),
    ("scope", "Scope"),
    ("ai_relation", "Tie to AI"),
    ("roles", "Work that is cut"),
    ("locations", "Places"),
    ("counterparty", "Other side"),
    ("amount_usd", FACT_OF_DOLLARS),
    ("effective_date", "Takes effect"),
    ("period_start", "For the time from"),
    ("period_end", "to"),
)
TOLD_AS_FACTS = {"Stage", "Date", "Dollars", "Scope"}
"""The reasons whose subject is among the facts, and is told there."""


@router.get("/events/{id}", name="event_page")
async def event_page(request: Request, id: str) -> Response:
    """Show how we know: claims, conflicts, revisions, why."""

    def build(connection: Connection) -> dict[str, Any]:
        known = find_event(connection, id)
        event = known.event
        found = events.claims_of(connection, id)
        names = sources.names(connection)
        low, high = (event.count_low, event.count_high)
        if event.type == "ai_investment":
            low, high = event.amount_low, event.amount_high
        in_words = wording.grouped if event.type == "layoff" else (lambda value: wording.money(value, event.currency))
        return {
            "title": f"{event.company}: {wording.figure(event)}",
            "event": event,
            "summary": wording.summary(event),
            "low": in_words(low),
            "high": in_words(high),
            "claims": [_claim(claim, names) for claim in found],
            "facts": _event_facts(event),
            "history": list(reversed(events.history(connection, id))),
        }

    return await give_page(request, "event.html", "/events", build)


def _claim(sourced: SourcedClaim, names: dict[str, str]) -> dict[str, Any]:
    claim = sourced.claim
    fields = sorted({*claim.evidence, *claim.trace})
    return {
        "claim": claim,
        "title": sourced.title or "(no headline)",
        "url": link(sourced.url),
        "publisher": publisher(sourced, names),
        "published": sourced.published or sourced.fetched_at,
        "published_precision": sourced.published_precision if sourced.published else "day",
        "sentence": marked(claim),
        "fields": [
            {
                "name": name.replace("_", " "),
                "quote": claim.evidence[name].quote if name in claim.evidence else None,
                "rule": claim.trace.get(name),
            }
            for name in fields
        ],
    }


def _event_facts(event: Event) -> list[dict[str, Any]]:
    words: dict[str, Any] = {
        "stage": wording.STAGES[event.stage],
        "date": wording.day(event.date, event.date_precision) if event.date else None,
        "kind": wording.KINDS[event.kind],
        "basis": wording.BASES.get(event.basis or ""),
        "scope": {"part": "part of a stated total", "cumulative": "running total"}.get(event.scope),
        "ai_relation": wording.AI_RELATIONS[event.ai_relation] if event.type == "layoff" else None,
        "roles": ", ".join(role.replace("_", " ") for role in event.roles),
        "locations": ", ".join(event.locations),
        "counterparty": ", ".join(event.counterparty),
        "amount_usd": wording.money(event.amount_usd) if event.amount_usd is not None else None,
        "effective_date": wording.day(event.effective_date) if event.effective_date else None,
        "period_start": wording.day(event.period_start) if event.period_start else None,
        "period_end": wording.day(event.period_end) if event.period_end else None,
    }
    told = [(name, words[key], event.trace.get(key)) for key, name in FACTS if words[key]]
    if event.amount_usd is not None and event.usd_rate_date:
        rate = f"at {event.usd_rate:g} of {wording.day(event.usd_rate_date)}, {event.usd_rate_table}"
        told = [(name, value, rate if name == FACT_OF_DOLLARS else reason) for name, value, reason in told]
    first = [
        (about, {"Figure": wording.figure(event)}.get(about, value), reason)
        for about, value, reason in reasons(event)
        if about not in TOLD_AS_FACTS and not (about == "Told" and event.conflict)
    ]
    return [{"name": name, "value": value, "why": reason} for name, value, reason in [*first, *told]]


# explore --------------------------------------------------------------------------------------------------------------


class ExploreQuery(EventChoice):
    """The same filters as the API's."""

    sort: events.Sort = "-date"
    cursor: Annotated[str, Field(max_length=1000)] | None = None


EXPLORED = 50

CHOICES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("type", "Type", wording.TYPES),
    ("kind", "Kind", wording.KINDS),
    ("stage", "Stage", wording.STAGES),
    ("ai_relation", "Tie to AI", wording.AI_RELATIONS),
    ("basis", "Basis of an amount", wording.BASES),
    ("source_kind", "Told by", wording.SOURCE_KINDS),
)
SHOWN_IN_FORM = {
    *("q", "company_name", "since", "until", "count_min", "amount_usd_min", "sources_min"),
    *(name for name, _, _ in CHOICES),
}


@router.get("/explore", name="explore_page")
async def explore_page(request: Request) -> Response:
    """Filter, see, and take away exactly what is shown; the address holds the choice."""
    # a form sends empty fields along
    filled = [(name, value) for name, value in request.query_params.multi_items() if value != ""]
    asked = checked(ExploreQuery, filled)
    chosen = {name: value for name, value in filled if name not in ("cursor", "sort")}

    def build(connection: Connection) -> dict[str, Any]:
        filters = asked.as_filter()
        try:
            page = events.query(connection, filters, asked.sort, asked.cursor, EXPLORED)
        except events.BadCursorError as error:
            raise ProblemError(400, str(error), parameter="cursor") from error
        drawn = timeline.explored(connection, filters, asked.type)
        kept = [(name, value) for name, value in filled if name not in ("cursor", "sort")]
        query = urlencode(kept)
        ordered = urlencode([*kept, ("sort", asked.sort)])

        def column(name: str, sort: str | None = None, num: bool = False, wide: bool = False) -> dict[str, Any]:
            down, up = f"-{sort}", sort
            order = {down: "descending", up: "ascending"}.get(asked.sort) if sort else None
            turned = up if asked.sort == down else down
            address = f"/explore?{urlencode([*kept, ('sort', turned)])}" if sort else None
            return {"name": name, "num": num, "wide": wide, "sorted": order, "href": address}

        figure_sort = "amount_usd" if asked.type == "ai_investment" else "count"
        return drawn | {
            "title": "Explore",
            "chosen": chosen,
            "kept": [(name, value) for name, value in filled if name not in SHOWN_IN_FORM | {"cursor"}],
            "choices": [
                {"name": name, "label": label, "options": options.items(), "chosen": chosen.get(name)}
                for name, label, options in CHOICES
            ],
            "rows": [known.event for known in page.events],
            "columns": [
                column("Date", "date"),
                column("Company"),
                column("Figure", figure_sort, num=True),
                column("What", wide=True),
                column("Sources", "sources", num=True, wide=True),
            ],
            "downloads": [
                (name.upper() if name != "parquet" else "Parquet", f"/v1/events?{ordered}&format={name}")
                for name in ("csv", "ndjson", "parquet")
            ],
            "first": f"/explore?{ordered}" if asked.cursor else None,
            "next": f"/explore?{ordered}&{urlencode({'cursor': page.cursor})}" if page.cursor else None,
            "query": query,
            "chart_legend": timeline.legend(asked.type),
        }

    return await give_page(request, "explore.html", "/explore", build)


# sources, about, API --------------------------------------------------------------------------------------------------

HEALTH_DAYS = 60


@router.get("/sources", name="sources_page")
async def sources_page(request: Request) -> Response:
    """Show what is read, how well, and what is not read and why."""
    engine: Engine = request.app.state.engine

    def build(_connection: Connection) -> dict[str, Any]:
        seen = sources.health(engine, timeline.days_ago(HEALTH_DAYS))
        shown = timeline.source_strips(source_health(engine, HEALTH_DAYS), seen, HEALTH_DAYS)
        return shown | {"title": "Sources"}

    return await give_page(request, "sources.html", "/sources", build, fresh=True)


ACCURACY = HERE.parents[1] / "docs" / "accuracy.md"
"""Written by `make accuracy`; an installation without the sources has none."""


def accuracy_table() -> dict[str, Any] | None:
    """Return head and rows of the first table in the accuracy report; null where there is no report."""
    if not ACCURACY.exists():
        return None
    rows: list[list[str]] = []
    for line in ACCURACY.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            rows.append([cell.strip(" `*") for cell in line.strip().strip("|").split("|")])
        elif rows:
            break
    return {"head": rows[0], "rows": rows[2:]} if len(rows) > 2 else None


@router.get("/about", name="about_page")
async def about_page(request: Request) -> Response:
    """Tell what counts, where figures come from, how often they are wrong, and what they cannot tell."""

    def build(_connection: Connection) -> dict[str, Any]:
        return {
            "title": "About the data",
            "metrics": wording.METRICS.items(),
            "accuracy": accuracy_table(),
            "contact": request.app.state.settings.contact,
            "today": f"{timeline.today():%F}",
            "base": str(request.base_url),
        }

    return await give_page(request, "about.html", "/about", build)


@router.get("/developers", name="developers_page")
async def developers_page(request: Request) -> Response:
    """Show the API to people."""

    def build(_connection: Connection) -> dict[str, Any]:
        return {
            "title": "API",
            "base": str(request.base_url),
            "operations": openapi.operations(request.app.openapi()),
        }

    return await give_page(request, "developers.html", "/developers", build)
