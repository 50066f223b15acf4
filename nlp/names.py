"""Who is named: companies in a sentence, what is no company, and what "the company" or "it" stands for.

Names come from three sides: the shipped companies, the model's named entities, and runs of capitalised words that the
text uses as a subject. The document decides which of them are one and the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from newsledger import companies
from newsledger.model import Company
from nlp import dates, figures, prefilter, wording

MentionKind = Literal["name", "anaphor", "pronoun"]

_CAPITALISED = r"(?:Co-op(?:erative)?\b|St\.(?=\s[A-Z])|[A-ZÀ-ÞŁŚŠŽÇĀŌ][\w+&*\u00a1-\u00bf]*(?:[-.&/'][A-Z0-9][\w+]*)*[*+!]?(?:\.(?:com|ai|io|fyi))?|[a-z]{1,4}[A-Z]\w+|[a-z]{1,2}-[A-Z]\w+|\d{1,2}\.AI\b|\d+[A-Z]\w*|[a-z]\d{1,2}[a-z]\b|[a-z]\d{1,2}(?=\s[A-Z])|[a-z][\w-]++\.(?:ai|io)\b)"
_RUN = re.compile(
    # a small word before a space is none of them: told at once, most of a sentence is passed by in half the time
    rf"(?<![\w$€£@/.])(?![a-z]+(?:[\s,;:)]|\Z))(?:{_CAPITALISED})(?:\s(?:(?:&|of|de|for)\s)?{_CAPITALISED})*"
)

LEGAL = re.compile(
    r",?\s(?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|LLC|PLC|plc|AG|SE|SA|S\.A|N\.V|NV|GmbH|Holdings?|Pvt|L\.P|LP|Cos)\.?$"
)

_LISTS = Path(__file__).parent / "wordlists"


def _words(name: str) -> frozenset[str]:
    return frozenset((_LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines())


_FUNCTION = _words("function_words")
"""Words that end a run of capitals wherever they stand."""
_COMMON = _words("common_words")
"""Words that are part of a name within a sentence, but not at its start nor in a title."""
_PLACES = _words("places")
_OUTLETS = _words("outlets")
_SHARED_FIRST = _words("shared_first_words")
"""First words that unlike companies share."""
NOT_COMPANIES = _words("no_companies")
_TITLES = re.compile(
    r"(?:\b(?:CEO|CFO|CTO|COO|CMO|CPO|CHRO|[Cc]hief\s\w+\s[Oo]fficer|[Pp]resident|[Cc]hair(?:man|woman)?|[Ff]ounder|[Cc]o-?founder|[Ee]xecutive|[Dd]irector|[Mm]anager|[Aa]nalyst|[Ss]pokes\w+|"
    r"[Ss]enator|[Ss]en\.|[Rr]ep\.|[Gg]ov\.|[Mm]inister|[Pp]rofessor|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|[Pp]artner|[Bb]illionaire|[Vv]eteran|[Jj]udge|[Ee]ngineer|[Ee]conomist|boss|head))[\s,]+$"
)
_PERSON_AFTER = re.compile(
    r"^(?:,? (?:who|wrote|added|tweeted|posted|recalled)\b|, (?:the |its |a |an )?(?:(?!startup|company|firm|maker|platform|lab|provider|founded)[\w'&.-]+\s){0,4}?(?:boss|CEO|CFO|CTO|COO|chief|president|chair\w*|founder|co-founder|analyst|director|partner|executive|economist|professor|manager|head|spokes\w+)\b)"
)
COMPANY_WORD = re.compile(
    r"\b(?:Labs?|Systems|Health|Healthcare|AI|Technologies|Technology|Group|Bank|Energy|Motors?|Capital|Ventures?|Partners|Robotics|Therapeutics|Medicine|Media|Games?|"
    r"Studios?|Software|Networks?|Airlines?|Airways|Pharma\w*|Bio\w*|Electronics|Semiconductor|Insurance|Foods?|Stores?|Financial|Holdings?|Industries|International|Interactive|"
    r"Cloud|Data|Security|Solar|Aerospace|Brands|Entertainment|Global|Mobile|Telecom|Communications|Logistics|Medical|Materials|Fusion|Power|Air|Express|Analytics|Computing|Foundation|Mail|Springer|Works|Mills|Steel|Mining)$"
)
_COMPANY_AFTER = re.compile(
    r"^\s*,\swhich\b|^\s*,\s(?:the|a|an|one of|whose|maker|owner|parent)\s(?:[\w'&.-]+\s){0,8}?(?:startup|start-up|company|firm|maker|platform|lab|provider|developer|agency|bank|retailer|giant|unicorn|operator|business|group|carrier|airline)\b"
)
_DEMONYMS = re.compile(
    r"^(?:American|British|English|Scottish|Irish|Welsh|German|French|Italian|Spanish|Portuguese|Dutch|Belgian|Swiss|Austrian|Swedish|Norwegian|"
    r"Danish|Finnish|Polish|Czech|Hungarian|Romanian|Greek|Turkish|Russian|Ukrainian|Chinese|Japanese|Korean|South Korean|Taiwanese|Singaporean|"
    r"Malaysian|Indonesian|Vietnamese|Thai|Filipino|Indian|Pakistani|Australian|Canadian|Mexican|Brazilian|Israeli|Saudi|European|Asian|African|"
    r"Chilean|Colombian|Argentine|Argentinian|Peruvian|Egyptian|Nigerian|Kenyan|Ghanaian|Moroccan|Tunisian|South African|Emirati|Qatari|Kuwaiti|Jordanian|Lebanese|"
    r"Bangladeshi|Sri Lankan|Nepali|Lithuanian|Latvian|Bulgarian|Croatian|Serbian|Slovak|Slovenian|Icelandic|Armenian|Kazakh|Scandinavian|Latin American|Californian|Texan|Silicon|Nordic|Estonian|Western|Eastern|Global|International|Democratic|Republican|Democrats?|Republicans?|Americans?|Europeans?|Christian|Muslim)$"
)

_ANAPHOR = prefilter.Beginning(
    r"\b(?P<det>[Tt]he|[Tt]his|[Tt]hat)\s(?P<adj>(?:(?!company|firm|startup)[\w.'-]+\s){0,4}?)"
    r"(?P<head>company|Company(?!\s[A-Z])|firm|start-?up|giant|maker|retailer|bank|group|carrier|airline|lender|platform|brand|unicorn|conglomerate|studio|"
    r"publisher|network|chip maker|[a-z]+maker|manufacturer|telco|supermarket|brewer|(?:house|home)builder|marketplace|exchange(?!\s(?:rates?|of|for)\b)|insurer|brokerage|fintech|developer|operator|provider|"
    r"organi[sz]ation|foundation|business|outfit|corporation|multinational|titan|behemoth|powerhouse|specialist|broadcaster|newspaper|outlet|"
    r"lab|tech giant|cloud giant|search giant|hyperscaler|neocloud|agency|university|utility|miner|producer|plane maker|chain|grocer|restaurant|decacorn|vendor|consultancy|employer|label|bureau|service)"
    r"\b(?!\s(?:said to|behind|that|which|founders|'s rivals|founded|formerly known))(?P<poss>'s)?(?!\s(?:level|size|industry|world|space|sector))",
    not_after=r"\w",
)
_PRONOUN = prefilter.Beginning(
    r"\b(?P<pro>[Ii]ts?|[Tt]hey|[Tt]heir|[Ww]e|[Oo]ur)\b(?!\s(?:(?:is|was) (?:odd|hard|easy|difficult|unusual|rare|striking|clear|true|possible|impossible|important|worth|tempting|fair|natural|notable|remarkable|no|the (?:first|latest|second|third|largest|biggest))\b|is (?:expected|estimated|possible|unclear|likely|unknown|not clear|understood|believed)|was (?:reported|unclear)|remains|comes? (?:just |only )?(?:\w+ )?(?:as|after|amid|weeks|days|months|hours|on the)\b|came (?:just )?(?:as|after|amid)|may be|could be that|takes|turns out|'s unclear))",
    not_after=r"\w",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of a company, or a stand-in for one; offsets count in the sentence."""

    kind: MentionKind
    name: str
    start: int
    end: int
    label: str = ""
    """The model's entity label, empty where it saw none."""
    possessive: bool = False


UNTOLD = Mention("anaphor", "", 0, 0)
"""What stands in for a company that a sentence does not speak of at all."""
_ARTICLE = re.compile(r"^(?:the|The)\s")
_MARKS = re.compile(r"[^\w+&]+")


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """Return what two spellings of a name share: casefolded, bare of legal form, articles, possessive and marks."""
    bare = _ARTICLE.sub("", LEGAL.sub("", name.strip().removesuffix("'s")))
    return _MARKS.sub(" ", bare.casefold()).strip()


@lru_cache(maxsize=8192)
def clean(name: str) -> str:
    """Return a name without legal form, trailing marks and possessive, as the text writes it."""
    name = re.sub(r"\s+", " ", name).strip(" ,.;:'\"-")
    name = re.sub(r"'s$", "", name)
    for _ in range(2):
        shorter = LEGAL.sub("", name)
        if shorter == name or len(shorter) < 2:
            break
        if name.endswith(("Company", "Holdings", "Holding")) and " " not in shorter:
            break
        name = shorter
    return name.strip(" ,.&-")


def places_named(text: str, name: str) -> Iterator[int]:
    """Yield where a text names a name, its words whole."""
    at = text.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        if whole := is_edge(text, at) and is_edge(text, end):
            yield at
        at = text.find(name, end if whole else at + 1)


def times_named(text: str, name: str) -> int:
    """Return how often a text names a name, its words whole."""
    return sum(1 for _ in places_named(text, name))


def is_edge(text: str, place: int) -> bool:
    """Return whether a word begins or ends at a place."""
    before, after = text[place - 1] if place else " ", text[place] if place < len(text) else " "
    return (before.isalnum() or before == "_") != (after.isalnum() or after == "_")


def is_place(name: str) -> bool:
    """Return whether a name is that of a country, state, region or large city."""
    low = name.casefold()
    if "/" in low:  # a dateline: "LONDON/NEW YORK"
        return all(part.strip(".") in _PLACES for part in low.split("/"))
    return low.strip(".") in _PLACES or low in _PLACES


@cache
def shipped() -> Mapping[str, Company]:
    """Return name key → shipped company, those names left out that need context."""
    return {
        key(name): c for c in companies.load() for name in (c.name, *(a.name for a in c.aliases if not a.needs_context))
    }


@cache
def shipped_words() -> frozenset[str]:
    """Return the keys of shipped companies' names that are one word."""
    names = (name for c in companies.load() for name in (c.name, *(a.name for a in c.aliases)))
    return frozenset(k for k in map(key, names) if " " not in k)


@cache
def _common_words() -> frozenset[str]:
    """Return the keys of shipped companies' names that are words of the language, too."""
    return frozenset(key(a.name) for c in companies.load() for a in c.aliases if a.needs_context)


@cache
def _houses() -> dict[str, frozenset[str]]:
    """Key of a shipped name → the ids of its company and that company's parent."""
    out: dict[str, frozenset[str]] = {}
    for c in companies.load():
        for name in (c.name, *(a.name for a in c.aliases)):
            out[key(name)] = out.get(key(name), frozenset()) | {c.id} | ({c.parent_id} if c.parent_id else set())
    return out


def same_house(a: str, b: str) -> bool:
    """Return whether two names are known to be one company, or a company and its parent."""
    houses = _houses()
    return bool(houses.get(key(a), frozenset()) & houses.get(key(b), frozenset()))


def is_outlet(name: str) -> bool:
    """Return whether a name is that of a news outlet, which mostly reports and seldom acts."""
    return name.casefold() in _OUTLETS


_LEGAL_ALONE = ("inc", "corp", "ltd", "llc", "plc", "co", "gmbh", "company", "corporation")


@lru_cache(maxsize=2048)
def is_no_company(name: str) -> bool:
    """Return whether a capitalised run is surely not a company: a place, a people, a body, a plain word."""
    low = name.casefold().strip(". ")
    return (
        low in NOT_COMPANIES
        or low in _LEGAL_ALONE
        or low in _FUNCTION
        or is_place(name)
        or all(_DEMONYMS.match(part) for part in name.split("-"))
        or len(low) < 2
        or bool(_NO_NAME.fullmatch(name))
        or bool(_BODY.search(name))
    )


_NO_NAME = re.compile(
    rf"(?:{'|'.join(mark for mark in figures.CURRENCIES if mark.isalpha() and len(mark) > 1)})\d[\d.,]*|"
    r"(?:Generative|Artificial) (?:AI|Intelligence)|(?:Legal|Voice|Enterprise|Physical|Sovereign|Conversational|Consumer|Clinical|Industrial|Embodied|Agentic|Responsible) AI|[A-Z]{2,4}-\d{2,4}|[A-Z]{2,4}s|[\d.,%]+|[QH][1-4]|(?:19|20)\d\d|FY\d+"
)
_BODY = re.compile(
    r"^Cent(?:re|er)$|\b(?:Restructuring|Reduction|Layoffs?)\b|\b(?:Plan|Programme|Program|Initiative)$|^(?:Worker|Employee) Adjustment|^Retraining Notification|\b(?:University|College|Cent(?:re|er) for|School|Department|Ministry|Union|Association|Committee|Court|Commission|Congress|Senate|Board|Act|Agency|Institute of|Bureau|"
    r"Administration|Parliament|Council|Street|Avenue|County|City of|Federation|Index|Statistics|Awards?|Summit|Conference|Week|Festival)\b"
)


def is_government(name: str) -> bool:
    """Return whether a name is that of a state body."""
    return bool(
        re.search(
            r"\b(?:Department|Ministry|Administration|Government|government|Agency|Bureau|Pentagon|Congress|White House|Army|Navy|Council|County)\b",
            name,
        )
    ) or is_place(name)


_TAIL = re.compile(r"\s[-|]\s[A-Z][^-|]{1,45}$")
_SPACELESS = re.compile(r"\S+")


@lru_cache(maxsize=2048)
def runs(sentence: str, title_case: bool = False) -> tuple[tuple[int, int], ...]:
    """Return the spans of capitalised runs, cut at function words, and in titles at verbs and descriptors too."""
    spans: list[tuple[int, int]] = []
    first = len(sentence) - len(sentence.lstrip(" \"'(-•"))
    tail = (
        _TAIL.search(sentence)
        if len(sentence) < 220 and ("-" in sentence or "|" in sentence) and not sentence.rstrip().endswith(".")
        else None
    )
    if tail and tail.start() > 20:
        sentence = sentence[: tail.start()]  # a headline's outlet
    for m in _RUN.finditer(sentence):
        alone = len(m.group().split()) == 1
        words = [m.span()] if alone else [w.span() for w in _SPACELESS.finditer(sentence, m.start(), m.end())]
        group: list[tuple[int, int]] = []
        kept = _of_shipped(sentence, words) if len(words) > 1 else ()
        for a, b in [*words, (-1, -1)]:
            low = sentence[a:b].strip(".,'").casefold() if a >= 0 else ""
            stop = a < 0 or low in _FUNCTION
            if not stop and low in _COMMON:
                opening = a <= first or sentence[max(0, a - 2) : a] in (": ", "? ", "! ", "— ")
                stop = title_case or (opening and not group)
            if stop and low in _LINKS and group and not (low == "for" or (title_case and low == "of")):
                stop = False
            if a in kept or (low == "bank" and not title_case and _OF_NAME.match(sentence, b)):
                stop = False  # "Bank of Acme"
            if stop:
                while group and sentence[group[-1][0] : group[-1][1]].casefold() in _LINKS:
                    group.pop()
                if group:
                    begin = group[0][0]
                    if sentence.endswith("New ", 0, begin) and any(
                        is_place(sentence[begin - 4 : end]) for _, end in group
                    ):
                        begin -= 4
                    before = max(0, begin - 8)
                    if sentence.find(".", before, begin) >= 0 and (
                        initials := _INITIALS.search(sentence, before, begin)
                    ):
                        begin = initials.start()  # "C.H. Robinson"
                        spans = [span for span in spans if span[1] <= begin]
                    spans.append((begin, group[-1][1]))
                group = []
            else:
                group.append((a, b))
    return tuple(spans)


_INITIALS = re.compile(r"(?<![\w.])(?!U\.[SKN]\.|[EA]\.[UI]\.|D\.C\.|L\.A\.|N\.[YJ]\.|[PA]\.M\.)(?:[A-Z]\.){2,3}\s?$")
_LINKS = ("of", "&", "de", "for")
_OF_NAME = re.compile(r" of [A-Z]")


def is_shipped(name: str, registry: Registry) -> bool:
    """Return whether a name is that of a shipped company that the document's registry may know."""
    k = key(name)
    return k in shipped() and k not in registry.unknown


@cache
def _shipped_by_first() -> Mapping[str, list[int]]:
    """Return the first word of each shipped name of several words → how many words such names have."""
    found: dict[str, set[int]] = {}
    for name in shipped():
        first, *rest = name.split()
        if rest:
            found.setdefault(first, set()).add(1 + len(rest))
    return {first: sorted(counts, reverse=True) for first, counts in found.items()}


def _of_shipped(sentence: str, words: Sequence[tuple[int, int]]) -> set[int]:
    """Return where the words of shipped names begin that a run holds whole: "Bank of America", "Capital One"."""
    kept: set[int] = set()
    for i, (a, b) in enumerate(words):
        for count in _shipped_by_first().get(sentence[a:b].casefold(), ()):
            if i + count <= len(words) and key(sentence[a : words[i + count - 1][1]]) in shipped():
                kept.update(start for start, _ in words[i : i + count])
                break
    return kept


_GENERIC = re.compile(
    r"(?:ai|labs?|capital|ventures?|partners|group|bank|health|energy|systems|technologies|technology|media|studios?|games?|software|foundation|news|cloud|security|data)"
)


@dataclass
class Registry:
    """The names of one document, grouped: which spellings are one company."""

    counts: Counter[str] = field(default_factory=Counter)
    spelled: dict[str, Counter[str]] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    """Last words of people's names."""
    inner: set[str] = field(default_factory=set)
    """Words that the document capitalises within a sentence."""
    headed: set[str] = field(default_factory=set)
    """Keys that the title names: an outlet among them is the news, not its teller."""
    unknown: frozenset[str] = frozenset()
    """Keys of shipped companies that are to be as if not shipped."""
    is_word: Callable[[str], bool] = field(default=lambda word: True)
    """Whether a lower-case word is a word of the language, so that a capital at a sentence's start tells nothing."""
    called: dict[str, set[str]] = field(default_factory=dict)
    """Kind of firm ("startup", "lab") → groups of the names that the document calls so."""
    organisations: Counter[str] = field(default_factory=Counter)
    """Key → how often the model, or what the document says of it, calls it a company."""
    places: set[str] = field(default_factory=set)
    """Keys that stand where only a place does, and are not called a company as often."""

    _groups: dict[str, str] = field(default_factory=dict, repr=False)
    """Name → its group, as far as asked since the last naming."""

    def add(self, name: str) -> None:
        """Count one naming."""
        self._groups.clear()
        k = key(name)
        self.counts[k] += 1
        self.spelled.setdefault(k, Counter())[clean(name)] += 1

    def group(self, name: str) -> str:
        """Return the key of the group a name belongs to: the shortest key of the document that begins it."""
        if (group := self._groups.get(name)) is None:
            group = self._groups[name] = self._group(key(name))
        return group

    def _group(self, k: str) -> str:
        words = k.split()
        if len(words) > 2:
            initials = "".join(word[0] for word in words)
            if initials in self.counts and initials.upper() in self.spelled[initials]:
                return initials
        for n in range(1, len(words)):
            head = " ".join(words[:n])
            if head in shipped() and words[n] in shipped():
                continue  # "Nokia Siemens Networks" is neither Nokia nor Siemens
            if head in self.counts and len(head) > 1 and (n > 1 or self.counts[head] >= 1):
                if n == 1 and words[0] in _SHARED_FIRST:
                    continue
                return head
        for n in range(1, len(words)):
            tail = " ".join(words[n:])
            if tail in self.counts and len(tail) > 3 and tail not in _SHARED_FIRST and not _GENERIC.fullmatch(tail):
                return tail
        return k

    def same(self, a: str, b: str) -> bool:
        """Return whether two names are one company in this document."""
        return self.group(a) == self.group(b)


_CALLED_BEFORE = re.compile(
    r"\b(start-?up|lab|unicorn|chip ?maker|giant|hyperscaler|neocloud|conglomerate)\s$", re.IGNORECASE
)
_CALLED_AFTER = re.compile(
    r"^,\s(?:an?|the|one of)\s[^.;,]{0,60}?\b(start-?up|lab|unicorn|chip ?maker|giant|hyperscaler|neocloud|conglomerate)\b",
    re.IGNORECASE,
)


def called(sentence: str, start: int, end: int) -> str:
    """Return what kind of firm a sentence calls a name ("AI lab Acme", "Acme, a startup in Oslo"), or nothing."""
    found = _CALLED_BEFORE.search(sentence[max(0, start - 24) : start]) or _CALLED_AFTER.match(sentence[end : end + 90])
    return re.sub(r"[\s-]", "", found[1].lower()) if found else ""


COMPANY_ACTS = re.compile(
    r"^'s\s(?:\d[\d,]*\s(?:[a-z]+\s)?(?:employees|workers|staff|people)|(?:entire\s|global\s)?(?:workforce|headcount))\b|"
    r"^\s(?:said|says|confirm(?:s|ed)|announce[sd]|disclosed)\s(?:[A-Z][a-z]+day\s|on [A-Z][a-z]+day\s)?(?:that\s)?it(?:'s|\s(?:is|was|will|would|plans|had|has))\b|^(?:\s\([A-Z.: ]+\))?\s(?:(?:to|will|is|is to|has|had|plans to|said it (?:will|would)|is set to)\s)?(?:also\s)?(?:(?:los(?:es?|ing)|lost)\s(?:\d[\d,]*|half|a\s(?:third|quarter)|nearly|about|some)|(?:expects?|faces|announce[sd]?|confirm(?:s|ed))\s(?:(?:about|around|up to|some|nearly|as many as|another|more than|over)\s)*\d[\d,]*|halv\w+|part(?:s|ed|ing)? with|dismiss(?:es|ed|ing)?|sack(?:s|ed|ing)?|cuts?|cutting|lays?|laying|laid|lay|slash\w*|axe[sd]?|sheds?|reduc(?:e|es|ed|ing)|raises?|raised|lands?|landed|secures?d?|nabs?|nabbed|bags?|bagged|"
    r"snags?|grabs?|cements?|acquires?d?|buys?|bought|close[sd]?|eliminat(?:e|es|ed|ing)|trim\w*|invest(?:s|ed|ing)?|spend|drops a|job cuts|layoffs|lets|let\sgo|shut(?:s|ting)?\sdown|trimm\w+)\b|^:\s(?:(?:about|some|nearly|over)\s)?\d[\d,]*\s|^:\s(?:US)?[$€£₹]\d"
)


_COMPANY_BEFORE = re.compile(
    r"\b(?:(?:[Pp]arent|[Oo]wner|[Rr]ival|[Ss]ubsidiary|[Ss]upplier|[Cc]ompetitor|[Aa]ffiliate|[Uu]nit),?|(?:[Cc]ompany|[Ff]irm|[Gg]roup|[Mm]aker|[Ss]tart-?up|"
    r"[Cc]hain|[Rr]etailer|[Ll]ender|[Cc]arrier|[Aa]irline|[Ii]nsurer|[Oo]perator|[Pp]rovider|[Uu]nicorn|[Aa]utomaker|[Cc]hipmaker|[Mm]anufacturer|[Pp]ublisher|[Bb]roadcaster))\s$"
)
"""What makes the name after it a company's: "its Danish parent, Acme", "the retailer Acme"."""


def is_company_like(name: str, after: str) -> bool:
    """Return whether a name's form, or what follows it, says company, whatever the model calls it."""
    return bool(
        LEGAL.search(name) or COMPANY_WORD.search(name) or _COMPANY_AFTER.match(after) or COMPANY_ACTS.match(after)
    )


_FIRM_NOUN = (
    r"(?:start-?up|company|firm|group|business|outfit|[a-z]*maker|manufacturer|publisher|designer|developer|provider|supplier|operator|owner of|exporter|insurer|lender|bank|broker|brokerage|"
    r"retailer|grocer|chain|conglomerate|miner|utility|builder|[a-z]+builder|printer|brewer|distributor|contractor|consultancy|vendor|studio|network|foundry|carrier|airline|platform|unicorn|giant|specialist|competitor|rival|fund)"
)
"""What a firm is called, and then what a person is."""
_PERSON_NOUN = r"(?:founder|co-founder|chief|CEO|head|director|analyst|professor|economist|who|partner|president|chair\w*|boss|executive|author|lawyer|manager|engineer|worker|employee|owner|strategist|minister)"
_FIRM_AFTER = re.compile(
    rf"(?:\s\([^)]{{1,40}}\))?,\s(?:the|an?|one of|whose|which|maker|owner|parent)\s(?:(?!{_PERSON_NOUN}\b)[\w'&.,-]+\s){{0,9}}?(?<!for a )(?<!of a ){_FIRM_NOUN}\b"
    r"|'s\s(?:[\w-]+\s){0,2}?(?:shares|stock|board|revenues?|profits?|sales|earnings|workforce|headquarters|customers|platform|app|investors|shareholders|valuation|factory|plants?|stores|employees)\b"
    r"|\s(?:shares|stock)\b|\s\((?:NYSE|NASDAQ|Nasdaq|NSE|BSE|LSE|ASX|Rs|[A-Z]{2,4}:)"
    r"|\s(?:said|says)\s(?:[A-Z]\w+day\s|on [A-Z]\w+day\s)?(?:that )?it\b"
    r"|(?:'s)?\s(?:Q[1-4]|[HF][12Y]|first-half|full-year|quarterly|annual)\b|(?:\son\s[A-Z]\w+day)?\s(?:posts?|posted|reports?|reported|records?|recorded)\s(?:an?\s|its\s)?(?:[\w%.-]+\s){0,5}(?:profits?|loss(?:es)?|revenues?|sales|earnings|results)\b"
    rf"|\s(?:is|was) (?:an?|the) (?:[\w-]+\s){{0,4}}{_FIRM_NOUN}\b"
    r"|(?:\sRs|[^.;A-Z]){1,70}\bits\s(?:board|shares)\b|,\sbased\sin\b"
)
_FIRM_BEFORE = re.compile(
    r"\b(?:[Ss]hares (?:of|in)|company|firm|group|start-?up|unicorn|[a-z]*maker|lender|retailer|insurer|publisher|provider|developer|carrier|airline|manufacturer|operator|brokerage|conglomerate|giant|rival|app|platform|site|marketplace|network|brand|assembler)\s$"
)
"""What stands after and before the names of firms alone."""


_TITLED = prefilter.Guarded(
    r"\b(?:CEO|CFO|CTO|COO|[Cc]hief (?:[Ee]xecutive|[Ff]inancial|[Oo]perating|[Tt]echnology)(?: [Oo]fficer)?|(?:[Cc]o-?)?[Ff]ounder|[Pp]resident|[Cc]hair(?:man|woman)|[Aa]nalyst|[Ee]conomist|Mr\.?|Ms\.?|Mrs\.?|Dr\.?)"
    r"\s(?P<first>[A-Z][\w'-]+\s)?(?:[A-Z]\.\s)?(?P<last>[A-Z][\w'-]+)(?!\s[A-Z])",
)


def titled_people(text: str) -> set[str]:
    """Return the names, and their last words, of those whom a text gives a title: "chief executive Ann Dow"."""
    found = list(_TITLED.finditer(text))
    return {m["last"].removesuffix("'s") for m in found} | {
        (m["first"] + m["last"]).removesuffix("'s") for m in found if m["first"]
    }


def told_as_firm(name: str, text: str) -> bool:
    """Return whether a text tells of a name, which may be a person's, what is told of firms alone."""
    if GIVEN_NAME.match(name):
        return False
    firm = False
    for at in places_named(text, name):
        end = at + len(name)
        after, before = text[end : end + 120], text[max(0, at - 24) : at]
        if _TITLES.search(before) or _PERSON_AFTER.match(after):
            return False
        firm = firm or bool(_FIRM_AFTER.match(after) or _FIRM_BEFORE.search(before))
    return firm


_WHEREABOUTS = re.compile(
    r"^\W*In\s$|\b(?:in|near|outside|across|throughout)\s(?:(?:the|nearby|central|downtown|greater|upstate|(?:north|south|east|west)(?:ern)?)\s){0,2}"
    r"(?:[A-Z][\w.'-]+(?:\s[A-Z][\w.'-]+){0,2},?(?:\sand)?\s)*$"
)
"""What stands before a place, others of a list between: "its plants in Ystad and ", "in Manati, "."""
_MONEY_IN = re.compile(
    r"\b(?:invest\w*|stakes?|shares?|interests?|rounds?|bets?|holdings?|money|cash|capital|equity|funding|funds?|[mb]illion|[mb]n|\d[\d.]*[mb]?|positions?|investors?|put|puts|pour\w*|"
    r"plough\w*|plow\w*|faith|confidence|trust|believe[sd]?|specialist|specialises|leader|partner)\b[^,;.]{0,30}\bin\s",
    re.IGNORECASE,
)
"""What makes the name after "in" a company's."""


def stands_as_place(sentence: str, start: int) -> bool:
    """Return whether what begins at `start` stands where a place does: "in Ystad", "near Ystad and "."""
    lead = sentence[max(0, start - 60) : start]
    found = _WHEREABOUTS.search(lead)
    return found is not None and not _MONEY_IN.search(lead[: found.end()])


def names_place_first(name: str) -> bool:
    """Return whether a run begins with a place, as in "Sydney AI chip designer"."""
    return is_place(name.split(" ")[0])


_ACTS = re.compile(
    r"^(?:'s)?(?:\s*,\s(?:an?|the|which|whose|who|one|maker|owner|parent|formerly|founded|based|led|backed|started|best|known|along|together)\b|\s\(|\s(?:CEO|CFO|chief|co-?founders?|founders?|president|executives?|spokes\w+|layoffs|has|have|is|will|to|would|said|says|announces?d?|plans?|planned|confirm\w+|"
    r"cuts?|cutting|lays?|laid|slash\w*|axe[sd]?|sheds?|raises?|raised|lands?|landed|secures?d?|closes?d?|nabs?|nabbed|bags?|bagged|snags?|scores?|grabs?|cements?|gets|acquir\w+|buys?|bought|"
    r"invest\w*|spend\w*|spent|commit\w+|agree[sd]?|intends?|intended|expects?|aims?|seeks?|wants?|pours?|poured|pumps?|plough\w*|plow\w*|puts?|pays?|paid|signs?|signed|str(?:ikes?|uck)|w[io]ns?|reports?|launch\w+|takes?|took|leads?|led|back(?:s|ed)|earmark\w*|sets?|unveil\w*|could|may|might|can|does|did|had|was|also|now|reportedly|lets|offers?|told|faces?|begins?|began|starts?|started|shuts?|closing|dismiss\w*|sack\w*|fires|fired|shares|employs|makes|builds|uses|pledge\w*|hits|brings|emerg\w+|eliminat\w+|trim\w*|reduc\w+|let|warn\w*)\b)"
)


_AI_NOUN = re.compile(
    r"^\s(?:start-?ups?|chip(?:maker|s)?|firms?|compan(?:y|ies)|labs?|cloud|coding|tools?|agents?|assistants?|models?|infrastructure|data|software|unicorns?|platforms?|robotics|search|drug|voice|video|hardware)\b"
)


_TRADE = r"(?:Insur|Fin|Agri|Ed|Health|Med|Prop|Legal|Reg|Climate|Clean|Food|Deep)tech"
_KIND_FIRST = re.compile(
    r"(?:[A-Z][\w'-]*\s){0,3}?(?:Start-?[Uu]p|Firm|Company|Giant|Unicorn|[A-Z]?[\w-]*[Mm]aker|Developer|Provider|Designer|App|Chain|Retailer|Grocer|Exchange|Lender|Insurer|Carrier|Operator|Publisher|Brand|Brokerage|Outsourcer|Conglomerate|Newcomer|Telco|Miner|"
    rf"{_TRADE}|(?:Ag|Mar|Bio)tech|[\w.]+-(?:Based|based|Owned|owned|Listed|listed))\s(?=\S)"
)
"""A headline's description of a firm before its name."""
_KIND_ALONE = re.compile(
    rf"(?:{_TRADE}|Smaller|Larger|Bigger|Fellow|Supplier|Peer|Rival|Competitor|Compatriot|Insurer|Lender|Retailer|Publisher|Brewer|Grocer|(?:House|Home)builder|Startup|Brokerage|Outsourcer|Railroad|Conglomerate|Newcomer|Telco|"
    r"[A-Z][a-z]{2,}maker|[\w.]+-based)\s(?=\S)"
)
"""One word that tells of what sort the firm is whose name follows, and with which no firm's own name begins."""
_STATE_CODE = re.compile(
    r"A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_OFFICE = re.compile(
    r"(?:'s)?\s(?:(?:Senior |Executive )?Vice President|Chief(?: [A-Z]\w+)? Officer|Chief Executive|President|Chair(?:man|woman)?|Co-?[Ff]ounder|Founder|Managing Director|General Manager)\b"
)
"""The office of a person who is named after a company."""
_OF_PLACE = re.compile(r"\sof\s([A-Z].*)$")
_BODY_OF = re.compile(
    r"\b(?:Bank|Universit\w+|College|Institute|Government|Republic|Kingdom|State|City|Commonwealth|Ministry|Department|Port|Church|Museum|Federation|"
    r"Association|Council|Chamber|Board|Office|Court|Authority|Corporation|Company|Fund|Development|People|Group|Exchange)\s(?:\w+\s)?of\s"
)
"""What is not itself without the place in its name: "Bank of Norway"."""
_HEADLINE_VERB = re.compile(
    r"\s([A-Z][a-z]+(?:s|ed|ing)|Back|Bet|Buy|Cut|Eye|Face|Follow|Invest|Join|Launch|Lay|Lead|Plan|Pour|Raise|Sign|Spend|Unveil)(?=\s|$)"
)


def _tidied(sentence: str, start: int, end: int, registry: Registry, title_case: bool) -> tuple[int, int]:
    """Strip what joins a name by capitals alone: "AI Acme", "Acme Layoffs", "MenuAcme"."""
    if (m := _WIRE_PREFIX.match(sentence, start, end)) is not None:
        start = m.end()  # "Exclusive-Acme to cut 900 jobs"
    name = sentence[start:end]
    if " " in name and is_shipped(name, registry):
        return start, end
    if len(name.split()) > 1:
        start, end = _tidied_words(sentence, start, end, registry, title_case)
    words = sentence[start:end].split(" ")
    joined, at = (words[-1], end - len(words[-1])) if len(words) >= _MENU else (words[0], start)
    if not joined[1:].islower() and (m := _TWO_IN_ONE.fullmatch(joined)):
        tail = m[1]
        if tail.casefold() in registry.inner and joined not in registry.inner:
            start = at + m.start(1)
    return start, end


_WIRE_PREFIX = re.compile(r"(?:Exclusive|EXCLUSIVE|Analysis|Insight|Focus|BRIEF|Ex)-(?=[A-Z])")
_SHARE_OF = re.compile(r"(?:Half|Some|Most|All|Many|A\s[Tt]hird|A\s[Qq]uarter|Two-[Tt]hirds)\s(?:[Oo]f)\s(?=[A-Z])")
_FIELD_FIRST = re.compile(r"(?:AI|A\.I\.|Tech|US|U\.S\.|UK|EV|IT|Crypto|Fintech)\s(?=[A-Z])")
_ROUND_OF = re.compile(r"(?:Pre-)?(?:Series|Round)\s[A-K]\d?\s(?:of|for|in)\s")
_AI_LAST = re.compile(r"\sAI$")
_LAST_WORD = re.compile(r"\s(\w+)$")
_NO_LAST_WORD = re.compile(
    r"(?:Stock|Shares|Layoffs?|Employees|Workers|Jobs|News|Laid|Lays|Cuts?|Announced|Plans|Raises|Raised|Executives?|Staff|Job|CEO)"
)
_TWO_IN_ONE = re.compile(r"(?:[A-Z][a-z]+)+?([A-Z][a-z]{3,})")


def _tidied_words(sentence: str, start: int, end: int, registry: Registry, title_case: bool) -> tuple[int, int]:
    """Strip the words that are no part of a name of several."""
    if m := _SHARE_OF.match(sentence[start:end]):
        start += m.end()  # "Half of Acme's staff"
    if m := _FIELD_FIRST.match(sentence[start:end]):
        start += m.end()
    if m := (_KIND_FIRST if title_case else _KIND_ALONE).match(sentence[start:end]):
        start += m.end()  # "AI Chip Startup Acme"
    if (m := _OFFICE.search(sentence[start:end])) and m.start():
        end = start + m.start()  # "Acme Chief Financial Officer Ann Dow"
    for m in _HEADLINE_VERB.finditer(sentence[start:end]) if title_case else ():
        verb = m[1].casefold()
        if m.start() and verb not in registry.inner and registry.is_word(verb) and not COMPANY_WORD.search(m[1]):
            end = start + m.start()  # "Acme Purchases Beta"
            break
    if m := _OF_PLACE.search(sentence[start:end]):
        head = sentence[start : start + m.start()]
        whole = is_place(m[1]) or COMPANY_WORD.search(head) or registry.organisations[key(head)]
        if whole and not _BODY_OF.search(sentence[start:end]) and key(sentence[start:end]) not in shipped():
            end = start + m.start()  # "Acme AI of France"
    if m := _ROUND_OF.match(sentence[start:end]):
        start += m.end()  # "the Series B of Acme"
    for m in _DOUBLED.finditer(sentence, start, end):
        start = m.end()  # what ends the line above, and the story's first word: "Courtesy Acme Acme shares rose"
    start = _without_page_words(sentence, start, end, registry)
    if (m := _AI_LAST.search(sentence[start:end])) and _AI_NOUN.match(sentence[end : end + 24]):
        end = start + m.start()  # "Sydney AI chip designer"
    while (m := _LAST_WORD.search(sentence[start:end])) and (
        m[1].casefold() in _FUNCTION
        or (
            _NO_LAST_WORD.fullmatch(m[1])
            and (title_case or m[1] != "News" or is_shipped(sentence[start : start + m.start()], registry))
        )
    ):
        end = start + m.start()
    return start, end


_DOUBLED = re.compile(r"\b(\w+)\s(?=\1\b)")
_MENU = 5
"""Words of a run from which it may be a page's menu."""
_MENU_LETTERS = 19
"""Letters of a name that is surely no menu."""
_HUMP = re.compile(r"[A-Z][a-z]+")


def _is_menu(name: str, label: str, registry: Registry) -> bool:
    """Whether a run of plain words is a page's menu: "Home News Business Property Lifestyle", "StartupsVentureEventsPodcasts"."""
    if " " not in name:
        return len(_HUMP.findall(name)) >= _MENU - 1
    words = re.findall(r"[^\W\d_]+", name)
    return (
        not COMPANY_WORD.search(name)
        and len(words) >= (_MENU + 1 if label == "ORG" else _MENU - 1)
        and all(w[0].isupper() and registry.is_word(w.casefold()) for w in words)
    )


def _without_page_words(sentence: str, start: int, end: int, registry: Registry) -> int:
    """Return where the name of a run begins that the document has elsewhere: "Ailing Acme", "Home News Markets Acme"."""
    words = sentence[start:end].split(" ")
    whole, at = registry.organisations[key(sentence[start:end])], start
    opens = not sentence[:start].strip() and words[0].casefold() not in registry.inner
    for n, word in enumerate(words[:-1], 1):
        if n == 1 and len(words) < _MENU and not registry.is_word(word.casefold()):
            break
        at += len(word) + 1
        rest = sentence[at:end]
        surely = registry.organisations[key(rest)] > whole and not COMPANY_WORD.fullmatch(rest)
        if surely and (n > 1 or opens or " " in rest):
            return at
    return start


_TELLER_BEFORE = re.compile(
    r"\b(?:according to|tracker|tracking site|website|data (?:from|by)|compiled by|reported by)\s(?:(?:the|an?|independent|tech|data|site|website|tracker|local|daily|newspaper|outlet)\s){0,4}$"
)
_TRACKS = re.compile(
    r"(?:,\s[^,;.]{3,60},)?\s(?:has |have |had )?(?:is tracking|tracks|tracked|counted|counts|tallied|tallies)\b"
)
_REPORTS = re.compile(
    r"\s(?:first\s)?(?:reported|reports|wrote|has learn(?:ed|t))(?=\s(?:on|earlier|last|this)\b|\s?[.,;]|$)"
)


def only_tells(sentence: str, start: int, end: int) -> bool:
    """Return whether a name in a sentence is that of a tracker or outlet that the sentence has its news from."""
    if _TRACKS.match(sentence, end) or (sentence.endswith(", ", 0, start) and _REPORTS.match(sentence, end)):
        return True
    return _TELLER_BEFORE.search(sentence[max(0, start - 60) : start]) is not None


_ANY_VERB = re.compile(r"^\s(?:[a-z]+(?:s|ed)|to|in|more than)\b")
_CORPORATE_ACT = re.compile(
    r"^\s(?:(?:has|have|had|will|would|is|was|plans|agreed|expects|intends|aims|wants|said it (?:will|would|had|has|is|plans))\s(?:to\s)?(?:also\s|now\s)?)?"
    r"(?:invest(?:s|ed|ing)?|rais(?:e|es|ed|ing)|la(?:y|ys|id|ying)\soff|cut(?:s|ting)?|acquir(?:e|es|ed|ing)|spend(?:s|ing)?|put(?:s|ting)?|pour(?:s|ed|ing)?|"
    r"secur(?:e|es|ed)|clos(?:e|es|ed|ing)|land(?:s|ed)|slash(?:es|ed)?|eliminat(?:e|es|ed|ing)|shed(?:s|ding)?|axe[sd]?|announc(?:e|es|ed)|commit(?:s|ted)?|reduc(?:e|es|ed|ing))\b"
)
GIVEN_NAME = re.compile(
    r"(?:Aaron|Adam|Alan|Alex|Alexander|Amy|Andrew|Andy|Anna|Anne|Anthony|Arvind|Barry|Ben|Benjamin|Bernard|Bill|Bob|Brad|Brian|Bret|Bruce|Carl|Carlos|Carol|Charles|Chris|Christian|"
    r"Christopher|Craig|Dan|Daniel|Dario|Dara|Dave|David|Dean|Dennis|Diane|Don|Donald|Doug|Ed|Edward|Elizabeth|Elon|Emily|Emma|Eric|Evan|Frank|Gary|George|Greg|Gwyneth|Hans|Harry|Helen|Henry|"
    r"Howard|Ian|Igor|Jack|James|Jamie|Jane|Jason|Jeff|Jeffrey|Jen|Jennifer|Jensen|Jeremy|Jerry|Jessica|Jim|Joe|Joel|John|Jon|Jonathan|Jose|Joseph|Josh|Juan|Julia|Julie|Karen|Kate|Keith|Ken|Kevin|"
    r"Kim|Larry|Laura|Linda|Lisa|Liz|Lucas|Luis|Luke|Marc|Maria|Mark|Martin|Mary|Masayoshi|Matt|Matthew|Melissa|Michael|Michelle|Mike|Mira|Mukesh|Nancy|Nat|Nathan|Nick|Nicole|Oliver|Pat|Patrick|Paul|"
    r"Peter|Phil|Philip|Rachel|Ralph|Ray|Reid|Richard|Rick|Rob|Robert|Robin|Roger|Ron|Russell|Ryan|Sam|Samuel|Sandra|Sarah|Satya|Scott|Sean|Sergey|Sheryl|Simon|Stephen|Steve|Steven|Sundar|"
    r"Susan|Ted|Terry|Thomas|Tim|Tom|Tony|Travis|Victor|Vinod|Walter|Warren|William|Yann|Zach)\b"
)


_NOT_FIRM_AFTER = re.compile(
    r"^(?:\s[A-Z][\w&]+){0,3}'?\s(?:Union|Association|Federation)\b|^(?:'s)?\s(?:[\w-]+\s)?(?:professors?|students?|alumn\w+|graduates?|dean)\b"
)
"""What makes a name that of a union or a university."""
_NAMED_AFTER = re.compile(rf"\b{GIVEN_NAME.pattern}'s\s$")
"""The first word of a firm named after a person, as it stands before the rest of its name."""
_KIND_OF_FIRM = re.compile(
    r"^\s(?:[Ss]tart-?[Uu]ps?|[Ff]irms?|[Gg]iants?|[Mm]akers?|[Uu]nicorns?|[Cc]hipmakers?|[Dd]evelopers?|[Cc]hains?)\b"
)


_TRADE_FIRST = re.compile(r"\bAI$|^(?:Chip|Voice|Robot|Cloud|Data|Software)\b")
_FIRM_NEXT = re.compile(
    r"\s(?:chip |cloud |data |software |robotics? |design |research )?(?:start-?up|firm|company|lab|specialist|designer|consultancy|tool|tutor)\s[A-Z]"
)
"""What makes a trade before it no name: "Voice AI startup Acme"."""
_PLACE_AND_AI = re.compile(r"(?:\w+\s)?AI\s")


def _may_name(
    sentence: str, start: int, end: int, label: str, registry: Registry, opening: int, title_case: bool
) -> bool:
    """Whether a capitalised run, unknown so far, may be a company's name where it stands."""
    name = sentence[start:end]
    k = key(name)
    after = sentence[end : end + 110]
    if title_case:
        after = after.lower()
    if label in ("DATE", "TIME", "MONEY", "PERCENT", "CARDINAL", "ORDINAL", "QUANTITY", "LANGUAGE", "LAW", "EVENT"):
        if is_shipped(name, registry) and (_ANY_VERB.match(after) or k not in _common_words()):
            return True  # "At Upwork roughly a quarter"
        return bool(COMPANY_WORD.search(name)) or bool(COMPANY_ACTS.match(after))
    if label == "PERSON" and " " in name and GIVEN_NAME.match(name) and not COMPANY_WORD.search(name):
        return False
    company_like = bool(COMPANY_WORD.search(name)) or bool(_COMPANY_AFTER.match(after))
    titled = bool(_TITLES.search(sentence[max(0, start - 24) : start]))
    if titled and " " in name and k in registry.persons and not company_like and not is_shipped(name, registry):
        return False  # "Chief executive Drew Houston", of which the recogniser makes a firm or a town of Houston
    if label == "PERSON" and not company_like and _CORPORATE_ACT.match(after) and not GIVEN_NAME.match(name):
        company_like = not titled
    if (
        label == "PERSON"
        and not GIVEN_NAME.match(name)
        and _COMPANY_BEFORE.search(sentence[max(0, start - 16) : start])
    ):
        company_like = True
    plain = all(len(w) > 1 and registry.is_word(w.casefold()) for part in name.split() for w in part.split("-"))
    if title_case and plain and registry.inner and label != "ORG" and not COMPANY_WORD.search(name):
        parts = [w.casefold() for w in re.split(r"[\s-]+", name)]
        if len(parts) > 1 and not any(w in registry.inner for w in parts):
            return False  # "The Gold Rush: $1.2B Raised", "Head-Office Layoffs"
    if COMPANY_ACTS.match(after) and not (titled and label == "PERSON"):
        company_like = True
    elif (
        title_case
        and label not in ("ORG", "PERSON")
        and plain
        and not COMPANY_WORD.search(name)
        and (" " in name or k not in shipped_words() or k in registry.unknown)
    ):
        return k in registry.inner  # a headline's capitals tell nothing, the text's do
    if plain and title_case and sentence[:start].casefold().endswith("to "):
        return False  # "to Offer Rival"
    if plain and _KIND_OF_FIRM.match(after):
        return False  # "AI Search Startup Raises": a line of business, not a name
    if _TRADE_FIRST.search(name) and _FIRM_NEXT.match(sentence, end):
        return False
    if "AI" in name and _PLACE_AND_AI.match(name + " ") and names_place_first(name):
        return False
    if label == "PERSON" and not company_like and (" " in name or k in registry.persons):
        return False
    if k in registry.persons and label != "ORG" and not company_like:
        return False
    if titled and label != "ORG" and not company_like:
        return False
    if is_shipped(name, registry):
        company_like = True
    if _PERSON_AFTER.match(after) and label not in ("ORG", "PRODUCT") and not company_like:
        return False
    if (
        label in ("GPE", "LOC", "FAC")
        and registry.is_word(name.casefold())
        and re.search(r"\b(?:in|near|across)\s$", sentence[:start])
        and not re.search(
            r"\b(?:contracts?|deals?|orders?|funding|money|backing|[mb]illion|round|stake)\s(?:from|in)\s$",
            sentence[:start],
        )
        and " " not in name
        and k not in registry.counts
    ):
        return False
    if " " not in name and name.casefold() in _COMMON and label != "ORG":
        return False
    if start <= opening and k in shipped_words() and k not in registry.unknown and _ANY_VERB.match(after):
        return True
    alone = (
        (start <= opening or sentence[max(0, start - 2) : start] == ": ")
        and " " not in name
        and not label
        and not title_case
        and registry.is_word(name.casefold())
        and not (is_shipped(name, registry) and k not in _common_words())
        and (not _ACTS.match(after) or (name.endswith("ing") and k not in shipped()))
    )
    return not (
        alone and registry.inner and name.casefold() not in registry.inner and name.isalpha() and name[1:].islower()
    )


TAKEN_IN = re.compile(
    rf"(?:{dates.MONTHS}|Elsewhere|Meanwhile|Separately|Also|Even|But|And|While|After|Like|Then|Now|Still|Yet)\s"
)
"""What the recogniser takes together with the name after it for a date or a person: "In May Acme said"."""
_OFFICER_AFTER = re.compile(
    r",\s[A-Z][\w&.-]+(?:\s[A-Z][\w&.-]+)?'s?\s(?:[\w-]+\s){0,3}?(?:boss|CEO|CFO|COO|chief executive|chairman|chairwoman|president|founder|spokes\w+)\b"
)
"""What makes a name that of a person, whatever the recogniser calls it: "Ann Dow, Acme's new boss"."""
_ACTING = re.compile(r"\s(?:said|says|announced|plans to|expects to|will cut|will lay)\b")
_PART_OF_WORD = re.compile(r"-(?!based|owned|backed|parent|led|run|founded)[a-z]")
_FIRST_WORD = re.compile(r"([A-Z][a-z]+)\s")
_DIGIT = re.compile(r"\s?\d")
_ARTICLE_BEFORE = re.compile(r"\b(?:[Tt]he|[Aa]n?|[Ii]ts)\s$")
_PART_AFTER = re.compile(r"\s(?:brand|unit|division|group|subsidiary)\b")
"""What makes a known name after "the" no place's: "the VW brand"."""
_PLAIN_AFTER = re.compile(r"(?:-based|,\s[A-Z][\w. ]{1,14}(?:,|-based))?\s[a-z]")
_ABBREVIATED = re.compile(r"\s(?:Inc|Corp|Co|Ltd|Cos|Bros)$")
"""A name whose full stop is its own."""
_SENTENCE_NEXT = re.compile(r"\s[A-Z]|$")
_DATELINE_REST = re.compile(
    r"(?:,\s([A-Z][\w.]+(?:\s[A-Z]\w+)?))?(?:,\s\w+\.?\s\d{1,2})?(?:\s\([^)]{1,30}\))?\s[—–-]\s"
)
_DATELINE_AFTER = re.compile(r"\)\s[-–—]+\s")
_STATE_AFTER = re.compile(r"\s?[):;,.]|$")
_TOWN_OF = re.compile(
    r"\b(?:[Cc]ity|[Tt]own|[Cc]ounty|[Ss]tate|[Vv]illage|[Pp]rovince|University|College)\sof\s(?:the\s)?$"
)
_STATE_NEXT = re.compile(r",\s[A-Z][\w. ]{1,15}\)")
_AT_FIRM = re.compile(r"\s(?:at|among)\s[A-Z]")
_OWNER_BEFORE = re.compile(r"(?:'s?|\bits|\btheir)\s$")
_SITE_AFTER = re.compile(
    r"\s(?:site|plant|factory|mill|office|campus|works|shipyard|depot|warehouse|smelter|refinery|mine|brewery|foundry|facility|hub|headquarters)\b"
)
_UNIT_AFTER = re.compile(r"\s(?:unit|division|yard|line|base|cent(?:er|re)|store|hospital)\b")
_BODY_BEFORE = re.compile(r"(?<!credit )\b(?:union|association|lobby|trade body)\s$")
_OPEN_BEFORE = re.compile(r"\(\s?$")
_TICKER_AFTER = re.compile(r"\s?[):.,]|\s[\d.]+%")


def _after_place(sentence: str, start: int, end: int) -> int:
    """Return where a run goes on after the place that it begins with; its start where it begins with none or is one."""
    words = sentence[start:end].split(" ")
    for n in (2, 1):
        if len(words) > n and is_place(" ".join(words[:n])):
            return start + len(" ".join(words[:n])) + 1
    return start


def mentions(
    sentence: str,
    entities: Iterable[tuple[int, int, str]],
    registry: Registry,
    title_case: bool = False,
) -> list[Mention]:
    """Return the companies a sentence names, and its stand-ins, in order; `entities` are the model's spans with labels."""
    labels = list(entities)
    found: list[Mention] = []
    opening = len(sentence) - len(sentence.lstrip(" \"'(-•"))
    for start, end in runs(sentence, title_case):
        label = ""
        for a, b, kind in labels:
            if a < end and start < b:
                label = (
                    "" if a < start and kind in ("DATE", "PERSON") and TAKEN_IN.fullmatch(sentence[a:start]) else kind
                )
                if kind in ("LAW", "PRODUCT", "EVENT", "DATE") and end < b and sentence[end:b].strip(" ,.").isdigit():
                    label = ""  # "At Acme 40 people": the figure was taken for a part of the name
                if kind == "ORG" and a < start and _TITLES.search(sentence[max(0, start - 24) : start]):
                    label = "PERSON"  # "CFO Ann Dow"
                # in a title the model's company is surer than a run of capitals
                if kind == "ORG" and title_case and start <= a and b <= end and b - a >= 3 and (b - a) < (end - start):
                    start, end = a, a + len(sentence[a:b].removesuffix("'s"))
                break
        if start <= opening and (m := _FIRST_WORD.match(sentence, start, end)):
            named = any(a == m.end() and b >= end and kind == "ORG" for a, b, kind in labels)
            if named and registry.is_word(m[1].casefold()) and is_shipped(sentence[m.end() : end], registry):
                start = m.end()  # "Take Acme."
        after_in = start == opening + 3 and sentence.startswith("In ", opening) and not sentence.startswith("'s", end)
        if after_in and not is_shipped(sentence[start:end], registry):
            start = _after_place(sentence, start, end)  # "In Argentina Acme laid off"
        start, end = _tidied(sentence, start, end, registry, title_case)
        if sentence.endswith("'s", 0, max(0, start - 1)) and (
            owner := _NAMED_AFTER.search(sentence[max(0, start - 14) : start])
        ):
            start -= len(owner.group())  # "David's Bridal"
            found = [m for m in found if m.end <= start]
        name = sentence[start:end]
        k = key(name)
        following = sentence[end : end + 20]
        if (
            not k
            or (
                is_no_company(name)
                and not (_DEMONYMS.match(name) and _ACTING.match(following))
                and not (
                    is_shipped(name, registry)
                    and COMPANY_ACTS.match(sentence[end : end + 40])
                    and not stands_as_place(sentence, start)
                )
            )
            or k in registry.places
            or (len(name) > _MENU_LETTERS and not is_shipped(name, registry) and _is_menu(name, label, registry))
            or (name.endswith(" AI") and bool(_DEMONYMS.match(name[:-3])))
            or (following[:1] == "-" and _PART_OF_WORD.match(following[:9]))
        ):
            continue
        if (
            is_outlet(name)
            and k not in registry.headed
            and not COMPANY_ACTS.match(sentence[end : end + 50].removeprefix(" News"))
        ):
            continue
        if (
            label in ("GPE", "LOC")
            and k not in registry.organisations
            and _ARTICLE_BEFORE.search(sentence[max(0, start - 5) : start])
            and _PLAIN_AFTER.match(following)
            and not (is_shipped(name, registry) and _PART_AFTER.match(following))
        ):
            continue  # "the Hamburg bicycle maker"
        if (
            _NOT_FIRM_AFTER.match(sentence[end : end + 60])
            or (following[:2] == ", " and _OFFICER_AFTER.match(sentence[end : end + 90]))
            or (_DIGIT.match(following[:2]) and name in figures.CURRENCIES)
        ):
            continue
        if start < 60 and sentence[:start].endswith("(") and _DATELINE_AFTER.match(following[:4]):
            continue  # "OSLO, Feb 6 (Newswire) - "
        if (
            start <= opening
            and (m := _DATELINE_REST.match(sentence, end))
            and (name.isupper() or is_place(m[1] or ""))
            and not is_shipped(name, registry)
        ):
            continue  # "YSTAD, Sweden — "
        if (
            len(name) == 2
            and _STATE_CODE.fullmatch(name)
            and sentence[:start].endswith(", ")
            and _STATE_AFTER.match(following[:2])
        ):
            continue  # "Acme (Ann Arbor, MI)"
        leading = sentence[max(0, start - 18) : start]
        if "of" in leading and _TOWN_OF.search(leading):
            continue
        if leading[-1:] == "(" and _STATE_NEXT.match(following):
            continue  # "Acme Health (Fresno, Calif.)"
        if leading[-1:] == " " and _BODY_BEFORE.search(leading):
            continue  # "the pilots' union BAPA"
        if (
            found
            and len(name) <= 6
            and name.isupper()
            and _OPEN_BEFORE.search(leading)
            and _TICKER_AFTER.match(following[:6])
        ):
            continue  # a ticker
        surely = k in registry.organisations or (" " in k and is_shipped(name, registry))
        if not surely and not _may_name(sentence, start, end, label, registry, opening, title_case):
            continue
        if (
            start <= opening
            and " " not in name
            and _AT_FIRM.match(following)
            and registry.is_word(k)
            and k not in shipped()
        ):
            continue  # "Walkout at Acme"
        if (
            _OWNER_BEFORE.search(leading)
            and (_SITE_AFTER.match(following) or (label in ("GPE", "LOC", "FAC") and _UNIT_AFTER.match(following)))
            and not is_shipped(name, registry)
        ):
            continue  # "Acme's Redcar plant"
        if sentence[end : end + 1] == "." and _ABBREVIATED.search(name) and not _SENTENCE_NEXT.match(sentence, end + 1):
            end += 1  # "Acme Inc. said"
            name = sentence[start:end]
        possessive = sentence[end : end + 2] == "'s" or (name.endswith("s") and sentence[end : end + 2] == "' ")
        found.append(Mention("name", name, start, end, label, possessive))
    taken = [(m.start, m.end) for m in found]
    for m in _ANAPHOR.finditer(sentence):
        if any(a < m.end() and m.start() < b for a, b in taken):
            # "the chipmaker Nvidia", "the Google unit": the name itself is there
            if any(a >= m.end("head") - 1 for a, b in taken if a < m.end() + 1):
                continue
            if (
                m["adj"]
                and any(m.start("adj") <= a < m.end("adj") for a, b in taken)
                and not re.search(r"-based|-owned", m["adj"])
            ):
                continue
        following = sentence[m.end() : m.end() + 30]
        if not m["poss"] and re.match(r"\s[A-Z][\w]+", following) and any(a == m.end() + 1 for a, b in taken):
            continue
        found.append(Mention("anaphor", m.group(), m.start(), m.end(), m["head"].lower(), bool(m["poss"])))
    for m in _PRONOUN.finditer(sentence):
        word = m["pro"].lower()
        found.append(Mention("pronoun", m["pro"], m.start(), m.end(), word, word in ("its", "their", "our")))
    return sorted(found, key=lambda x: x.start)


def looks_back(sentence: str) -> bool:
    """Return whether a sentence may be about a company named before it: it has a stand-in, or names nobody."""
    return any(pattern.search(sentence) for pattern in (_ANAPHOR, _PRONOUN)) or not runs(sentence)


YOUNG = re.compile(r"start-?up|unicorn|decacorn|\blab\b", re.IGNORECASE)
_GIANT = re.compile(r"giant|titan|behemoth|conglomerate|hyperscaler|multinational", re.IGNORECASE)
_TRADES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), frozenset(sectors.split()))
    for words, sectors in (
        (r"chip ?maker|chip giant", "semiconductors hardware"),
        (r"\b(?:bank|lender|brokerage)\b", "finance investor"),
        (r"\binsurer\b", "finance health"),
        (r"\b(?:retailer|grocer|retail (?:giant|chain|company))\b", "retail internet food consumer"),
        (r"\b(?:auto|car) ?(?:maker|giant)\b", "automotive"),
        (r"\bairline\b", "travel logistics"),
        (r"\bdrug ?maker\b", "health"),
        (r"\b(?:newspaper|broadcaster)\b", "media telecom"),
        (r"\butility\b", "energy"),
        (r"\b(?:neocloud|cloud (?:provider|company|firm|operator|specialist))\b", "cloud internet software ai"),
        (r"\b(?:AI|artificial intelligence) (?:company|firm|developer|outfit)\b", "ai"),
        (r"\b(?:telecom\w*|phone) (?:company|giant|group|operator|carrier)\b", "telecom"),
        (r"\b(?:software|database) (?:company|giant|firm|maker)\b", "software cloud ai security"),
        (r"\bsocial (?:media|network)\w* (?:company|giant|group|platform)\b", "internet"),
    )
)
"""Of which sectors a listed company is that these words stand for."""
_MAKER_OF = re.compile(r"\b(\w+) (?:maker|developer|creator|owner)\b")
_MAKERS = {
    "chatgpt": "openai",
    "claude": "anthropic",
    "copilot": "microsoft",
    "facebook": "meta",
    "grok": "xai",
    "instagram": "meta",
    "ipad": "apple",
    "iphone": "apple",
    "mac": "apple",
    "playstation": "sony",
    "tiktok": "bytedance",
    "whatsapp": "meta",
    "windows": "microsoft",
    "xbox": "microsoft",
    "youtube": "google",
}
"""Whose a product is."""


_NATIONS = {
    "american": "US", "australian": "AU", "brazilian": "BR", "british": "GB", "canadian": "CA", "chinese": "CN",
    "danish": "DK", "dutch": "NL", "finnish": "FI", "french": "FR", "german": "DE", "indian": "IN", "irish": "IE",
    "israeli": "IL", "italian": "IT", "japanese": "JP", "korean": "KR", "norwegian": "NO", "saudi": "SA",
    "singaporean": "SG", "spanish": "ES", "swedish": "SE", "swiss": "CH", "taiwanese": "TW", "u.s.": "US", "uk": "GB",
    "us": "US",
}  # fmt: skip
"""Of which country a company is that these words stand for."""
_NATION = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_NATIONS, reverse=True)))})(?=\s)", re.IGNORECASE)


def fits(stand_in: Mention, name: str) -> bool:
    """Return whether a stand-in's words allow a company.

    No listed firm is "the startup", no unknown one "the giant", no bank "the retailer", no American firm "the Japanese
    group", none but Apple "the iPhone maker".
    """
    return stand_in.kind != "anaphor" or _fits(stand_in.name, name)


@lru_cache(maxsize=4096)
def _fits(words: str, name: str) -> bool:
    company = shipped().get(key(name))
    if (product := _MAKER_OF.search(words)) and (maker := _MAKERS.get(product[1].lower())):
        return key(company.name if company else name) == maker
    if YOUNG.search(words):
        return company is None or not (company.tickers or company.sector in ("investor", "finance", "government"))
    if _GIANT.search(words) and (company is None or company.sector == "investor"):
        return False
    nation = _NATION.search(words)
    if nation and company and company.country not in (None, _NATIONS[nation.group().lower()]):
        return False
    sector = company.sector if company else None
    return sector is None or all(sector in allowed for trade, allowed in _TRADES if trade.search(words))


VERB_NEXT = re.compile(
    r"^(?:'s)?(?:\s\([^)]{1,30}\))?(?:\s(?:also|now|just|then|still|too|reportedly|recently|already|today|yesterday|alone|itself|has|have|had|will|would|may|might|must|should|can|could|is|was|are|were|to|on \w+day(?:,\s[A-Z]\w+\.? \d{1,2},)?|(?:earlier |late )?(?:this|last) (?:week|month|year|quarter)|in [A-Z][a-z]+))*"
    r"\s(?!(?:[a-z]+ships|chips|systems|rivals|sales|shares|services|as|its|this|models|tools|users|products|tokens|during|including|following)\b)"
    r"(?:[a-z]{2,}(?:ed|es|ing|s)|raised?|said|spent|spend|put|bought|buy|got|get|led|lead|won|win|paid|pay|set|took|take|made|make|gave|give|sold|sell|"
    r"built|build|struck|sign|plan|announce|commit|pledge|invest|acquire|close|land|pour|agree|expect|back|secure|bet|cut|let|laid|lay|shed|slash|drop|lost|lose|hit|told|tell|saw|fell|rose|grew|began|went|came|kept|left|sent|shut|wrote|found|did|do|forecast|became|head|write|want|see|hold|will|would|to|has|have|had|is|was|could|may|(?:is|was|has|have|had|does|did|wo|ca)n't)\b"
)
"""What follows a subject: a verb, perhaps after a ticker and adverbs."""
APPOSITION = re.compile(
    r"^(?:\s\([^)]{1,30}\))?,\s(?:an?|the|one of|which|whose|who|maker|owner|parent|formerly|founded|based|led|backed|started|co-founded|best|known|developer)\b[^;.]{3,150}?,\s"
)
"""What stands between a subject and its verb: "Acme, a maker of things, "."""
ATTRIBUTE = re.compile(
    r"^-(?:backed|owned|based|led(?!\s(?:[a-z]+\s)?(?:group|consortium|team|syndicate|investors|alliance)\b)|funded|founded|run|powered)\b"
    r"|^\s(?:rival|competitor|challenger|backer|investor|partner|supplier|customer|spin-?off|spin-?out|veteran)\s(?=[A-Z])"
)
"""What makes a name part of another's description: "Acme-backed"."""
_WHAT_IT_IS = (
    r"(?:companies|company|firm|start-?up|scale-?up|group|giant|maker|developer|provider|platform|operator|site|service|app|network|agency|"
    r"marketplace|publisher|lab|unicorn|specialist|rival|bank|house|chain|business|outfit|tool|studio|exchange|insurer|retailer|lender)"
)
_OBJECT_OF = re.compile(
    r"(?<![\w-])(?:(?!based|headquartered|rooted)[a-z]{3,}ed|(?:acquir|buy|purchas|back|join|own|fund|lead|su)ing"
    rf"|[a-z]{{3,}}ing(?!\s(?:(?!(?:the|its|an?)\s)[a-z][\w-]*\s){{0,2}}{_WHAT_IT_IS}\s$)"
    r"|acquire|buy|bought|own|owns|owned|controls?|backs?|sued|sold|sell|invest|join|beat|overtakes?|overtook|surpass(?:es)?|eclipses?|outpaces?|leapfrogs?|challenges?|told|used?|uses|made|makes|led|leads?|called|named|costs?|versus)"
    r"\s(?:the |its |rival |startup |start-up |(?!(?:that|when|as|after|before|while|but|and|if|whether|because)\b)[a-z][\w-]*\s|[A-Z][a-z]+(?:n|sh|ch|se|i)\s){0,3}$"
)
"""What makes a name the object of a verb: "acquired Borealis", not "Oslo-based Borealis" nor "coding start-up Borealis"."""


_ASIDE = re.compile(r"(?:\s\([^)]{1,30}\))?,\s(?!(?:and|but|while|as|when|after|before|or)\b)[^,;.]{3,80},(?=\s)")
"""What is told by the way between a subject and its verb: "Acme, twice the size of Borealis, said"."""


_SAYS_NEXT = re.compile(r",\s(?:said|says|announced|confirmed|told)\b")
"""The verb of a subject that itself only describes another: "The airline, Acme Air, said"."""


def acts(after: str) -> bool:
    """Return whether what follows a name makes it a subject: a verb, or an aside and a verb."""
    if VERB_NEXT.match(after) or APPOSITION.match(after) or _SAYS_NEXT.match(after):
        return True
    aside = _ASIDE.match(after)
    return bool(aside and VERB_NEXT.match(after[aside.end() :]))


def is_object(lead: str) -> bool:
    """Return whether what follows the beginning of a sentence is the object of a verb."""
    return _OBJECT_OF.search(lead, wording.last_words(lead, 5)) is not None


_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "of",
        "off",
        "on",
        "or",
        "the",
        "to",
        "up",
        "us",
        "with",
    ]
)
"""Words that headlines leave small."""


@lru_cache(maxsize=64)
def headline_like(title: str) -> bool:
    """Return whether a title capitalises most of its words, so that capitals tell nothing."""
    words = re.findall(r"[A-Za-z][\w'-]*", title)
    long = [w for w in words if len(w) > 3]
    if len(long) == 2:  # "Acme May Let 900 Go"
        long = [w for w in words if len(w) > 3 or w.casefold() not in _SMALL]
        return len(long) > 3 and all(w[0].isupper() for w in long)
    return len(long) > 2 and sum(w[0].isupper() for w in long) / len(long) > 0.7
