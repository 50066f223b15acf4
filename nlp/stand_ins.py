"""Whom "the company", "it" and other stand-ins of a sentence stand for in the document, and whom the article is about.

Both are told by small linear models that rank the companies named before: where each stands in its sentence and how
far back, in the title or not, how often, and whether it is there only as a backer. The weights, in `weights/`, are made
by `python -m bench.train_stand_ins`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from nlp import chooser, document_names, linear, linking, names
from nlp.drafts import Draft, Line
from nlp.event_types import ai_investment, layoff
from nlp.names import Mention, Registry

WEIGHTS = Path(__file__).parent / "weights" / "stand_ins.json"
Cues = dict[str, float]

_OWN_AGENT = re.compile(
    r"^'s?\s(?:[\w-]+\s){0,2}(?:CEO|CFO|chief|boss|founder|shares?|stock|board|unit|management|executives?|spokes\w+|announcement|move|plan|lay-?offs?|cuts|cutbacks|restructuring|redundancies|workforce|headcount|decision|earnings|results|revenue)\b"
)
"""What a company's name owns and yet is itself the subject: "Acme's shares rose. The company …"."""
_ITS_HEAD = re.compile(
    r"\s(?:[Cc]hief [Ee]xecutive|CEO|CFO|COO|[Bb]oss|[Cc]hairman|[Pp]resident|[Ff]ounder|spokes\w+|shares)\b"
)
"""What a company's name stands before, no "'s" between, and speaks for it: "Acme CEO Ann Dow said"."""
_HEADING = re.compile(r"\s?:\s(?![\"'“‘])[^.]*$|\s?$|\s[-–—]\s[^.]*$")
"""What follows the company that heads a passage: "Acme: a second round"."""
_EMPLOYER_FIELD = re.compile(layoff.EMPLOYER_FIELD)
_LONGEST_LIST = 12
"""Lines of one company's list, its heading above them."""
_CLAUSE_FIRST = re.compile(
    r"(?:(?:[Oo]nly |[Jj]ust |[Ll]ess than |[Ss]hortly |[Ss]oon )?(?:an? |some |about )?(?:[\w-]+ ){0,3}?(?:after|before)|After|Before|While|As|When|Since|Although|Though|Once|If|Days|Weeks|Months)\s[^,;:]{8,120},\s(?=(?:the|it|its)\b)"
)
"""A clause that a sentence begins with, before the subject of its main clause, a stand-in."""
_BACKED_BY = re.compile(
    r"\b(?:(?:led|co-led|backed|joined|headed|anchored|supported|funded)\sby|from|participation (?:from|by|of)|(?:investors?|backers?|shareholders?)(?:\s(?:\w+\s)?(?:include|including|included|such as|like))?|alongside|with money from)\b[^.;]*$"
)
"""What stands before the names of backers."""
_INVESTOR_NAME = re.compile(ai_investment.VC)
_FAR = 130
"""Characters between a company and a stand-in from which it no longer speaks of itself."""
_SAYS = "said|says|announced|disclosed|confirmed|reported|revealed"
_TELLS_OF_ITSELF = re.compile(
    r"(?:\s\([^)]{1,30}\))?(?:,\s[^,;]{3,80},)?\s(?:has |had |also |now |reportedly ){0,2}"
    rf"(?:{_SAYS}|added|warned|estimates|believes|indicated|reiterated|pledged|promised|insists|told (?:\w+ ){{1,4}}?)"
    r"(?:\s(?:(?!the\b)[\w.-]+\s?|in the (?:spring|summer|autumn|fall|winter)\s?){0,5}?)?(?:,\s[^,;]{3,40},)?\s?(?:that\s)?$"
)
"""What stands between a company and the stand-in by which it speaks of itself: "Acme said in May that it"."""
_SAYS_THAT = re.compile(rf"\b(?:{_SAYS})(?:\s[\w.-]+){{0,4}}?\s(?:that\s)?$")
"""What stands before a stand-in by which the sentence's subject, itself one, speaks of itself."""
_KINDS: Mapping[str, re.Pattern[str]] = {
    "young": names.YOUNG,
    "plain": re.compile(r"\b(?:company|firm|business|group|organi[sz]ation|corporation|outfit)\b", re.IGNORECASE),
}
_BACK = 3
"""Lines before a stand-in's own in which the names that it may stand for are looked for."""
_LEADING = 4
"""Lines, the title counted, that tell what an article is about."""
_OPENING = 24
"""Characters from the beginning of a clause within which a stand-in is its subject."""
_DEPTH = 2
"""How many stand-ins before one are followed, one from the next."""
_MOST_TIMES = 12
"""Times named that tell no more than more of them."""
_SPOKEN_OF = ("heading", "subject", "plain", "agent")
"""Where a company stands that a sentence is about."""
_OF_BACKERS = ("investor", "here:backs", "before:backs", "title:backs")
"""Cues of those who back another, which weigh otherwise where money is raised."""
_ROW_GAP = re.compile(r",\s|(?P<last>,?\s(?:and|&)\s)")
"""What stands between the names of a row, before its last or another."""
_NEXT = re.compile(r"(?:'s)?,?\s(?:to\s|is\s|has\s|in\s)?([A-Za-z]+)")
"""The first word after a name, but for what only helps it."""
_LAST = re.compile(r"([A-Za-z-]+)\s$")
"""The last word before a name."""
_CROSSED = frozenset(
    [
        "topic",
        "nearest",
        "carried-opening",
        "carried-here",
        "carried-1",
        "most-named",
        "investor",
        "0:subject",
        "0:plain",
        "0:oblique",
        "0:object",
        "0:owner",
        "1:subject",
        "1:plain",
        "1:oblique",
        "1:object",
        "so-called",
        "before:backs",
        "here:backs",
        "title:subject",
        "title:plain",
        "title:oblique",
    ]
)
"""Cues that weigh otherwise for one kind of stand-in than for another."""


@dataclass(frozen=True, slots=True)
class Use:
    """One naming of a company: where it stands in its sentence."""

    name: str
    group: str
    role: str
    end: int
    backs: bool
    """It is told there as a backer."""
    mention: Mention | None


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the cues for what a stand-in stands for, and for what an article is about."""

    stand_in: Mapping[str, float]
    topic: Mapping[str, float]


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return Model(told["stand_in"], told["topic"])


def best(weights: Mapping[str, float], found: Sequence[tuple[str, Cues]]) -> str | None:
    """Return the company that its cues speak for most, the first of equals; None where there is none."""
    return max(found, key=lambda option: linear.score(weights, option[1]))[0] if found else None


def _main_clause(text: str) -> int:
    """Return where the main clause of a sentence begins: "After Acme paid $3bn for Beta, the start-up cut …"."""
    first = _CLAUSE_FIRST.match(text)
    return first.end() if first else 0


@dataclass
class Standing:
    """What a draft's names say of whom it speaks, as far as asked."""

    draft: Draft
    registry: Registry
    model: Model
    topic: str | None = None
    _uses: dict[int, list[Use]] = field(default_factory=dict)
    _told: dict[tuple[int, Mention, int], str | None] = field(default_factory=dict)
    _class: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def uses(self, index: int) -> list[Use]:
        """Return where companies are named in a line that the model has seen, those left out that only tell the news."""
        if index not in self._uses:
            line = self.draft.lines[index]
            seen = line.entities is not None or line.order in self.draft.headings
            self._uses[index] = self._uses_of(line) if seen else []
        return self._uses[index]

    def _uses_of(self, line: Line) -> list[Use]:
        text, registry = line.text, self.registry
        if line.order in self.draft.headings:
            name = self.draft.headings[line.order]
            return [Use(name, registry.group(name), "heading", len(text), False, None)]
        found: list[Use] = []
        for c in line.candidates:
            if c.list_name and text.find(c.list_name) < 6 and not names.is_place(c.list_name):
                name = c.list_name  # "- Acme: 300 jobs"
                found.append(Use(name, registry.group(name), "heading", text.find(name) + len(name), False, None))
        main = _main_clause(text)
        for m in document_names.mentions(line, registry):
            if m.kind != "name" or names.only_tells(text, m.start, m.end):
                continue
            role = self._role(line, m, main)
            backs = bool(_BACKED_BY.search(text[max(0, m.start - 160) : m.start]) or chooser.BACKS.match(text, m.end))
            found.append(Use(m.name, registry.group(m.name), role, m.end, backs, m))
        return _in_rows(text, found)

    def _role(self, line: Line, m: Mention, main: int) -> str:
        """Return where a name stands in its sentence, whose main clause begins at `main`."""
        text = line.text
        lead, after = text[: m.start], text[m.end :]
        if names.ATTRIBUTE.match(after):
            return "attribute"
        bullet = not lead.strip(" •*-–")
        if bullet and lead.strip() and after.startswith((": ", "** ", ":** ")):
            return "heading"
        heads = _HEADING.match(after) if bullet and len(text) < 90 else None
        if heads and (
            heads.group().strip()
            or self.registry.counts[names.key(m.name)] > 1
            or document_names.standing(m.name, self.registry) != "plain"
        ):
            return "heading"
        if linking.stands_oblique(text, m):
            return "fronted" if linking.is_fronted(lead) else "oblique"
        if names.is_object(lead) and not ((verb := names.VERB_NEXT.match(after)) and not verb[0].endswith("ing")):
            return "object"
        if m.start < main or (m.possessive and not _OWN_AGENT.match(after)):
            return "owner"
        if m.possessive or _ITS_HEAD.match(after):
            return "agent"
        return "subject" if names.acts(after) else "plain"

    def kind_of(self, group: str, name: str) -> tuple[str, ...]:
        """Return what is known of a company by its name alone."""
        if group not in self._class:
            trade = chooser.sector(name)
            standing = document_names.standing(name, self.registry)
            found = [f"name={standing}"]
            if standing == "plain" and self.registry.counts[group] <= 1:
                found.append("plain-once")
            if trade == "investor" or _INVESTOR_NAME.search(name):
                found.append("investor")
            if names.is_outlet(name):
                found.append("outlet")
            if names.GIVEN_NAME.match(name) and " " in name:
                found.append("person")
            self._class[group] = tuple(found)
        return self._class[group]

    def candidates(self, index: int, stand_in: Mention, depth: int = _DEPTH) -> list[tuple[str, Cues]]:
        """Return the companies that a stand-in of a line may stand for, each with the cues for and against it.

        So many stand-ins before it are followed, one from the next.
        """
        lines, registry = self.draft.lines, self.registry
        told: dict[str, Cues] = {}
        named: dict[str, str] = {}

        def cues_of(group: str, name: str) -> Cues:
            named.setdefault(group, name)
            return told.setdefault(group, {})

        nearest: str | None = None
        title = 0 if lines[0].order < 0 else None
        for back in range(min(_BACK, index) + 1):
            if index - back == title and back > 1:
                continue  # no sentence before this one
            for use in reversed(self.uses(index - back)):
                if (back == 0 and use.end > stand_in.start) or not names.fits(stand_in, use.name):
                    continue
                cues = cues_of(use.group, use.name)
                cues[f"{back}:{use.role}"] = 1.0
                if use.backs:
                    cues["before:backs" if back else "here:backs"] = 1.0
                beside = back == 0 and use.role == "subject" and stand_in.start - use.end < _FAR
                if beside and _TELLS_OF_ITSELF.fullmatch(lines[index].text, use.end, stand_in.start):
                    cues["tells"] = 1.0
                if nearest is None and use.role in _SPOKEN_OF:
                    nearest = use.group
        if stand_in.name:
            for use in self.uses(index):
                if use.group in told and use.mention and use.mention.start >= stand_in.end:
                    told[use.group]["later"] = 1.0
        near = set(told)
        for use in self.uses(title) if title is not None and index > 0 else ():
            if names.fits(stand_in, use.name):
                cues = cues_of(use.group, use.name)
                cues[f"title:{use.role}"] = 1.0
                if use.backs:
                    cues["title:backs"] = 1.0
        if self.topic and names.fits(stand_in, self.topic):
            cues_of(registry.group(self.topic), self.topic)["topic"] = 1.0
        if not told:
            return []
        if nearest:
            told[nearest]["nearest"] = 1.0
        self._carry(index, stand_in, depth, told)
        most = max(registry.counts[group] for group in told)
        called = registry.called.get(re.sub(r"[\s-]", "", stand_in.label), set())
        kind = self._kind(stand_in)
        families = {c.family for c in lines[index].candidates}
        act = "raise" if "funding" in families else "cut" if "layoff" in families else "pay"
        for group, cues in told.items():
            count = registry.counts[group]
            held = {
                "so-called": group in called,
                "so-called-alone": called == {group},
                "most-named": count == most,
                "only": len(told) == 1,
                "far": group not in near,
            } | dict.fromkeys(self.kind_of(group, named[group]), True)
            cues["times"] = math.log1p(min(count, _MOST_TIMES))
            cues |= {name: 1.0 for name, holds in held.items() if holds}
            crossed = {f"{kind}/{name}": 1.0 for name in cues if name in _CROSSED}
            crossed |= {f"{act}/{name}": 1.0 for name in _OF_BACKERS if name in cues}
            cues |= crossed
        return [(named[group], cues) for group, cues in told.items()]

    def _carry(self, index: int, stand_in: Mention, depth: int, told: Mapping[str, Cues]) -> None:
        """Mark the companies that stand-ins before this one stand for."""
        if depth == 0:
            return

        def mark(cue: str, at: int, before: Mention | None) -> None:
            name = self.resolve(at, before, depth - 1) if before else None
            if name and (cues := told.get(self.registry.group(name))):
                cues[cue] = 1.0

        lines = self.draft.lines
        found = document_names.mentions(lines[index], self.registry)
        before = [m for m in found if is_stand_in(m) and m.end <= stand_in.start]
        subject = _main_clause(lines[index].text) + _OPENING
        opens = next((m for m in before if not m.possessive and m.start < subject), None)
        mark("carried-opening", index, opens)
        if opens and _SAYS_THAT.search(lines[index].text[: stand_in.start]):
            mark("tells", index, opens)  # "The owner of Acme said that it"
        mark("carried-here", index, before[-1] if before else None)
        for back in (1, 2):
            if index < back or lines[index - back].order < 0:
                return
            main = _main_clause(lines[index - back].text)
            found = document_names.mentions(lines[index - back], self.registry)
            opening = next((m for m in found if m.start >= main and not m.possessive), None)
            if opening and is_stand_in(opening) and opening.start < main + _OPENING:
                mark(f"carried-{back}", index - back, opening)

    @staticmethod
    def _kind(stand_in: Mention) -> str:
        if not stand_in.name:
            return "untold"
        if stand_in.kind == "pronoun":
            return "its" if stand_in.possessive else "it"
        return next((kind for kind, words in _KINDS.items() if words.search(stand_in.name)), "told")

    def resolve(self, index: int, stand_in: Mention, depth: int = _DEPTH) -> str | None:
        """Return whom a stand-in of a line stands for; None where no company fits."""
        asked = (index, stand_in, depth)
        if asked not in self._told:
            found = self.candidates(index, stand_in, depth)
            self._told[asked] = best(self.model.stand_in, found)
        return self._told[asked]

    def heading(self, index: int) -> str | None:
        """Return the name that alone makes up the nearest line that is but a name, or that a field gives as the employer's."""
        lines = self.draft.lines
        for line in reversed(lines[max(0, index - _LONGEST_LIST) : index]):
            if told := _EMPLOYER_FIELD.match(line.text):
                return told["name"]
            if line.order in self.draft.headings:
                return self.draft.headings[line.order]
            for m in document_names.mentions(line, self.registry)[:1]:
                if m.kind == "name" and line.order >= 0 and not line.text.replace(m.name, "").strip(" *#•–:-"):
                    return m.name
        return None

    def resolver(self, index: int) -> linking.Resolve:
        """Return what tells whom a stand-in of the line at `index` stands for."""

        def resolve(mention: Mention) -> str | None:
            if mention.label == linking.HEADING and (name := self.heading(index)):
                return name
            return self.resolve(index, mention)

        return resolve

    def topics(self) -> list[tuple[str, Cues]]:
        """Return the companies that the article may be about, each with the cues for and against it."""
        draft = self.draft
        body = draft.told
        told: dict[str, Cues] = {}
        named: dict[str, str] = {}
        for index, line in enumerate(draft.lines[:_LEADING]):
            where = "title" if line.order < 0 else str(line.order)
            for place, use in enumerate(self.uses(index)):
                m = use.mention
                if m is None or (line.order < 0 and draft.headline_case and not self._surely_named(line, use, m)):
                    continue
                named.setdefault(use.group, m.name)
                held = {
                    where: True,
                    f"{where}:{use.role}": True,
                    f"{where}:backs": use.backs,
                    f"{where}:acts": bool(names.COMPANY_ACTS.match(line.text[use.end :])),
                    f"{where}:first": place == 0,
                    f"label={m.label}": bool(m.label),
                }
                if where == "title":
                    after, before = _NEXT.match(line.text, use.end), _LAST.search(line.text[: m.start])
                    held |= {
                        f"title:place={min(place, 3)}": True,
                        f"title>{after[1].lower() if after else ''}": after is not None,
                        f"title<{before[1].lower() if before else ''}": before is not None,
                    }
                told.setdefault(use.group, {}).update({name: 1.0 for name, holds in held.items() if holds})
        if not told:
            return []
        counts = {group: names.times_named(body, names.clean(named[group])) if body else 1 for group in told}
        most = max(counts.values())
        for group, cues in told.items():
            cues["times"] = math.log1p(min(counts[group], _MOST_TIMES))
            if counts[group] == most:
                cues["most-named"] = 1.0
            for known in self.kind_of(group, named[group]):
                cues[known] = 1.0
                if "title" in cues:
                    cues[f"title/{known}"] = 1.0
        return [(named[group], cues) for group, cues in told.items()]

    def _surely_named(self, line: Line, use: Use, m: Mention) -> bool:
        """Whether what a title in capitals names is surely a company: known as one, or named in the body too."""
        body, registry = self.draft.told, self.registry
        plain = all(registry.is_word(word.casefold()) for word in names.clean(m.name).split())
        acts = names.COMPANY_ACTS.match(line.text[use.end :])
        if plain and not m.label and not acts and names.key(m.name) not in registry.organisations:
            return False
        return not body or registry.counts[use.group] > 1 or names.times_named(body, names.clean(m.name)) > 0


def _in_rows(text: str, found: list[Use]) -> list[Use]:
    """Return the uses, those of a row standing where its first does: "the owner of Acme, Borealis and Cobalt"."""
    row: list[int] = []
    for n, use in enumerate(found):
        gap = _ROW_GAP.fullmatch(text, found[n - 1].end, use.mention.start) if row and use.mention else None
        row = [*row, n] if gap else [n]
        role = found[row[0]].role
        if gap and gap["last"] and role in ("oblique", "fronted", "object"):
            for k in row[1:]:
                found[k] = replace(found[k], role=role)
    return found


def is_stand_in(m: Mention) -> bool:
    """Whether a mention stands for one company."""
    return m.kind == "anaphor" or (m.kind == "pronoun" and m.label in ("it", "its"))


def standing(draft: Draft, registry: Registry, model: Model, *, with_topic: bool = True) -> Standing:
    """Return what tells of a draft's stand-ins, its topic told."""
    made = Standing(draft, registry, model)
    if with_topic:
        made.topic = best(model.topic, made.topics())
    return made
