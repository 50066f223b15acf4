"""A live look at a source, before it is relied on or when it falls silent: reachable, parses, fresh, robots, drift?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from crawler.crawl import crawl
from crawler.pages import CrawlReport, Limits, RobotsVerdict
from newsledger.model import Page, Source

FRESH = timedelta(days=14)
"""Age of the newest article beyond which a source that has no known rhythm counts as stale."""
_SHORTEST_SILENCE = timedelta(days=3)
_GAPS = 10
"""Silence longer than so many usual gaps between articles is told."""
_LOOK = Limits(pages=0, depth=1, retries=1, seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """What a live look at a source saw. Null is what it could not tell."""

    source_id: str
    reachable: bool
    parses: bool | None = None
    fresh: bool | None = None
    robots: RobotsVerdict | None = None
    listed: int = 0
    """Articles its feeds and sitemaps name at this moment."""
    newest: datetime | None = None
    articles_per_week: float | None = None
    problems: tuple[str, ...] = ()
    """In plain words, what stands in the way of reading it; empty for a source in order."""

    @property
    def ok(self) -> bool:
        """Whether the source can be read."""
        return not self.problems


def check(
    source: Source, *, limits: Limits = _LOOK, contact: str | None = None, now: datetime | None = None
) -> SourceCheck:
    """Look at a source's own addresses, but at none of its articles, and tell what was seen."""
    if source.excluded is not None:
        return SourceCheck(source_id=source.id, reachable=False, problems=(f"excluded: {source.excluded}",))
    limits = replace(limits, sitemaps=len(source.urls) + 2)
    report = crawl(source, _nothing, limits=limits, contact=contact)
    return judge(source, report, datetime.now(UTC))


def judge(source: Source, report: CrawlReport, now: datetime) -> SourceCheck:
    """Return what the report of a look at a source means. Pure."""
    problems = [report.error] if report.error else []
    failed = {reason: count for reason, count in report.dropped.items() if reason != "page_limit"}
    for reason, count in sorted(failed.items()):
        problems.append(f"{count} of its {len(source.urls)} addresses not read: {reason.replace('_', ' ')}")
    unread = {
        "not_a_feed": "is no feed",
        "not_a_sitemap": "is no sitemap",
        "entities_declared": "declares XML entities",
    }
    for reason, words in unread.items():
        if report.refused[reason]:
            problems.append(f"what an address answers {words}: has the source moved?")
    if report.refused["empty_feed"]:
        if source.spider == "listing":
            problems.append(f"the selector '{source.selector}' finds nothing: has the page changed?")
        else:
            problems.append("a feed lists nothing")
    rate = articles_per_week(report)
    silent = silence(report.newest, source.articles_per_week or rate, now)
    if silent is not None:
        problems.append(f"nothing new for {silent.days} days")
    reachable = report.fetched + report.unchanged > 0
    return SourceCheck(
        source_id=source.id,
        reachable=reachable,
        parses=report.listed > 0 if reachable else None,
        fresh=silent is None if report.newest is not None else None,
        robots=report.robots,
        listed=report.listed,
        newest=report.newest,
        articles_per_week=rate,
        problems=tuple(problems),
    )


def articles_per_week(report: CrawlReport) -> float | None:
    """Return how many articles a week a feed lists; None where its dates do not tell."""
    if report.newest is None or report.oldest is None or report.listed < 3:
        return None
    weeks = (report.newest - report.oldest) / timedelta(weeks=1)
    return round((report.listed - 1) / weeks, 1) if weeks > 1 / 168 else None


def silence(newest: datetime | None, per_week: float | None, now: datetime) -> timedelta | None:
    """Return for how long a source has been silent, where that is beyond what is usual for it; else None.

    Beyond usual is longer than ten of its gaps between articles, and than three days; 14 days where its rhythm is
    unknown.
    """
    if newest is None:
        return None
    usual = max(_SHORTEST_SILENCE, _GAPS * timedelta(weeks=1) / per_week) if per_week else FRESH
    quiet = now - newest
    return quiet if quiet > usual else None


def _nothing(pages: Sequence[Page]) -> None:
    pass
