"""From the name a text uses to the company it means: exact names first, then near misses, else nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from rapidfuzz import fuzz

from newsledger.companies import catalogue
from newsledger.companies.names import clean, fold, formless, provisional
from newsledger.model import Alias, Company, Decision

Method = Literal["decision", "name", "alias", "former_name", "legal_name", "spelling"]

ANSWERS = 8_000
"""How many answers are kept at hand, each with the text it was asked with: a bound on memory."""

NEAR = 92.0
"""Similarity (0 to 100) from which a spelling counts as a slip of the pen."""

_BUSINESS = re.compile(
    r"\b(?:job|jobs|layoffs?|lay(?:s|ing)? off|laid off|staff|workers?|workforce|employees?|positions?|redundanc\w+|"
    r"compan(?:y|ies)|firm|startup|start-up|maker|giant|unit|ceo|chief executive|shares|stock|investors?|invest\w*|"
    r"raise[sd]?|raising|funding|round|series [a-h]|acqui\w+|buy(?:s|ing)?|deal|stake|data cent(?:er|re)s?|capex|"
    r"billion|million|plc|inc|corp|headcount|cuts?|cutting|slash\w*)\b",
    re.IGNORECASE,
)
"""Words that news of a company uses and other talk of an apple or a target does not."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A company, and how the name led to it."""

    company_id: str
    method: Method
    score: float
    """1.0 for a name in the catalogue, else similarity from 0 to 1."""


def live(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that stand, oldest first: neither revoked nor revocations (a revocation may be revoked)."""
    ordered = sorted(decisions, key=lambda d: (d.at, d.id))
    revoked: set[str] = set()
    for decision in reversed(ordered):
        if decision.revokes is not None and decision.id not in revoked:
            revoked.add(decision.revokes)
    return [d for d in ordered if d.revokes is None and d.id not in revoked]


class Resolver:
    """Names to companies under the shipped catalogue and people's decisions. Pure: no network, no database."""

    def __init__(self, companies: Sequence[Company], decisions: Iterable[Decision] = ()) -> None:
        """Index the companies and apply the standing company decisions (merge, split, rename)."""
        self._companies = {company.id: company for company in companies}
        self._redirect: dict[str, str] = {}
        self._decided: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for decision in live(decisions):
            self._apply(decision)
        self._exact: dict[str, list[tuple[Company, Alias | None]]] = defaultdict(list)
        self._legal: dict[str, set[str]] = defaultdict(set)
        for company in self._companies.values():
            own = any(fold(a.name) == fold(company.name) for a in company.aliases)
            if not own:
                self._exact[fold(company.name)].append((company, None))
            for alias in company.aliases:
                self._exact[fold(alias.name)].append((company, alias))
            common = {fold(a.name) for a in company.aliases if a.needs_context}
            for name in (company.name, *(a.name for a in company.aliases)):
                for bare in (formless(name), *(() if fold(name) in common else (clean(name),))):
                    if len(bare) >= 3:
                        self._legal[bare].add(company.id)
        self._units: dict[str, list[str]] = defaultdict(list)
        for company in self._companies.values():
            if company.parent_id is not None:
                self._units[self.final(company.parent_id)].append(company.id)
        self._varying = {
            folded
            for folded, bearers in self._exact.items()
            if len(bearers) > 1 or any(a and (a.needs_context or a.since or a.until) for _, a in bearers)
        }
        self._answers: dict[tuple[str, str, str | None], Resolution | None] = {}
        self._blocks: dict[tuple[str, int], list[str]] = defaultdict(list)
        for folded in self._exact:
            if len(folded) >= 7:
                self._blocks[folded[0], len(folded)].append(folded)
        self._unlike = catalogue.unlike()
        self._signs = catalogue.signs()

    def _apply(self, decision: Decision) -> None:
        match decision.action:
            case "company_merge" if decision.target:
                self._redirect[decision.subject] = decision.target
                if self.final(decision.target) == decision.subject:
                    del self._redirect[decision.subject]  # two merges that point at each other: the older one stands
            case "company_split":
                name = decision.values.get("name")
                if isinstance(name, str):
                    self._decided[fold(name)] = decision.target or provisional(name).id
            case "company_rename":
                name = decision.values.get("name")
                if isinstance(name, str):
                    self._names[decision.subject] = name
            case _:
                pass

    def final(self, company_id: str) -> str:
        """Return the id that a company answers under after merges."""
        seen = {company_id}
        while (target := self._redirect.get(company_id)) and target not in seen:
            seen.add(target)
            company_id = target
        return company_id

    @property
    def redirects(self) -> Mapping[str, str]:
        """Merged company id → the id that it now answers under."""
        return MappingProxyType({old: self.final(old) for old in self._redirect})

    def company(self, company_id: str, *, name: str | None = None) -> Company:
        """Return the company of an id, following merges; of a provisional id, a provisional company with that name."""
        final = self.final(company_id)
        company = self._companies.get(final)
        if company is None:
            company = Company(id=final, name=name or final.removeprefix("p-"), provisional=True)
        renamed = self._names.get(final)
        if renamed is None:
            return company
        return replace(company, name=renamed, aliases=(*company.aliases, Alias(name=company.name)))

    def key(self, name: str, *, context: str = "", on: str | None = None) -> str:
        """Return the id of the company that a name means, a provisional one where the catalogue has none.

        Raises ValueError for a name without a letter or digit.
        """
        found = self.resolve(name, context=context, on=on)
        return found.company_id if found else self.final(provisional(name).id)

    def decided(self, name: str) -> str | None:
        """Return the id that a person's decision gives this name, or null."""
        found = self._decided.get(fold(name)) if self._decided else None
        return None if found is None else self.final(found)

    def family(self, company_id: str) -> frozenset[str]:
        """Return the ids of the company's direct parent and direct units."""
        company = self._companies.get(company_id)
        if company is None:
            return frozenset()
        parent = (self.final(company.parent_id),) if company.parent_id else ()
        return frozenset((*parent, *self._units.get(company_id, ())))

    def related(self, one: str, other: str) -> bool:
        """Tell whether one company is the direct parent of the other."""
        a, b = self._companies.get(one), self._companies.get(other)
        return bool((a and a.parent_id == other) or (b and b.parent_id == one))

    def interchangeable(self, one: str, other: str) -> bool:
        """Tell whether the press uses the one company's name for the other (Google for Alphabet)."""
        return frozenset((one, other)) in catalogue.press_names()

    def resolve(self, name: str, *, context: str = "", on: str | None = None) -> Resolution | None:
        """Return the company that a name means, or null where that is not certain.

        `context` is text round the name: a name that is also a common word, or that several companies bear, then
        needs a sign of the company in it. Without context the caller vouches that the name is a company's. `on` is an
        ISO date: names of another time count only as former names.
        """
        folded = fold(name)
        if folded not in self._varying:  # neither context nor date can matter
            context, on = "", None
        question = (name, context, on)
        if question not in self._answers:
            if len(self._answers) >= ANSWERS:
                self._answers.clear()
            self._answers[question] = self._resolve(name, folded, context, on)
        return self._answers[question]

    def _resolve(self, name: str, folded: str, context: str, on: str | None) -> Resolution | None:
        if not folded:
            return None
        if folded in self._decided:
            return Resolution(self.final(self._decided[folded]), "decision", 1.0)
        barred = self._unlike.get(folded, frozenset())
        if folded in self._exact:
            return self._among(name, folded, barred, context, on)
        ids = (self._legal.get(formless(name)) or self._legal.get(clean(name), set())) - barred
        if len(ids) == 1 and not barred:
            return Resolution(self.final(next(iter(ids))), "legal_name", 1.0)
        return None if ids or barred else self._spelling(folded)

    def _among(self, name: str, folded: str, barred: frozenset[str], context: str, on: str | None) -> Resolution | None:
        found: list[tuple[int, Resolution]] = []
        for company, alias in self._exact[folded]:
            if company.id in barred:
                continue
            method: Method = "name" if alias is None or fold(company.name) == folded else "alias"
            former = False
            if alias is not None and on is not None:
                if alias.since is not None and on[: len(alias.since)] < alias.since:
                    continue  # nobody bore the name yet
                former = alias.until is not None and on[: len(alias.until)] > alias.until
            told = self._told(company, context)
            if alias is not None and alias.needs_context and not self._plausible(name, alias, told, context):
                continue
            rank = 2 * told - former
            found.append((rank, Resolution(self.final(company.id), "former_name" if former else method, 1.0)))
        if not found:
            return None
        best = max(rank for rank, _ in found)
        answers = {r.company_id: r for rank, r in found if rank == best}
        return next(iter(answers.values())) if len(answers) == 1 else None

    def _told(self, company: Company, context: str) -> int:
        words = self._signs.get(company.id, ())
        low = context.casefold() if words and context else ""
        return sum(1 for word in words if low and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", low))

    @staticmethod
    def _plausible(name: str, alias: Alias, told: int, context: str) -> bool:
        if not name[:1].isupper() and not name[:1].isdigit() and alias.name[:1].isupper():
            return False
        return not context or told > 0 or _BUSINESS.search(context) is not None

    def _spelling(self, folded: str) -> Resolution | None:
        if len(folded) < 7:
            return None
        best: dict[str, float] = {}
        for length in range(len(folded) - 1, len(folded) + 2):
            for other in self._blocks.get((folded[0], length), ()):
                score = fuzz.ratio(folded, other)
                if score >= NEAR and _slip(folded, other):
                    best |= {
                        self.final(c.id): max(score, best.get(self.final(c.id), 0.0)) for c, _ in self._exact[other]
                    }
        if len(best) != 1:
            return None
        company_id, score = next(iter(best.items()))
        return Resolution(company_id, "spelling", score / 100)


def _slip(one: str, other: str) -> bool:
    """Tell whether two like names differ only inside one long word, not in a digit, an ending or a short word."""
    a, b = one.split(), other.split()
    if len(a) != len(b) or one[-1] != other[-1] or _digits(one) != _digits(other):
        return False
    unequal = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(unequal) == 1 and min(map(len, unequal[0])) >= 6


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
