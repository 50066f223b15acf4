"""Figures that may be events: each figure of a sentence that stands in one of the shapes of an event type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from newsledger.model import EventType
from nlp import figures, prefilter
from nlp.event_types import ai_investment, layoff
from nlp.figures import Figure


@dataclass(slots=True)
class Candidate:
    """One possible event of a sentence. Offsets count in the sentence."""

    type: EventType
    shape: str
    """The shape that proposed it."""
    family: str
    """layoff; funding, outlay, stake, acquisition or contract."""
    start: int
    """Where the trigger and its figure begin."""
    end: int
    figure: Figure | None = None
    """People or money."""
    percent: Figure | None = None
    list_name: str = ""
    """The company of a list line such as "Acme: 1,100"."""
    intro: str = ""
    """The line that opens the list."""
    flags: set[str] = field(default_factory=set)
    together: list[Candidate] = field(default_factory=list, repr=False)
    """The candidates told in one breath with it ("cut 500 and 700"), itself among them."""

    @property
    def own(self) -> Figure:
        """Its figure, or the percent where it has no other."""
        own = self.figure or self.percent
        assert own is not None
        return own


_FIGURE_MARKS = {
    "{F}": r"‹[PBQW](?P<fig>\d+)›",
    "{PW}": r"‹[PW](?P<fig>\d+)›",
    "{P}": r"‹P(?P<fig>\d+)›",
    "{W}": r"‹W(?P<fig>\d+)›",
    "{B}": r"‹B(?P<fig>\d+)›",
    "{Q}": r"‹[QW](?P<fig>\d+)›",
    "{M}": r"‹M(?P<fig>\d+)›",
}


def with_marks(shape: str) -> str:
    """Return a shape as the regular expression over masked sentences that it stands for."""
    for mark, pattern in _FIGURE_MARKS.items():
        shape = shape.replace(mark, pattern)
    return shape


def marks_of(pattern: str) -> set[str]:
    """Return the letters of the figures that a shape's regular expression takes."""
    return {letter for marks in re.findall(r"‹\[?(\w+)\]?\(", pattern) for letter in marks}


_Shape = tuple[str, str, re.Pattern[str]]
"""Family, name and pattern."""


@cache
def _shapes(type_: EventType) -> tuple[tuple[_Shape, ...], prefilter.Shapes]:
    """Return the shapes of an event type, and what tells in one pass which of them may match."""
    tables = (("layoff", layoff.SHAPES),) if type_ == "layoff" else FAMILIES
    shapes = tuple(
        (family, name, re.compile(with_marks(shape), re.IGNORECASE))
        for family, table in tables
        for name, shape in table
    )
    marked = {n for n, (_, _, pattern) in enumerate(shapes) if pattern.pattern.startswith("‹")}
    return shapes, prefilter.Shapes((prefilter.necessary(p.pattern, prefilter.FEW) for _, _, p in shapes), quick=marked)


@lru_cache(maxsize=256)
def _matches(type_: EventType, text: str) -> tuple[tuple[str, str, re.Match[str]], ...]:
    """Return family, name and match of each shape of an event type in a masked sentence: the gate asks, and then we."""
    shapes, prefilter_ = _shapes(type_)
    found = []
    for index in prefilter_.may_match(text.encode("utf-8", "replace")):
        family, name, pattern = shapes[index]
        found += [(family, name, match) for match in pattern.finditer(text)]
    return tuple(found)


@dataclass(slots=True)
class Masked:
    """A sentence with its figures masked, and the way back to its own offsets."""

    text: str
    figures: list[Figure]
    _places: list[tuple[int, int, int]]

    def place(self, masked: int, end: bool = False) -> int:
        """Return the sentence's offset of a masked one; inside a mask, the figure's start (or end)."""
        shift = 0
        for at, mark, original in self._places:
            if masked <= at:
                break
            if masked < at + mark or (end and masked == at + mark):
                return at + shift + (original if end else 0)
            shift += original - mark
        return masked + shift


def mask(sentence: str, found: Iterable[Figure]) -> Masked:
    """Replace each figure, in order, by its mark."""
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    kept: list[Figure] = []
    last = length = 0
    for figure in sorted(found, key=lambda f: f.start):
        if figure.start < last:
            continue
        letter = {"people": "P", "bare": "B", "money": "M"}.get(figure.kind) or ("W" if figure.noun else "Q")
        sign = f"‹{letter}{len(kept)}›"
        parts.append(sentence[last : figure.start])
        length += figure.start - last
        places.append((length, len(sign), figure.end - figure.start))
        parts.append(sign)
        length += len(sign)
        last = figure.end
        kept.append(figure)
    parts.append(sentence[last:])
    return Masked("".join(parts), kept, places)


_GRAMMARS = prefilter.Shapes(prefilter.necessary(pattern, prefilter.FEW) for _, pattern in figures.GRAMMARS)


@lru_cache(maxsize=1024)
def figures_of(sentence: str) -> tuple[Figure, ...]:
    """Return all figures of a sentence without overlap: money before percents before people before bare numbers."""
    chosen: list[Figure] = []
    for index in _GRAMMARS.may_match(sentence.encode("utf-8", "replace")):
        find, _ = figures.GRAMMARS[index]
        chosen += [
            f
            for f in find(sentence)
            if not any(f.value_start < c.end and c.start < f.value_end for c in chosen)
            and not any(f.start < c.end and c.start < f.end and f.kind == "bare" for c in chosen)
        ]
    trimmed: list[Figure] = []
    for f in sorted(chosen, key=lambda f: f.value_start):
        if trimmed and f.start < trimmed[-1].end:
            f = _shrunk(f, trimmed[-1].end) if f.value_start >= trimmed[-1].end else f
            if f.start < trimmed[-1].end:
                trimmed[-1] = _clipped(trimmed[-1], f.start)
        if (
            trimmed
            and f.kind == "people"
            and trimmed[-1].kind == "bare"
            and _SHARE.fullmatch(sentence[trimmed[-1].end : f.start])
        ):
            f = replace(trimmed.pop(), kind="people", end=f.end, noun=f.noun)
        trimmed.append(f)
    return tuple(trimmed)


_SHARE = re.compile(r"\sof\s(?:(?:the|their|our|his|her|a)\s|(?:the\s)?[\w&.'-]{2,20}'s?\s)?", re.IGNORECASE)
"""Between a count and the whole that it is a part of: "40 of its 300 staff" counts 40 people."""


def _shrunk(f: Figure, start: int) -> Figure:
    return replace(f, start=max(f.start, min(start, f.value_start)))


def _clipped(f: Figure, end: int) -> Figure:
    return replace(f, end=max(f.value_end, min(f.end, end)))


_NOT_BEFORE = re.compile(layoff.NOT_A_CUT_BEFORE, re.IGNORECASE)
_NOT_AFTER = re.compile(layoff.NOT_A_CUT_AFTER, re.IGNORECASE)
_BROUGHT_TO = re.compile(layoff.BROUGHT_TO, re.IGNORECASE)
_HOW_MANY = re.compile(r"[^.;]{0,60}\bhow many\b")
_PERCENT_OTHER = re.compile(layoff.PERCENT_NOT_OF_STAFF, re.IGNORECASE)
_COMPANION = re.compile(layoff.COMPANION, re.IGNORECASE)
_CONTEXT = prefilter.Guarded(layoff.CONTEXT, re.IGNORECASE)
_AND_THEN = re.compile(r",\sand\s")
_ANEW = re.compile(
    r",\s(?:announc|unveil|plan|intend|vow|propos)\w*\s|,\s(?-i:[A-Z])[\w&.'-]+\s(?:(?-i:[A-Z])[\w&.'-]+\s){0,3}(?:(?:has|have|had|is|was|will|would)\s)?(?:[a-z]+ed|cut(?:s|ting)?|laid|laying|lets?|letting|said|shed(?:s|ding)?)\b|\b(?:and|while|but|as|after|following|compared|versus)\b[^,]*$|;|:\s(?-i:[A-Z])",
    re.IGNORECASE,
)
"""What parts one cut from the next between two figures."""
_FURTHER = re.compile(
    r"\b(?:and|then|followed by)\s(?:then\s)?(?:(?:in|on|last|this)\s[^,;.]{1,24}\s)?(?:a\s|an\s)?(?:further|another|additional)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s(?:in|at|more|others|were|are|on|last|this|jobs)\b|\s?[.,;]|\s?$")
_MORE_YET = re.compile(
    r"\smore\s(?:(?:jobs|people|workers|employees|staff|positions|roles)\s)?(?:in|last|on|this|at|a|earlier|later)\b",
    re.IGNORECASE,
)
_JUST_AND = re.compile(
    r"(?:.*\W)?and\s(?:then\s)?(?:(?:about|around|some|nearly|roughly|over|almost|up to)\s)?", re.IGNORECASE
)
"""What stands around the count of a further cut: "let 2,800 people go in February and 500 more in October"."""
_OUT_OF = re.compile(r"\sout of\s(?:(?:a total of|its|their|the|some|about|around|roughly|nearly)\s)*", re.IGNORECASE)
_EARLIER_BEFORE = re.compile(layoff.EARLIER_BEFORE + "$", re.IGNORECASE)
_EARLIER_AFTER = re.compile(layoff.EARLIER_AFTER, re.IGNORECASE)
_NEXT_EMPLOYER = re.compile(layoff.NEXT_EMPLOYER)
_EQUALS = re.compile(layoff.EQUALS, re.IGNORECASE)
_APART = re.compile(layoff.APART, re.IGNORECASE)
_OR_SO_MANY = re.compile(r",?\s(?:or\s|\()(?:(?:about|around|some|nearly|roughly)\s)?")
_AND = re.compile(r",?\s(?:and|then)\s|,\s")
_LIST_LINE = re.compile(layoff.LIST_LINE)
_AGGREGATE = re.compile(layoff.AGGREGATE_SUBJECT, re.IGNORECASE)
_HEADED_LINE = re.compile(layoff.HEADED_LINE)
_LISTED = re.compile(layoff.LISTED)
_FEWER_AFTER = re.compile(layoff.FEWER_AFTER, re.IGNORECASE)
_FEWER_THAN = re.compile(layoff.FEWER_THAN, re.IGNORECASE)
_FOLLOWED_BY = re.compile(layoff.FOLLOWED_BY, re.IGNORECASE)
_DATED = re.compile(layoff.DATED)
_DATED_AND = re.compile(rf"{layoff.DATED}(?:,?\sand|,)\s(?:then\s)?")
_LIST_STAND_IN = re.compile(layoff.LIST_STAND_IN)
_LIST_FIELD = re.compile(layoff.LIST_FIELD)
LIST_TITLE = prefilter.Beginning(layoff.LIST_TITLE, re.IGNORECASE)
LIST_INTRO = prefilter.Beginning(layoff.LIST_INTRO, re.IGNORECASE)
JOB_NOUNS = ("jobs", "job", "roles", "positions", "posts", "redundancies")
"""Nouns that count jobs themselves, which only a cut can "affect" or "eliminate"."""
_COST = prefilter.Beginning(
    r"\b(?:pay|salary|wages?|price|rate|tax|cost|spending|emission|dividend)s? cuts?\b", re.IGNORECASE, not_after=r"\w"
)


def layoffs(sentence: str, before: str, intro: str = "") -> list[Candidate]:
    """Return the cuts a sentence may state. `before` is the sentence before it; `intro` the line that opens its list."""
    masked = mask(sentence, figures_of(sentence))
    if not masked.figures:
        return []
    hits: dict[int, Candidate] = {}

    @cache
    def in_context() -> bool:
        return bool(_CONTEXT.search(sentence) or _CONTEXT.search(before))

    def propose(index: int, shape: str, start: int, end: int, employer: str = "") -> None:
        figure = masked.figures[index]
        if index and _OUT_OF.fullmatch(sentence, masked.figures[index - 1].end, figure.start):
            index, end = index - 1, max(end, figure.end)  # "700 out of 10,000 employees had to leave"
            figure = masked.figures[index]
        if index in hits or figure.kind == "money" or not _may_be_cut(sentence, figure, shape):
            return
        first, last = min(start, figure.start), max(end, figure.end)
        candidate = Candidate("layoff", shape, "layoff", first, last, list_name=employer)
        if figure.kind == "percent":
            candidate.percent = figure
        else:
            candidate.figure = figure
        hits[index] = candidate

    for index, figure in enumerate(masked.figures):
        if figure.kind == "people" and figure.noun in layoff.OWN_NOUNS and not _is_year(sentence, figure):
            propose(index, "own-noun", figure.start, figure.end)
        elif figure.noun and sentence[figure.value_start : figure.value_end].lower().startswith("halv"):
            propose(index, "halve", figure.start, figure.end)
        elif (
            figure.kind == "people"
            and " fewer " in sentence[figure.value_end : figure.end + 7] + " "  # "600 fewer jobs", "600 jobs fewer"
            and _FEWER_AFTER.search(sentence[: figure.start])
            and not _FEWER_THAN.match(sentence, figure.end)
        ):
            propose(index, "fewer", figure.start, figure.end)
    for _, name, m in _matches("layoff", masked.text):
        if name == "percent-noun" and not _STAFF_CUT.search(masked.text[m.start() : m.end() + 40]):
            continue
        if name in _ASKS_NOUN and masked.figures[int(m["fig"])].noun not in _ASKS_NOUN[name]:
            continue
        if name == "listed-at" and not _is_list_at(masked.text):
            continue
        if name == "listed-names" and (not _is_list_name(m["name"]) or _GROWS.search(sentence)):
            continue
        if name == "that-is":
            spoken = f"{before} {masked.text[: m.start()]}"
            if _GROWS.search(spoken) or not _CUTS.search(spoken):
                continue
        if name in layoff.NEEDS_CONTEXT and not (_is_job(masked.figures[int(m["fig"])]) or in_context()):
            continue
        employer = m["name"] if name == "listed-names" else ""
        propose(int(m["fig"]), name, masked.place(m.start()), masked.place(m.end(), end=True), employer)
    listed = bool(intro) and (bool(LIST_INTRO.search(intro)) or bool(LIST_TITLE.search(intro)))
    if listed and hits and (headed := _HEADED_LINE.match(sentence)) and _is_list_name(headed["name"]):
        for candidate in hits.values():
            candidate.list_name, candidate.intro = headed["name"], intro
    if listed and not hits:
        figure = masked.figures[0]
        line = _LIST_LINE.match(sentence[: figure.start])
        staff = figure.kind == "people" or figure.noun
        name = (line["name"] or line["enumerated"]).strip(" *") if line else ""
        if (
            name
            and (_is_list_name(name) or _LIST_STAND_IN.fullmatch(name))
            and (
                staff
                or (
                    figure.kind != "money"
                    and _LISTED.fullmatch(name)
                    and len(sentence) - figure.end < 40
                    and _counts_staff(sentence, figure)
                )
            )
        ):
            if _LIST_STAND_IN.fullmatch(name):
                name = ""
            hits[0] = Candidate("layoff", "list-line", "layoff", 0, figure.end, list_name=name, intro=intro)
            if figure.kind == "percent":
                hits[0].percent = figure
            else:
                hits[0].figure = figure
    for index in range(1, len(masked.figures)):
        if index - 1 in hits or index - 2 in hits:
            figure, told = masked.figures[index], hits.get(index - 1)
            last = masked.figures[index - 1].end
            between = sentence[last : figure.start]
            more = _MORE_YET.match(sentence, figure.end) and _JUST_AND.fullmatch(between[-24:])
            dated = (
                told
                and figure.kind in ("bare", "people")
                and _DATED.match(sentence, figure.end)
                and (_FOLLOWED_BY.fullmatch(between) or _DATED_AND.fullmatch(between))
            )
            if (
                more
                or dated
                or (
                    _FURTHER.search(sentence[last : figure.start + 18])
                    and (figure.kind != "bare" or _MORE.match(sentence[figure.end :]))
                )
            ):
                propose(index, "further", figure.start, figure.end)
            elif told and told.figure and figure.kind in ("bare", told.figure.kind) and _AND.fullmatch(between):
                propose(index, "coordinated", told.start, figure.end)
                if hits.get(index):
                    hits[index].together = told.together = [*(told.together or [told]), hits[index]]
    for index in range(1, len(masked.figures)):
        figure = masked.figures[index]
        before_it = sentence[masked.figures[index - 1].end : figure.start]
        if (
            hits
            and min(hits) < index
            and index not in hits
            and figure.low >= (1 if figure.kind == "percent" else 20)
            and not (figure.kind == "bare" and _is_year(sentence, figure))
            and _EARLIER_BEFORE.search(before_it)
            and _EARLIER_AFTER.match(sentence, figure.end)
        ):
            propose(index, "earlier", figure.start, figure.end)
        next_employer = _NEXT_EMPLOYER.fullmatch(before_it)
        if (
            next_employer
            and index > 1
            and index - 1 not in hits
            and _OR_SO_MANY.fullmatch(sentence, masked.figures[index - 2].end, masked.figures[index - 1].start)
        ):
            told_of = index - 2  # "Acme 15%, or 1,300, and Beta 6,650"
        else:
            told_of = index - 1
        if (
            next_employer
            and index not in hits
            and told_of in hits
            and hits[told_of].shape.startswith(("verb", "coordinated", "gapped", "followed", "listed", "own-noun"))
            and _is_list_name(next_employer["name"])
            and (figure.kind == "people" or _counts_staff(sentence, figure))
        ):
            propose(index, "gapped", figure.start, figure.end, next_employer["name"])
    if not hits or _LAW.search(sentence):
        return []
    _join_companions(sentence, masked, hits)
    return [hits[i] for i in sorted(hits)]


def _is_list_name(name: str) -> bool:
    """Whether what heads a list's line may be a company's name."""
    other = _AGGREGATE.match(name) or _LIST_FIELD.fullmatch(name) or _LIST_STAND_IN.fullmatch(name)
    return not other and not _CONTEXT.search(name) and not _IN_A_SENTENCE.search(name)


_IN_A_SENTENCE = re.compile(
    r"^(?:In|On|At|By|Since|After|Until|Before)\s|\b[Ii]ts\b|\b[Tt]heir\b|\s(?:is|are|was|were|be|been|means?|meant|those|that|which|these|there|has|have|had|will|would|can|not|than)\b"
)
"""What stands in what a sentence says before a figure or a colon, and in no name."""


_LIST_AT = re.compile(
    r"‹[PBQW]\d+›(?:\s(?:worldwide|globally))?\sat\s(?:the\s)?[A-Z][^‹›.;]{0,60}?(?:[:;,]\s(?:and\s)?|\sand\s)(?:(?:about|around|some|nearly|almost|over|more than|up to|‹[QW]\d+›\sor)\s)*‹[PBQW]\d+›(?:\s(?:worldwide|globally))?\sat\s(?:the\s)?[A-Z]"
)
"""Two of several figures that a sentence lists by who has them."""
_CUTS = re.compile(f"{layoff.STRONG_VERB}|{layoff.CUT_NOUN}|{layoff.WEAK_VERB}", re.IGNORECASE)
_GROWS = re.compile(
    r"\b(?:hir\w+|add(?:s|ed|ing)?|employ\w*|creat\w+|recruit\w*|work(?:s|ed)?|jobs? open\w*)\b", re.IGNORECASE
)
"""What makes such a list one of jobs that there are."""


def _is_list_at(text: str) -> bool:
    """Whether a masked sentence lists figures by who has them: "18,000 at Acme, 7,000 at Borealis"."""
    return bool(_LIST_AT.search(text)) and not _GROWS.search(text)


def _counts_staff(sentence: str, figure: Figure) -> bool:
    """Whether a figure without noun has none of something else right after it."""
    after = sentence[figure.end :]
    if figure.kind == "percent":
        other = bool(_PERCENT_OTHER.match(after))
    else:
        word = re.match(r"\s([a-z]+)", after)
        other = figure.low < 2 or bool(word and word[1] not in _AFTER_BARE and word[1] != "announced")
    return not other and not (figure.kind == "bare" and _is_year(sentence, figure))


def _is_year(sentence: str, figure: Figure) -> bool:
    return 1990 <= figure.low <= 2035 and "," not in sentence[figure.value_start : figure.value_end]


_STAFF_CUT = re.compile(
    r"‹W|\b(?:staff\w*|workforce|work force|headcount|jobs?|personnel|employees|workers|positions|roles|team|lay-?offs?|force)\b",
    re.IGNORECASE,
)
"""What makes a "10% cut" one of staff."""
_LAW = prefilter.Beginning(
    r"\b(?:WARN|[Nn]otification)(?: Act|\))[^.]*\b(?:requires?|compels?|mandates?|obliges?|(?:[Cc]ompanies|[Ee]mployers) (?:are required|must|have to))\b|"
    r"\b(?:[Cc]ompanies|[Ee]mployers)[^.;]{0,30}\b(?:must|are required to|have to)\b[^.]{0,40}\b(?:notice|WARNs?|notify|notifications?)\b|\bconsidered a mass lay-?off\b",
    not_after=r"\w",
)
"""A sentence that tells what the law asks of employers, and of how many workers."""


def _is_job(figure: Figure) -> bool:
    return figure.noun in JOB_NOUNS


_ASKS_NOUN = {
    "cuts-announced": ("cuts", "reductions"),
    "announced-cuts": ("cuts", "reductions"),
    "jobs-went": JOB_NOUNS,
    "cost-whom": (*JOB_NOUNS, "workforce", "staff", "headcount", "workers", "employees"),
}
"""Shapes that are a cut only of what these nouns tell."""
_OWN_SHAPES = frozenset(
    [
        "noun-figure",
        "own-noun",
        "reduction-of",
        "reduction-bare",
        "workforce-by",
        "passive",
        "notify",
        "lose-jobs",
        "at-risk",
        "told-gone",
        "told-gone-active",
        "warn-notice",
        "affected-field",
        "losses-reach",
        "let-go",
        "made-redundant",
        "halve",
        "to-go",
        "ousting",
        "with-affected",
        "off-payroll",
        "must-leave",
        "earlier",
        "gapped",
        "list-line",
        "notices",
        "cuts-announced",
        "that-it-cut",
        "followed-with",
        "followed-by-with",
        "at-name-was",
        "listed-at",
        "door",
        "fewer",
        "listed-names",
        "heard-gone",
        "that-is",
        "closing-where",
        "jobs-of",
        "cuts-for",
        "slips-to",
        "cuts-at-colon",
        "them-by",
        "on-top-of",
    ]
)
"""Shapes whose own words stand before the figure, so that a preposition there tells nothing."""
_OBJECT = prefilter.Beginning(
    r"(?:ways with|goodbye to|slips to|let go of|letting go of|lets go of|notice to|door to|part(?:s|ed|ing)? (?:company )?with|away with|dispens(?:e|es|ed|ing) with|(?:contracts?|employment|services?) of|(?:notices?|letters?|mails?) to|rid (?:itself |themselves )?of)\s*$",
    re.IGNORECASE,
)
_AFTER_BARE = frozenset(
    [
        "in",
        "at",
        "across",
        "from",
        "globally",
        "worldwide",
        "more",
        "of",
        "over",
        "by",
        "as",
        "and",
        "or",
        "after",
        "amid",
        "this",
        "last",
        "to",
        "today",
        "yesterday",
        "on",
        "while",
        "with",
        "including",
        "but",
        "since",
        "for",
        "through",
        "during",
        "next",
        "it",
        "according",
        "people",
        "who",
        "because",
        "due",
        "jobs",
        "among",
        "go",
        "redundant",
        "despite",
        "even",
        "just",
        "only",
        "before",
        "following",
        "without",
        "under",
        "when",
        "later",
        "earlier",
        "again",
        "soon",
        "now",
        "via",
        "remotely",
        "overnight",
        "mostly",
        "mainly",
        "around",
        "nationwide",
        "companywide",
    ]
)
_SOME_TIME_AFTER = re.compile(
    r"\s(?:(?:just|only|barely)\s)?(?:(?:an?|one|two|three|four|five|six|\d+)\s(?:day|week|month|year)s?|(?:days|weeks|months|years))\s(?:after|before|later|ago|into)\b"
)
"""What may follow a bare number of people: "lays off 600 a week before Christmas"."""
_PEOPLE_WORD = re.compile(r"(?:workers|hands|ers|ists|ants|men|women|people|staff)$")


_OTHER_RISK = re.compile(
    r"[^.;]{0,40}\bat risk of (?!redundancy|(?:being )?(?:laid off|let go|cut)|losing (?:their )?(?:jobs?|work)|job losses|lay-?offs)",
    re.IGNORECASE,
)
_OF_SEVERAL = re.compile(r"\s(?:combined|collectively|between them|together)\b")
_NO_STAFF = re.compile(
    r"\s(?:players|footballers|customers|guests|visitors|students|pupils|spectators|residents|prisoners|passengers|patients|hostages|detainees)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:years?|months?|days?|weeks?|hours?|points|basis|stores|countries|locations|cities|states|times|offices|brands|products|models|flights|vehicles|cars|sites|games|studios|branches|titles|pages|tons|euros|dollars)\b"
)
"""What makes a bare number one of time, places or things."""
_BY_A_SHARE = re.compile(
    r"(?:-strong\s[a-z]+)?\sby\s(?:(?:about|around|nearly|almost|roughly|up to|some|at least|more than|another|a further)\s)?(?:[\w.]+\s?(?:%|per ?cent\b|pct\b|pc\b)|(?:an?|one)[- ](?:third|quarter|fifth|tenth|half)\b|half\b)",
    re.IGNORECASE,
)
"""What makes the number before it the whole, of which a share goes: "cut its 5,000 staff by a fifth"."""
_OF_SO_MANY = re.compile(r"-(?:person|people|strong|member|employee|worker)\b")
_SHRINKS = re.compile(
    r"\b(?:cut(?:s|ting)?|reduc\w+|trim\w*|slash\w*|shr[aiu]nk\w*|par(?:e|es|ed|ing)|to)\s(?:its|their|the|his|a)\s$",
    re.IGNORECASE,
)
_ALL_OF = re.compile(r"\ball (?:of )?(?:(?:its|their|the)\s)?$", re.IGNORECASE)
_BASE = re.compile(r"\bhow many of\s|\bof\s(?:[\w-]+\s){0,2}[\w.&-]+'s?\s(?:\w+\s)?$", re.IGNORECASE)
"""What makes the number after it the whole, of which a share goes: "half of the company's 300 staff"."""
_SHOOTS = re.compile(
    r"\bfir(?:e|es|ed|ing)\b[^.;]{0,40}\b(?:rounds?|shots?|missiles?|rockets?|bullets?|shells?|drones?|tear gas|guns?|cannons?|mortars?)\b",
    re.IGNORECASE,
)


def _may_be_cut(sentence: str, figure: Figure, shape: str) -> bool:
    before, after = sentence[: figure.start], sentence[figure.end :]
    if figure.kind != "percent":
        if (
            shape not in _OWN_SHAPES
            and not _OBJECT.search(before)
            and _NOT_BEFORE.search(before)
            and not _ALL_OF.search(before)
        ):
            return False
        if re.search(
            r"\baccording to\s$|\b(?:one|two|three|none|neither|each|any|most|some) of\s(?:(?:its|their|the|our)\s)?(?:own\s)?$",
            before,
            re.IGNORECASE,
        ):
            return False
        if (
            figure.kind == "bare"
            and (word := re.match(r"\s([a-z]+)", after))
            and word[1] not in _AFTER_BARE
            and not _PEOPLE_WORD.search(word[1])
            and not _SOME_TIME_AFTER.match(after)
            and shape
            not in ("let-go", "made-redundant", "notices", "out-of-work", "door", "cuts-at-colon", "on-top-of")
            and not re.match(
                r"\s(?:are|were|was|is|will|would|to|have|had|set|laid|let|fired|sacked|dismissed|retrenched|axed|gone|being|jobs|roles|at|lose|lost|face|must|may|could|out of)\b",
                after,
            )
        ):
            return False
        if shape in ("verb-figure", "verb-bare") and re.search(r"\bto\s$", before):
            return False  # "shrank to 500 employees"
        if _BROUGHT_TO.search(before) or (shape in ("lose-jobs", "must-leave", "must-go") and _HOW_MANY.match(after)):
            return False
        if shape == "lose-jobs" and re.match(r"[^.;]{0,60}\belsewhere\b", after):
            return False
        if shape == "lose-jobs" and re.search(r"\bformer\b", sentence[figure.value_end : figure.end]):
            return False
        if shape == "notices" and figure.low < 20:
            return False  # filings, not people
        if shape == "verb-bare" and (
            figure.low < 10 or not sentence[figure.value_start : figure.value_end][0].isdigit()
        ):
            return False
        if shape in ("passive", "lose-jobs", "passive-weak") and re.search(
            r"\b(?:hir\w+|add\w*|employs?|down from|from)\s$", before, re.IGNORECASE
        ):
            return False
        if _NOT_AFTER.match(after) or (shape in ("at-risk", "notify", "jobs-go") and _OTHER_RISK.match(after)):
            return False
        if _NO_STAFF.match(f" {figure.noun}" if figure.noun else after):
            return False
        if _OF_SO_MANY.match(sentence, figure.value_end) and _SHRINKS.search(sentence[: figure.value_start]):
            return False  # "no plans to cut its 1,400-person workforce"
        if (shape != "own-noun" and _BASE.search(before)) or _OF_SEVERAL.match(after) or _BY_A_SHARE.match(after):
            return False
        if shape == "verb-people" and _SHOOTS.search(sentence[max(0, figure.start - 40) : figure.end + 40]):
            return False
        if figure.low >= 300_000 or (
            shape in ("verb-people", "verb-figure") and re.search(r"\bcoal-fired\b|\bgas-fired\b", before)
        ):
            return False
        if figure.low < 2 and figure.kind == "bare":
            return False
        if figure.kind == "bare" and _is_year(sentence, figure):
            return False
        if _UNIT.match(after) and figure.kind == "bare":
            return False
        if (shape != "verb-people" and re.match(r"\s(?:who|that)\swork\b", after)) or (
            re.match(r"\s(?:who|that)\s(?:remain|stay)|\s(?:a|per|each|every) (?:month|week|quarter|day)\b", after)
            and not _SOME_TIME_AFTER.match(after)
        ):
            return False
    else:
        if re.search(r"\bto\s$", before) and shape not in ("passive", "told-gone") and not _OBJECT.search(before):
            return False
        if not figure.noun and re.search(r"\b(?:coal|gas|wood)-fired\b|\b\d+% off\b", sentence):
            return False
        if not figure.noun and _PERCENT_OTHER.match(after):
            return False
        if (
            figure.noun
            in (
                "company",
                "size",
                "division",
                "unit",
                "business",
                "office",
                "group",
                "firm",
                "department",
                "members",
                "people",
                "labor",
                "labour",
                "employment",
            )
            and shape in ("affect", "passive-weak", "verb-figure")
            and figure.noun in ("employment", "members")
        ):
            return False
        if (
            re.search(r"\b(?:shares?|stock|revenue|sales|profits?)\b[^,]{0,40}$", before[-60:], re.IGNORECASE)
            and not figure.noun
        ):
            return False
    return not _COST.search(sentence[max(0, figure.start - 25) : figure.end + 12])


_STAFF = re.compile(layoff.WORKFORCE + r"|workers|people|company|labou?r force")
_APPOSED = re.compile(
    r"(?!.*\b(?:while|but|after|compared|from|hir\w+|add\w*|said|will|was|were|has|had|cut|another)\b)[^.;]{0,60}(?:,|\(|—| -| or)\s?(?:or |about |roughly |which is )?",
    re.IGNORECASE,
)
"""Between a count and the percent that says it again: "64 of our colleagues, ", "12,000 people this year, or "."""


_ANOTHER = re.compile(r"\b(?:another|a further|[A-Z]\w+, (?:which|who))\b")
"""What makes the second of two figures that of another cut: "14% in 2022 and another 80 people", "8%, and Acme, which cuts 47"."""
_HAS_STAFF = re.compile(
    r"\b(?:employs?|has|had|with|of its|of their|workforce of)\s*(?:(?:about|around|some|roughly|nearly|almost|over|more than)\s)?$"
)
"""Before a count that is the whole staff."""
_TELLERS = re.compile(
    r"\s(?:told|said|say|who|with (?:direct )?knowledge|familiar|briefed|close to|aware)\b", re.IGNORECASE
)
"""What makes a count one of sources: "cut 35% of staff, two people told Wire"."""


def _join_companions(sentence: str, masked: Masked, hits: dict[int, Candidate]) -> None:
    """Join a count and the percent beside it: "10% of its staff, or about 1,000 employees"."""
    for index in range(len(masked.figures) - 1):
        a, b = masked.figures[index], masked.figures[index + 1]
        if b.kind == "bare" and (_UNIT.match(sentence[b.end :]) or _MORE_YET.match(sentence, b.end)):
            continue
        if (a.kind == "percent") == (b.kind == "percent") or "money" in (a.kind, b.kind):
            continue
        between = sentence[a.end : b.start]
        if _ANOTHER.search(sentence[a.end : b.value_start]) or (b.kind == "people" and _TELLERS.match(sentence, b.end)):
            continue
        if _NEXT_EMPLOYER.fullmatch(between):
            continue  # "cut 14% of its staff, Acme around 700"
        if a.kind == "percent" and _AND_THEN.fullmatch(between):
            continue  # "its staff by 5%, and 3,900 jobs are to go at another firm"
        if b.kind == "percent" and re.match(r"\s?of (?:whom|them|those|which)\b(?! all\b)", sentence[b.value_end :]):
            continue
        both = index in hits and index + 1 in hits and len(between) < 45 and not _ANEW.search(between)
        if (
            not both
            and not (
                a.kind == "percent"
                and b.kind == "people"
                and (index in hits) != (index + 1 in hits)
                and (
                    (index in hits and _EQUALS.fullmatch(between))
                    or (_APART.fullmatch(between) and sentence[b.end : b.end + 1] in ("", ",", ".", ";"))
                )
            )
            and not (_COMPANION.match(between) and len(between) < 60)
            and not (
                b.kind == "percent"
                and _STAFF.fullmatch(b.noun)
                and index + 1 not in hits
                and _APPOSED.fullmatch(between)
            )
        ):
            continue
        first, second = hits.get(index), hits.get(index + 1)
        if first is None and second is None:
            continue
        base = re.search(r"\bof\s(?:its|their|the)?\s*$", between)
        if base and b.kind != "percent" and second is None:
            continue  # "10% of its 300 staff": the 300 is the base
        if b.kind != "percent" and re.search(
            r"\b(?:of|from)\s+(?:its|their|the|more than|about)?\s*$", sentence[: b.start]
        ):
            hits.pop(index + 1, None)
            continue
        keep = first or second
        assert keep is not None
        keep.percent = a if a.kind == "percent" else b
        keep.figure = b if a.kind == "percent" else a
        if not (first and second):
            lone = keep.figure
            if lone and lone.kind == "people" and _HAS_STAFF.search(sentence[: lone.start]):
                keep.figure = None if keep.percent and first is None else keep.figure
        keep.start, keep.end = min(keep.start, a.start), max(keep.end, b.end)
        hits[index] = keep
        hits.pop(index + 1, None)


_VALUATION_AFTER = re.compile(ai_investment.VALUATION_AFTER, re.IGNORECASE)
_VALUE_BEFORE = prefilter.Beginning(
    r"\bvalu(?:ed|ing|ation|es?)\b[^,;]{0,30}$|\bvaluation\b[^,;.]{0,18}$|\bat an?\s$|revenue[^,;]{0,25}$|market cap\w*[^,;]{0,25}$",
    re.IGNORECASE,
)
_VALUATION_BEFORE = prefilter.Beginning(ai_investment.VALUATION_BEFORE, re.IGNORECASE)
_ROUND_WORD = re.compile(ai_investment.ROUND, re.IGNORECASE)

FAMILIES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("acquisition", ai_investment.ACQUISITION_SHAPES),
    ("funding", ai_investment.FUNDING_SHAPES),
    ("stake", ai_investment.STAKE_SHAPES),
    ("contract", ai_investment.CONTRACT_SHAPES),
    ("outlay", ai_investment.OUTLAY_SHAPES),
)


def investments(sentence: str) -> list[Candidate]:
    """Return the amounts of a sentence that may be put into, raised or signed for something, AI or not.

    Those in no shape, or ruled out in theirs, are candidates of the family "amount": what they are is learned. Only
    what is plainly a value, an income or a price a share is left out.
    """
    masked = mask(sentence, [f for f in figures_of(sentence) if f.kind == "money"])
    if not masked.figures:
        return []
    best: dict[int, Candidate] = {}
    by_family: dict[int, dict[str, Candidate]] = {}
    for family, name, m in _matches("ai_investment", masked.text):
        index = int(m["fig"])
        figure = masked.figures[index]
        families = by_family.setdefault(index, {})
        if family in families:
            families[family].flags.add(name)
            continue
        families[family] = Candidate(
            "ai_investment",
            name,
            family,
            min(masked.place(m.start()), figure.start),
            max(masked.place(m.end(), end=True), figure.end),
            figure=figure,
            flags={name},
        )
    for index, families in by_family.items():
        best[index] = next(iter(families.values()))
        if (
            best[index].family == "funding"
            and "contract" in families
            and _DEAL_NEXT.match(sentence[masked.figures[index].end :])
        ):
            best[index] = families["contract"]
    _continue_lists(sentence, masked, best)
    found = []
    for index, figure in enumerate(masked.figures):
        told = best.get(index)
        if figure.low < LEAST_AMOUNT:
            continue
        if told is None or not _is_outlay(sentence, told):
            if _IS_VALUE_AFTER.match(sentence[figure.end :]) or _IS_VALUE_BEFORE.search(sentence[: figure.start]):
                continue
            flags = {"ruled-out", *told.flags} if told else set()
            told = Candidate("ai_investment", "amount", "amount", figure.start, figure.end, figure, flags=flags)
        found.append(told)
    return found


_IS_VALUE_BEFORE = re.compile(
    r"\b(?:valu\w+|market cap\w*|revenues?|sales|turnover|profits?|income|earnings|loss(?:es)?|savings?|backlog|assets)\b[^,;.]{0,30}$",
    re.IGNORECASE,
)
_IS_VALUE_AFTER = re.compile(
    r"[\s-]*(?:[\w-]+\s){0,3}?(?:valu\w+|revenues?|sales|turnover|profits?|market|loss(?:es)?|assets|savings|deficit|(?:a|per) share)\b"
    rf"|\s{ai_investment.DIFFERENCE}",
    re.IGNORECASE,
)
LEAST_AMOUNT = 50_000
"""Whole units of a currency below which an amount is no investment."""
_DEAL_NEXT = re.compile(
    r"^[\s-](?:(?!round|funding|financing|series|equity|seed|investment|to\b|for\b|from\b|in\b|with\b|as\b|after\b)[\w-]+\s){0,4}?(?:contracts?|orders?|deals?|agreements?|pacts?)\b(?! to (?:raise|fund))",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:\s(?:in|last|this|during|to|into)\s[^‹›;.,]{1,40}|\s(?:more|now))?(?:,|,? and|,? then|, followed by)"
    r"\s(?:(?:another|a further|then|also|just|about|nearly|some)\s){0,2}(?:[A-Z][\w&.'-]*\s){0,3}$"
)


def _continue_lists(sentence: str, masked: Masked, best: dict[int, Candidate]) -> None:
    """Let an amount that goes on a list be what the amount before it is: "raised $675m in May and $70m in 2023"."""
    for index in range(1, len(masked.figures)):
        before = best.get(index - 1)
        figure = masked.figures[index]
        if before is None or index in best or before.figure is None:
            continue
        if before.family in ("funding", "outlay") and _CONTINUES.match(sentence[before.figure.end : figure.start]):
            best[index] = Candidate(
                "ai_investment",
                before.shape,
                before.family,
                figure.start,
                figure.end,
                figure=figure,
                flags={"continued"},
            )


_WORTH_BEFORE = re.compile(
    r"\b(?:market (?:value|cap(?:itali[sz]ation)?)|enterprise value|annual revenues?)\s(?:of|at)\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_FLOWS_TO_MANY = re.compile(
    r"^(?:\s(?:of|in)\s(?:[\w-]+\s){0,2}(?:capital|funding|investment|money|cash))?\s(?:(?:has |have )?(?:flow\w*|pour\w*|gone|go|went)\s)?(?:into|to)\s(?:[\w-]+\s){0,4}?(?:start-?ups|companies|firms|businesses)\b",
    re.IGNORECASE,
)
_OF_MANY = re.compile(
    r"\b(?:collectively|combined|collective|cumulatively|between them|together)\b[^.;]{0,60}$|\bpart of (?:the|an?|its|their)\s(?:[\w-]+\s){0,2}$",
    re.IGNORECASE,
)
"""What makes an amount that of many payers, or of something larger that another sentence tells of."""
_INCREMENT = re.compile(
    r"\b(?:by|from)\s(?:an?\s|about\s|another\s|its\s|prior\s|previous\s|earlier\s|range of\s|forecast of\s)*$"
)
_INCOME = re.compile(
    r"\b(?:backlog|revenues?|sales|profits?|income|loss(?:es)?|worth|demand|market|earnings|savings?|bookings)\b[^,;.]{0,45}$",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"^\s(?:per|a|an) year\b", re.IGNORECASE)
_OF_A_ROUND = re.compile(r"\b(?:in|with|after|on|through|via|from|by)\s(?:an?|its|the|new|fresh|\s)*$", re.IGNORECASE)


def _is_outlay(sentence: str, candidate: Candidate) -> bool:
    figure = candidate.figure
    assert figure is not None
    before, after = sentence[: figure.start], sentence[figure.end :]
    if (
        _WORTH_BEFORE.search(before)
        or _FLOWS_TO_MANY.match(after)
        or _OF_MANY.search(before[-90:])
        or re.match(r"\s(?:combined|collectively|together|between them)\b", after)
    ):
        return False
    if _INCREMENT.search(before) and re.match(r",?\sto\b", after):
        return False  # "lifted it by $2bn to $9bn"
    if re.match(r"\s(?:lost|stolen|in (?:losses|damages|fines|refunds))\b", after):
        return False
    noun_phrase = bool(_ROUND_WORD.match(re.sub(r"^[\s-]+(?:in\s|of\s)?", "", after)))
    yearly = candidate.family in ("outlay", "contract") and figure.low >= 50_000_000 and _YEARLY.match(after)
    if (
        not noun_phrase
        and not yearly
        and candidate.family not in ("acquisition", "stake")
        and not (candidate.family == "contract" and re.match(r"\s(?:in|of) (?:cash|stock)\b", after))
        and _VALUATION_AFTER.match(after)
    ):
        return False
    if (
        not noun_phrase
        and candidate.family not in ("contract", "acquisition", "outlay", "stake")
        and _VALUATION_BEFORE.search(before)
        and not re.search(r"\b(?:round|funding|financing|raise),?\s(?:is\s|was\s)?worth\s$", before)
    ):
        return False
    if _VALUE_BEFORE.search(before) and not (
        candidate.family in ("contract", "acquisition") or (noun_phrase and _OF_A_ROUND.search(before))
    ):
        return False
    if candidate.shape in ("amount-on-ai", "amount-investment") and _INCOME.search(before):
        return False
    if candidate.family == "acquisition" and re.search(
        r"\b(?:revenues?|sales|profits?|backlog|debt|assets|funding|raised|valued it at)\s(?:\w+\s)?(?:of|worth)?\s?$",
        before,
    ):
        return False
    return not (candidate.family == "outlay" and re.search(r"\b(?:valued at|valuation of|worth)\s$", before))
