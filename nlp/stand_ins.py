"""Whom "the company", "it" and other stand-ins of a sentence stand for in the document."""

from __future__ import annotations

import re

from nlp import document_names, linking, names
from nlp.drafts import Draft, Line
from nlp.event_types import layoff
from nlp.names import Mention, Registry

_OWN_AGENT = re.compile(
    r"^'s?\s(?:[\w-]+\s){0,2}(?:CEO|CFO|chief|boss|founder|shares?|stock|board|unit|management|executives?|spokes\w+|announcement|move|plan|lay-?offs?|cuts|cutbacks|restructuring|redundancies|workforce|headcount|decision|earnings|results|revenue)\b"
)
"""What a company's name owns and yet is itself the subject: "Acme's shares rose. The company …"."""

_HEADING = re.compile(r"\s?:\s(?![\"'“‘])[^.]*$|\s?$|\s[-–—]\s[^.]*$")
"""What follows the company that heads a passage: "Acme: a second round"."""
_EMPLOYER_FIELD = re.compile(layoff.EMPLOYER_FIELD)
_LONGEST_LIST = 12
"""Lines of one company's list, its heading above them."""


_CLAUSE_FIRST = re.compile(
    r"(?:(?:[Oo]nly |[Jj]ust |[Ll]ess than |[Ss]hortly |[Ss]oon )?(?:an? |some |about )?(?:[\w-]+ ){0,3}?(?:after|before)|After|Before|While|As|When|Since|Although|Though|Once|If|Days|Weeks|Months)\s[^,;:]{8,120},\s(?=(?:the|it|its)\b)"
)
"""A clause that a sentence begins with, before the subject of its main clause, a stand-in."""


def _main_clause(text: str) -> int:
    """Return where the main clause of a sentence begins: "After Acme paid $3bn for Beta, the start-up cut …"."""
    first = _CLAUSE_FIRST.match(text)
    return first.end() if first else 0


def resolver(draft: Draft, index: int, registry: Registry, topic: str | None, depth: int = 2) -> linking.Resolve:
    """Return what tells whom a stand-in of the line at `index` stands for; so many lines back it follows others."""
    lines = draft.lines

    def subject_of(line: Line, before: int, stand_in: Mention) -> tuple[str | None, bool]:
        """The name that a line is about, and whether it stands there as a subject."""
        if line.order in draft.headings:
            return draft.headings[line.order], True
        plain = oblique = None
        for c in line.candidates:
            if c.list_name and line.text.find(c.list_name) < 6 and not names.is_place(c.list_name):
                return c.list_name, True  # "- Acme: 300 jobs"
        main = _main_clause(line.text)
        for m in document_names.mentions(line, registry):
            if m.end > before:
                break
            lead, after = line.text[: m.start], line.text[m.end :]
            if m.kind != "name" or names.ATTRIBUTE.match(after) or not names.fits(stand_in, m.name):
                continue
            if names.only_tells(line.text, m.start, m.end):
                continue
            agent = not m.possessive or _OWN_AGENT.match(after)
            heads = len(line.text) < 90 and not lead.strip(" •*-–") and _HEADING.match(after)
            if lead.strip() and not lead.strip(" •*-–") and after.startswith((": ", "** ", ":** ")):
                return m.name, True  # a list's line is its company's
            if heads and (
                heads.group().strip()
                or registry.counts[names.key(m.name)] > 1
                or document_names.standing(m.name, registry) != "plain"
            ):
                return m.name, True
            if m.start < main or not agent or linking.stands_oblique(line.text, m) or names.is_object(lead):
                oblique = oblique or m.name
            elif agent and (m.possessive or names.VERB_NEXT.match(after) or names.APPOSITION.match(after)):
                return m.name, True
            else:
                plain = plain or m.name
        return plain or oblique, False

    def heading() -> str | None:
        """The name that alone makes up the nearest line that is but a name, or that a field gives as the employer's."""
        for line in reversed(lines[max(0, index - _LONGEST_LIST) : index]):
            if field := _EMPLOYER_FIELD.match(line.text):
                return field["name"]
            if line.order in draft.headings:
                return draft.headings[line.order]
            for m in document_names.mentions(line, registry)[:1]:
                if m.kind == "name" and line.order >= 0 and not line.text.replace(m.name, "").strip(" *#•–:-"):
                    return m.name
        return None

    def resolve(mention: Mention) -> str | None:
        if mention.label == linking.HEADING and (name := heading()):
            return name
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
            for m in document_names.mentions(lines[index], registry)
            if m.kind == "name"
            and m.end <= mention.start
            and not names.ATTRIBUTE.match(text[m.end :])
            and names.fits(mention, m.name)
        ]
        plain = [
            m
            for m in here
            if (not m.possessive or _OWN_AGENT.match(text[m.end :]))
            and not linking.stands_oblique(text, m)
            and not names.is_object(text[: m.start])
        ]
        if plain:
            return plain[-1].name
        if here and (mention.kind == "pronoun" or names.YOUNG.search(mention.name)):
            return here[-1].name
        if mention.kind == "pronoun":
            stand_in = [
                m
                for m in document_names.mentions(lines[index], registry)
                if m.kind == "anaphor" and m.end <= mention.start
            ]
            if stand_in:
                # not by itself: what refers to itself keeps the article until the garbage is looked for
                return resolver(draft, index, registry, topic, depth)(stand_in[-1])
        fitting = topic if topic and names.fits(mention, topic) else None
        for back in range(1, 5):
            if index - back < 0:
                break
            line = lines[index - back]
            if line.order < 0 and back > 1:
                break
            found, standing = subject_of(line, len(line.text), mention)
            main = _main_clause(line.text)
            opening = next(
                (m for m in document_names.mentions(line, registry) if m.start >= main and not m.possessive), None
            )
            if not standing and depth and opening and opening.kind != "name" and opening.start < main + 24:
                found = resolver(draft, index - back, registry, topic, depth - 1)(opening) or found
                standing = bool(found) and names.fits(mention, found or "")
            named = any(
                m.kind == "name" and topic and registry.same(m.name, topic)
                for m in document_names.mentions(line, registry)
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
