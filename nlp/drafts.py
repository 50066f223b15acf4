"""An article on its way to claims: its lines, what was found in them, and which of them the model must see."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import zip_longest

from newsledger.model import Article, Evidence
from nlp import candidates, dates, furniture, gate, linking, names, prefilter
from nlp.abreast import Steps
from nlp.candidates import Candidate
from nlp.event_types import ai_investment, layoff
from nlp.language import is_english
from nlp.names import Mention, Registry
from nlp.text import Sentence, View, sentences

MOST_CANDIDATES = 150
"""Candidates of one article that are read on; more is a table, not news."""

MOST_WINDOWS = 150
"""Sentences of one article given to the model."""

_LISTED = re.compile(layoff.LISTED)
_FEWEST_HEADINGS = 4
"""Lines of a name alone that make an article one with headings."""
_OTHER_LIST = re.compile(layoff.OTHER_LIST, re.IGNORECASE)
AI = prefilter.Guarded(ai_investment.AI)
"""What makes it AI."""


@dataclass
class Line:
    """A sentence of title or body, and what was found in it."""

    view: View
    sentence: Sentence
    order: int
    """-1 for the title, then the body's sentences from 0."""
    text: str = field(init=False)
    """The sentence's words."""
    candidates: list[Candidate] = field(default_factory=list)
    entities: list[tuple[int, int, str]] | None = None
    mentions: list[Mention] | None = None
    stated: list[dates.Stated] | None = None
    """Its dates, as far as asked."""
    plain: str | None = None
    """Its words with names and amounts masked, as far as asked."""

    def __post_init__(self) -> None:
        self.text = self.sentence.text

    @cached_property
    def speaks_of_ai(self) -> bool:
        """Whether it names AI."""
        return AI.search(self.text) is not None

    def evidence(self, start: int, end: int) -> Evidence:
        """Return the stored words between two places of the sentence."""
        return self.view.evidence(self.sentence.start + start, self.sentence.start + end)

    def entities_of_places(self) -> list[tuple[int, int, str]]:
        """Return the model's entities that are places."""
        return [e for e in self.entities or () if e[2] in ("GPE", "LOC")]


@dataclass
class Draft:
    """An article on its way: its lines, and what is known of it so far."""

    article: Article
    published: date | None
    lines: list[Line]
    headline_case: bool
    supplying: dict[str, bool] = field(default_factory=dict)
    """Name → whether the article calls it a seller of chips or compute, as far as asked."""
    described: dict[str, str] = field(default_factory=dict)
    """Name → what the article calls it, as far as asked."""

    @cached_property
    def title(self) -> Line | None:
        """The title's line, where there is one."""
        return self.lines[0] if self.lines[0].order < 0 else None

    @cached_property
    def body(self) -> list[Line]:
        """The lines but for the title's."""
        return [line for line in self.lines if line.order >= 0]

    @cached_property
    def windows(self) -> list[Line]:
        """The lines in which the model looks for names: those with candidates, and those that tell whom they are about.

        These are the title, or the first line where there is none; and where a line has a stand-in or names nobody, the
        line before, and if that names nobody either, the one before that.
        """
        lines = self.lines
        wanted: set[int] = {0}
        for i, line in enumerate(lines):
            if line.candidates:
                wanted.add(i)
                if names.looks_back(line.text):
                    wanted.add(i - 1)
                    if i > 1 and not names.runs(lines[i - 1].text):
                        wanted.add(i - 2)
        return [lines[i] for i in sorted(wanted) if i >= 0][:MOST_WINDOWS]

    @cached_property
    def told(self) -> str:
        """The body's words, a line for each of its lines."""
        return "\n".join(line.text for line in self.body)

    @cached_property
    def headings(self) -> dict[int, str]:
        """Order of a line → the firm that it alone names, in an article that lists the cuts of firm after firm."""
        if self.title is None or not candidates.LIST_TITLE.search(self.title.text):
            return {}
        alone = {line.order: line.text.strip(" *#•–:-") for line in self.body if len(line.text) < 50}
        found = {
            order: name
            for order, name in alone.items()
            if _LISTED.fullmatch(name) and not names.is_no_company(name) and not candidates.LIST_INTRO.search(name)
        }
        return found if len(found) >= _FEWEST_HEADINGS else {}

    @cached_property
    def spoken_of_ai(self) -> int:
        """How many lines of the body name AI."""
        return sum(line.speaks_of_ai for line in self.body)

    def stated(self, line: Line) -> list[dates.Stated]:
        """Return the dates that a line states."""
        if line.stated is None:
            line.stated = dates.stated(line.text, self.published, lambda: self._told_before(line))
        return line.stated

    def _told_before(self, line: Line) -> dates.Stated | None:
        """Return the last date that the two lines before one state, which "that month" may be."""
        for before in reversed(self.body[max(0, line.order - 2) : max(0, line.order)]):
            if told := [d for d in dates.stated(before.text, self.published) if not d.future]:
                return told[-1]
        return None


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the candidates of a sentence: the article, the line, and what is known there."""

    draft: Draft
    index: int
    """The line's place among the article's lines."""
    registry: Registry
    resolve: linking.Resolve
    topic: str | None

    @property
    def line(self) -> Line:
        """The sentence."""
        return self.draft.lines[self.index]

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.line.text


def draft(article: Article, drops: Counter[str], *, gated: bool, any_money: bool) -> Steps[Draft | None]:
    """Return the draft of an article, or None where it holds no event: then the reason is counted in `drops`.

    `gated` tells whether sentences in which nothing can be are passed over, `any_money` whether amounts count though
    the article never speaks of AI.
    """
    title, body = View(article.title, "title"), View(article.text, "text")
    head = title.text.strip()[:600]
    whole = head.replace("\n", " ") + "\n" + body.text
    if not whole.strip():
        drops["empty"] += 1
        return None
    stating: dict[int, gate.Stating] = {}
    yield
    money = any_money or gate.speaks_of_ai(whole)
    if gated:
        yield
        passages = yield from gate.passages(whole, money=money)
        if not passages:
            drops["gate"] += 1
            return None
        yield
        stating = yield from gate.stating(passages)
        if not stating:
            drops["no_candidate"] += 1
            return None
        yield
    if not is_english(whole):
        drops["not_english"] += 1
        return None
    yield
    lines: list[Line] = []
    if head:
        start = title.text.index(head[0])
        lines.append(Line(title, Sentence(start, start + len(head), head), -1))
    lines += [Line(body, s, i) for i, s in enumerate(sentences(body.text))]
    intro = head if candidates.LIST_TITLE.search(head) else ""
    title_intro, previous, found = intro, "", 0
    for line in lines:
        text = line.text
        if text.rstrip().endswith(":"):
            intro = (
                text
                if not title_intro or candidates.LIST_INTRO.search(text) or _OTHER_LIST.search(text)
                else title_intro
            )
        elif len(text) > 120:
            intro = title_intro
        told = stating.get(0 if line.order < 0 else len(head) + 1 + line.sentence.start)
        if told is not None or not gated:
            same = told is not None and told.text == text
            if told is None or told.cuts or not same:
                line.candidates += candidates.layoffs(text, previous, "" if text == intro else intro)
            if told is not None and same:
                line.candidates += told.amounts
            elif money:
                line.candidates += candidates.investments(text)
        previous = f"{previous[-400:]} {text}" if line.order > 0 else text
        found += len(line.candidates)
        if found > MOST_CANDIDATES:
            drops["too_many_figures"] += 1
            break
    if not found:
        drops["no_candidate"] += 1
        return None
    lines = _without_furniture(lines)
    return Draft(
        article,
        dates.day(article.published.isoformat() if article.published else None),
        lines,
        names.headline_like(head),
    )


def _without_furniture(lines: list[Line]) -> list[Line]:
    """Return the lines without those above the story that are none of its; what states a figure, or heads that, stays."""
    body = [line for line in lines if line.order >= 0]
    titled = len(body) < len(lines)
    first = next((i for i, line in enumerate(body) if furniture.begins(line.text)), 0)
    kept = [
        line
        for line, following in zip_longest(body, body[1:])
        if line.order >= first
        or line.candidates
        or not furniture.is_furniture(line.text, titled=titled)
        or (following and following.candidates and not furniture.is_dateline(line.text))
    ]
    for order, line in enumerate(kept):
        line.order = order
    return [*(line for line in lines if line.order < 0), *kept]
