"""Amounts that may be investments: what the rules make of each, the companies that may own it, and the cues of both."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsledger.model import Kind
from nlp import attributes, candidates, chooser, descriptions, document_names, linking, names, prefilter, wording
from nlp.candidates import Candidate
from nlp.drafts import AI, Draft, Line, Setting
from nlp.event_types import ai_investment
from nlp.figures import Figure
from nlp.linking import Link
from nlp.names import Mention, Registry

_NOT_A_ROUND = re.compile(
    r"\b(?:discretionary|free cash flow|budget proposal|grant funding|annual budget|federal funding|state funding|tax)\b",
    re.IGNORECASE,
)

_BUYOUT_DEAL = re.compile(
    r"\b(?:acquir(?:e|es|ed|ing)|acquisition of|takeover of|merger with|(?:agreed|agrees|plans|talks|deal) to buy\s(?:the\s)?(?:[a-z-]+\s){0,4}[A-Z]|bought\s(?:the\s)?(?:[a-z-]+\s){0,4}[A-Z])"
)

_DEBT = prefilter.Beginning(ai_investment.DEBT, re.IGNORECASE, not_after=r"\w")

_COMPUTE = re.compile(ai_investment.COMPUTE, re.IGNORECASE)

_ANNOUNCES = prefilter.Beginning(
    r"\b(?:announc|unveil|plan|made|make|making|with|launch|reveal|pledg|detail|confirm|commit|sign|start|beg[ia]n|complet|expand|propos|approv|accelerat|undertak|outlin|finali|secur|seek|ink|prepar|mull|"
    r"consider|weigh|eye|kick|break|broke|build|develop|pursu|lead|led|push|roll|see|show|disclos|report|receiv|land|win|won|doubl)\w*\b",
    re.IGNORECASE,
    not_after=r"\w",
)


_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_ROW = re.compile(r",?\s(?:(?:and|&)\s)?")
"""What stands between the members of a row."""


@lru_cache(maxsize=2048)
def _of_ai(name: str) -> bool:
    """Whether a company is one of AI by its name or by what is known of it."""
    return AI.search(name) is not None or chooser.sector(name) == "ai"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amount that may be an investment: what the rules make of it, and the companies that may own it."""

    at: Setting
    candidate: Candidate
    sort: str
    """What its cues are told apart by."""
    kind: Kind
    rule: Link | None
    """The company that the rules of linking name."""
    others: tuple[str, ...]
    options: tuple[chooser.Option, ...]
    companies: tuple[str, ...]
    """Of each option which company it is."""
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
        if self.kind != "funding":
            return False
        round_here = bool(re.match(rf"^[\s-]*{ai_investment.ROUND}", text[figure.end :], re.IGNORECASE))
        return attributes.cumulative_money(text, figure.start, figure.end, round_here)

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
        body, spoken = draft.body, draft.spoken_of_ai
        title = draft.title.text if draft.title else ""
        name = names.clean(link.name)
        tie = tie_to_ai(draft, self.at.index, c)
        tie |= {
            "company": _of_ai(link.name) or "described=ai" in self.cues[place],
            "beside-company": any(line.speaks_of_ai and names.times_named(line.text, name) for line in body),
            "counterparty": any(map(_of_ai, self.others)),
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
        if tie["title"] and link.name and not names.times_named(title, name):
            tie["title-of-others"] = True
        elif tie["title"]:
            tie["title-of-company"] = True
        here = tie["sentence"] or tie["title"] or tie["company"]
        tie["once"] = spoken <= 1 and not here
        tie["seldom"] = spoken <= max(2, len(body) // 6) and not here
        trades = {chooser.sector(other) for other in self.others}
        tie["other-trade"] = bool(trades) and not trades & {"", "ai", "cloud", "semiconductors"}
        tie["sentence-only"] = tie["sentence"] and not (tie["clause"] or tie["title"] or tie["company"])
        told = chooser.word_features(
            c,
            self.at.text,
            sort=self.sort,
            tie=tie,
            order=self.at.line.order,
            plain=self.plain,
            title=self.title,
        )
        return (
            {f"doubt={doubt}": 1.0 for doubt in sorted(self.doubts)}
            | chooser.amount_features(
                told,
                sort=self.sort,
                kind=self.kind,
                link=link,
                chosen=self.cues[place],
                margin=lead,
                counterparty=bool(self.others),
                cumulative=self.cumulative,
            )
            | {"announces": float(_announces(self.at.text, link, figure))}
        )


def tie_to_ai(draft: Draft, index: int, c: Candidate) -> dict[str, float]:
    """Return what ties an amount of a line to AI by where that is spoken of, whatever company the amount is of."""
    assert c.figure is not None
    lines, line, body, spoken = draft.lines, draft.lines[index], draft.body, draft.spoken_of_ai
    near = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines) and lines[i].order >= 0]
    around = line.text[max(0, min(c.start, c.figure.start) - 70) : max(c.end, c.figure.end) + 70]
    return {
        "sentence": line.speaks_of_ai,
        "title": draft.title is not None and draft.title.speaks_of_ai,
        "lead": any(told.speaks_of_ai for told in body[:3]),
        "neighbour": any(told.speaks_of_ai for told in near),
        "share": min(1.0, spoken / max(1, len(body))),
        "throughout": spoken >= 3,
        "clause": AI.search(around) is not None,
    }


def _announces(text: str, link: Link, figure: Figure) -> bool:
    """Whether a company is said to make an outlay named by a noun ("announced a $5 billion plan"), not just to be near it."""
    if link.start >= figure.end or link.rule in ("owner", "its"):
        return True
    between = text[link.end : figure.start]
    return (len(between) < 90 and bool(_ANNOUNCES.search(between))) or len(between) < 12


def propose(at: Setting, c: Candidate) -> Proposal | None:
    """Return what the rules make of an amount, and every company that may own it; None where it is surely none."""
    draft, line, text, topic = at.draft, at.line, at.text, at.topic
    figure = c.figure
    assert figure is not None
    mentions = document_names.mentions(line, at.registry)
    following = text[figure.end :]
    family = c.family
    near_sort = chooser.sort_near(c, text)
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
    elif near_sort == "raise" and family in ("amount", "outlay"):
        link, others = linking.raiser(text, c, mentions, at.resolve, topic)
        kind = "funding"
    else:
        parties = linking.payer(text, c, mentions, at.resolve, topic, lambda name: descriptions.supplies(draft, name))
        link, others, kind = parties.payer, parties.others, parties.kind  # type: ignore[assignment]
        if kind == "contract" and _BUYOUT_DEAL.search(text):
            kind = "acquisition"
        near = " ".join(x.text for x in draft.lines[max(0, at.index - 2) : at.index + 2])
        title = draft.title.text if draft.title else ""
        if (
            kind == "contract"
            and not _COMPUTE.search(f"{near} {title}")
            and not re.match(r"[\s-]*(?:[\w-]+\s){0,2}AI\b", following)
        ):
            doubts.add("no-compute")
    if family == "contract" and not others and link and descriptions.supplies(draft, link.name):
        doubts.add("seller-alone")
    sort = "buy" if kind == "acquisition" else near_sort
    found = chooser.options(c, text, link, mentions, at.resolve, topic, _titled(at, c) if sort == "buy" else ())
    if not found:
        return None
    plain = _plain(line, at.registry)
    before, spans = chooser.before_figure(found, text, c)
    tiers = {o.link.name: descriptions.tier(draft, o.link.name) for o in found}
    cues = [
        chooser.company_features(
            option,
            text,
            c,
            sort=sort,
            rule=link,
            same=at.registry.same,
            topic=topic,
            headed=names.key(option.link.name) in at.registry.headed,
            before_it=before,
            in_apposition=any(a < option.link.start < b for a, b in spans),
            told=at.registry.counts[names.key(option.link.name)],
            standing=document_names.standing(option.link.name, at.registry),
            described=descriptions.described(draft, option.link.name),
            supplies=descriptions.supplies(draft, option.link.name),
            stream=_stream(tiers, option.link.name),
            plain=plain,
            pairs=_paired(text, option.mention, mentions, figure),
        )
        for option in found
    ]
    titled = _plain(draft.title, at.registry) if draft.title else ""
    companies = tuple(at.registry.group(o.link.name) for o in found)
    return Proposal(
        at, c, sort, kind, link, tuple(others), tuple(found), companies, tuple(cues), plain, titled, frozenset(doubts)
    )


def _titled(at: Setting, c: Candidate) -> list[chooser.Option]:
    """Return the companies of the title, for a price told without its buyer."""
    title = at.draft.title
    if title is None or at.line is title:
        return []
    return [
        chooser.Option(Link(m.name, c.start, c.end, "chosen-title", False), None, chooser.role(title.text, m))
        for m in document_names.mentions(title, at.registry)
        if m.kind == "name"
    ]


def _paired(text: str, mine: Mention | None, mentions: Sequence[Mention], figure: Figure) -> bool | None:
    """Return whether "respectively" gives an amount to this company or to another; None where it says nothing.

    "Acme and Borealis raised $2bn and $3bn, respectively": the first name of the row has the first amount.
    """
    if mine is None or mine.kind != "name" or not _RESPECTIVELY.search(text, figure.end, figure.end + 90):
        return None
    amounts = [f for f in candidates.figures_of(text) if f.kind == "money"]
    row = [amounts.index(figure)]
    while row[0] and _ROW.fullmatch(text, amounts[row[0] - 1].end, amounts[row[0]].start):
        row.insert(0, row[0] - 1)
    while row[-1] + 1 < len(amounts) and _ROW.fullmatch(text, amounts[row[-1]].end, amounts[row[-1] + 1].start):
        row.append(row[-1] + 1)
    firms = [m for m in mentions if m.kind == "name" and m.end <= amounts[row[0]].start][-len(row) :]
    joined = all(_ROW.fullmatch(text, a.end, b.start) for a, b in itertools.pairwise(firms))
    if len(row) < 2 or len(firms) != len(row) or not joined or mine not in firms:
        return None
    return firms.index(mine) == row.index(amounts.index(figure))


def _stream(tiers: Mapping[str, int], name: str) -> str:
    """Return whether a company stands up the stream of all others beside it, or down, or neither."""
    mine = tiers[name]
    others = [tier for other, tier in tiers.items() if other != name]
    if not others or min(others) == max(others) == mine:
        return ""
    return "upstream" if mine >= max(others) else "downstream" if mine <= min(others) else ""


def _plain(line: Line, registry: Registry) -> str:
    """Return a line with its names and amounts masked."""
    if line.plain is None:
        named = [(m.start, m.end) for m in document_names.mentions(line, registry) if m.kind == "name"]
        line.plain = masked(line.text, named)
    return line.plain


def masked(text: str, named: Iterable[tuple[int, int]]) -> str:
    """Return a sentence with what is named in it, and its amounts, masked."""
    return wording.masked(text, named, [(f.start, f.end) for f in candidates.figures_of(text) if f.kind == "money"])
