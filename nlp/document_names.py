"""The companies that one document names: which spellings are one, and what each is taken for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from nlp import names
from nlp.drafts import Draft, Line
from nlp.names import Mention, Registry

_TELLS = re.compile(r":\s|\s(?:reports?|says|learns|finds|has learnt?)\b")
"""What follows an outlet in the title of another's news: "Wire: Acme to cut 900 jobs"."""
_BODY_SHORT = re.compile(
    r"\b(?:Union|Association|Federation|Council|Commission|Authority|Ministry|Department|Agency|Institute|University|Congress|Bureau|Board|(?:Union|Association|Federation|Council|Congress|Institute|University|Department|Ministry) (?:of|for) [^()]{3,60})\s\((?:the\s)?(?P<short>[A-Z][A-Za-z&]{1,7})\)"
)
"""A union or other body with its short name."""
_OF_STATE = re.compile(r",\s(?P<state>[A-Z][\w.]*(?:\s[A-Z]\w+)?)")
_SURELY = 3
"""Times that the recogniser must take the last word of a person's name for a company for it to be one."""
_INNER = re.compile(r"[A-Z](?<=[a-z,)] .)[A-Za-z]+")


def registry_of(draft: Draft, is_word: Callable[[str], bool], unknown: frozenset[str]) -> Registry:
    """Return the names of a draft whose windows have their entities, and set the mentions of these lines.

    `is_word` tells a word of the language; the keys in `unknown` are as if not shipped.
    """
    registry = Registry(unknown=unknown, is_word=is_word)
    registry.inner.update(map(str.casefold, _INNER.findall(draft.told)))
    if draft.title:
        title = draft.title.text
        registry.headed.update(
            names.key(title[a:b]) for a, b in names.runs(title, draft.headline_case) if not _TELLS.match(title[b:])
        )
    story = draft.lines[0].text + "\n" + draft.told
    people = names.titled_people(story)
    is_firm = cache(lambda name: names.told_as_firm(name, story))
    for line in draft.windows:
        for start, end, label in line.entities or ():
            name = line.text[start:end].split("'s")[0].strip()
            if label == "PERSON":
                name = names.TAKEN_IN.sub("", name, 1)
            if label == "PERSON" and " " in name and not names.is_company_like(name, line.text[end:]):
                if is_firm(name):
                    registry.organisations[names.key(name)] += 1
                    continue
                registry.persons.add(names.key(name))
                registry.persons.add(names.key(name.split()[-1]))
            elif label == "ORG" and not names.is_no_company(name) and not (line.order < 0 and draft.headline_case):
                registry.organisations[names.key(name)] += 1
    for name in people:  # "chief executive Ann Dow": a person is a Dow further on, too
        k = names.key(name)
        if registry.organisations[k] < _SURELY and not names.is_shipped(name, registry):
            registry.persons.add(k)
            del registry.organisations[k]
    registry.persons.difference_update(registry.organisations)
    registry.places = _places(draft, registry)
    for k in registry.places:
        del registry.organisations[k]
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


def _places(draft: Draft, registry: Registry) -> set[str]:
    """Return the keys of names that a draft's windows tell as places at least as often as they call them companies."""
    told: Counter[str] = Counter()
    for line in draft.windows:
        before = ""
        for start, end, label in line.entities or ():
            name = line.text[start:end].removeprefix("the ").split("'s")[0].strip()
            fellow = before if line.text.endswith((", ", " and "), 0, start) else ""
            before = label
            if label in ("ORG", "PERSON") and fellow not in ("GPE", "LOC"):
                state = _OF_STATE.match(line.text, end)
                if not (state and names.is_place(state["state"])):
                    told[names.key(name)] -= 1
                    continue
            elif label not in ("GPE", "LOC", "ORG", "PERSON"):
                continue
            if names.stands_as_place(line.text, start) and not names.is_company_like(name, ""):
                told[names.key(name)] += 2
        for found in _BODY_SHORT.finditer(line.text) if "(" in line.text else ():
            told[names.key(found["short"])] += 100
    return {k for k, n in told.items() if n > 0 and not names.is_shipped(k, registry)}


def mentions(line: Line, registry: Registry) -> list[Mention]:
    """Return the mentions of companies in a line; where the model did not see it, only of names told elsewhere."""
    if line.mentions is None:
        found = names.mentions(line.text, (), registry)
        line.mentions = [m for m in found if m.kind != "name" or names.key(m.name) in registry.counts]
    return line.mentions


def standing(name: str, registry: Registry) -> str:
    """Return what a name is taken for: known, organisation, person, plain words, or new."""
    k = names.key(name)
    if names.is_shipped(name, registry):
        return "known"
    if k in registry.organisations:
        return "organisation"
    if k in registry.persons:
        return "person"
    return "plain" if all(registry.is_word(w.casefold()) for w in names.clean(name).split()) else "new"


def full_name(registry: Registry, group: str, name: str) -> str:
    """Return a group's name as the text writes it in full: the longest of the forms that are not seldom."""
    spelled: Counter[str] = Counter()
    for k, forms in registry.spelled.items():
        if k == group or registry.group(k) == group:
            spelled.update(forms)
    if not spelled or names.key(name) in names.shipped():
        return names.clean(name)
    known = {form: n for form, n in spelled.items() if names.key(form) in names.shipped()} or spelled
    most = max(known.values())
    best = max((form for form, n in known.items() if 3 * n >= most), key=lambda form: (len(form), form))
    words = best.split(" ")
    for n in range(1, len(words)):  # "Insurer Acme", "Grocery App Acme"
        rest = " ".join(words[n:])
        if not registry.is_word(words[n - 1].casefold()) or names.COMPANY_WORD.search(words[n - 1]):
            break
        if rest in spelled:
            return rest
    return best
