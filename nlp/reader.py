"""Articles in, claims out: gates, figures, shapes, companies, attributes, and one claim per happening."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar

from newsledger import companies
from newsledger.companies import Resolution
from newsledger.model import AiRelation, Article, Claim, Evidence, Kind, Qualifier, claim_id
from nlp import (
    VERSION,
    acceptance,
    ai_relation,
    attributes,
    breakdown,
    candidates,
    chooser,
    dates,
    entities,
    gate,
    linking,
    merging,
    names,
    prefilter,
    timing,
    wording,
)
from nlp.candidates import Candidate
from nlp.event_types import ai_investment, layoff
from nlp.figures import Figure
from nlp.language import is_english
from nlp.linking import Link
from nlp.merging import Finding
from nlp.names import Mention, Registry
from nlp.text import Sentence, View, sentences

MOST_CANDIDATES = 150
"""Candidates of one article that are read on; more is a table, not news."""

MOST_WINDOWS = 150
"""Sentences of one article given to the model."""

BATCH = 64
"""Articles whose windows go to the model together."""

LEAD = 2
"""Sentences of the body that always travel with a window."""

_AI = prefilter.Guarded(ai_investment.AI)
_FORECAST = re.compile(
    r"\b(?:estimates?|predicts?)\b(?! (?:its|that it))|\bprojects (?:that|total|global|the)\b|\bexpects?\s(?:their|the (?:industry|market)|hyperscal\w+)",
    re.IGNORECASE,
)
_BEATS = re.compile(
    r"\b(?:beat|beats|beating|topp\w+|tops?|exceed\w*|miss\w*|surpass\w*)\s(?:[\w']+\s){0,3}(?:estimates|expectations|forecasts)\b",
    re.IGNORECASE,
)
_NOT_A_ROUND = re.compile(
    r"\b(?:discretionary|free cash flow|budget proposal|grant funding|annual budget|federal funding|state funding|tax)\b",
    re.IGNORECASE,
)
_BUILDS = re.compile(
    r"data cent|infrastructure|capex|capital expend|capital spend|campus|facilit|supercomputer|chips?\b|GPU|\bA\.?I\.?\b|artificial|R&D|cloud|comput",
    re.IGNORECASE,
)
_BUYOUT_DEAL = re.compile(
    r"\b(?:acquir(?:e|es|ed|ing)|acquisition of|takeover of|merger with|(?:agreed|agrees|plans|talks|deal) to buy\s(?:the\s)?(?:[a-z-]+\s){0,4}[A-Z]|bought\s(?:the\s)?(?:[a-z-]+\s){0,4}[A-Z])"
)
_INNER = re.compile(r"[A-Z](?<=[a-z,)] .)[A-Za-z]+")
_DEBT = re.compile(ai_investment.DEBT, re.IGNORECASE)
_COMPUTE = re.compile(ai_investment.COMPUTE, re.IGNORECASE)
_HYPOTHETICAL = re.compile(layoff.HYPOTHETICAL, re.IGNORECASE)
_FURLOUGH = re.compile(layoff.FURLOUGH, re.IGNORECASE)
_ALL = re.compile(r"\ball(?: of (?:its|the|their))?\s$", re.IGNORECASE)
_RECORD = re.compile(
    r"\b(?P<field>notice date|received date|effective date|layoff date|type)\s?:\s?(?P<value>[^:\n]{3,40}?)(?=[.;]|\s\w+ (?:date|affected)\b|$)",
    re.IGNORECASE,
)
"""A field of a state's public notice of cuts."""
_CUT = re.compile(layoff.STRONG_VERB + "|" + layoff.CUT_NOUN, re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """A sentence of title or body, and what was found in it."""

    view: View
    sentence: Sentence
    order: int
    """-1 for the title, then the body's sentences from 0."""
    candidates: list[Candidate] = field(default_factory=list)
    entities: list[tuple[int, int, str]] | None = None
    mentions: list[Mention] | None = None

    @property
    def text(self) -> str:
        return self.sentence.text

    def evidence(self, start: int, end: int) -> Evidence:
        """Return the stored words between two places of the sentence."""
        return self.view.evidence(self.sentence.start + start, self.sentence.start + end)

    def entities_of_places(self) -> list[tuple[int, int, str]]:
        """Return the model's entities that are places."""
        return [e for e in self.entities or () if e[2] in ("GPE", "LOC")]


@dataclass(slots=True)
class _Draft:
    """An article on its way: its lines, and those that the model must see."""

    article: Article
    published: date | None
    lines: list[_Line]
    windows: list[_Line]
    headline_case: bool
    supplying: dict[str, bool] = field(default_factory=dict)
    """Name → whether the article calls it a seller of chips or compute, as far as asked."""
    described: dict[str, str] = field(default_factory=dict)
    """Name → what the article calls it, as far as asked."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What surrounds the candidates of a sentence: the article, the line, and what is known there."""

    draft: _Draft
    index: int
    """The line's place among the article's lines."""
    registry: Registry
    resolve: linking.Resolve
    topic: str | None
    stated: list[dates.Stated]

    @property
    def line(self) -> _Line:
        return self.draft.lines[self.index]

    @property
    def text(self) -> str:
        return self.line.text


_OWN_AGENT = re.compile(
    r"^'s?\s(?:[\w-]+\s){0,2}(?:CEO|CFO|chief|boss|founder|shares?|stock|board|unit|management|executives?|spokes\w+|announcement|move|plan|lay-?offs?|cuts|cutbacks|restructuring|redundancies|workforce|headcount|decision|earnings|results|revenue)\b"
)
"""What a company's name owns and yet is itself the subject: "Acme's shares rose. The company …"."""
_HEADING = re.compile(r"\s?:\s(?![\"'“‘])[^.]*$|\s?$|\s[-–—]\s[^.]*$")
"""What follows the company that heads a passage: "Acme: a second round"."""
_SUPPLY = r"(?:(?:chip|semiconductor|cloud|data[- ]cent(?:er|re)|GPU|hardware|neocloud|memory|server|computing|infrastructure|foundry|networking)s?\b[\w\s-]{0,25}?(?:start-?up|maker|firm|company|provider|operator|specialist|developer|giant|supplier|manufacturer|unicorn|business)?|chipmaker|neocloud|hyperscaler|foundry)"


_SUPPLIERS = ("cloud", "semiconductors", "hardware")


@lru_cache(maxsize=2048)
def _naming(word: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(rf"(?P<begins>\b)?{re.escape(word)}\b", flags)


@dataclass(frozen=True, slots=True)
class _Description:
    """Words that describe a name, before it or after. Compiled once for all names: to compile takes longer than to read."""

    before: re.Pattern[str]
    after: re.Pattern[str]

    @classmethod
    def of(cls, before: str, after: str, flags: int = 0) -> _Description:
        return cls(re.compile(rf"(?:{before})\Z", flags), re.compile(after, flags))

    def of_name(self, text: str, word: str) -> bool:
        """Return whether it stands beside a name, told by its first word."""
        return _describes(self, text, word)


@lru_cache(maxsize=8192)
def _describes(description: _Description, text: str, word: str) -> bool:
    flags = description.before.flags & re.IGNORECASE
    return any(
        description.before.search(text[: m.start()])
        or (m["begins"] is not None and description.after.match(text, m.end()))
        for m in _naming(word, flags).finditer(text)
    )


_SUPPLIER = _Description.of(
    rf"{_SUPPLY}\s(?:[\w-]+\s){{0,2}}",
    rf"[^.;]{{0,25}}, (?:an?|the|which|whose)\s[^.;,]{{0,60}}{_SUPPLY}",
    re.IGNORECASE,
)
_OF_AI = _Description.of(
    rf"(?:{ai_investment.AI})[\w\s-]{{0,40}}\s",
    rf"[^.;]{{0,25}}, (?:an?|the|which|whose|maker|developer)\b[^.;,]{{0,60}}(?:{ai_investment.AI})| (?:is|was) an?\b[^.;,]{{0,60}}(?:{ai_investment.AI})",
)
_INVESTOR = _Description.of(
    r"\b(?:investors?|venture (?:capital )?(?:firms?|funds?)|private equity|backers?|shareholders?|wealth fund)\b[\w\s,-]{0,40}\s",
    r", an? [^.;,]{0,40}(?:investor|venture|fund)\b",
)


@lru_cache(maxsize=2048)
def _speaks_of_ai(text: str) -> bool:
    return _AI.search(text) is not None


def _supplies(draft: _Draft, name: str) -> bool:
    """Whether the article calls a company a maker or provider of chips, compute or data centres."""
    if name not in draft.supplying:
        word = names.clean(name).split()[0]
        draft.supplying[name] = chooser.sector(name) in _SUPPLIERS or any(
            word.lower() in line.text.lower() and _SUPPLIER.of_name(line.text, word) for line in draft.lines[:12]
        )
    return draft.supplying[name]


def _described(draft: _Draft, name: str) -> str:
    """What the article calls a company: "ai", "investor", or nothing of these."""
    if name not in draft.described:
        draft.described[name] = _description(draft, names.clean(name).split()[0])
    return draft.described[name]


def _description(draft: _Draft, word: str) -> str:
    for line in draft.lines[:40]:
        if word not in line.text:
            continue
        if _OF_AI.of_name(line.text, word):
            return "ai"
        if _INVESTOR.of_name(line.text, word):
            return "investor"
    return ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amount that may be an investment: what the rules make of it, and the companies that may own it."""

    at: _Setting
    candidate: Candidate
    kind: Kind
    rule: Link | None
    """The company that the rules of linking name."""
    others: tuple[str, ...]
    options: tuple[chooser.Option, ...]
    cues: tuple[wording.Features, ...]
    """Those for and against each option."""
    plain: str
    """The sentence with its names and amounts masked."""
    title: str
    """The title, likewise."""
    doubts: frozenset[str]
    """What its words hold against its being an investment."""

    @property
    def cumulative(self) -> bool:
        """Whether the amount is all that was ever raised."""
        figure, text = self.candidate.figure, self.at.text
        assert figure is not None
        round_here = bool(re.match(rf"^[\s-]*{ai_investment.ROUND}", text[figure.end :], re.IGNORECASE))
        return self.kind == "funding" and attributes.cumulative_money(text, figure.start, figure.end, round_here)

    def others_of(self, place: int) -> list[str]:
        """Return the other side, where the option at `place` is the company."""
        name, same = self.options[place].link.name, self.at.registry.same
        others = [o for o in self.others if not same(o, name)]
        swapped = self.rule is not None and len(others) < len(self.others) and self.kind != "funding"
        return [self.rule.name, *others] if swapped and self.rule else others

    def weigh(self, place: int, lead: float) -> wording.Features:
        """Return the cues for and against this amount being an investment of the option at `place`."""
        draft, c = self.at.draft, self.candidate
        figure, link = c.figure, self.options[place].link
        assert figure is not None
        lines = draft.lines
        texts = [line.text for line in lines if line.order >= 0]
        spoken = sum(map(_speaks_of_ai, texts))
        title = lines[0].text if lines[0].order < 0 else ""
        index = self.at.index
        near = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines) and lines[i].order >= 0]
        name = re.compile(rf"\b{re.escape(names.clean(link.name))}\b")
        tie = {
            "sentence": bool(_AI.search(self.at.text)),
            "title": bool(_AI.search(title)),
            "lead": any(map(_speaks_of_ai, texts[:3])),
            "neighbour": any(_speaks_of_ai(x.text) for x in near),
            "company": bool(_AI.search(link.name))
            or chooser.sector(link.name) == "ai"
            or "described=ai" in self.cues[place],
            "beside-company": any(_speaks_of_ai(t) and name.search(t) for t in texts),
            "counterparty": any(_AI.search(o) or chooser.sector(o) == "ai" for o in self.others),
            "share": min(1.0, spoken / max(1, len(texts))),
            "throughout": spoken >= 3,
        }
        if not any(tie.values()) or (
            not (tie["sentence"] or tie["title"] or tie["company"] or tie["counterparty"] or tie["lead"])
            and not (tie["throughout"] or tie["neighbour"])
        ):
            tie["none"] = True
        elif not (tie["sentence"] or tie["title"] or tie["company"] or tie["counterparty"]):
            tie["far"] = True
        local = ("sentence", "neighbour", "company", "beside-company", "counterparty")
        if not any(tie.get(where) for where in local):
            tie["not-local"] = True
        if tie["title"] and link.name and not name.search(title):
            tie["title-of-others"] = True
        elif tie["title"]:
            tie["title-of-company"] = True
        here = tie["sentence"] or tie["title"] or tie["company"]
        tie["once"] = spoken <= 1 and not here
        tie["seldom"] = spoken <= max(2, len(texts) // 6) and not here
        around = self.at.text[max(0, min(c.start, figure.start) - 70) : max(c.end, figure.end) + 70]
        tie["clause"] = bool(_AI.search(around))
        tie["sentence-only"] = tie["sentence"] and not (tie["clause"] or tie["title"] or tie["company"])
        return (
            {f"doubt={doubt}": 1.0 for doubt in self.doubts}
            | chooser.amount_features(
                c,
                self.at.text,
                kind=self.kind,
                link=link,
                chosen=self.cues[place],
                margin=lead,
                tie={k: float(v) for k, v in tie.items() if v},
                order=self.at.line.order,
                counterparty=bool(self.others),
                cumulative=self.cumulative,
                plain=self.plain,
                title=self.title,
            )
            | {
                "builds": float(bool(_BUILDS.search(self.at.text))),
                "announces": float(_announces(self.at.text, link, figure)),
                "forecast-words": float(
                    bool(_FORECAST.search(_BEATS.sub("", self.at.text[max(0, figure.start - 110) : figure.start])))
                ),
            }
        )


_ANNOUNCES = re.compile(
    r"\b(?:announc|unveil|plan|made|make|making|with|launch|reveal|pledg|detail|confirm|commit|sign|start|beg[ia]n|complet|expand|propos|approv|accelerat|undertak|outlin|finali|secur|seek|ink|prepar|mull|"
    r"consider|weigh|eye|kick|break|broke|build|develop|pursu|lead|led|push|roll|see|show|disclos|report|receiv|land|win|won|doubl)\w*\b",
    re.IGNORECASE,
)


def _announces(text: str, link: Link, figure: Figure) -> bool:
    """Whether a company is said to make an outlay named by a noun ("announced a $5 billion plan"), not just to be near it."""
    if link.start >= figure.end or link.rule in ("owner", "its"):
        return True
    between = text[link.end : figure.start]
    return (len(between) < 90 and bool(_ANNOUNCES.search(between))) or len(between) < 12


_SAYS = re.compile(
    r"\b(?:said|says|announc\w+|told|confirm\w+|statement|memo|email|letter|filing|reported|unveil\w*|disclos\w+|notif\w+|inform\w+|blog|message|revealed|wrote|today|began|learned)\b",
    re.IGNORECASE,
)


def _set_relation(draft: _Draft, f: Finding, places: Iterable[tuple[str, int]]) -> None:
    """Set a cut's tie to AI from the first place that has one, and who ties it from the first that tells who."""
    found = None
    for where, i in places:
        line = draft.lines[i]
        end = f.end if where == "sentence" and line.order == f.order else 0
        tie = ai_relation.tie(line.text, end, f.company)
        if tie is None or (tie.relation == "context" and where not in ("sentence", "title")):
            continue
        if found is None or (found.relation == "context" and tie.relation != "context"):
            found = tie
            f.ai_relation, f.trace["ai_relation"] = tie.relation, f"{tie.rule}-in-{where}"
            f.evidence["ai_relation"] = line.evidence(tie.start, tie.end)
            f.ai_speaker = None
        if f.ai_speaker in (None, "press") and _alike(found.relation, tie.relation):
            f.ai_speaker = ai_relation.speaker(line.text)
    if found is None:
        f.trace["ai_relation"] = "no-ai-words"


def _set_date(f: Finding, line: _Line, d: dates.Stated, rule: str) -> None:
    f.date, f.precision, f.trace["date"] = d.value, d.precision, rule
    f.evidence["date"] = line.evidence(d.start, d.end)


def _read_record(draft: _Draft, f: Finding, told: list[int]) -> None:
    """Read the fields that stand about a notice's number of people: its date, when it takes effect, a closure."""
    for i in range(max(0, told[0] - 6), min(len(draft.lines), told[0] + 7)):
        line = draft.lines[i]
        for m in _RECORD.finditer(line.text):
            name, start = m["field"].lower(), m.start("value")
            if name == "type":
                if re.search(r"clos", m["value"], re.IGNORECASE):
                    f.kind, f.trace["kind"] = "closure", "notice"
                continue
            d = dates.of_notice(m["value"]) or next(iter(dates.stated(m["value"], draft.published)), None)
            if d is None:
                continue
            if name in ("effective date", "layoff date"):
                f.effective, f.trace["effective_date"] = d.value, "notice"
                f.evidence["effective_date"] = line.evidence(start + d.start, start + d.end)
            elif f.date is None:
                _set_date(f, line, replace(d, start=start + d.start, end=start + d.end), "notice")
    f.time, f.trace["time"] = "current", "notice"
    title = draft.lines[0]
    if (
        f.location is None
        and title.order < 0
        and (town := re.search(r",\s([A-Z][a-z]+(?:\s[A-Z][a-z]+)?)$", title.text))
    ):
        f.location, f.trace["location"] = town[1], "notice-title"
        f.evidence["location"] = title.evidence(town.start(1), town.end(1))


_NEXT = 3
"""Sentences after a cut in which "the cuts" are the same."""


def _go_on(f: Finding, before: list[Finding]) -> None:
    """Let a sentence that goes on telling of a cut ("The cuts represent 3% of staff") tell of its company."""
    if f.type != "layoff" or f.trace["company"] != "link:context" or not merging.OF_TOLD.search(f.words[: f.end]):
        return
    told = next((b for b in reversed(before) if b.type == "layoff" and 0 <= f.order - b.order <= _NEXT), None)
    if told is not None:
        f.company, f.group, f.is_topic = told.company, told.group, told.is_topic
        f.evidence["company"], f.trace["company"] = told.evidence["company"], "cut-told-before"


def _alike(one: AiRelation, other: AiRelation) -> bool:
    return one == other or {one, other} == {"cause", "shift"}


class Reader:
    """Reads layoffs and AI investments out of English news. Deterministic: same article, same version, same claims."""

    PARTS: ClassVar[Mapping[str, str]] = {
        "entities": "the trained recogniser of names",
        "stand_ins": "whom “the company” and “it” stand for",
        "topic": "the company that the article is about",
        "tie_to_ai": "whether the money is for AI",
        "chooser": "the trained choice of an amount's company, and of whether it is an investment",
        "merging": "one claim for what is told twice",
        "acceptance": "leaving out what is not sure enough",
    }
    """The parts that can be switched off, to measure what each is worth."""

    def __init__(
        self,
        model: str | None = None,
        *,
        gates: bool = True,
        disable: Iterable[str] = (),
        unknown: frozenset[str] = frozenset(),
        weights: chooser.Model | None = None,
        accepting: acceptance.Model | None = None,
    ) -> None:
        """Load the model of named entities.

        `model` is the name of an installed spaCy pipeline package, by default the one of the settings. With `gates`
        off every sentence is a candidate: slower, and the claims must be the same. To measure: `disable` switches
        `PARTS` off, and the shipped companies named in `unknown` (keys of `names.key`) are as if not shipped.
        Raises `ValueError` for a part that is none.
        """
        self._disabled = frozenset(disable)
        if wrong := self._disabled - self.PARTS.keys():
            raise ValueError(f"no part of the reader: {', '.join(sorted(wrong))}; there are {', '.join(self.PARTS)}")
        self._unknown = unknown
        self._weights = weights
        self._accepting = accepting
        self.drops: Counter[str] = Counter()
        self._gates = gates
        self._entities = entities.Recogniser(model)
        self._catalogue = companies.Resolver(companies.load())

    def read(self, article: Article) -> list[Claim]:
        """Return the claims of one article."""
        return next(self.read_many([article]))

    def read_many(self, articles: Iterable[Article]) -> Iterator[list[Claim]]:
        """Yield the claims of each article, in order; memory does not grow with their number."""
        iterator = iter(articles)
        while batch := list(islice(iterator, BATCH)):
            drafts = [self._draft(article) for article in batch]
            windows = [line for draft in drafts if draft for line in draft.windows]
            texts = [line.text for line in windows]
            named = [[] for _ in texts] if "entities" in self._disabled else self._entities.of(texts)
            for line, found in zip(windows, named, strict=True):
                line.entities = found
            for draft in drafts:
                yield self._claims(draft) if draft else []

    def explain(self, article: Article) -> str:
        """Return in plain words, for each claim, its sentence, the words behind each field, and what decided it."""
        out = []
        for claim in self.read(article):
            figure = claim.count or claim.amount or claim.percent
            out.append(
                f"{claim.type}: {claim.company} {figure or ''} ({claim.kind}, {claim.status}, {claim.time})".rstrip()
            )
            out.append(
                f"  sentence [{claim.sentence.where} {claim.sentence.start}:{claim.sentence.end}] {claim.sentence.quote}"
            )
            for name, rule in claim.trace.items():
                quote = claim.evidence.get(name)
                value = getattr(claim, name, None)
                words = f' from "{quote.quote}"' if quote else ""
                out.append(f"  {name} = {value!r}{words} by {rule}")
        return "\n".join(out)

    # gates and shapes

    def _draft(self, article: Article) -> _Draft | None:
        title, body = View(article.title, "title"), View(article.text, "text")
        head = title.text.strip()[:600]
        whole = head.replace("\n", " ") + "\n" + body.text
        if not whole.strip():
            self.drops["empty"] += 1
            return None
        stating: set[int] = set()
        money = "tie_to_ai" in self._disabled or gate.speaks_of_ai(whole)
        if self._gates:
            passages = gate.passages(whole, money=money)
            if not passages:
                self.drops["gate"] += 1
                return None
            stating = gate.stating(passages)
            if not stating:
                self.drops["no_candidate"] += 1
                return None
        if not is_english(f"{article.title}\n{article.text}"):
            self.drops["not_english"] += 1
            return None
        lines: list[_Line] = []
        if head:
            start = title.text.index(head[0])
            lines.append(_Line(title, Sentence(0, start, start + len(head), head, 0), -1))
        lines += [_Line(body, s, i) for i, s in enumerate(sentences(body.text))]
        intro = head if re.search(layoff.CUT_NOUN, head, re.IGNORECASE) else ""
        title_intro, previous, found = intro, "", 0
        for line in lines:
            text = line.text
            if text.rstrip().endswith(":"):
                intro = text
            elif len(text) > 120:
                intro = title_intro
            if not self._gates or (0 if line.order < 0 else len(head) + 1 + line.sentence.start) in stating:
                line.candidates += candidates.layoffs(text, previous, "" if text == intro else intro)
                line.candidates += candidates.investments(text) if money else ()
            previous = f"{previous[-400:]} {text}" if line.order > 0 else text
            found += len(line.candidates)
            if found > MOST_CANDIDATES:
                self.drops["too_many_figures"] += 1
                break
        if not found:
            self.drops["no_candidate"] += 1
            return None
        return _Draft(
            article,
            dates.day(article.published.isoformat() if article.published else None),
            lines,
            self._windows(lines),
            names.headline_like(head),
        )

    def _with_entities(self, article: Article) -> _Draft | None:
        draft = self._draft(article)
        if draft is not None:
            for line, named in zip(draft.windows, self._entities.of([w.text for w in draft.windows]), strict=True):
                line.entities = named
        return draft

    def _windows(self, lines: list[_Line]) -> list[_Line]:
        wanted: set[int] = set()
        for i, line in enumerate(lines):
            if line.order < LEAD:
                wanted.add(i)
            if line.candidates:
                wanted.update((i - 2, i - 1, i))
        return [lines[i] for i in sorted(wanted) if i >= 0][:MOST_WINDOWS]

    # companies

    def _registry(self, draft: _Draft) -> Registry:
        registry = Registry(unknown=self._unknown, is_word=self._entities.is_word)
        for line in draft.lines:
            if line.order >= 0:
                registry.inner.update(w.casefold() for w in _INNER.findall(line.text))
            else:
                title = line.text
                registry.headed.update(names.key(title[a:b]) for a, b in names.runs(title, draft.headline_case))
        for line in draft.windows:
            for start, end, label in line.entities or ():
                name = line.text[start:end].split("'s")[0].strip()
                if label == "PERSON" and " " in name and not names.is_company_like(name, line.text[end:]):
                    registry.persons.add(names.key(name))
                    registry.persons.add(names.key(name.split()[-1]))
                elif label == "ORG" and not names.is_no_company(name) and not (line.order < 0 and draft.headline_case):
                    registry.organisations.add(names.key(name))
        registry.persons -= registry.organisations
        for line in draft.windows:
            line.mentions = names.mentions(
                line.text, line.entities or (), registry, title_case=line.order < 0 and draft.headline_case
            )
            for mention in line.mentions:
                if mention.kind == "name":
                    registry.add(mention.name)
        for line in draft.windows:
            for mention in line.mentions or ():
                if mention.kind == "name" and (kind := names.called(line.text, mention.start, mention.end)):
                    registry.called.setdefault(kind, set()).add(registry.group(mention.name))
        return registry

    def _mentions(self, line: _Line, registry: Registry) -> list[Mention]:
        if line.mentions is None:
            found = names.mentions(line.text, (), registry)
            line.mentions = [m for m in found if m.kind != "name" or names.key(m.name) in registry.counts]
        return line.mentions

    def _topic(self, draft: _Draft, registry: Registry) -> str | None:
        """The company that the article is about: the title's, else the one that lead and body name most."""
        if "topic" in self._disabled:
            return None
        body = "\n".join(line.text for line in draft.lines if line.order >= 0)
        best: tuple[float, int, str] | None = None
        for rank, line in enumerate(draft.lines[:5]):
            for place, mention in enumerate(m for m in self._mentions(line, registry) if m.kind == "name"):
                told = names.times_named(body, names.clean(mention.name)) if body else 1
                if (
                    line.order < 0
                    and body
                    and draft.headline_case
                    and not told
                    and not registry.counts[registry.group(mention.name)] > 1
                ):
                    continue
                words = names.clean(mention.name).split()
                plain = line.order < 0 and draft.headline_case and all(registry.is_word(w.casefold()) for w in words)
                if (
                    plain
                    and not mention.label
                    and not names._COMPANY_ACTS.match(line.text[mention.end :])
                    and names.key(mention.name) not in registry.organisations
                ):
                    continue
                score = min(told, 12) + 2.0 * (
                    mention.label == "ORG" or names.key(mention.name) in registry.organisations
                )
                score += 6 * (line.order < 0) - place - (0 if line.order < 0 else rank)
                score -= 3 * bool(linking.PREPOSITION.search(line.text[: mention.start]))
                score -= 3 * (mention.label in ("GPE", "LOC", "NORP"))
                if best is None or score > best[0]:
                    best = (score, rank, mention.name)
        return best[2] if best and best[0] > -1 else None

    def _resolver(
        self, draft: _Draft, index: int, registry: Registry, topic: str | None, depth: int = 2
    ) -> linking.Resolve:
        lines = draft.lines

        def subject_of(line: _Line, before: int, stand_in: Mention) -> tuple[str | None, bool]:
            """The name that a line is about, and whether it stands there as a subject."""
            plain = oblique = None
            for m in self._mentions(line, registry):
                if m.end > before:
                    break
                lead, after = line.text[: m.start], line.text[m.end :]
                if m.kind != "name" or names.ATTRIBUTE.match(after) or not names.fits(stand_in, m.name):
                    continue
                agent = not m.possessive or _OWN_AGENT.match(after)
                heads = len(line.text) < 90 and not lead.strip(" •*-–") and _HEADING.match(after)
                if heads and (heads.group().strip() or registry.counts[names.key(m.name)] > 1):
                    return m.name, True
                if linking.PREPOSITION.search(lead) or not agent or names.OBJECT_OF.search(lead):
                    oblique = oblique or m.name
                elif agent and (m.possessive or names.VERB_NEXT.match(after) or names.APPOSITION.match(after)):
                    return m.name, True
                else:
                    plain = plain or m.name
            return plain or oblique, False

        def resolve(mention: Mention) -> str | None:
            if "stand_ins" in self._disabled:
                return None
            so_called = registry.called.get(re.sub(r"[\s-]", "", mention.label), set())
            if mention.kind == "anaphor" and len(so_called) == 1:
                return (
                    max((n for n in registry.spelled[next(iter(so_called))]), key=len)
                    if next(iter(so_called)) in registry.spelled
                    else None
                )
            text = lines[index].text
            here = [
                m
                for m in self._mentions(lines[index], registry)
                if m.kind == "name"
                and m.end <= mention.start
                and not names.ATTRIBUTE.match(text[m.end :])
                and names.fits(mention, m.name)
            ]
            plain = [
                m
                for m in here
                if not linking.PREPOSITION.search(text[: m.start])
                and (not m.possessive or _OWN_AGENT.match(text[m.end :]))
                and not names.OBJECT_OF.search(text[: m.start])
            ]
            if plain:
                return plain[-1].name
            if here and (mention.kind == "pronoun" or names.YOUNG.search(mention.name)):
                return here[-1].name
            if mention.kind == "pronoun":
                stand_in = [
                    m for m in self._mentions(lines[index], registry) if m.kind == "anaphor" and m.end <= mention.start
                ]
                if stand_in:
                    return resolve(stand_in[-1])
            fitting = topic if topic and names.fits(mention, topic) else None
            for back in range(1, 5):
                if index - back < 0:
                    break
                line = lines[index - back]
                if line.order < 0 and back > 1:
                    break
                found, standing = subject_of(line, len(line.text), mention)
                opening = next((m for m in self._mentions(line, registry) if not m.possessive), None)
                if not standing and depth and opening and opening.kind != "name" and opening.start < 24:
                    found = self._resolver(draft, index - back, registry, topic, depth - 1)(opening) or found
                    standing = bool(found) and names.fits(mention, found or "")
                named = any(
                    m.kind == "name" and topic and registry.same(m.name, topic) for m in self._mentions(line, registry)
                )
                if found and standing and back == 1:
                    return found
                if fitting and named:
                    return fitting
                if found and back <= 2 and (fitting is None or registry.counts[names.key(found)] >= 2) and standing:
                    return found
                if found and back <= 2 and fitting is None:
                    return found
            return fitting if topic_at <= index else None

        topic_at = next((i for i, x in enumerate(lines) if topic and topic in x.text), 0)
        return resolve

    # claims

    def _claims(self, draft: _Draft) -> list[Claim]:
        merged = self._accepted(self._merged(draft))
        title = draft.article.title
        if attributes.denies(title):
            for f in merged:
                if f.type == "layoff" and f.is_topic and f.time == "current":
                    f.status, f.trace["status"] = "denied", "denial-in-title"
        self._complete(draft, merged)
        self._date_from_lead(draft, merged)
        self._relate_to_ai(draft, merged)
        merged = self._with_parts(draft, merged)
        made: dict[int, Claim] = {}
        for f in sorted(merged, key=lambda f: f.part_of is not None):  # a part names the claim of its total
            made[id(f)] = self._claim(draft, f, made[id(f.part_of)].id if f.part_of else None)
        return [made[id(f)] for f in merged]

    def _merged(self, draft: _Draft) -> list[Finding]:
        """Return what an article states, each happening once."""
        found = self._found(draft)
        if "merging" in self._disabled:
            return found
        return merging.merge(found, draft.published, draft.article.title, len(draft.lines))

    def _accepted(self, findings: list[Finding]) -> list[Finding]:
        """Return the statements that are sure enough."""
        if "acceptance" in self._disabled:
            return findings
        model = self._accepting or acceptance.load()
        kept = []
        for f in findings:
            probability = model.probability(acceptance.cues(f, findings))
            f.trace["accepted"] = f"sure:{probability:.2f}"
            if probability >= model.least[f.type]:
                kept.append(f)
            else:
                self.drops[f"unsure_{f.type}"] += 1
        for f in kept:
            if f.part_of is not None and not any(k is f.part_of for k in kept):
                f.part_of = None
        return kept

    def statements(self, article: Article) -> list[tuple[Finding, acceptance.Cues]]:
        """Return what an article states, sure or not, with its cues: what acceptance is trained on."""
        draft = self._with_entities(article)
        found = self._merged(draft) if draft else []
        return [(f, acceptance.cues(f, found)) for f in found]

    def _found(self, draft: _Draft) -> list[Finding]:
        """Return what each sentence states, before statements of one happening are merged."""
        findings: list[Finding] = []
        for at in self._settings(draft):
            for candidate in at.line.candidates:
                read = self._layoff if candidate.type == "layoff" else self._investment
                finding = read(at, candidate)
                if finding is None:
                    self.drops[f"no_{candidate.type}"] += 1
                else:
                    _go_on(finding, findings)
                    findings.append(finding)
        return findings

    def findings(self, article: Article) -> list[tuple[Finding, timing.Cues]]:
        """Return what each sentence of an article states, with its cues of time: what these are trained on."""
        draft = self._with_entities(article)
        if draft is None:
            return []
        found = self._found(draft)
        return [(f, timing.cues(f, found, draft.published, article.title, len(draft.lines))) for f in found]

    def _with_parts(self, draft: _Draft, findings: list[Finding]) -> list[Finding]:
        """Add the parts that the sentence of a total lists after it; where a part goes is not where the total goes."""
        lines = {line.order: line for line in draft.lines} if findings else {}
        told = {(f.order, f.figure.value_start) for f in findings if f.figure}
        out: list[Finding] = []
        for total in findings:
            out.append(total)
            if total.type != "layoff" or total.figure is None or total.part_of or total.cumulative:
                continue
            for line in (lines[order] for order in total.orders):
                parts = breakdown.parts(line.text, total.figure.low)
                place = total.evidence.get("location")
                if parts and place:
                    first = line.evidence(parts[0].value_start, parts[0].value_end)
                    if place.where == first.where and place.start >= first.start:
                        total.location = None
                        del total.evidence["location"], total.trace["location"]
                if parts:
                    out += [self._part(line, total, f) for f in parts if (line.order, f.value_start) not in told]
                    break
        return out

    @staticmethod
    def _part(line: _Line, total: Finding, figure: Figure) -> Finding:
        count = line.evidence(figure.value_start, figure.value_end)
        part = replace(
            total,
            figure=figure,
            percent=None,
            part_of=total,
            location=None,
            roles=(),
            evidence={name: e for name, e in total.evidence.items() if name in ("company", "date")} | {"count": count},
            trace={n: rule for n, rule in total.trace.items() if n not in ("location", "roles", "percent")}
            | {"count": "part-of-total"},
            sentence=line.evidence(0, len(line.text)),
            order=line.order,
            start=figure.start,
            end=figure.end,
        )
        place = attributes.location(line.text, figure.start, figure.end, line.entities_of_places())
        if place and place[1] >= figure.end:
            part.location, part.trace["location"] = place[0], "in-place"
            part.evidence["location"] = line.evidence(place[1], place[2])
        return part

    @staticmethod
    def _relate_to_ai(draft: _Draft, findings: list[Finding]) -> None:
        """Tell how the text ties each cut to AI: beside it, in the title of the article's own news, or further on."""
        cuts = [f for f in findings if f.type == "layoff"]
        if cuts and not any(ai_relation.speaks_of_ai(line.text) for line in draft.lines):
            for f in cuts:
                f.trace["ai_relation"] = "no-ai-words"
            return
        at = {line.order: i for i, line in enumerate(draft.lines)}
        for f in cuts:
            told = [at[order] for order in f.orders]
            others = {at[o] for other in findings if other is not f for o in other.orders} - set(told)
            places: list[tuple[str, int]] = [("sentence", i) for i in told]
            # what a semicolon joins is one sentence
            places += [("sentence", i + 1) for i in told if draft.lines[i].text.endswith(";")]
            alone = all(other.group == f.group or other.time == "past" for other in cuts)
            titled = draft.lines[0].order < 0 and f.time == "current" and (f.is_topic or alone)
            places += [("title", 0)] * (titled and 0 not in told)
            near = [j for i in told if draft.lines[i].order >= 0 for j in (i + 1, i - 1, i + 2)]
            places += [
                ("neighbour", j)
                for j in dict.fromkeys(near)
                if 0 <= j < len(draft.lines)
                and j not in others
                and j not in told
                and draft.lines[j].order >= 0
                and ai_relation.speaks_of_cuts(draft.lines[j].text)
            ]
            if (f.is_topic or alone) and f.time == "current":
                places += [
                    ("further-on", j)
                    for j, line in enumerate(draft.lines[:40])
                    if line.order >= 0 and j not in others and ai_relation.tells_of(line.text, f.company)
                ]
            if draft.lines[0].order < 0 and ai_relation.heads_a_list(
                draft.lines[0].text, [other.company for other in cuts]
            ):
                places.append(("list-title", 0))
            _set_relation(draft, f, dict.fromkeys((where, i) for where, i in places if i < len(draft.lines)))

    @staticmethod
    def _complete(draft: _Draft, findings: list[Finding]) -> None:
        """Fill what other lines tell of a cut: when it takes effect, the clause before a semicolon, a notice's fields."""
        at = {line.order: i for i, line in enumerate(draft.lines)}
        for f in findings:
            if f.type != "layoff":
                continue
            told = [at[order] for order in f.orders]
            joined = [i - 1 for i in told if i > 0 and draft.lines[i - 1].text.endswith(";")]
            for i in joined:
                line = draft.lines[i]
                if (
                    f.date is None
                    and (d := next(iter(dates.stated(line.text, draft.published)), None))
                    and not d.future
                ):
                    _set_date(f, line, d, "joined")
                place = attributes.location(line.text, 0, len(line.text), line.entities_of_places())
                if f.location is None and place:
                    f.location, f.trace["location"] = place[0], "joined"
                    f.evidence["location"] = line.evidence(place[1], place[2])
            if f.trace.get("count") == "shape:affected-field":
                _read_record(draft, f, told)
            if f.effective or f.time == "past" or not (f.is_topic or f.order <= 2):
                continue
            for i in sorted({first + ahead for first in told for ahead in range(4)}):
                if not 0 <= i < len(draft.lines) or draft.lines[i].order < 0:
                    continue
                line = draft.lines[i]
                found = attributes.takes_effect(line.text, dates.stated(line.text, draft.published), draft.published)
                if found:
                    f.effective, f.trace["effective_date"] = found.value, "takes-effect"
                    f.evidence["effective_date"] = line.evidence(found.start, found.end)
                    break

    @staticmethod
    def _date_from_lead(draft: _Draft, findings: list[Finding]) -> None:
        """Date the article's own news by its lead's announcement ("said on Tuesday") where its sentences have no date."""
        wanted = [f for f in findings if f.date is None and f.time == "current" and (f.is_topic or f.order <= 2)]
        if not wanted or draft.published is None:
            return
        for line in draft.lines[:8]:
            if not _SAYS.search(line.text):
                continue
            for d in dates.stated(line.text, draft.published):
                if (
                    d.future
                    or d.precision not in ("day", "month")
                    or not -1 <= attributes.age_days(d.value, draft.published) <= 8
                ):
                    continue
                if d.precision == "month" and not d.relative:
                    continue
                for f in wanted:
                    f.date, f.precision = d.value, d.precision
                    f.evidence["date"] = line.view.evidence(line.sentence.start + d.start, line.sentence.start + d.end)
                    f.trace["date"] = "lead-date"
                return

    def _layoff(self, at: _Setting, c: Candidate) -> Finding | None:
        draft, line, text = at.draft, at.line, at.text
        anchor = c.figure or c.percent
        assert anchor is not None
        if _FURLOUGH.search(text[max(0, anchor.start - 22) : anchor.end + 22]) and not _CUT.search(text):
            return None
        if _HYPOTHETICAL.search(text) and not re.search(r"\b(?:laid off|layoffs|job cuts|will cut|to cut)\b", text):
            return None
        link = linking.employer(text, c, self._mentions(line, at.registry), at.resolve, at.topic)
        if link is None or names.is_no_company(link.name):
            return None
        f = self._finding(at, c, link)
        zone = text[max(0, c.start - 60) : c.end + 60]
        kind: Kind = "layoff"
        if re.search(layoff.BUYOUT, zone, re.IGNORECASE):
            kind = "buyout"
        elif re.search(layoff.ATTRITION, zone, re.IGNORECASE) and not _CUT.search(zone):
            kind = "attrition"
        elif re.search(layoff.CLOSURE, zone, re.IGNORECASE) and not _CUT.search(zone):
            kind = "closure"
        elif _ALL.search(text[: anchor.start]) or (c.percent and c.percent.low == 100):
            near = [draft.lines[i].text for i in range(max(0, at.index - 2), min(len(draft.lines), at.index + 2))]
            if any(re.search(layoff.COMPANY_CLOSES, t, re.IGNORECASE) for t in near):
                kind = "closure"
        f.kind, f.trace["kind"] = kind, "words" if kind != "layoff" else "default"
        f.cumulative = attributes.cumulative_cut(text, c.start, c.end)
        found = attributes.roles(text, c.start, c.end)
        f.roles = tuple(role for role, _, _ in found)
        if found:
            f.evidence["roles"] = self._evidence(line, found[0][1], found[0][2])
            f.trace["roles"] = "words"
        return f

    def _proposal(self, at: _Setting, c: Candidate) -> Proposal | None:
        """Return what the rules make of an amount, and every company that may own it; None where it is surely none."""
        draft, line, text, topic = at.draft, at.line, at.text, at.topic
        figure = c.figure
        assert figure is not None
        mentions = self._mentions(line, at.registry)
        following = text[figure.end :]
        family = c.family
        doubts: set[str] = set()
        if family != "contract" and _DEBT.search(
            re.sub(r"(?:,? then|before|ahead of)\s(?:an?\s)?IPO", "", text[max(0, figure.start - 40) : figure.end + 35])
        ):
            doubts.add("debt")
        kind: Kind
        others: list[str] = []
        fund = bool(re.match(ai_investment.FUND_NOUN, following)) and not re.search(r"\bfunding\b", following[:20])
        if (
            re.match(ai_investment.FUND_NOUN, following)
            and family in ("funding", "outlay")
            and (
                re.match(r"[\s-]*(?:AI|artificial|machine)", following)
                or re.search(r"\bfund\b[^.;]{0,60}(?:\bAI\b|artificial intelligence)", following[:110])
            )
        ):
            link, kind = linking.raiser(text, c, mentions, at.resolve, topic)[0], "fund"
        elif family == "funding":
            if _NOT_A_ROUND.search(text[max(0, figure.start - 60) : figure.end + 40]):
                doubts.add("no-round")
            link, others = linking.raiser(text, c, mentions, at.resolve, topic)
            kind = "fund" if fund else "funding"
        else:
            parties = linking.payer(text, c, mentions, at.resolve, topic, lambda name: _supplies(draft, name))
            link, others, kind = parties.payer, parties.others, parties.kind  # type: ignore[assignment]
            if kind == "contract" and _BUYOUT_DEAL.search(text):
                kind = "acquisition"
            near = " ".join(x.text for x in draft.lines[max(0, at.index - 2) : at.index + 2])
            title = draft.lines[0].text if draft.lines[0].order < 0 else ""
            if (
                kind == "contract"
                and not _COMPUTE.search(f"{near} {title}")
                and not re.match(r"[\s-]*(?:[\w-]+\s){0,2}AI\b", following)
            ):
                doubts.add("no-compute")
        if family == "contract" and not others and link and _supplies(draft, link.name):
            doubts.add("seller-alone")
        found = chooser.options(c, text, link, mentions, at.resolve, topic)
        if not found:
            return None
        plain = self._plain(line, at.registry)
        before = [o.mention for o in found if o.mention and o.mention.end <= figure.start]
        spans = [(m.end, m.end + apposed.end()) for m in before if (apposed := names.APPOSITION.match(text[m.end :]))]
        cues = [
            chooser.company_features(
                option,
                text,
                c,
                link,
                at.registry.same,
                topic,
                names.key(option.link.name) in at.registry.headed,
                _described(draft, option.link.name),
                _supplies(draft, option.link.name),
                plain,
                before,
                any(a < option.link.start < b for a, b in spans),
                at.registry.counts[names.key(option.link.name)],
                self._standing(option.link.name, at.registry),
            )
            for option in found
        ]
        head = draft.lines[0]
        titled = self._plain(head, at.registry) if head.order < 0 else ""
        return Proposal(at, c, kind, link, tuple(others), tuple(found), tuple(cues), plain, titled, frozenset(doubts))

    @staticmethod
    def _standing(name: str, registry: Registry) -> str:
        """Return what a name is taken for: known, organisation, person, plain words, or new."""
        k = names.key(name)
        if k in names.shipped() and k not in registry.unknown:
            return "known"
        if k in registry.organisations:
            return "organisation"
        if k in registry.persons:
            return "person"
        return "plain" if all(registry.is_word(w.casefold()) for w in names.clean(name).split()) else "new"

    def _plain(self, line: _Line, registry: Registry) -> str:
        """Return a line with its names and amounts masked."""
        named = [(m.start, m.end) for m in self._mentions(line, registry) if m.kind == "name"]
        amounts = [(f.start, f.end) for f in candidates.figures_of(line.text) if f.kind == "money"]
        return wording.masked(line.text, named, amounts)

    def proposals(self, article: Article) -> list[Proposal]:
        """Return every amount of an article that the rules propose as an investment: what the chooser is trained on."""
        draft = self._with_entities(article)
        if draft is None:
            return []
        made = [
            self._proposal(at, c)
            for at in self._settings(draft)
            for c in at.line.candidates
            if c.type == "ai_investment"
        ]
        return [p for p in made if p is not None]

    def _settings(self, draft: _Draft) -> Iterator[_Setting]:
        """Yield the setting of each line that has candidates."""
        registry = self._registry(draft)
        topic = self._topic(draft, registry)
        for index, line in enumerate(draft.lines):
            if line.candidates and line.entities is not None:
                resolve = self._resolver(draft, index, registry, topic)
                yield _Setting(draft, index, registry, resolve, topic, dates.stated(line.text, draft.published))

    def _investment(self, at: _Setting, c: Candidate) -> Finding | None:
        proposal = self._proposal(at, c)
        if proposal is None:
            return None
        model = self._weights or chooser.load()
        if "chooser" in self._disabled:
            place, lead = next((i for i, f in enumerate(proposal.cues) if "rule-here" in f), 0), 0.0
        else:
            place, lead = chooser.best(model.rank(proposal.cues))
        link = proposal.options[place].link
        if (names.is_no_company(link.name) and not names.is_government(link.name)) or names.is_place(link.name):
            return None
        weighed = proposal.weigh(place, lead)
        probability = model.probability(weighed)
        if (probability < model.least and "chooser" not in self._disabled) or (
            "tie-none" in weighed and "tie_to_ai" not in self._disabled
        ):
            return None
        text, figure = at.text, c.figure
        assert figure is not None
        kind, sure = (proposal.kind, 1.0) if "chooser" in self._disabled else model.kind_of(weighed)
        f = self._finding(at, c, link)
        f.kind, f.trace["kind"] = kind, f"chosen:{sure:.2f}"
        f.trace["for_ai"] = f"chosen:{probability:.2f}"
        f.odds = math.log(probability / (1 - probability))
        seen = {at.registry.group(link.name)}
        f.counterparty = tuple(
            names.clean(o)
            for o in proposal.others_of(place)
            if not (at.registry.group(o) in seen or seen.add(at.registry.group(o)))  # type: ignore[func-returns-value]
        )
        f.cumulative = proposal.cumulative
        f.basis = {"funding": "deal", "stake": "deal", "acquisition": "deal", "contract": "deal", "fund": "pledge"}.get(
            kind
        )  # type: ignore[assignment]
        if kind == "capex":
            f.basis = attributes.basis(text, c.start, c.end, figure.start)
        f.trace["basis"] = "words"
        f.period_start, f.period_end = attributes.period(text, figure.end, at.draft.published)
        return f

    def _finding(self, at: _Setting, c: Candidate, link: Link) -> Finding:
        draft, line, text, registry, topic = at.draft, at.line, at.text, at.registry, at.topic
        group = registry.group(link.name)
        is_topic = topic is not None and registry.same(link.name, topic)
        lead = " ".join(x.text for x in draft.lines[:3])
        evidence = {"company": self._evidence(line, link.start, link.end)}
        trace = {"company": f"link:{link.rule}"}
        if c.figure is not None:
            name = "count" if c.type == "layoff" else "amount"
            evidence[name] = self._evidence(line, c.figure.value_start, c.figure.value_end)
            trace[name] = f"shape:{c.shape}"
        if c.percent is not None:
            evidence["percent"] = self._evidence(line, c.percent.value_start, c.percent.value_end)
            trace["percent"] = f"shape:{c.shape}"
        anchor = c.figure or c.percent
        assert anchor is not None
        status, status_rule = attributes.status(text, c.start, c.end, text, c.type == "layoff", lead)
        trace["status"] = status_rule
        when = attributes.when(text, min(c.start, anchor.start), anchor.end, at.stated, draft.published)
        if c.list_name and when.date is None:  # the line that opens the list may date it
            opened = [d for d in dates.stated(c.intro, draft.published) if not d.future]
            if opened:
                when = when._replace(date=opened[0].value, precision=opened[0].precision)
                trace["date"] = "list-intro"
        if when.date and "date" not in trace:
            evidence["date"] = self._evidence(line, when.start, when.end)
            trace["date"] = "nearest-date"
        if when.effective:
            evidence["effective_date"] = self._evidence(line, when.effective_start, when.effective_end)
            trace["effective_date"] = "future-date"
        f = Finding(
            type=c.type,
            company=self._name(registry, group, link.name),
            group=group,
            order=line.order,
            sentence=line.view.evidence(line.sentence.start, line.sentence.end),
            figure=c.figure,
            percent=c.percent,
            status=status,
            date=when.date,
            precision=when.precision,
            effective=when.effective,
            evidence=evidence,
            trace=trace,
            is_topic=is_topic,
            sure=link.rule not in ("topic", "oblique-before"),
            words=text,
            start=c.start,
            end=c.end,
            orders=[line.order],
            before=draft.lines[at.index - 1].text if line.order > 0 else "",
        )
        key, mentions = names.key(link.name), self._mentions(line, registry)
        labels = [
            m.label for x in draft.windows for m in x.mentions or () if m.kind == "name" and names.key(m.name) == key
        ]
        f.doubts = acceptance.doubts(
            f,
            link,
            shape=c.shape,
            others=len({registry.group(m.name) for m in mentions if m.kind == "name"} - {group}),
            times_named=sum(n for k, n in registry.counts.items() if registry.group(k) == group),
            organisation=key in registry.organisations,
            person=key in registry.persons,
            place=2 * sum(label in ("GPE", "LOC") for label in labels) >= max(1, len(labels)),
            is_word=registry.is_word,
        )
        place = attributes.location(text, c.start, c.end, line.entities_of_places(), [link.name])
        if place:
            f.location = place[0]
            f.evidence["location"] = self._evidence(line, place[1], place[2])
            f.trace["location"] = "in-place"
        return f

    @staticmethod
    def _name(registry: Registry, group: str, name: str) -> str:
        """The group's name as the text writes it in full: the longest of the forms that are not seldom."""
        spelled: Counter[str] = Counter()
        for k, forms in registry.spelled.items():
            if k == group or registry.group(k) == group:
                spelled.update(forms)
        if not spelled or names.key(name) in names.shipped():
            return names.clean(name)
        known = {form: n for form, n in spelled.items() if names.key(form) in names.shipped()} or spelled
        most = max(known.values())
        best = max((form for form, n in known.items() if 3 * n >= most), key=lambda form: (len(form), form))
        first, _, rest = best.partition(" ")
        described = rest in spelled and registry.is_word(first.casefold()) and not names.COMPANY_WORD.search(first)
        return rest if described else best  # "Insurer Acme"

    @staticmethod
    def _evidence(line: _Line, start: int, end: int) -> Evidence:
        return line.view.evidence(line.sentence.start + start, line.sentence.start + end)

    def _company(self, draft: _Draft, f: Finding) -> Resolution | None:
        """The catalogue's company of that name where that is certain: no slip of the pen, no doubtful common word."""
        if names.key(f.company) in self._unknown or not any(c.isalnum() for c in f.company):
            return None
        on = draft.published.isoformat() if draft.published else None
        found = self._catalogue.resolve(f.company, context=f"{draft.article.title}\n{f.sentence.quote}", on=on)
        return found if found and found.score == 1.0 else None

    def _claim(self, draft: _Draft, f: Finding, total: str | None) -> Claim:
        article = draft.article
        fields: dict[str, Any] = {}
        if f.type == "layoff":
            if f.figure is not None:
                fields["count"] = int(f.figure.low)
                fields["count_high"] = int(f.figure.high) if f.figure.high is not None else None
                qualifier: Qualifier = f.figure.qualifier
                fields["count_qualifier"] = qualifier
            if f.percent is not None:
                fields["percent"] = f.percent.low
                fields["percent_of"] = re.sub(r"\s+", " ", f.percent.base) or "workforce"
            fields["ai_relation"], fields["ai_speaker"], fields["roles"] = f.ai_relation, f.ai_speaker, f.roles
        elif f.figure is not None:
            fields["amount"] = int(f.figure.low)
            fields["amount_high"] = int(f.figure.high) if f.figure.high is not None else None
            fields["amount_qualifier"] = f.figure.qualifier
            fields["currency"] = f.figure.currency
            fields["basis"], fields["period_start"], fields["period_end"] = f.basis, f.period_start, f.period_end
            fields["counterparty"] = f.counterparty
        evidence = MappingProxyType(dict(f.evidence))
        company = self._company(draft, f)
        if company:
            f.trace["company_id"] = f"catalogue:{company.method}"
        return Claim(
            id=claim_id(article.id, article.revision, VERSION, f.type, evidence),
            article_id=article.id,
            revision=article.revision,
            version=VERSION,
            type=f.type,
            company=f.company,
            company_id=company.company_id if company else None,
            kind=f.kind,
            status=f.status,
            time=f.time,
            scope="cumulative" if f.cumulative else "part" if f.part_of else "total",
            part_of=total,
            date=f.date,
            date_precision=f.precision,
            effective_date=f.effective,
            location=f.location,
            sentence=f.sentence,
            evidence=evidence,
            trace=MappingProxyType(dict(f.trace)),
            **fields,
        )
