"""Articles in, claims out: each part of the reader in its turn.

`drafts` passes the gates and finds figures, `dismissal` passes by amounts that are plainly none, `entities` names what
stands around the others, `document_names` and `stand_ins` tell the companies, `proposals` and `statements` what each
sentence states of them, `merging` makes one of what is told twice, `acceptance` leaves out what is not sure, and
`completing` adds what other sentences tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar

from newsledger import companies
from newsledger.companies import Resolution
from newsledger.model import Article, Claim, Qualifier, claim_id
from nlp import (
    VERSION,
    acceptance,
    attributes,
    chooser,
    completing,
    dismissal,
    document_names,
    drafts,
    employers,
    entities,
    merging,
    names,
    proposals,
    stand_ins,
    statements,
    timing,
)
from nlp.abreast import Steps, abreast, alone
from nlp.candidates import Candidate
from nlp.drafts import Draft, Setting
from nlp.merging import Finding
from nlp.names import Mention
from nlp.proposals import Proposal

BATCH = 64
"""Articles whose windows go to the model together."""


def _nobody(mention: Mention) -> None:
    return None


class Reader:
    """Reads layoffs and AI investments out of English news. Deterministic: same article, same version, same claims."""

    PARTS: ClassVar[Mapping[str, str]] = {
        "entities": "the trained recogniser of names",
        "stand_ins": "whom “the company” and “it” stand for",
        "topic": "the company that the article is about",
        "tie_to_ai": "whether the money is for AI",
        "employers": "the trained choice of whose cut it is",
        "dismissal": "passing by amounts that their words alone tell are no investments",
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
        employing: employers.Model | None = None,
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
        self._employers = employing
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
            made = abreast(map(self._draft, batch))
            self._name_entities([draft for draft in made if draft])
            claims = iter(abreast([self._claims(draft) for draft in made if draft]))
            for draft in made:
                yield next(claims) if draft else []

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

    def _draft(self, article: Article) -> Steps[Draft | None]:
        any_money = "tie_to_ai" in self._disabled
        draft = yield from drafts.draft(article, self.drops, gated=self._gates, any_money=any_money)
        if draft is None or any_money or not self._disabled.isdisjoint(("dismissal", "chooser")):
            return draft
        yield
        if dismissed := dismissal.dismiss(draft, self._weights or chooser.load()):
            self.drops["dismissed_ai_investment"] += dismissed
        return draft if any(line.candidates for line in draft.lines) else None

    def _name_entities(self, made: Sequence[Draft]) -> None:
        windows = [line for draft in made for line in draft.windows]
        texts = [line.text for line in windows]
        named = [[] for _ in texts] if "entities" in self._disabled else self._entities.of(texts)
        for line, found in zip(windows, named, strict=True):
            line.entities = found

    def _with_entities(self, article: Article) -> Draft | None:
        draft = alone(self._draft(article))
        if draft is not None:
            self._name_entities([draft])
        return draft

    def _claims(self, draft: Draft) -> Steps[list[Claim]]:
        found = yield from self._merged(draft)
        merged = self._accepted(found)
        title = draft.article.title
        if attributes.denies(title):
            for f in merged:
                if f.type == "layoff" and f.is_topic and f.time == "current":
                    f.status, f.trace["status"] = "denied", "denial-in-title"
        completing.complete(draft, merged)
        completing.date_from_heads(draft, merged)
        completing.date_from_lead(draft, merged)
        completing.date_from_intro(draft, merged)
        yield
        completing.relate_to_ai(draft, merged)
        merged = completing.with_parts(draft, merged)
        yield
        made: dict[int, Claim] = {}
        for f in sorted(merged, key=lambda f: f.part_of is not None):  # a part names the claim of its total
            made[id(f)] = self._claim(draft, f, made[id(f.part_of)].id if f.part_of else None)
        return [made[id(f)] for f in merged]

    def _merged(self, draft: Draft) -> Steps[list[Finding]]:
        """Return what an article states, each happening once."""
        found = yield from self._found(draft)
        yield
        if "merging" in self._disabled:
            return found
        return merging.merge(found, draft.published, draft.article.title, [line.text for line in draft.lines])

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
        found = alone(self._merged(draft)) if draft else []
        return [(f, acceptance.cues(f, found)) for f in found]

    def _found(self, draft: Draft) -> Steps[list[Finding]]:
        """Return what each sentence states, before statements of one happening are merged."""
        findings: list[Finding] = []
        settings = self._settings(draft)
        yield
        stated = [(at, c) for at in settings for c in at.line.candidates]
        proposed = [proposals.propose(at, c) if c.type == "ai_investment" else None for at, c in stated]
        yield
        invested = [self._investment(proposal) if proposal else [] for proposal in proposed]
        yield
        for (at, c), investment in zip(stated, invested, strict=True):
            made = self._cuts(at, c) if c.type == "layoff" else investment
            if not made:
                self.drops[f"no_{c.type}"] += 1
            for finding in made:
                completing.go_on(finding, findings)
                findings.append(finding)
        return findings

    def _cuts(self, at: Setting, candidate: Candidate) -> list[Finding]:
        if "employers" in self._disabled:
            return statements.cuts(at, candidate, None)
        return statements.cuts(at, candidate, self._employers or employers.load())

    def _investment(self, proposal: Proposal) -> list[Finding]:
        chosen, any_money = "chooser" not in self._disabled, "tie_to_ai" in self._disabled
        found = statements.investment(proposal, self._weights or chooser.load(), chosen=chosen, any_money=any_money)
        return [found] if found else []

    def findings(self, article: Article) -> list[tuple[Finding, timing.Cues]]:
        """Return what each sentence of an article states, with its cues of time: what these are trained on."""
        draft = self._with_entities(article)
        if draft is None:
            return []
        found = alone(self._found(draft))
        story = timing.Story(found, draft.published, article.title, [line.text for line in draft.lines])
        return [(f, timing.cues(f, story)) for f in found]

    def proposals(self, article: Article) -> list[Proposal]:
        """Return every amount of an article that the rules propose as an investment: what the chooser is trained on."""
        draft = self._with_entities(article)
        if draft is None:
            return []
        made = [
            proposals.propose(at, c)
            for at in self._settings(draft)
            for c in at.line.candidates
            if c.type == "ai_investment"
        ]
        return [p for p in made if p is not None]

    def employers(self, article: Article) -> list[tuple[Candidate, employers.Options]]:
        """Return the cuts of an article that may be of several companies: what the choice of employers is trained on."""
        draft = self._with_entities(article)
        if draft is None:
            return []
        told = [
            (c, employers.options(at, c))
            for at in self._settings(draft)
            for c in at.line.candidates
            if c.type == "layoff"
        ]
        return [(c, found) for c, found in told if found and found.cues]

    def standing(self, article: Article, model: stand_ins.Model) -> stand_ins.Standing | None:
        """Return what tells of an article's stand-ins and whom it is about: what their weights are trained on."""
        draft = self._with_entities(article)
        return self._standing(draft, model) if draft else None

    def _standing(self, draft: Draft, model: stand_ins.Model) -> stand_ins.Standing:
        registry = document_names.registry_of(draft, self._entities.is_word, self._unknown)
        return stand_ins.standing(draft, registry, model, with_topic="topic" not in self._disabled)

    def _settings(self, draft: Draft) -> list[Setting]:
        """Return the setting of each line that has candidates."""
        spoken = self._standing(draft, stand_ins.load())
        registry = spoken.registry
        found = []
        for index, line in enumerate(draft.lines):
            if line.candidates and line.entities is not None:
                resolve = spoken.resolver(index)
                if "stand_ins" in self._disabled:
                    resolve = _nobody
                found.append(Setting(draft, index, registry, resolve, spoken.topic))
        return found

    def _company(self, draft: Draft, f: Finding) -> Resolution | None:
        """The catalogue's company of that name where that is certain: no slip of the pen, no doubtful common word."""
        if names.key(f.company) in self._unknown or not any(c.isalnum() for c in f.company):
            return None
        on = draft.published.isoformat() if draft.published else None
        found = self._catalogue.resolve(f.company, context=f"{draft.article.title}\n{f.sentence.quote}", on=on)
        return found if found and found.score == 1.0 else None

    def _claim(self, draft: Draft, f: Finding, total: str | None) -> Claim:
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
