"""Both series on one time axis: from the points of the store to panels of bars, and the figures beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection

from api.dashboard import charts, wording
from newsledger.model import Company
from storage.calendar import Grain, bounds, period_of_day, periods
from storage.companies import CompanySums
from storage.coverage import Coverage, coverage
from storage.events import EventFilter
from storage.series import Metric, Point, Property, Question, Series, added_up, series_of
from storage.sources import SourceDay

YEARS = 6
"""Years that the overview's chart goes back."""

MONTHS = 12
"""Months that a company's chart shows at least: two bars say nothing of a course."""

LEGEND = (
    ("cut", "jobs cut, AI given as the reason or the aim"),
    ("cut-soft", "other jobs cut"),
    ("ai", "AI money out, in US dollars"),
    ("hatch", "period not over"),
    ("gap", "not watched: nothing is known"),
)
BASIS_NOTE = (
    "Each event stands at the date it was announced. AI money out is announced capital spending, stakes, acquisitions, "
    "contracts and funds; money raised by AI companies is counted apart."
)


def legend(type_: str | None) -> tuple[tuple[str, str], ...]:
    """Return the legend of a chart of one type of event, or of both."""
    other = {"layoff": "ai", "ai_investment": "cut"}.get(type_ or "", "-")
    return tuple((fill, words) for fill, words in LEGEND if not fill.startswith(other))


def today() -> date:
    """Return the current day, UTC."""
    return datetime.now(UTC).date()


def months_back(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months before a day's month."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def period_words(period: str) -> str:
    """Return a period as people say it: March 2025, Q1 2025, week 11 of 2025, 2025, 14 March 2025."""
    if "W" in period:
        return f"week {int(period[6:])} of {period[:4]}"
    if "Q" in period:
        return f"{period[5:]} {period[:4]}"
    return wording.day(period)


def measure(
    connection: Connection,
    metrics: Sequence[Metric],
    grain: Grain,
    *,
    by: Property = "all",
    keys: Sequence[str] = (),
    filters: EventFilter | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: datetime | None = None,
    watched: Coverage | None = None,
) -> dict[str, Series]:
    """Return several metrics over the same time."""
    watched = watched or coverage(connection)
    return {
        metric: series_of(
            connection,
            Question(
                metric=metric,
                grain=grain,
                by=by,
                keys=keys,
                filters=filters,
                since=None if since is None else since.isoformat(),
                until=None if until is None else until.isoformat(),
                as_of=as_of,
            ),
            watched=watched,
        )
        for metric in metrics
    }


def clock(
    found: Mapping[str, Series],
    *,
    id: str,
    title: str,
    grain: Grain,
    link: str | None = "/explore?",
    types: Sequence[Literal["layoff", "ai_investment"]] = ("layoff", "ai_investment"),
    height: int = 150,
    cumulative: bool = False,
) -> charts.Chart | None:
    """Return the chart of jobs cut above AI money out, with its table; null where there is nothing to draw.

    `cumulative` draws each period with all before it that are drawn.
    """
    if cumulative:
        found, title, link = {name: added_up(series) for name, series in found.items()}, f"{title}, added up", None
    metrics = ("jobs_cut", "ai_cited_jobs", "ai_usd_out")
    jobs, cited, money = (_by_period(found[name]) if name in found else {} for name in metrics)
    begun = {period for period in (*jobs, *money) if bounds(period)[0] <= today()}
    periods = sorted(begun, key=lambda period: bounds(period)[0])
    if not any(point.value for point in (*jobs.values(), *money.values())):
        return None
    panels, so_far = [], " so far" if cumulative else ""
    if "layoff" in types:
        bars = tuple(_bar(period, jobs.get(period), cited.get(period), "jobs", link, so_far) for period in periods)
        panels.append(charts.Panel(title=f"Jobs cut{so_far}", colour="cut", bars=bars))
    if "ai_investment" in types:
        bars = tuple(_bar(period, money.get(period), None, "usd", link, so_far) for period in periods)
        panels.append(charts.Panel(title=f"AI money out{so_far}, US dollars", colour="ai", unit="$", bars=bars))
    columns: list[tuple[str, list[str]]] = [(grain.capitalize(), [period_words(period) for period in periods])]
    if "layoff" in types:
        columns.append((f"Jobs cut{so_far}", [_count(jobs.get(period)) for period in periods]))
        columns.append(("of these AI cited", [_count(cited.get(period)) for period in periods]))
    if "ai_investment" in types:
        columns.append((f"AI money out{so_far}", [_dollars(money.get(period)) for period in periods]))
    last_point = jobs.get(periods[-1]) or money.get(periods[-1])
    if last_point is not None and last_point.partial and bounds(periods[-1])[1] > today():
        columns[0][1][-1] += " (not over)"
    rows = tuple(zip(*(cells for _, cells in columns), strict=True))[::-1]
    first, last = period_words(periods[0]), period_words(periods[-1])
    most = max(jobs.values(), key=lambda point: point.value or 0, default=None)
    peak = ""
    if most and most.value and not cumulative:
        peak = f" Most jobs were cut in {period_words(most.period)}: {most.value:,}."
    what = panels[0].title.lower() if "layoff" in types else "AI money out"
    if len(panels) > 1:
        what += " above, AI money out below, on the same time axis"
    coarse = any(series.unplaced for series in found.values())
    notes = ("Events dated more coarsely than a " + grain + " are not drawn.",) if coarse else ()
    return charts.panels(
        id,
        title,
        f"Bars by {grain} from {first} to {last}: {what}.{peak}",
        panels,
        height=height,
        columns=tuple(name for name, _ in columns),
        table=rows,
        notes=notes,
    )


def with_known_zeros(connection: Connection, found: Mapping[str, Series]) -> dict[str, Series]:
    """Return the series with zero for the periods that the ledger knows something of, though no source was read then.

    News of the past comes from archives: a month that has any event in the ledger has been looked at.
    """
    starts = [bounds(point.period) for series in found.values() for point in series.points]
    if not starts or all(point.value is not None for series in found.values() for point in series.points):
        return dict(found)
    grain = next(iter(found.values())).grain
    first, until = min(start for start, _ in starts), max(after for _, after in starts)
    whole = measure(connection, ("layoff_events", "ai_events", "denied_events"), grain, since=first, until=until)
    known = {point.period for series in whole.values() for point in series.points if point.value}
    return {
        name: replace(
            series,
            points=[
                replace(point, value=0) if point.value is None and point.period in known else point
                for point in series.points
            ],
        )
        for name, series in found.items()
    }


def _by_period(series: Series) -> dict[str, Point]:
    return {point.period: point for point in series.points}


def _count(point: Point | None) -> str:
    return "–" if point is None or point.value is None else f"{point.value:,}"


def _dollars(point: Point | None) -> str:
    return "–" if point is None or point.value is None else wording.money(point.value)


def _bar(period: str, point: Point | None, part: Point | None, unit: str, link: str | None, so_far: str) -> charts.Bar:
    start, end = bounds(period)
    value = None if point is None else point.value
    name = period_words(period)
    if value is None:
        words = f"{name}: not watched, nothing is known"
    elif unit == "jobs":
        cited = part.value if part is not None else None
        words = f"{name}: {value:,} jobs cut{so_far}" + (f", {cited:,} of them with AI cited" if cited else "")
    else:
        words = f"{name}: {wording.money(value)} AI money out{so_far}"
    partial = bool(point and point.partial)
    type_ = "layoff" if unit == "jobs" else "ai_investment"
    return charts.Bar(
        start=start.isoformat(),
        end=end.isoformat(),
        value=value,
        part=None if part is None or value is None else part.value or 0,
        partial=partial,
        words=words + (_unfinished(end) if partial and value is not None else ""),
        href=f"{link}type={type_}&since={start}&until={end}" if link and value else None,
    )


def _unfinished(end: date) -> str:
    return ", period not over" if end > today() else ", a part of the period only"


def fitting_grain(first: date, last: date) -> Grain:
    """Return the shortest period that still gives bars wide enough to see: about 100 at most."""
    days = (last - first).days
    if days <= 92:
        return "day"
    if days <= 550:
        return "week"
    if days <= 3_400:
        return "month"
    return "quarter" if days <= 9_500 else "year"


def overview(connection: Connection, *, cumulative: bool = False) -> dict[str, Any]:
    """Return what the overview shows of the whole ledger, all but the newest events; its chart added up or not."""
    now = today()
    until = months_back(now, -1)
    watched = coverage(connection)
    found = measure(
        connection,
        ("jobs_cut", "ai_cited_jobs", "ai_usd_out"),
        "month",
        since=months_back(now, YEARS * 12 - 1),
        until=until,
        watched=watched,
    )
    yearly = measure(
        connection, ("layoff_events", "jobs_cut", "ai_cited_share", "ai_usd_out", "ai_events"), "year", watched=watched
    )
    drawn = with_known_zeros(connection, _from_first_value(found))
    title = "Jobs cut and AI money out, by month"
    chart = clock(drawn, id="clock-chart", title=title, grain="month", cumulative=cumulative)
    year_ago = months_back(now, 12)
    last = {
        name: sum(point.value or 0 for point in series.points if bounds(point.period)[0] >= year_ago)
        for name, series in found.items()
    }
    share = last["ai_cited_jobs"] / last["jobs_cut"] * 100 if last["jobs_cut"] else None
    kinds = measure(
        connection, ("ai_usd_out", "ai_usd_in"), "year", by="kind", since=year_ago, until=until, watched=watched
    )
    total = sum(point.value or 0 for name in ("layoff_events", "ai_events") for point in yearly[name].points)
    return {
        "empty": not total and not any(series.unplaced for series in yearly.values()),
        "lede": (
            f"Read from technology news and traced to the sentence that says so. In the last twelve months, companies "
            f"in this ledger announced cuts of {wording.grouped(last['jobs_cut'])} jobs and "
            f"{wording.money(last['ai_usd_out'])} of spending on AI."
        ),
        "figures": [
            {"value": wording.grouped(last["jobs_cut"]), "words": "jobs cut, last 12 months", "tone": "cut"},
            {"value": wording.percent(share), "words": "of them with AI cited as reason or aim", "tone": "cut"},
            {"value": wording.money(last["ai_usd_out"]), "words": "AI money out, last 12 months", "tone": "ai"},
            {
                "value": wording.grouped(last["jobs_cut"] / last["ai_usd_out"] * 1e9 if last["ai_usd_out"] else None),
                "words": "jobs cut for each $bn of it; two sums side by side, not cause and effect",
                "tone": "plain",
            },
        ],
        "clock": chart,
        "period": "month",
        "cumulative": cumulative,
        "basis_note": BASIS_NOTE,
        "legend": LEGEND,
        "years": _years(yearly),
        "kinds_chart": _kinds(kinds),
    }


def _from_first_value(found: Mapping[str, Series]) -> dict[str, Series]:
    firsts = [point.period for series in found.values() for point in series.points if point.value]
    if not firsts:
        return dict(found)
    first = min(firsts)
    return {
        name: replace(series, points=[point for point in series.points if point.period >= first])
        for name, series in found.items()
    }


def _years(yearly: Mapping[str, Series]) -> list[dict[str, Any]]:
    tables = {name: _by_period(series) for name, series in yearly.items()}
    periods = sorted({period for table in tables.values() for period in table}, reverse=True)
    rows = []
    for period in periods[:10]:
        points = {name: table.get(period) for name, table in tables.items()}
        values = {name: point.value if point else None for name, point in points.items()}
        share = values["ai_cited_share"]
        rows.append(
            {
                "year": period,
                "partial": period == period_of_day(today(), "year"),
                "events": values["layoff_events"],
                "jobs": values["jobs_cut"],
                "cited": None if share is None else share * 100,
                "usd": values["ai_usd_out"],
            }
        )
    return rows


def _kinds(found: Mapping[str, Series]) -> charts.Chart | None:
    sums: dict[str, float] = {}
    for series in found.values():
        for point in series.points:
            sums[point.key] = sums.get(point.key, 0) + (point.value or 0)
    items = [
        {
            "name": wording.KINDS.get(kind, kind) + (" (in)" if kind == "funding" else ""),
            "value": value,
            "label": wording.money(value),
            "words": f"{wording.KINDS.get(kind, kind)}: {wording.money(value)}",
            "href": f"/explore?type=ai_investment&kind={kind}",
        }
        for kind, value in sorted(sums.items(), key=lambda item: -item[1])
        if value
    ]
    if not items:
        return None
    return charts.ranked(
        "kinds-chart",
        "AI money by kind, last twelve months",
        "Bars by kind of money, the largest first: " + "; ".join(str(item["words"]) for item in items) + ".",
        items,
        colour="ai",
        unit="US dollars",
    )


def company(connection: Connection, entry: Company, *, cumulative: bool = False) -> dict[str, Any]:
    """Return what a company's page shows besides its events; its chart added up or not."""
    metrics: tuple[Metric, ...] = ("jobs_cut", "ai_cited_jobs", "ai_usd_out")
    more: tuple[Metric, ...] = ("layoff_events", "ai_events", "ai_usd_in")
    found = measure(connection, (*metrics, *more), "month", by="company", keys=(entry.id,))
    sums = {
        name: sum(point.value or 0 for point in (*series.points, *series.unplaced)) for name, series in found.items()
    }
    drawn = _with_same_span({name: found[name] for name in metrics}, connection, entry.id)
    figures = [
        {"value": wording.grouped(sums["jobs_cut"]), "words": "jobs cut, all time", "tone": "cut"},
        {"value": wording.money(sums["ai_usd_out"]), "words": "AI money out, all time", "tone": "ai"},
    ]
    if sums["ai_usd_in"]:
        figures.append({"value": wording.money(sums["ai_usd_in"]), "words": "raised for AI, all time", "tone": "ai"})
    grain = next(iter(drawn.values())).grain
    return {
        "lede": (
            f"{wording.plural(int(sums['layoff_events']), 'job cut')} and "
            f"{wording.plural(int(sums['ai_events']), 'AI investment')} in the ledger."
        ),
        "figures": figures,
        "clock": clock(
            drawn,
            id="company-clock",
            title=f"{entry.name}: jobs cut and AI money out, by {grain}",
            grain=grain,
            link=f"/explore?company={entry.id}&",
            height=110,
            cumulative=cumulative,
        ),
        "period": grain,
        "cumulative": cumulative,
        "basis_note": BASIS_NOTE,
        "legend": LEGEND,
    }


def _with_same_span(found: Mapping[str, Series], connection: Connection, company_id: str) -> dict[str, Series]:
    starts = [bounds(point.period)[0] for series in found.values() for point in series.points]
    if not starts:
        return dict(found)
    until = months_back(today(), -1)
    first = min(*starts, months_back(today(), MONTHS - 1))
    grain: Grain = "month" if (until - first).days <= 3_400 else "quarter"
    if grain == "quarter":
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    metrics = [series.metric for series in found.values()]
    again = measure(connection, metrics, grain, by="company", keys=(company_id,), since=first, until=max(until, first))
    return with_known_zeros(connection, again)


def year_ago() -> str:
    """Return the first day of the month twelve months back, ISO."""
    return months_back(today(), 12).isoformat()


def with_sparks(connection: Connection, shown: Sequence[CompanySums]) -> list[dict[str, Any]]:
    """Return companies with a sparkline of both series over the last five years, by quarter."""
    if not shown:
        return []
    now = today()
    first = months_back(now, 57 + (now.month - 1) % 3)
    until = months_back(now, -1)
    quarters = list(periods(first, until, "quarter"))
    ids = [entry.id for entry in shown]
    found = measure(connection, ("jobs_cut", "ai_usd_out"), "quarter", by="company", keys=ids, since=first, until=until)
    values = {
        (name, point.key, point.period): point.value or 0 for name, series in found.items() for point in series.points
    }
    return [
        {
            **asdict(entry),
            "spark": charts.spark(
                entry.name,
                *([values.get((name, entry.id, quarter), 0) for quarter in quarters] for name in found),
            ),
        }
        for entry in shown
    ]


def explored(connection: Connection, filters: EventFilter, type_: str | None) -> dict[str, Any]:
    """Return the chart of the events that a filter lets through."""
    types: tuple[Any, ...] = (type_,) if type_ else ("layoff", "ai_investment")
    metrics: tuple[Metric, ...] = (
        *(("jobs_cut", "ai_cited_jobs") if "layoff" in types else ()),
        *(("ai_usd_out",) if "ai_investment" in types else ()),
    )
    # each metric counts one type of event only; whatever else is chosen needs the events themselves, which takes longer
    rest = replace(filters, type=None, since=None, until=None)
    chosen = None if rest == EventFilter() else rest

    def measured(grain: Grain, since: date | None, until: date | None) -> dict[str, Series]:
        return measure(connection, metrics, grain, filters=chosen, since=since, until=until)

    since, until = (None if text is None else date.fromisoformat(text) for text in (filters.since, filters.until))
    drawn = measured("month", since, until)
    dated = [bounds(point.period) for series in drawn.values() for point in series.points if point.value]
    if not dated:
        return {"chart": None, "period": "month", "chart_note": ""}
    first, last = min(start for start, _ in dated), max(end for _, end in dated)
    grain = fitting_grain(max(first, since or first), min(last, until or last))
    if grain == "month":
        drawn = {name: replace(series, points=_from(series, first, last)) for name, series in drawn.items()}
    else:
        # whole periods, unless a time was asked for that cuts one
        begin, end = bounds(period_of_day(first, grain))[0], bounds(period_of_day(last - timedelta(days=1), grain))[1]
        drawn = measured(grain, max(begin, since or begin), min(end, until or end))
    chart = clock(
        with_known_zeros(connection, drawn),
        id="explore-chart",
        title=f"What is chosen, by {grain}",
        grain=grain,
        link=None,
        types=types,
        height=130,
    )
    note = "Whole events only; what is denied, cancelled, or part of a stated total is listed but not drawn."
    return {"chart": chart, "period": grain, "chart_note": note}


def _from(series: Series, first: date, last: date) -> list[Point]:
    return [point for point in series.points if first <= bounds(point.period)[0] < last]


def days_ago(days: int) -> str:
    """Return the ISO date of the first of the last so many days, today included."""
    return (today() - timedelta(days=days - 1)).isoformat()


def source_strips(rows: Sequence[Mapping[str, Any]], seen: Sequence[SourceDay], days: int) -> dict[str, Any]:
    """Return the sources with a strip of the last days, the silent ones, and those that are not read."""
    by_source: dict[str, dict[str, SourceDay]] = {}
    for day in seen:
        by_source.setdefault(day.source_id, {})[day.day] = day
    first = date.fromisoformat(days_ago(days))
    span = [(first + timedelta(days=number)).isoformat() for number in range(days)]
    shown = []
    for row in rows:
        if row["excluded"]:
            continue
        own = by_source.get(row["id"], {})
        good = [own[day].delivered if day in own and own[day].runs > own[day].failed_runs else None for day in span]
        shown.append(
            {
                "id": row["id"],
                "name": row["name"],
                "kind": wording.SOURCE_KINDS[row["kind"]],
                "sample": row["sample"],
                "state": _state(own, row),
                "articles": row["delivered"],
                "dropped": sum(row["dropped"].values()),
                "last_run": row["last_run_at"],
                "strip": charts.strip(row["name"], good),
            }
        )
    read = sum(row["state"] == "ok" for row in shown)
    return {
        "lede": (
            f"{wording.plural(len(shown), 'source')} in the catalogue, {read} read without trouble. "
            "What is not read cannot be counted; this page says how much that is."
        ),
        "silent": [row for row in shown if row["state"] == "silent"],
        "rows": shown,
        "excluded": [row for row in rows if row["excluded"]],
        "days": days,
    }


def _state(own: Mapping[str, SourceDay], row: Mapping[str, Any]) -> str:
    if not own:
        return "not read yet"
    last = own[max(own)]
    if last.runs == last.failed_runs:
        return "failing"
    if not any(day.delivered for day in list(own.values())[-14:]):
        return "silent"
    return "ok"
