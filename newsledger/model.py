"""The nouns of newsledger, each defined once.

A `Source` publishes `Article`s, which arrive as `Page`s. Reading an article yields `Claim`s, what this article says,
each with its `Evidence`. Claims about the same happening are reconciled into one `Event` of a canonical `Company`.
A `Decision` is a person's word on companies or events. Everything here is a plain immutable value: no network, no
database, no model.

Units: people are counted in whole persons, money in whole units of its currency, percents as numbers from 0 to 100.
Times are UTC. Dates are ISO text cut to what is known: `2025`, `2025-03` or `2025-03-14`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

EventType = Literal["layoff", "ai_investment"]
"""The two kinds of happening the ledger keeps."""

LayoffKind = Literal["layoff", "buyout", "attrition", "closure"]
InvestmentKind = Literal["capex", "funding", "stake", "acquisition", "contract", "fund"]
Kind = Literal[
    "layoff", "buyout", "attrition", "closure", "capex", "funding", "stake", "acquisition", "contract", "fund"
]
"""The way jobs go (layoff) or money moves (ai_investment)."""

Qualifier = Literal["exact", "about", "at_least", "at_most"]
"""How the text hedges a figure. "more than 500" is 500, at_least; "up to 600" is 600, at_most."""

Basis = Literal["guidance", "pledge", "deal", "booked"]
"""What stands behind an amount: a company's outlook for a period, a promise, a signed transaction, or money spent."""

Scope = Literal["total", "part", "cumulative"]
"""Whether a figure is a whole happening, a part of a stated total, or a running total. Only totals are summed."""

Status = Literal["confirmed", "reported", "denied"]
"""How sure the text is: announced, done or filed; said by sources or planned; or denied."""

Time = Literal["current", "past"]
"""Whether the claim is the article's own news or told as background."""

Precision = Literal["day", "month", "quarter", "year"]
"""How much of a date is known. A quarter is dated by its first month."""

AiRelation = Literal["cause", "shift", "context", "used_to_select", "denied", "none"]
"""How the text ties a cut to AI: as its reason, as money or roles moved to AI, as scenery, as the tool that chose who
goes, as a reason that is denied, or not at all."""

Speaker = Literal["employer", "executive", "filing", "press", "analyst", "union"]
"""Who ties the cut to AI."""

Role = Literal[
    "customer_support",
    "content",
    "analysis",
    "operations",
    "back_office",
    "engineering",
    "sales",
    "hr",
    "management",
    "other",
]
"""The work of those who lose their jobs."""

LayoffStage = Literal["reported", "announced", "filed", "under_way", "completed", "cancelled", "denied"]
InvestmentStage = Literal["reported", "announced", "signed", "closed", "cancelled", "denied"]
Stage = Literal[
    "reported",
    "announced",
    "filed",
    "under_way",
    "completed",
    "signed",
    "closed",
    "cancelled",
    "denied",
]
"""How far a happening has come, from its claims' statuses and sources."""

Place = Literal["title", "text"]
"""The part of an article that a quote stands in."""

DateBasis = Literal["stated", "published"]
"""Where an event's date comes from: a claim that states it, or the earliest current article."""

PublishedBasis = Literal["jsonld", "meta", "htmldate", "feed", "fetched"]
"""Where an article's publication time comes from, the surest first."""

SpiderKind = Literal["feed", "sitemap", "listing", "filings", "archive"]
"""How a source is read."""

SourceKind = Literal["news", "wire", "newsroom", "regulator", "discovery", "archive"]
"""What a source is."""

DecisionAction = Literal[
    "company_merge",
    "company_split",
    "company_rename",
    "event_reject",
    "event_merge",
    "event_split",
    "event_correct",
]


def digest(*parts: str | bytes) -> str:
    """Return the 128-bit id, 32 hexadecimal digits, of the parts in their order (BLAKE2b, parts length-prefixed)."""
    hasher = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher as the catalogue lists it. Null means unknown until `newsledger sources check` has looked."""

    id: str
    name: str
    kind: SourceKind
    spider: SpiderKind
    urls: tuple[str, ...]
    country: str | None = None
    """ISO 3166 code of two letters."""
    language: str | None = None
    """ISO 639 code of two letters."""
    every_minutes: int = 60
    """How often it is asked, in minutes."""
    selector: str | None = None
    """CSS selector of the article links on a listing page."""
    allow_private: tuple[str, ...] = ()
    """Exact `host:port` pairs on private addresses that this source may be fetched from."""
    excluded: str | None = None
    """The reason why this source is never read; null for a live one."""
    sample: bool = False
    """Whether what it publishes is made up, to show how the ledger works."""
    robots: Literal["allowed", "disallowed"] | None = None
    """What its robots.txt was last known to say of its feeds; null: unverified."""
    articles_per_week: float | None = None
    last_seen: str | None = None
    """Date of the newest article a live look has seen; null: unverified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one address as they came, before anything was read from them."""

    url: str
    """The address after redirects."""
    asked_url: str | None = None
    """The address that was asked for, where a redirect led elsewhere."""
    source_id: str
    fetched_at: datetime
    body: bytes
    content_type: str | None = None
    status: int = 200
    feed_title: str | None = None
    feed_published: datetime | None = None
    feed_text: str | None = None
    """The text where the feed carries it (filings do), as HTML or plain text; read where a wall hides the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One immutable revision of a news text."""

    id: str
    """Hash of the canonical URL, or of the text where there is none."""
    revision: int
    """1 for the first text seen at that URL."""
    title: str
    text: str
    url: str | None = None
    source_id: str | None = None
    published: datetime | None = None
    published_basis: PublishedBasis | None = None
    published_precision: Precision | None = None
    language: str | None = None
    fetched_at: datetime | None = None
    rough: bool = False
    """True where a gate dropped the page and `text` is the cheap text, kept so that a re-read can gate it again."""
    group_id: str | None = None
    """Shared by syndicated copies of one story; the article's own id where it has none."""
    description: str | None = None
    """The page's own one-sentence summary (Open Graph, JSON-LD)."""
    publisher: str | None = None
    """The outlet as the page names itself."""

    @property
    def text_hash(self) -> str:
        """Id of title and text: equal for equal revisions."""
        return digest(self.title, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A quote and its place: `quote == article.<where>[start:end]`, offsets in code points."""

    where: Place
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleMention:
    """A kind of work that is cut, and the words that say so."""

    role: Role
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one article revision says of one happening. Never changed; a better reader appends new ones."""

    id: str
    article_id: str
    revision: int
    version: str
    """The pipeline version that read it."""
    type: EventType
    company: str
    """The employer; who spends; or who raises, as the text names it, without legal suffix."""
    company_id: str | None = None
    counterparty: tuple[str, ...] = ()
    kind: Kind
    status: Status
    time: Time
    scope: Scope = "total"
    part_of: str | None = None
    """Id of the claim that states the total."""

    count: int | None = None
    count_high: int | None = None
    """Only for a range."""
    count_qualifier: Qualifier | None = None
    percent: float | None = None
    percent_of: str | None = None
    """What the percent is of, in the text's words: "workforce", "its cloud unit"."""

    amount: int | None = None
    amount_high: int | None = None
    amount_qualifier: Qualifier | None = None
    currency: str | None = None
    """ISO 4217."""
    basis: Basis | None = None
    period_start: str | None = None
    period_end: str | None = None

    date: str | None = None
    date_precision: Precision | None = None
    effective_date: str | None = None

    ai_relation: AiRelation = "none"
    ai_speaker: Speaker | None = None
    roles: tuple[RoleMention, ...] = ()
    location: str | None = None

    sentence: Evidence
    """The whole sentence that carries the claim."""
    evidence: Mapping[str, Evidence] = field(default_factory=lambda: MappingProxyType({}))
    """Field name → the words behind it."""
    trace: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field name → the rule or model that decided it."""

    @property
    def ai_cited(self) -> bool:
        """Whether the text gives AI as the reason, or as where the money or roles go."""
        return self.ai_relation in ("cause", "shift")


def claim_id(article_id: str, revision: int, version: str, type_: EventType, evidence: Mapping[str, Evidence]) -> str:
    """Return the id of a claim: the hash of its article revision, pipeline version, type and evidence offsets."""
    offsets = ";".join(f"{name}:{e.where}:{e.start}:{e.end}" for name, e in sorted(evidence.items()))
    return digest(article_id, str(revision), version, type_, offsets)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedClaim:
    """A claim with what is known of the article that makes it: all that reconciliation may look at."""

    claim: Claim
    published: datetime | None
    published_precision: Precision | None
    fetched_at: datetime
    source_id: str | None
    source_kind: SourceKind | None
    group_id: str
    """Shared by reprints of one story."""
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of a company, and when it was in use (ISO dates; null = open)."""

    name: str
    since: str | None = None
    until: str | None = None
    needs_context: bool = False
    """True for a name that is also a common word, such as "Block": it counts only beside a company's other signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A canonical company. Unknown is null, never guessed."""

    id: str
    name: str
    aliases: tuple[Alias, ...] = ()
    parent_id: str | None = None
    parent_since: str | None = None
    tickers: tuple[str, ...] = ()
    cik: int | None = None
    sector: str | None = None
    country: str | None = None
    domain: str | None = None
    wikidata: str | None = None
    provisional: bool = False
    """True where only the news named it and no person has confirmed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word, append-only: what to do with companies or events, by whom, when and why."""

    id: str
    action: DecisionAction
    subject: str
    """The id it is about."""
    target: str | None = None
    """The id it points to (merge), or null."""
    values: Mapping[str, str | int | float | None] = field(default_factory=lambda: MappingProxyType({}))
    """New name, corrected fields, or for a split the claim ids that leave."""
    author: str
    at: datetime
    reason: str
    revokes: str | None = None
    """Id of the earlier decision that this one takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening: a function of live claims and decisions. Its id is minted once and always answers."""

    id: str
    type: EventType
    company_id: str
    company: str
    """The canonical name."""
    counterparty: tuple[str, ...] = ()
    """Canonical names of the other side, as far as they resolve; else as the text names them."""
    counterparty_ids: tuple[str, ...] = ()
    kind: Kind
    basis: Basis | None = None
    scope: Scope = "total"
    part_of: str | None = None
    """Id of the event that is the total."""
    superseded_by: str | None = None
    """Id of the newer guidance for the same company and period."""
    stage: Stage
    time: Time = "current"
    """`past` where only background claims tell of it."""

    count: int | None = None
    count_low: int | None = None
    count_high: int | None = None
    count_qualifier: Qualifier | None = None
    percent: float | None = None
    percent_of: str | None = None

    amount: int | None = None
    amount_low: int | None = None
    amount_high: int | None = None
    amount_qualifier: Qualifier | None = None
    currency: str | None = None
    amount_usd: int | None = None
    """Null where no rate is known: such an event is counted apart, never summed."""
    usd_rate: float | None = None
    """Dollars for one unit of `currency`."""
    usd_rate_date: str | None = None
    usd_rate_table: str | None = None
    period_start: str | None = None
    period_end: str | None = None

    date: str | None = None
    date_precision: Precision | None = None
    date_basis: DateBasis | None = None
    effective_date: str | None = None

    ai_relation: AiRelation = "none"
    ai_speaker: Speaker | None = None
    roles: tuple[Role, ...] = ()
    locations: tuple[str, ...] = ()

    figure_rule: str
    """The rule that chose the figure among the claims'."""
    conflict: bool = False
    """Whether live claims disagree about the figure by more than 2 %."""
    claim_ids: tuple[str, ...]
    claims: int
    """Number of live claims."""
    sources: int
    """Number of independent sources; reprints of one story count once."""
    source_kinds: tuple[SourceKind, ...] = ()
    trace: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field name → in plain words, why it has its value; `members` tells how many claims there are, `claim ID` why one
    of them belongs to it."""

    @property
    def ai_cited(self) -> bool:
        """Whether AI is told as the cut's cause, or as where its money or roles go."""
        return self.ai_relation in ("cause", "shift")
