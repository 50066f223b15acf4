"""What one sentence states: a cut or an investment with its company, its figure and all that stands beside them."""

from __future__ import annotations

import math
import re

from newsledger.model import Kind
from nlp import acceptance, attributes, chooser, dates, document_names, employers, linking, names, prefilter
from nlp.candidates import Candidate
from nlp.drafts import Setting
from nlp.event_types import layoff
from nlp.linking import Link
from nlp.merging import Finding
from nlp.proposals import Proposal

_HYPOTHETICAL = prefilter.Beginning(layoff.HYPOTHETICAL, re.IGNORECASE, not_after=r"\w")
_BUYOUT = prefilter.Beginning(layoff.BUYOUT, re.IGNORECASE, not_after=r"\w")
_ATTRITION = prefilter.Beginning(layoff.ATTRITION, re.IGNORECASE, not_after=r"\w")
_CLOSURE = prefilter.Beginning(layoff.CLOSURE, re.IGNORECASE, not_after=r"\w")

_FURLOUGH = re.compile(layoff.FURLOUGH, re.IGNORECASE)

_FOR_CAUSE = prefilter.Beginning(layoff.FOR_CAUSE, re.IGNORECASE, not_after=r"\w")

_ALL = re.compile(r"\ball(?: of)?(?: (?:its|the|their))?\s$", re.IGNORECASE)

_CUT = re.compile(layoff.STRONG_VERB + "|" + layoff.CUT_NOUN, re.IGNORECASE)


def cuts(at: Setting, c: Candidate, model: employers.Model | None) -> list[Finding]:
    """Return the cut that a candidate states, of each of several employers where it says so; none without employer.

    Without a model the rules tell whose it is.
    """
    text = at.text
    anchor = c.own
    if _FURLOUGH.search(text[max(0, anchor.start - 22) : anchor.end + 22]) and not _CUT.search(text):
        return []
    if _FOR_CAUSE.search(text[max(0, c.start - 20) : c.end + 120]):
        return []
    if _HYPOTHETICAL.search(text) and not re.search(r"\b(?:laid off|layoffs|job cuts|will cut|to cut)\b", text):
        return []
    found = [(link, 1.0) for link in linking.each(text, c, document_names.mentions(at.line, at.registry))]
    if not found and (told := employers.options(at, c)):
        found = [model.choose(told) if model else (told.rule, 1.0)]
    return [
        _cut(at, c, link, lead)
        for link, lead in found
        if not names.is_no_company(link.name)
        or names.is_shipped(link.name, at.registry)
        or not names.is_no_company(document_names.full_name(at.registry, at.registry.group(link.name), link.name))
    ]


def _cut(at: Setting, c: Candidate, link: Link, lead: float) -> Finding:
    draft, line, text = at.draft, at.line, at.text
    anchor = c.own
    f = _finding(at, c, link)
    f.lead = lead
    zone = text[max(0, c.start - 60) : c.end + 60]
    kind: Kind = "layoff"
    if _BUYOUT.search(zone):
        kind = "buyout"
    elif _ATTRITION.search(zone) and not _CUT.search(zone):
        kind = "attrition"
    elif _CLOSURE.search(zone) and not _CUT.search(zone):
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
        f.evidence["roles"] = line.evidence(found[0][1], found[0][2])
        f.trace["roles"] = "words"
    return f


def investment(
    proposal: Proposal, model: chooser.Model, *, chosen: bool = True, any_money: bool = False
) -> Finding | None:
    """Return the investment that an amount is, or None where it is hardly one.

    Without `chosen` the rules decide in place of the model; with `any_money` it need not be for AI.
    """
    at, c = proposal.at, proposal.candidate
    if not chosen:
        place, lead = next((i for i, f in enumerate(proposal.cues) if "rule-here" in f), 0), 0.0
    else:
        place, lead = chooser.best(model.rank(proposal.cues), proposal.companies)
    link = proposal.options[place].link
    other = names.is_no_company(link.name) and not names.is_shipped(link.name, at.registry)
    if (other and not names.is_government(link.name)) or names.is_place(link.name):
        return None
    weighed = proposal.weigh(place, lead)
    probability = model.probability(weighed)
    if (probability < model.least and chosen) or ("tie-none" in weighed and not any_money):
        return None
    text, figure = at.text, c.figure
    assert figure is not None
    kind, sure = model.kind_of(weighed) if chosen else (proposal.kind, 1.0)
    f = _finding(at, c, link)
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


def _finding(at: Setting, c: Candidate, link: Link) -> Finding:
    draft, line, text, registry, topic = at.draft, at.line, at.text, at.registry, at.topic
    group = registry.group(link.name)
    is_topic = topic is not None and registry.same(link.name, topic)
    evidence = {"company": line.evidence(link.start, link.end)}
    trace = {"company": f"link:{link.rule}"}
    if c.figure is not None:
        name = "count" if c.type == "layoff" else "amount"
        evidence[name] = line.evidence(c.figure.value_start, c.figure.value_end)
        trace[name] = f"shape:{c.shape}"
    if c.percent is not None:
        evidence["percent"] = line.evidence(c.percent.value_start, c.percent.value_end)
        trace["percent"] = f"shape:{c.shape}"
    anchor = c.own
    status, status_rule = attributes.status(text, c.start, c.end, c.type == "layoff")
    trace["status"] = status_rule
    when = attributes.when(text, min(c.start, anchor.start), anchor.end, draft.stated(line), draft.published)
    if c.list_name and when.date is None:  # the line that opens the list may date it
        opened = [d for d in dates.stated(c.intro, draft.published) if not d.future]
        if opened:
            when = when._replace(date=opened[0].value, precision=opened[0].precision)
            trace["date"] = "list-intro"
    if when.date and "date" not in trace:
        evidence["date"] = line.evidence(when.start, when.end)
        trace["date"] = "nearest-date"
    if when.effective:
        evidence["effective_date"] = line.evidence(when.effective_start, when.effective_end)
        trace["effective_date"] = "future-date"
    f = Finding(
        type=c.type,
        company=document_names.full_name(registry, group, link.name),
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
    key, mentions = names.key(link.name), document_names.mentions(line, registry)
    labels = [m.label for x in draft.windows for m in x.mentions or () if m.kind == "name" and names.key(m.name) == key]
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
        f.evidence["location"] = line.evidence(place[1], place[2])
        f.trace["location"] = "in-place"
    return f
