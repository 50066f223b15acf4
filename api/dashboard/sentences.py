"""The sentence that carries a claim, with the words behind company and figure marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from newsledger.model import Claim, Event, SourcedClaim
from storage.events import KnownEvent

MARKED = ("company", "count", "count_high", "percent", "amount", "amount_high", "counterparty", "ai_relation")
"""Fields whose words are marked in the sentence."""

LONGEST = 700
"""Characters of a sentence that are shown; a longer one is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A sentence, who published it and where."""

    sentence: Markup
    url: str | None
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An event for a list, with the sentence of its first claim, who published it and where."""

    event: Event
    sentence: Markup | None
    url: str | None
    publisher: str
    others: tuple[Quoted, ...] = ()
    """The event's other claims."""


def marked(claim: Claim) -> Markup:
    """Return the claim's sentence as HTML, its evidence in `<mark>`, cut where it is very long."""
    sentence = claim.sentence
    text = sentence.quote
    places = sorted(
        {
            (max(0, words.start - sentence.start), min(len(text), words.end - sentence.start))
            for name, words in claim.evidence.items()
            if name in MARKED and words.where == sentence.where
        }
    )
    pieces: list[Markup] = []
    at = 0
    for start, end in places:
        if start < at or end <= start or start >= LONGEST:
            continue
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    rest = text[at:]
    cut = len(text) > LONGEST
    pieces.append(escape(rest[: max(0, LONGEST - at)]) + ("…" if cut else ""))
    return Markup("").join(pieces)


def link(url: str | None) -> str | None:
    """Return an address that may stand in a page: http or https, else null."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


def said(known: KnownEvent, claims: Sequence[SourcedClaim], names: dict[str, str]) -> Said:
    """Return an event with the sentence of its best claim, and the sentences of the others."""
    shown = best(claims, known)
    if shown is None:
        return Said(event=known.event, sentence=None, url=None, publisher="")
    return Said(
        event=known.event,
        sentence=marked(shown.claim),
        url=link(shown.url),
        publisher=publisher(shown, names),
        others=tuple(
            Quoted(sentence=marked(one.claim), url=link(one.url), publisher=publisher(one, names))
            for one in claims
            if one is not shown
        ),
    )


def publisher(claim: SourcedClaim, names: dict[str, str]) -> str:
    """Return who published a claim's article: the source's name, else the address's host."""
    if claim.source_id in names:
        return names[claim.source_id]
    host = urlsplit(claim.url or "").hostname
    return host or "unknown source"


def best(claims: Sequence[SourcedClaim], known: KnownEvent) -> SourcedClaim | None:
    """Return the claim to show for an event: one that states the event's own figure, else the first."""
    event = known.event
    same = (one for one in claims if (one.claim.count, one.claim.amount) == (event.count, event.amount))
    return next(same, claims[0] if claims else None)
