"""What other sentences tell of a cut or deal: its tie to AI, its date, its parts, whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from newsledger.model import AiRelation
from nlp import ai_relation, attributes, breakdown, dates, merging, prefilter
from nlp.drafts import Draft, Line
from nlp.figures import Figure
from nlp.merging import Finding

_RECORD = re.compile(
    r"\b(?P<field>notice date|received date|effective date|layoff date|type)\s?:\s?(?P<value>[^:\n]{3,40}?)(?=[.;]|\s\w+ (?:date|affected)\b|$)",
    re.IGNORECASE,
)
"""A field of a state's public notice of cuts."""

_SAYS = prefilter.Beginning(
    r"\b(?:said|says|announc\w+|told|confirm\w+|statement|memo|email|letter|filing|reported|unveil\w*|disclos\w+|notif\w+|inform\w+|blog|message|revealed|wrote|today|began|learned|signed|agreed|approved|published|released|filed|broke the news|came out with|made (?:this|it) known)\b",
    re.IGNORECASE,
    not_after=r"\w",
)

_NEXT = 3
"""Sentences after a cut in which "the cuts" are the same."""


def go_on(f: Finding, before: list[Finding]) -> None:
    """Let a sentence that goes on telling of a cut ("The cuts represent 3% of staff") tell of its company."""
    if f.type != "layoff" or f.trace["company"] != "link:context" or not merging.OF_TOLD.search(f.words[: f.end]):
        return
    told = next((b for b in reversed(before) if b.type == "layoff" and 0 <= f.order - b.order <= _NEXT), None)
    if told is not None:
        f.company, f.group, f.is_topic = told.company, told.group, told.is_topic
        f.evidence["company"], f.trace["company"] = told.evidence["company"], "cut-told-before"


def with_parts(draft: Draft, findings: list[Finding]) -> list[Finding]:
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
                out += [_part(line, total, f) for f in parts if (line.order, f.value_start) not in told]
                break
    return out


def _part(line: Line, total: Finding, figure: Figure) -> Finding:
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


def relate_to_ai(draft: Draft, findings: list[Finding]) -> None:
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


def _set_relation(draft: Draft, f: Finding, places: Iterable[tuple[str, int]]) -> None:
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


def _alike(one: AiRelation, other: AiRelation) -> bool:
    return one == other or {one, other} == {"cause", "shift"}


def complete(draft: Draft, findings: list[Finding]) -> None:
    """Fill what other lines tell of a cut: when it takes effect, the clause before a semicolon, a notice's fields."""
    at = {line.order: i for i, line in enumerate(draft.lines)}
    for f in findings:
        if f.type != "layoff":
            continue
        told = [at[order] for order in f.orders]
        joined = [i - 1 for i in told if i > 0 and draft.lines[i - 1].text.endswith(";")]
        for i in joined:
            line = draft.lines[i]
            if f.date is None and (d := next(iter(draft.stated(line)), None)) and not d.future:
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
            found = attributes.takes_effect(line.text, draft.stated(line), draft.published)
            if found:
                f.effective, f.trace["effective_date"] = found.value, "takes-effect"
                f.evidence["effective_date"] = line.evidence(found.start, found.end)
                break


def _read_record(draft: Draft, f: Finding, told: list[int]) -> None:
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


def _set_date(f: Finding, line: Line, d: dates.Stated, rule: str) -> None:
    f.date, f.precision, f.trace["date"] = d.value, d.precision, rule
    f.evidence["date"] = line.evidence(d.start, d.end)


_HEAD = re.compile(
    rf"\W*(?:[Ww]eek (?:of|ending):?\s)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?\.?,?\s)?"
    rf"(?:{dates.MONTH}(?:\s\d{{1,2}}(?:st|nd|rd|th)?)?|\d{{1,2}}(?:st|nd|rd|th)?\s{dates.MONTH})(?:,?\s20\d\d)?(?P<opens>\W*$|\s?[:–—|-]\s)"
)
"""A line that is a date alone, or begins with one that is set off: what a list puts over an entry or before it."""
_FEWEST_HEADS = 2


def _undated_entries(findings: list[Finding]) -> list[Finding]:
    """Return the findings of the article's own news in its body that have no date: what a list may date."""
    return [f for f in findings if f.date is None and f.time == "current" and f.order >= 0]


def date_from_heads(draft: Draft, findings: list[Finding]) -> None:
    """Date the entries of a list by the date that stands over them, or before them on their line, where they have none."""
    wanted = _undated_entries(findings)
    if not wanted:
        return
    heads = [(line, line.text[: m.start("opens")]) for line in draft.body if (m := _HEAD.match(line.text))]
    if len(heads) < _FEWEST_HEADS:
        return
    dated = [(line, _head_date(words, draft.published)) for line, words in heads]
    for f in wanted:
        line, told = next(((x, d) for x, d in reversed(dated) if x.order <= f.order), (None, None))
        if line and told:
            _set_date(f, line, told, "heading")


def _head_date(words: str, published: date | None) -> dates.Stated | None:
    """Return the date of a heading; a month without a year is the last of that name, of a week only the month is sure."""
    if told := dates.stated(words, published):
        of_week = "week" in words.lower()
        return replace(told[0], value=told[0].value[:7], precision="month") if of_week else told[0]
    bare = words.strip(" *#•–—:-")
    told = dates.stated(f"in {bare}", published)
    begin = words.find(bare)
    return replace(told[0], start=begin, end=begin + len(bare)) if told else None


_LIST_OF = re.compile(
    r"\b(?:lay-?offs?|cuts|deals|rounds|funding|fundings|list|tracker|round-?up|digest|summary|notices|in brief|the largest|the biggest)\b",
    re.IGNORECASE,
)
_OF_WEEK = re.compile(r"\bweek\b", re.IGNORECASE)
_FEWEST_LISTED = 2


def date_from_intro(draft: Draft, findings: list[Finding]) -> None:
    """Date the entries of a list by the week or month that its title or first lines say it is of, where they have none."""
    wanted = _undated_entries(findings)
    if draft.published is None or len({f.group for f in wanted}) < _FEWEST_LISTED:
        return
    for line in draft.lines[:4]:
        if not _LIST_OF.search(line.text):
            continue
        for d in draft.stated(line):
            words = line.text[d.start : d.end].lower()
            spans = _OF_WEEK.search(line.text) or words == "this month" or (d.relative and d.precision == "day")
            if spans and not d.future and -1 <= attributes.age_days(d.value, draft.published) <= 31:
                for f in wanted:
                    _set_date(f, line, replace(d, value=d.value[:7], precision="month"), "list-date")
                return


def date_from_lead(draft: Draft, findings: list[Finding]) -> None:
    """Date the article's own news by its lead's announcement ("said on Tuesday") where its sentences have no date.

    One that they date by the year alone ("for the second time this year") takes the day too, where it lies in that year.
    """
    wanted = [
        f
        for f in findings
        if (f.date is None or f.precision == "year") and f.time == "current" and (f.is_topic or f.order <= 2)
    ]
    if not wanted or draft.published is None:
        return
    for line in draft.lines[:8]:
        if not _SAYS.search(line.text):
            continue
        for d in draft.stated(line):
            if (
                d.future
                or d.precision not in ("day", "month")
                or not -1 <= attributes.age_days(d.value, draft.published) <= 8
            ):
                continue
            if d.precision == "month" and not d.relative:
                continue
            for f in wanted:
                if f.date is not None and not d.value.startswith(f.date):
                    continue
                f.date, f.precision = d.value, d.precision
                f.evidence["date"] = line.view.evidence(line.sentence.start + d.start, line.sentence.start + d.end)
                f.trace["date"] = "lead-date"
            return
