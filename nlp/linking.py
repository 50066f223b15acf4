"""Who does it: the company that cuts, pays or raises, found from where it stands beside the trigger and its figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from nlp import names, prefilter, wording
from nlp.candidates import Candidate
from nlp.event_types import ai_investment, layoff
from nlp.names import Mention


@dataclass(frozen=True, slots=True)
class Link:
    """The company of a candidate: its name, the words that name it here (a stand-in's too), and the rule."""

    name: str
    start: int
    end: int
    rule: str
    here: bool
    """Whether the name itself, not a stand-in or the topic, stands in the sentence."""


Resolve = Callable[[Mention], str | None]
"""What a stand-in stands for in the document."""

_AGGREGATE = prefilter.Beginning(layoff.AGGREGATE_SUBJECT, re.IGNORECASE, not_after=r"\w")
_SOURCE = prefilter.Beginning(layoff.AGGREGATE_SOURCE, re.IGNORECASE, not_after=r"\w")
_PREPOSITIONS = (
    r"of|to|with|from|by|at|in|on|for|than|like|including|against|into|via|per|between|among|across|behind|under|over|"
    r"after|following|told|tells?|through|included|includes|include|alongside|joining|joins|follows|versus|vs\.?|called|named|acquired|acquire|buy|bought|sued|"
    r"owns?|owned|backs?|backed|used|uses|before|close|closes|closing|shut|shuts|shutting|sell|sells|selling|amid|near|outside|inside|around|about"
)
_BESIDE_PREPOSITION = r"the|its|rivals?|fellow|maker|giant|company|firm|startup|parent"
_PREPOSITION = re.compile(
    rf"(?:\b(?:{_PREPOSITIONS}|such as)\s(?:(?:{_BESIDE_PREPOSITION}|(?:[A-Z][\w.]+\s)?[A-Z][\w.]+-based)\s)*)$",
    re.IGNORECASE,
)
_MAY_END_OBLIQUE = re.compile(rf"(?:\b(?:{_PREPOSITIONS}|as)|{_BESIDE_PREPOSITION}|-based)$", re.IGNORECASE)
"""The last word of what `_PREPOSITION` matches."""
_BESIDE_MOST = 12
"""Words back from a name among which its preposition is looked for."""


@lru_cache(maxsize=4096)
def is_oblique(lead: str) -> bool:
    """Return whether what follows the beginning of a sentence stands after a preposition, and is no subject."""
    last = lead[-40:].rsplit(maxsplit=1)[-1:]
    if not lead[-1:].isspace() or not last:
        return False
    if last[0].isascii() and not _MAY_END_OBLIQUE.search(last[0]):
        return False  # no preposition, nor a word that may follow one
    return _PREPOSITION.search(lead, wording.last_words(lead, _BESIDE_MOST)) is not None


_FRONTED = re.compile(
    r"(?:^\W*|[;:—]\s|,?\s(?:and|but|while)\s)(?:[Aa]t|[Ff]or|[Ww]ith)\s(?:(?:the|its|[a-z]+-based|rival)\s){0,2}$"
)


def is_fronted(lead: str) -> bool:
    """Return whether what follows a beginning stands before its clause and is what this tells of: "At Acme, 900 jobs will go"."""
    return _FRONTED.search(lead, max(0, len(lead) - 40)) is not None


_CONJUNCTION = re.compile(r"\b(?:[Aa]fter|[Bb]efore|[Ss]ince|[Uu]ntil|[Tt]han)\s(?:the\s)?$")
"""What opens a clause before a subject, though it may be a preposition: "a week after Acme raised $2bn"."""


def stands_oblique(sentence: str, m: Mention) -> bool:
    """Return whether a mention stands after a preposition and is no subject, of a clause of its own neither."""
    lead = sentence[: m.start]
    return is_oblique(lead) and not (_CONJUNCTION.search(lead) and names.VERB_NEXT.match(sentence[m.end :]))


_IN_BOTH = re.compile(r"\b(?:in|at|near)\s(?:[A-Z][\w.'-]+,?\s){1,6}and\s$")
_LIST_BEFORE = re.compile(r"(?<!in )(?<!on )(?<!last )\b[A-Z][\w&.'-]+(?:\s[A-Z][\w&.'-]+)*(?:,| and|, and)\s$")
_AT = re.compile(
    r"^[^.;]{0,60}?\b(?:at|by|from|within|across|for|inside|throughout|of|leave|leaving)\s(?:the |parent |parent company |owner |maker |giant |social media giant |tech giant |rival |Germany's |"
    r"(?:[a-z-]+\s){0,4})?$"
)
_SPEECH = re.compile(
    r"^(?:'s)?\s?(?:\([A-Z.: ]+\)\s?)?(?:[^,;.]{0,30}\s)?(?:said|says|announced|confirmed|told|reported|revealed|disclosed|warned|plans|plan|will|would|is|has|had|was|to|laid|cuts?|lets?|sheds?|axe[sd]|slashe[sd]|eliminate[sd]|dismisse[sd]|fire[sd]|sack(?:s|ed)|trim(?:s|med)|parts? with|parted with)\b"
)


_APPOSITIVE = re.compile(
    r",\s(?:an?|the|one|among|some|which|who|whose|with)\s(?:[^,;]|,(?=\d)){0,120},|\s?[—–]\s?[^—–]{0,160}[—–]|\s--\s.{0,160}?\s--\s"
)
"""What only describes a company: "Acme, one of the world's largest chemical manufacturers, …"."""


def _aggregate_between(sentence: str, a: int, b: int) -> bool:
    """Whether the nearest noun before a trigger speaks of many employers, not of one."""
    piece = _APPOSITIVE.sub(",", sentence[a:b])
    all_found = list(_AGGREGATE.finditer(piece))
    if not all_found:
        return False
    found = all_found[-1]
    lead = piece[max(0, found.start() - 30) : found.start()]
    if re.search(
        r"\b(?:the|of|among|joins?|latest|other|like|many|in|across|for|as|than|than other|to|by|from|with|hitting|peer|at|hit)\s(?:\w+\s){0,2}$",
        lead,
        re.IGNORECASE,
    ):
        # "the latest of many tech companies to cut": the company before it stays the subject
        return not re.search(
            r"\b(?:latest|among|of|other|in|across|joins?|for|than|by|from|with|to|peer|at|like|hit)\s(?:\w+\s){0,2}$",
            lead,
            re.IGNORECASE,
        )
    return True


_PLACE_ACTS = re.compile(
    r"(?:^|[,;—]\s|-- )(?:The\s)?(?P<place>[A-Z][\w.]+(?:\s[A-Z][\w]+)?)(?:'s government)?\s(?:will|plans|has|is|to|said|would|lost|added|shed)\b"
)
NOBODY = Link("", 0, 0, "nobody", False)
"""No single company: the nearest subject is many employers, or people who left one."""

_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x-?|[Vv]eteran|founded by|ex)\s?(?:[\w'&.-]+,?\s){0,3}$")
_PEOPLE_OF = re.compile(
    r"^(?:'s)?,?\s(?:[\w&]+\s){0,2}?(?:executives?|employees?|engineers?|researchers?|alum\w*|veterans?|founders?|staffers?|scientists?|workers?|co-founders?)\b"
)


_COMMENTATOR = re.compile(
    r"\b(?:analysts?|economists?|strategists?|researchers?|professors?)\s(?:at|from|with|of)\s(?:the\s|[a-z-]+\s){0,4}$",
    re.IGNORECASE,
)
"""What makes a name that of a house whose people only comment."""


def _place_acts(sentence: str, before: int) -> bool:
    """Whether the subject before a place is a country or state: "Japan will provide"."""
    return any(names.is_place(m["place"]) for m in _PLACE_ACTS.finditer(sentence[:before]))


_GOES_ON = (
    r"(?:also|now|then|still|already)?\s?(?:said|says|is|are|was|has|have|had|will|would|plans?|wants?|cuts?|laid|lays|lets?|sheds|"
    r"trims|drops|parts|gives|makes|faces|told|gave|put|took|sent|got|[a-z]+(?:ed|es))\b"
)
_ASIDE = re.compile(
    rf"[A-Z][\w&.'-]*\s?(?:\((?P<inner>[^()]{{3,40}})\)|,\s(?:(?:in|of|by|with|from|to|for|under|at|on)\s)?(?:which|who|whose|whom)\s(?P<clause>[^.;]{{3,140}}?),\s(?={_GOES_ON})"
    rf"|,\s(?:an?|another|one of the)\s[^.,;]{{3,60}}?\sthat\s(?P<told>[A-Z][^.,;]{{3,80}}?),\s(?={_GOES_ON})"
    rf"|,\s(?:following|like|unlike|joining|echoing|trailing)\s(?P<other>[^.,;]{{3,80}}?),\s(?={_GOES_ON}))"
)
"""What is told of a company by the way: "Acme, which Beta wants to buy, is …", "Acme, a firm that Beta backs, has …",
"Acme, following Beta, cuts"."""
_APPOSED = re.compile(
    rf"(?:\s\([^)]{{1,30}}\))?,\s(?:an?|the|one of|once|now|itself|formerly|maker|owner|parent|\w+ times)\s[^;.]{{3,150}}?,\s(?={_GOES_ON})"
)
"""What describes the company before it and stands apart from its verb: "Acme, an early customer of Beta, has …"."""


def _subject(sentence: str, ms: list[Mention], before: int, resolve: Resolve) -> Link | None:
    """The nearest company before a place that stands as a subject, not after a preposition."""
    fallback: Link | None = None
    aside = [place.span(place.lastgroup or 0) for place in _ASIDE.finditer(sentence, 0, before + 12)]
    aside += [
        told.span()
        for m in ms
        if m.kind == "name" and m.end <= before and (told := _APPOSED.match(sentence, m.end, before + 12))
    ]
    for m in reversed([m for m in ms if m.end <= before]):
        gap = sentence[m.end : before]
        if len(gap) > 320:
            break
        if m.kind == "pronoun":
            if m.possessive:
                continue
            if m.label in ("they", "we") and _aggregate_between(sentence, 0, m.start):
                return NOBODY
            name = resolve(m)
            if name:
                return Link(name, m.start, m.end, "pronoun-subject", False)
            continue
        if m.kind == "name" and any(a <= m.start and m.end <= b for a, b in aside):
            continue
        if _aggregate_between(sentence, m.end, before):
            return NOBODY
        lead = sentence[: m.start]
        if _COMMENTATOR.search(lead[-60:]):
            continue
        if re.match(r"-(?:backed|owned|based|led|funded|founded|run)\b", sentence[m.end : m.end + 9]):
            continue
        if (
            m.kind == "name"
            and _FORMER.search(lead)
            and (_PEOPLE_OF.match(sentence[m.end :]) or re.search(r"(?:[Ff]ormer|[Ee]x-?)\s[^.;]{0,40}$", lead))
            and re.search(
                r"\b(?:executives?|employees?|engineers?|researchers?|alum\w*|veterans?|founders?|staffers?|scientists?)\b",
                sentence[m.end : before],
            )
        ):
            if any(x.kind == "name" and x.end <= m.start for x in ms):
                continue
            return NOBODY
        if m.possessive and not re.match(
            r"'s?\s(?:[\w-]+\s){0,4}(?:CEO|CFO|chief|board|management|parent|leadership|boss|founder|plan|decision|move|owner|executives?|statement|announcement|unit|division)",
            sentence[m.end : m.end + 60],
        ):
            if not re.match(r"'s?\s", sentence[m.end : m.end + 3]) or fallback is None:
                name = m.name if m.kind == "name" else resolve(m)
                if name:
                    fallback = fallback or Link(name, m.start, m.end, "possessive-before", m.kind == "name")
            continue
        oblique = (
            stands_oblique(sentence, m)
            or (bool(_IN_BOTH.search(lead)) and not names.VERB_NEXT.match(sentence[m.end :]))
            or (bool(_LIST_BEFORE.search(lead)) and not _SPEECH.match(sentence[m.end : before + 1]))
        )
        name = m.name if m.kind == "name" else resolve(m)
        if not name:
            continue
        if oblique and re.match(r"(?:\s\([^)]{1,12}\))?,\s(?:which|who|whose)\s[^,]*$", sentence[m.end : before]):
            oblique = False
        if oblique:
            fallback = fallback or Link(name, m.start, m.end, "oblique-before", m.kind == "name")
            continue
        return Link(name, m.start, m.end, "subject" if m.kind == "name" else "anaphor-subject", m.kind == "name")
    return fallback


_AND = re.compile(r",?\s(?:and\s)?")
"""What stands between the names of a list."""


def _row(sentence: str, ms: list[Mention], before: int) -> list[Mention]:
    """The names of the list that is the last before a place."""
    run: list[Mention] = []
    for m in reversed([m for m in ms if m.kind == "name" and m.end <= before]):
        if run and not _AND.fullmatch(sentence[m.end : run[0].start]):
            break
        run.insert(0, m)
    return run


def _paired(sentence: str, c: Candidate, ms: list[Mention]) -> Link | None:
    """The company of one of several figures told in one breath: "Acme and Beta cut 500 and 700"."""
    if len(c.together) < 2:
        return None
    run = _row(sentence, ms, c.start)
    if len(run) != len(c.together):
        return None
    m = run[next(i for i, x in enumerate(c.together) if x is c)]
    return Link(m.name, m.start, m.end, "paired", True)


_TELLS_OWN = re.compile(r"\s(?:said|says|announced|confirmed)(?=\s(?:on|last|this|late|[A-Z]\w+day)\b|\s?[.,;]|$)")
_TOLD = re.compile(r"\s(?:had\s|has\s)?(?:said|says|announced|confirmed)\b")
"""What an employer does after its cut: "The closing of two mills means the end of 900 jobs, the company said"."""
_EACH = re.compile(r"\s(?:(?:have|had|has|will|would)\s)?(?:each|both)\s")


def each(sentence: str, c: Candidate, ms: list[Mention]) -> list[Link]:
    """Return the employers of whom each does what a cut tells: "Acme, Beta and Gamma each laid off half of their staff"."""
    found = next((e for e in reversed(list(_EACH.finditer(sentence, 0, c.start + 5))) if e.end() <= c.start + 1), None)
    if found is None or any(m.kind == "name" and found.end() <= m.start and m.end <= c.start for m in ms):
        return []
    run = _row(sentence, ms, found.start())
    if len(run) < 2 or run[-1].end != found.start():
        return []
    return [Link(m.name, m.start, m.end, "each", True) for m in run]


_OTHER_BODY = re.compile(
    r"\b(?:Council|County|Department|Ministry|Agency|University|College|School|District|City|Police|Hospital|Trust|Government|Authority|Commission)\b"
)
"""A subject that is no firm, so that the firm of the sentence before is not meant."""


HEADING = "heading"
"""The label of a stand-in for the company that heads a list."""
_SUBJECTLESS = re.compile(
    r"(?:Will|Has|Is|Plans|Cut|Cutting|Laid|Laying|Lays|Let|Announced|Eliminated|Confirmed|Said|Reduced|Slashed|Trimmed|Dismissed|Axed|Shed|Closed|Closing|Shutting)\s(?=[a-z\d])"
)
"""How a sentence of a list begins that leaves out its subject, the company above it."""
_WHERE = re.compile(
    r"(?:\s\([^)]{1,20}\))?,\swhere\s(?:(?:up to|about|some|nearly|around|more than|as many as|another)\s)*"
)
"""What stands between an employer and a cut told of it: "Acme, where 900 jobs are to go"."""
_IN = re.compile(r"\b(?:in|near|outside)\s(?:the\s)?$")
"""What makes the name after it a place."""


_COUNTS = re.compile(
    r"\s(?:(?:has|have|had)\s)?(?:since\s|so far\s)?(?:counted|counts|tall(?:ied|ies)|track(?:ed|s)|record(?:ed|s)|list(?:ed|s))\s"
)
"""After who only counts the cuts of others."""
TELLS = re.compile(r"\s(?:(?:has|have|had)\s)?(?:also\s)?(?:reported|reports|confirmed|announced)\s")
"""What one does who tells of a cut, its own or another's."""
_AT_FIRM = re.compile(r"\s(?:at|for)\s(?:the\s)?(?:[a-z]+\s){0,2}$")
_BESIDE = re.compile(r",?\sand\s")
_TOGETHER = re.compile(r"\s(?:alone|together|combined|between them)\b")
_APIECE = re.compile(r"\b(?:each|both|respectively|apiece|every)\b")


def employer(sentence: str, c: Candidate, ms: list[Mention], resolve: Resolve, topic: str | None) -> Link | None:
    """Return the employer of a cut, or None where the text names none (many employers, a tracker's total)."""
    link = _employer(sentence, c, ms, resolve, topic)
    if link is None or not link.here or link.rule == "list-line":
        return link
    own = c.own
    if c.shape in ("cost-jobs", "cost-whom") or TELLS.match(sentence, link.end):
        for m in ms:
            if m.kind == "name" and m.start >= own.end and _AT_FIRM.fullmatch(sentence, own.end, m.start):
                return Link(m.name, m.start, m.end, "at-company", True)  # "Drop in demand costs 300 jobs at Acme"
    if link.end <= c.start and _COUNTS.match(sentence, link.end):
        return None
    if link.rule == "subject" and _of_several(sentence, link, ms):
        return None
    return link


def _of_several(sentence: str, link: Link, ms: list[Mention]) -> bool:
    """Return whether a subject is one of several whose cuts are told as one: "Acme and Beta cut 900 jobs"."""
    named = [m for m in ms if m.kind == "name" and not m.possessive]
    pair = [
        (a, b)
        for a, b in pairwise(named)
        if link.start in (a.start, b.start) and _BESIDE.fullmatch(sentence, a.end, b.start)
    ]
    return any(
        not stands_oblique(sentence, a)
        and bool(_TOGETHER.match(sentence, b.end) or names.VERB_NEXT.match(sentence[b.end :]))
        and not _APIECE.search(sentence, a.start)
        for a, b in pair
    )


def _employer(sentence: str, c: Candidate, ms: list[Mention], resolve: Resolve, topic: str | None) -> Link | None:
    headed = sentence.find(c.list_name) + len(c.list_name) if c.list_name else 0
    if headed and names.is_place(c.list_name):
        return None
    if headed and not any(m.kind == "name" and headed <= m.start and m.end <= c.start for m in ms):
        return Link(names.clean(c.list_name), 0, len(c.list_name), "list-line", True)
    start, end = c.start, c.end
    subjectless = _SUBJECTLESS.match(sentence) and not any(m.kind == "name" and m.end <= start for m in ms)
    if c.shape == "list-line" or subjectless:  # a line before tells the name
        heading = resolve(Mention("anaphor", "", 0, 0, HEADING))
        return Link(heading, start, end, "list-heading", False) if heading else None
    if paired := _paired(sentence, c, ms):
        return paired
    own = c.own
    if c.shape == "followed-by-with":
        before = [m for m in ms if m.kind == "name" and m.end <= own.start]
        return Link(before[-1].name, before[-1].start, before[-1].end, "where", True) if before else None
    for m in reversed(ms):
        named = m.kind == "name" and m.label not in ("GPE", "LOC", "FAC") and not _IN.search(sentence[: m.start])
        if named and m.end <= start and _WHERE.fullmatch(sentence[m.end : start]):
            return Link(m.name, m.start, m.end, "where", True)
    # a name inside the figure's own words: "1,600 Acme employees"
    acting = _subject(sentence, ms, start, resolve) if c.shape.startswith("verb") else None
    for m in ms:
        if acting and acting.rule == "subject" and acting.here and not m.possessive:
            break  # "Acme cuts 8% of Gaming staff"
        if m.kind == "name" and own.value_end <= m.start < own.end:
            return Link(m.name, m.start, m.end, "inside-figure", True)
    # a possessive or bare name right before the trigger: "Acme's 14,000 layoffs", "Acme layoffs", "its layoffs"
    noun = c.shape in (
        "own-noun",
        "noun-figure",
        "noun-colon",
        "percent-noun",
        "reduction-of",
        "affect",
        "list-line",
        "reduction-bare",
    )
    before = [m for m in ms if m.end <= start + 1]
    if before and noun:
        m = before[-1]
        gap = sentence[m.end : start]
        if (
            (m.possessive or m.kind == "name")
            and re.fullmatch(r"(?:'s?)?\s?(?:[\w,%-]+\s){0,3}", gap)
            and not re.search(
                r"\b(?:and|to|in|of|for|will|has|is|said|plans?|announc\w+|cut\w*|the|a|with|reports?|after|confirms?|warns?|faces?|begins?|began|starts?|could|led|made)\b",
                gap,
            )
        ):
            name = m.name if m.kind == "name" else resolve(m)
            if name:
                return Link(name, m.start, m.end, "before-noun", m.kind == "name")
    if c.shape == "cost-whom":  # "costs the exchange Acme 18% of its staff"
        whom = next((m for m in reversed(ms) if m.kind != "pronoun" and start <= m.start and m.end <= own.start), None)
        if whom and (name := whom.name if whom.kind == "name" else resolve(whom)):
            return Link(name, whom.start, whom.end, "owner-inside", whom.kind == "name")
    # an owner between trigger and figure: "reducing Acme's support workforce by 400"
    subject = _subject(sentence, ms, start, resolve)
    if subject is None or subject.rule in ("oblique-before", "possessive-before", "nobody"):
        for m in ms:
            if m.possessive and m.kind != "pronoun" and start <= m.start and m.end <= own.start:
                name = m.name if m.kind == "name" else resolve(m)
                if name:
                    return Link(name, m.start, m.end, "owner-inside", m.kind == "name")
    passive = c.shape in (
        "passive",
        "passive-weak",
        "lose-jobs",
        "jobs-go",
        "own-noun",
        "noun-figure",
        "percent-noun",
        "affect",
        "layoff-adjective",
        "noun-colon",
        "reduction-of",
        "must-go",
        "lost",
        "face-bare",
        "out-of-work",
    )
    after = [m for m in ms if m.start >= end - 1 or (m.start > start and passive)]
    at: Link | None = None
    for m in after:
        if m.kind == "pronoun" or m.start - own.end > 90:
            continue
        gap = sentence[own.end if m.start >= own.end else start : m.start]
        owned = m.possessive and re.search(r"^[^.;]{0,40}\b(?:in|at|across)\s$", gap)
        teller = "," in gap and re.match(r"\s(?:said|says|told)\b", sentence[m.end : m.end + 6])
        if (
            (_AT.match(gap) or owned)
            and not teller
            and not re.search(
                r"\b(?:connection|discontinu\w+|result of|because of|due to|amid|according|told|reported|said|says|filing|compared|than|data|tracker|since|after|while|as|who|its|their(?!\s(?:jobs?|posts?|positions?|roles?|work|livelihoods?)\b))\b",
                gap,
            )
        ):
            name = m.name if m.kind == "name" else resolve(m)
            if name:
                at = Link(name, m.start, m.end, "at-company", m.kind == "name")
            break
    if passive and at:
        return at
    if subject is NOBODY:
        return None
    its = [m for m in ms if m.kind == "pronoun" and m.possessive and m.label == "its"]
    many = _AGGREGATE.search(sentence) or _SOURCE.search(sentence)
    if not many and (subject is None or subject.rule == "oblique-before"):
        for m in ms:
            if its and m.kind == "name" and m.start >= end and _TELLS_OWN.match(sentence, m.end):
                return Link(m.name, m.start, m.end, "teller", True)
            if m.kind == "anaphor" and m.start >= end and _TOLD.match(sentence[m.end :]):
                name = resolve(replace(m, start=0, end=0))  # no name of this sentence
                if name:
                    return Link(name, m.start, m.end, "teller", False)
    if _SOURCE.search(sentence) and (subject is None or subject.rule in ("oblique-before", "possessive-before")):
        return None
    if subject and not (subject.rule == "oblique-before" and at):
        return subject
    if at:
        return at
    # "its cuts affect 300 staff", "1,000 positions will go at its plants"
    if its and not _aggregate_between(sentence, 0, start):
        name = resolve(its[0])
        if name:
            return Link(name, its[0].start, its[0].end, "its", False)
    if many:
        return None
    if any(m.kind == "name" and m.start > end for m in ms):
        m = next(m for m in ms if m.kind == "name" and m.start > end)
        if re.search(r"\b(?:as|after|said|says)\s(?:the\s)?$|,\s$", sentence[: m.start]) and not topic:
            return Link(m.name, m.start, m.end, "after-figure", True)
    if _place_acts(sentence, start):
        return None
    if any(_OTHER_BODY.search(sentence[a:b]) for a, b in names.runs(sentence) if b <= start):
        return None
    told = resolve(names.UNTOLD)
    return Link(told, c.start, c.end, "context", False) if told else None


_VC = re.compile(ai_investment.VC)
_FROM = re.compile(
    r"\b(?:led by|co-led by|from|backed by|including|participation (?:from|by|of)|investors?|joined by|alongside|investments? from|by|with)\b",
    re.IGNORECASE,
)


def raiser(
    sentence: str, c: Candidate, ms: list[Mention], resolve: Resolve, topic: str | None
) -> tuple[Link | None, list[str]]:
    """Return who raises in a funding round, and the investors that the sentence names."""
    assert c.figure is not None
    investors = _investors(sentence, c.figure.end, ms)
    figure = c.figure
    # "round into Acme", "investment in Acme", "for Acme"
    into: Link | None = None
    for m in ms:
        if m.start < figure.end or m.kind == "pronoun" or m.start - figure.end > 110:
            continue
        gap = sentence[figure.end : m.start]
        if re.search(r"\b(?:led by|from|with participation)\b", gap):
            break
        if re.match(
            r"^(?:[^.;,]{0,45}\s)?(?:into|bet on|(?:series [a-k]|seed|round|investment|funding|financing|bet|raise)\s(?:in|into|for|on)|investment in|round in|round for|round of|stake in|funding for|round at)\s(?:the\s|an?\s|its\s|[\w'-]+\s){0,5}$",
            gap,
            re.IGNORECASE,
        ) or re.match(r"^[^.;,]{0,40}\s(?:in|for)\s(?:the\s)?$", gap):
            name = m.name if m.kind == "name" else resolve(m)
            if name:
                into = Link(name, m.start, m.end, "into-company", m.kind == "name")
            break
    subject = _subject(sentence, ms, min(c.start, figure.start), resolve)
    if subject is NOBODY:
        return into, investors
    text_before = sentence[: figure.start]
    leads = (
        re.search(
            r"\b(?:lead(?:s|ing)?|led|co-leads?|co-led|back(?:s|ed|ing)?|join(?:s|ed)?|anchor(?:s|ed)?|participat\w+ in|took part in|takes? part in)\s(?:an?|its|the|in)?\s*$",
            text_before,
        )
        or c.shape == "led-its-round"
    )
    if leads:
        if subject and subject.here:
            investors = [subject.name, *investors]
        return into or (
            Link(topic, c.start, c.end, "topic", False) if topic and (not subject or topic != subject.name) else None
        ), investors
    if subject and into and _VC.search(subject.name):
        return into, [subject.name, *investors]
    if subject and subject.rule in ("oblique-before", "possessive-before"):
        lead = sentence[max(0, subject.start - 60) : subject.start]
        if re.search(r"\b(?:led by|from|backed by|participation)\b[^.]*$", lead) or subject.name in investors:
            return into or (Link(topic, c.start, c.end, "topic", False) if topic else None), investors
    if subject:
        return subject, [i for i in investors if names.key(i) != names.key(subject.name)]
    if into:
        return into, investors
    its = [m for m in ms if m.kind == "pronoun" and m.possessive and m.label == "its"]
    if its and (name := resolve(its[0])):
        return Link(name, its[0].start, its[0].end, "its", False), investors
    after = [m for m in ms if m.kind != "pronoun" and m.start > figure.end]
    if after and re.match(
        r"^[^.;]{0,50}\b(?:brings|gives|values|valuing|took|pushes|put)\s", sentence[figure.end : after[0].start] + " "
    ):
        m = after[0]
        if name := (m.name if m.kind == "name" else resolve(m)):
            return Link(name, m.start, m.end, "after-figure", m.kind == "name"), investors
    mine = topic and topic not in investors
    if topic and mine and not re.search(ai_investment.AGGREGATE_PAYERS, sentence, re.IGNORECASE):
        return Link(topic, c.start, c.end, "topic", False), investors
    return None, investors


def _investors(sentence: str, after: int, ms: list[Mention]) -> list[str]:
    m = _FROM.search(sentence, after)
    if not m:
        return []
    return [x.name for x in ms if x.kind == "name" and x.start >= m.end() and x.start - m.end() < 320]


@dataclass(frozen=True, slots=True)
class Parties:
    """Payer, other side and the kind that their places decide."""

    payer: Link | None
    others: list[str]
    kind: str


_LEADS = re.compile(
    r"\b(?:leads?|led|leading|co-leads?|co-led|heads?|headed|anchors?|anchored)\s(?:an?|its|the|in)?\s*$"
)
_BACKS_WITH = re.compile(r"\bback(?:s|ed|ing)?\s[^.;‹›]{1,60}\swith\s(?:up to\s|about\s|another\s)?$")


_DESCRIBED = re.compile(
    r"\b(?:start-?up|company|firm|lab|maker|developer|provider|group|rival|giant|unicorn|platform|chipmaker|designer|business|outfit|specialist)\s$",
    re.IGNORECASE,
)


def payer(
    sentence: str,
    c: Candidate,
    ms: list[Mention],
    resolve: Resolve,
    topic: str | None,
    supplies: Callable[[str], bool] | None = None,
) -> Parties:
    """Return who pays for an outlay, stake, purchase or contract, to whom, and which of these it is.

    `supplies` tells whether the document calls a company a seller of chips, compute or data centres.
    """
    assert c.figure is not None
    figure = c.figure
    subject = _subject(sentence, ms, min(c.start, figure.start), resolve)
    owner = next(
        (
            m
            for m in ms
            if m.possessive
            and m.kind != "pronoun"
            and m.end <= figure.start
            and re.fullmatch(r"(?:'s)?\s(?:[\w-]+\s){0,2}", sentence[m.end : figure.start])
        ),
        None,
    )
    if owner and (name := owner.name if owner.kind == "name" else resolve(owner)):
        subject = Link(name, owner.start, owner.end, "owner", owner.kind == "name")
    elif subject is NOBODY or _place_acts(sentence, c.start):
        return Parties(None, [], "capex")
    after = [
        m
        for m in ms
        if m.start >= figure.end
        and m.kind == "name"
        and not (
            m.label in ("GPE", "LOC", "FAC")
            and not _DESCRIBED.search(sentence[: m.start])
            and (names.is_place(m.name) or re.match(r",\s[A-Z]", sentence[m.end : m.end + 3]))
        )
    ]
    following = sentence[figure.end :]
    others: list[str] = []
    if c.family == "acquisition":
        return _acquisition(sentence, c, ms, subject, resolve, topic)
    if c.family == "contract":
        return _contract(sentence, c, ms, subject, resolve, topic, supplies)
    if c.family == "stake":
        target = next(
            (
                m
                for m in after
                if re.match(r"^[^.;]{0,40}?\b(?:in|of)\s(?:[\w'-]+\s){0,5}?$", sentence[figure.end : m.start])
            ),
            None,
        )
        before_target = next(
            (
                m
                for m in ms
                if m.kind == "name"
                and m.end <= figure.start
                and re.search(r"\b(?:backer|investor|stake|shareholder)s?\s(?:of|in)\s(?:the\s)?$", sentence[: m.start])
            ),
            None,
        )
        if target:
            others = [target.name]
        elif before_target:
            others = [before_target.name]
            if subject and subject.name == before_target.name:
                subject = _subject(
                    sentence, [m for m in ms if m.end < before_target.start], before_target.start, resolve
                )
        return Parties(subject or (Link(topic, c.start, c.end, "topic", False) if topic else None), others, "stake")
    # outlay: into a company is a stake, into one's own plants is capex
    target = None
    for m in after:
        gap = sentence[figure.end : m.start]
        if len(gap) > 70:
            break
        if re.match(
            r"^(?:\s(?:more|additional|investment|bet|stake|commitment|injection|infusion|deal|over|this year|next year|cash|of its own|in cash))*(?:\s\w+ing)?\s(?:in|into)\s(?:the\s|rival\s|[a-z][\w'-]*\s|AI\s|AI-[\w]+\s|U\.S\.\s|French\s|Chinese\s|British\s){0,6}$",
            gap,
        ) and not re.match(
            r"'s?\s(?:\w+\s)?(?:infrastructure|data|AI|economy|cloud|chip)", sentence[m.end : m.end + 25]
        ):
            target = m
        break
    if target is None and (backs := _BACKS_WITH.search(sentence[: figure.start])):
        target = next((m for m in ms if m.kind == "name" and backs.start() < m.start and m.end <= figure.start), None)
    if target is None:
        # "its investment of $5bn in Acme", "to invest in Acme … $5bn"
        for m in ms:
            if (
                m.kind == "name"
                and c.start < m.start < figure.start
                and re.search(
                    r"\b(?:invest(?:ment|ing|ed|s)?|stake)\s(?:in|into)\s(?:[\w'-]+\s){0,4}$", sentence[: m.start]
                )
            ):
                target = m
    if subject and target is not None and _LEADS.search(sentence[: figure.start]):
        return Parties(Link(target.name, target.start, target.end, "into-company", True), [subject.name], "funding")
    if subject is None:
        by = next(
            (
                m
                for m in ms
                if m.start >= figure.end
                and m.kind != "pronoun"
                and re.search(r"\b(?:by|from)\s(?:the\s)?$", sentence[figure.end : m.start])
                and not re.search(
                    r"\b(?:data|figures|report|study|numbers)\s(?:by|from)\s$", sentence[figure.end : m.start]
                )
            ),
            None,
        )
        if re.search(ai_investment.AGGREGATE_PAYERS, sentence[: c.start + 1], re.IGNORECASE):
            by = None
        if by and (name := (by.name if by.kind == "name" else resolve(by))):
            subject = Link(name, by.start, by.end, "by-company", by.kind == "name")
    if subject is None:
        its = [m for m in ms if m.kind == "pronoun" and m.possessive and m.label == "its"]
        if its and (name := resolve(its[0])):
            subject = Link(name, its[0].start, its[0].end, "its", False)
    if subject is None and topic and not re.search(ai_investment.AGGREGATE_PAYERS, sentence, re.IGNORECASE):
        subject = Link(topic, c.start, c.end, "topic", False)
    if target is not None and (subject is None or names.key(target.name) != names.key(subject.name)):
        return Parties(subject, [target.name], "stake")
    if re.match(ai_investment.FUND_NOUN, following):
        return Parties(subject, others, "fund")
    return Parties(subject, others, "capex")


_ACQUIRED_BY = re.compile(
    r"\b(?:acquired|bought|purchased|snapped up|scooped up|taken over|swallowed|picked up)(?:\s(?:in|last|this|earlier|on)\s[\w ]{3,16})?\sby\s(?:the\s)?(?:(?:[a-z][\w'-]*|AI|U\.S\.|[A-Z][a-z]+(?:n|sh|ch|se))\s){0,4}"
)


_TAKEOVER_BY = re.compile(
    r"\b(?:takeover|acquisition|buyout|purchase|takeover bid|bid)\s(?:offer\s)?(?:by|from)\s(?:the\s)?(?:[a-z][\w'-]*\s){0,4}(?=[A-Z])"
)


def _acquisition(
    sentence: str, c: Candidate, ms: list[Mention], subject: Link | None, resolve: Resolve, topic: str | None
) -> Parties:
    assert c.figure is not None
    inside = [
        m
        for m in ms
        if m.kind == "name" and m.start >= c.start and (m.end <= c.figure.start or m.start >= c.figure.end)
    ]
    if passive := _ACQUIRED_BY.search(sentence) or _TAKEOVER_BY.search(sentence):
        buyer = next((m for m in ms if m.kind != "pronoun" and 0 <= m.start - passive.end() < 40), None)
        bought = next((m for m in reversed(ms) if m.end <= passive.start() and m.kind != "pronoun"), None)
        if buyer and (name := buyer.name if buyer.kind == "name" else resolve(buyer)):
            sold = (bought.name if bought.kind == "name" else resolve(bought)) if bought else topic
            sides = [sold] if sold and names.key(sold) != names.key(name) else []
            return Parties(Link(name, buyer.start, buyer.end, "by-company", buyer.kind == "name"), sides, "acquisition")
    if subject is None and (
        by := next(
            (
                m
                for m in ms
                if m.start > c.start and re.search(r"\bby\s(?:the\s)?$", sentence[: m.start]) and m.kind == "name"
            ),
            None,
        )
    ):
        subject = Link(by.name, by.start, by.end, "by-company", True)
        inside = [m for m in ms if m.kind == "name" and m.start != by.start]
    if subject is None and topic:
        subject = Link(topic, c.start, c.end, "topic", False)
    others = [m.name for m in inside if subject is None or names.key(m.name) != names.key(subject.name)][:1]
    if (
        not others
        and subject
        and (its := [m for m in ms if m.kind == "anaphor" and m.start > c.start])
        and (name := resolve(its[0]))
        and names.key(name) != names.key(subject.name)
    ):
        others = [name]
    return Parties(subject, others, "acquisition")


_ORDER_FROM = re.compile(
    r"\b(?:orders?|commitments?|contracts?|business)\s(?:[\w$.-]+\s){0,4}from\s(?:the\s|[a-z][\w'.-]*\s){0,4}$"
)
_PAYS = re.compile(r"\bpa(?:y|ys|id|ying)\s(?:the\s)?(?:[a-z-]+\s){0,4}$")
_SELLER = re.compile(ai_investment.SELLER_SUBJECT, re.IGNORECASE)


def _contract(
    sentence: str,
    c: Candidate,
    ms: list[Mention],
    subject: Link | None,
    resolve: Resolve,
    topic: str | None,
    supplies: Callable[[str], bool] | None,
) -> Parties:
    assert c.figure is not None
    lo = subject.end if subject else 0
    partner: tuple[str, int, int] | None = None
    paid = next(
        (m for m in ms if m.kind != "pronoun" and m.end <= c.figure.start and _PAYS.search(sentence[: m.start])), None
    )
    payee = (paid.name if paid.kind == "name" else resolve(paid)) if paid else None
    if (
        paid
        and payee
        and subject
        and re.fullmatch(r"\s(?:up to |about |some )?", sentence[paid.end : c.figure.start])
        and names.key(payee) != names.key(subject.name)
    ):
        return Parties(subject, [payee], "contract")
    for m in ms:
        if m.kind == "pronoun" or m.start <= lo:
            continue
        lead = sentence[max(0, m.start - 40) : m.start]
        if re.search(r"\b(?:with|from|for|to|by)\s(?:the\s|[a-z][\w'.-]*\s){0,4}$", lead):
            name = m.name if m.kind == "name" else resolve(m)
            if name and (subject is None or names.key(name) != names.key(subject.name)):
                partner = (name, m.start, m.end)
                break
    if subject is None and topic:
        subject = Link(topic, c.start, c.end, "topic", False)
    if subject is None:
        return Parties(None, [], "contract")
    if partner and _ORDER_FROM.search(sentence[: partner[1]]):
        return Parties(Link(partner[0], partner[1], partner[2], "buyer", True), [subject.name], "contract")
    if partner and supplies is not None and supplies(partner[0]) and not supplies(subject.name):
        return Parties(subject, [partner[0]], "contract")
    if partner and supplies is not None and supplies(subject.name) and not supplies(partner[0]):
        return Parties(Link(partner[0], partner[1], partner[2], "buyer", True), [subject.name], "contract")
    seller = _SELLER.search(sentence[subject.end :]) and not re.search(
        r"\b(?:buy|purchas|rent|leas|spend|use|access|secure capacity|commit|pay)\w*\b",
        sentence[subject.end : subject.end + 160],
    )
    if partner and seller:
        return Parties(Link(partner[0], partner[1], partner[2], "buyer", True), [subject.name], "contract")
    if partner and subject.rule == "topic":
        return Parties(Link(partner[0], partner[1], partner[2], "buyer", True), [subject.name], "contract")
    return Parties(subject, [partner[0]] if partner else [], "contract")
