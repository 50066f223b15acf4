"""A ledger for tests of the API and the dashboard: own-written articles of made-up companies, reconciled for real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from newsledger.companies import Resolver
from newsledger.model import Article, Claim, Company, Decision, Evidence, RoleMention, Source, claim_id, digest
from newsledger.reconcile import neighbourhood, reconcile
from storage import articles, claims, companies, events, sources
from storage.engine import moment_of_writing, writing

VERSION = "1-0123abcd"

SOURCES = (
    Source(
        id="harbour-wire",
        name="Harbour Wire",
        kind="wire",
        spider="feed",
        urls=("https://wire.example/f",),
        sample=True,
    ),
    Source(
        id="morning-chip",
        name="Morning Chip",
        kind="news",
        spider="feed",
        urls=("https://chip.example/f",),
        sample=True,
    ),
    Source(
        id="walled",
        name="Walled Gazette",
        kind="news",
        spider="feed",
        urls=("https://walled.example/f",),
        excluded="its robots.txt forbids crawling",
    ),
)

COMPANIES = (
    Company(id="corvane", name="Corvane", sector="software", country="US", tickers=("CVN",)),
    Company(id="brightwater-software", name="Brightwater Software", sector="software", country="GB"),
    Company(id="halden-systems", name="Halden Systems", sector="semiconductors", country="DE"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One made-up article and what is to be read in its sentence. `days` before today it was published."""

    days: int
    source: str
    company: str
    sentence: str
    type: str = "layoff"
    quotes: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


def cut(days: int, source: str, company: str, sentence: str, words: str, count: int, **fields: Any) -> Story:
    """A story of a cut: `words` are those of the figure."""
    return Story(days, source, company, sentence, "layoff", {"count": words}, {"count": count, **fields})


def money(days: int, source: str, company: str, sentence: str, words: str, amount: int, **fields: Any) -> Story:
    """A story of AI money."""
    known = {"amount": amount, "currency": "USD", "kind": "capex", "basis": "deal", **fields}
    return Story(days, source, company, sentence, "ai_investment", {"amount": words}, known)


STORIES = (
    cut(
        20,
        "harbour-wire",
        "Corvane",
        "Corvane will cut about 1,200 jobs because its software agents now answer most customers.",
        "1,200",
        1200,
        count_qualifier="about",
        ai_relation="cause",
        ai_speaker="employer",
        roles=(RoleMention(role="customer_support", quote="answer most customers"),),
    ),
    cut(
        20,
        "morning-chip",
        "Corvane",
        "Corvane is cutting 1,250 jobs, its chief executive told staff in a letter.",
        "1,250",
        1250,
    ),
    money(
        40,
        "morning-chip",
        "Corvane",
        "Corvane signed a deal to spend $2 billion on data centres for artificial intelligence.",
        "$2 billion",
        2_000_000_000,
    ),
    cut(200, "harbour-wire", "Brightwater Software", "Brightwater Software cut 300 jobs in Leeds.", "300", 300),
    cut(
        420,
        "harbour-wire",
        "Brightwater Software",
        "Brightwater Software offers a voluntary buyout to 150 staff.",
        "150",
        150,
        kind="buyout",
    ),
    Story(
        130,
        "morning-chip",
        "Halden Systems",
        "Halden Systems will let go 8% of its workforce.",
        "layoff",
        {"percent": "8%"},
        {"percent": 8.0, "percent_of": "workforce"},
    ),
    money(
        300,
        "harbour-wire",
        "Halden Systems",
        "Halden Systems buys a maker of AI chips for €450 million.",
        "€450 million",
        450_000_000,
        currency="EUR",
        kind="acquisition",
    ),
    money(
        90,
        "harbour-wire",
        "Umbra Networks",
        "Umbra Networks raised $60 million for its AI assistants.",
        "$60 million",
        60_000_000,
        kind="funding",
    ),
    cut(
        60,
        "morning-chip",
        '=HYPERLINK("x") & <b>Söhne</b>',
        '=HYPERLINK("x") & <b>Söhne</b> cuts 75 jobs <script>alert(1)</script> at once.',
        "75",
        75,
    ),
)

TODAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)


def fill(engine: Engine, stories: Sequence[Story] = STORIES, decisions: Sequence[Decision] = ()) -> None:
    """Keep the stories and what they say, and reconcile everything there is."""
    resolver = Resolver(COMPANIES, decisions)
    sources.save(engine, SOURCES)
    for days in range(45):
        if days not in (14, 15):
            at = TODAY - timedelta(days=days)
            sources.record(
                engine,
                sources.Run(
                    source_id="harbour-wire",
                    at=at,
                    attempted=3,
                    fetched=2,
                    delivered=2,
                    dropped={"too short": 1},
                    newest=at,
                ),
            )
    with writing(engine) as connection:
        companies.save(connection, COMPANIES)
        for story in stories:
            article, claim = _read(story)
            kept = articles.save(connection, article, [digest(article.text)])
            (sourced,) = [_sourced(kept, claim)]
            claims.save(connection, kept, VERSION, [claim], {claim.id: neighbourhood(sourced, resolver)})
    with writing(engine) as connection:
        live = list(claims.each_live(connection))
        keys = {
            key
            for one in claims.sourced_by_id(connection, [claim.id for claim in live])
            for key in neighbourhood(one, resolver)
        }
        said = claims.sourced(connection, keys)
        minted = events.minted_from(connection, {one.claim.article_id for one in said})
        known_at = moment_of_writing(connection)
        outcome = reconcile(said, resolver=resolver, decisions=decisions, minted=minted, now=known_at)
        events.replace(connection, outcome, known_at, keys=keys)


def _read(story: Story) -> tuple[Article, Claim]:
    published = TODAY - timedelta(days=story.days)
    text = f"{story.sentence} The rest of this article is made up as well."
    url = f"https://{story.source}.example/{digest(story.sentence)[:8]}"
    article = Article(
        id=digest(url),
        revision=1,
        title=story.sentence.split(",")[0].rstrip("."),
        text=text,
        url=url,
        source_id=story.source,
        published=published,
        published_basis="feed",
        published_precision="day",
        language="en",
        fetched_at=published + timedelta(hours=1),
    )
    evidence = {
        name: Evidence(where="text", start=text.index(words), end=text.index(words) + len(words), quote=words)
        for name, words in {"company": story.company, **story.quotes}.items()
    }
    known: dict[str, Any] = {
        "kind": "layoff" if story.type == "layoff" else "capex",
        "status": "confirmed",
        "time": "current",
        "date": published.date().isoformat(),
        "date_precision": "day",
        **({"count_qualifier": "exact"} if story.fields.get("count") else {}),
        **({"amount_qualifier": "exact"} if story.fields.get("amount") else {}),
        **story.fields,
    }
    claim = Claim(
        id=claim_id(article.id, 1, VERSION, story.type, evidence),  # type: ignore[arg-type]
        article_id=article.id,
        revision=1,
        version=VERSION,
        type=story.type,  # type: ignore[arg-type]
        company=story.company,
        sentence=Evidence(where="text", start=0, end=len(story.sentence), quote=story.sentence),
        evidence=evidence,
        trace={"company": "the name before the verb", "count": "the number before a noun of work"},
        **known,
    )
    return article, claim


def _sourced(article: Article, claim: Claim) -> Any:
    from newsledger.model import SourcedClaim

    assert article.fetched_at is not None
    return SourcedClaim(
        claim=claim,
        published=article.published,
        published_precision=article.published_precision,
        fetched_at=article.fetched_at,
        source_id=article.source_id,
        source_kind="news",
        group_id=article.group_id or article.id,
        title=article.title,
        url=article.url,
    )
