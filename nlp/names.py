"""Who is named: companies in a sentence, what is no company, and what "the company" or "it" stands for.

Names come from three sides: the shipped companies, the model's named entities, and runs of capitalised words that the
text uses as a subject. The document decides which of them are one and the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

MentionKind = Literal["name", "anaphor", "pronoun"]

_CAPITALISED = r"(?:[A-Z][\w+&*]*(?:[-.&/'][A-Z0-9][\w+]*)*[*+!]?(?:\.(?:com|ai|io|fyi))?|[a-z]{1,2}[A-Z]\w+|\d+[A-Z]\w*|[a-z]\d{2}[a-z])"
_RUN = re.compile(rf"(?<![\w$€£@/.])(?:{_CAPITALISED})(?:\s(?:(?:&|of|de|for)\s)?{_CAPITALISED})*")

LEGAL = re.compile(
    r",?\s(?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|LLC|PLC|plc|AG|SE|SA|S\.A|N\.V|NV|GmbH|Holdings?|Pvt|L\.P|LP|Cos)\.?$"
)

_BREAK = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "nor",
        "in",
        "on",
        "at",
        "by",
        "to",
        "of",
        "from",
        "with",
        "as",
        "for",
        "after",
        "before",
        "while",
        "when",
        "since",
        "until",
        "during",
        "amid",
        "over",
        "under",
        "via",
        "per",
        "than",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "his",
        "her",
        "their",
        "our",
        "your",
        "my",
        "who",
        "what",
        "which",
        "why",
        "how",
        "where",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "will",
        "would",
        "could",
        "should",
        "may",
        "might",
        "can",
        "must",
        "do",
        "does",
        "did",
        "not",
        "no",
        "yes",
        "if",
        "so",
        "then",
        "there",
        "here",
        "now",
        "today",
        "yesterday",
        "meanwhile",
        "however",
        "also",
        "still",
        "even",
        "just",
        "only",
        "all",
        "some",
        "many",
        "most",
        "more",
        "several",
        "each",
        "both",
        "new",
        "breaking",
        "exclusive",
        "report",
        "update",
        "updated",
        "watch",
        "read",
        "analysis",
        "opinion",
        "review",
        "live",
        "video",
        "photo",
        "photos",
        "image",
        "getty",
        "ceo",
        "cfo",
        "cto",
        "coo",
        "chief",
        "president",
        "chairman",
        "chairwoman",
        "founder",
        "founders",
        "co-founder",
        "cofounder",
        "executive",
        "officer",
        "director",
        "vp",
        "svp",
        "evp",
        "head",
        "spokesperson",
        "spokesman",
        "spokeswoman",
        "analyst",
        "analysts",
        "senior",
        "vice",
        "managing",
        "partner",
        "general",
        "mr",
        "mrs",
        "ms",
        "dr",
        "startup",
        "startups",
        "start-up",
        "company",
        "companies",
        "firm",
        "firms",
        "giant",
        "giants",
        "maker",
        "makers",
        "chipmaker",
        "automaker",
        "unicorn",
        "says",
        "said",
        "say",
        "announces",
        "announced",
        "announce",
        "reports",
        "reported",
        "confirms",
        "confirmed",
        "plans",
        "planning",
        "lays",
        "laying",
        "laid",
        "layoff",
        "layoffs",
        "off",
        "cuts",
        "cut",
        "cutting",
        "slashes",
        "slash",
        "axes",
        "axed",
        "sheds",
        "job",
        "jobs",
        "raises",
        "raised",
        "raising",
        "raise",
        "lands",
        "landed",
        "secures",
        "secured",
        "closes",
        "closed",
        "nabs",
        "nabbed",
        "bags",
        "bagged",
        "snags",
        "scores",
        "grabs",
        "cements",
        "cemented",
        "hits",
        "gets",
        "wins",
        "acquires",
        "acquired",
        "acquire",
        "buys",
        "buy",
        "bought",
        "invests",
        "invest",
        "invested",
        "investing",
        "spends",
        "spend",
        "spending",
        "spent",
        "commits",
        "committed",
        "pours",
        "unveils",
        "launches",
        "launched",
        "launch",
        "funding",
        "round",
        "series",
        "seed",
        "million",
        "billion",
        "trillion",
        "percent",
        "investors",
        "investor",
        "workers",
        "staff",
        "employees",
        "employee",
        "workforce",
        "people",
        "roles",
        "positions",
        "warns",
        "eyes",
        "seeks",
        "sees",
        "set",
        "nears",
        "joins",
        "backs",
        "leads",
        "led",
        "valuation",
        "stock",
        "stocks",
        "shares",
        "share",
        "market",
        "revenue",
        "earnings",
        "quarter",
        "q1",
        "q2",
        "q3",
        "q4",
        "deal",
        "deals",
        "backed",
        "powered",
        "founded",
        "based",
        "former",
        "ex",
        "about",
        "around",
        "nearly",
        "almost",
        "roughly",
        "up",
        "down",
        "out",
        "another",
        "additional",
        "further",
        "last",
        "next",
        "week",
        "month",
        "year",
        "years",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "according",
        "despite",
        "because",
        "although",
        "though",
        "earlier",
        "later",
        "once",
        "like",
        "including",
        "such",
        "citing",
        "following",
        "against",
        "between",
        "into",
        "through",
        "across",
        "without",
        "within",
        "among",
        "amidst",
        "notably",
        "similarly",
        "additionally",
        "separately",
        "elsewhere",
        "overall",
        "instead",
        "recently",
        "currently",
        "previously",
        "techcrunch's",
        "pictured",
        "left",
        "right",
        "center",
        "credit",
        "credits",
        "source",
        "sources",
        "shutterstock",
        "reuters",
        "afp",
        "ap",
        "pti",
        "ani",
        "bloomberg",
        "cnbc",
        "weeks",
        "days",
        "months",
        "hours",
        "big",
        "mass",
        "major",
        "more",
        "techcrunch",
        "forbes",
        "contributing",
        "editing",
        "reporting",
        "drops",
        "doubles",
        "triples",
        "plots",
        "announcing",
        "expands",
        "takes",
        "makes",
        "struck",
        "strikes",
        "signs",
        "signed",
        "inks",
        "begins",
        "began",
        "starts",
        "started",
        "data-labeling",
        "ai-powered",
        "ai-native",
        "ai-driven",
        "warn",
        "wfh",
        "hr",
        "vc",
        "ipo",
        "ipos",
        "spac",
        "gpu",
        "gpus",
        "cpu",
        "llm",
        "llms",
        "api",
        "capex",
        "usd",
        "agi",
        "eps",
        "sec",
        "ftc",
        "fda",
        "doj",
        "nasdaq",
        "nyse",
        "ftse",
        "s&p",
        "dow-jones",
        "gdp",
        "fed",
    ]
)
_TITLES = re.compile(
    r"(?:\b(?:CEO|CFO|CTO|COO|CMO|CPO|CHRO|[Cc]hief\s\w+\s[Oo]fficer|[Pp]resident|[Cc]hair(?:man|woman)?|[Ff]ounder|[Cc]o-?founder|[Ee]xecutive|[Dd]irector|[Mm]anager|[Aa]nalyst|[Ss]pokes\w+|"
    r"[Ss]enator|[Ss]en\.|[Rr]ep\.|[Gg]ov\.|[Mm]inister|[Pp]rofessor|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|[Pp]artner|[Bb]illionaire|[Vv]eteran|[Jj]udge|[Ee]ngineer|[Ee]conomist|boss|head))[\s,]+$"
)
_PERSON_AFTER = re.compile(
    r"^(?:,? (?:who|told|wrote|added|tweeted|posted|recalled)\b|, (?:the |its |a |an )?(?:[\w'&.-]+\s){0,5}?(?:CEO|CFO|CTO|COO|chief|president|chair\w*|founder|co-founder|analyst|director|partner|executive|economist|professor|manager|head|spokes\w+)\b)"
)
_PLACES = frozenset(
    s.strip()
    for s in """america,americas,north america,latin america,europe,asia,africa,middle east,us,u.s,u.s.,usa,uk,u.k,u.k.,eu,united states,united kingdom,britain,
    england,scotland,wales,ireland,northern ireland,germany,france,italy,spain,portugal,netherlands,belgium,switzerland,austria,sweden,norway,denmark,finland,
    poland,czech republic,hungary,romania,greece,turkey,russia,ukraine,china,japan,south korea,north korea,korea,taiwan,hong kong,singapore,malaysia,indonesia,
    vietnam,thailand,philippines,india,pakistan,bangladesh,sri lanka,australia,new zealand,canada,mexico,brazil,argentina,chile,colombia,peru,israel,
    saudi arabia,uae,united arab emirates,qatar,kuwait,egypt,nigeria,kenya,south africa,morocco,iran,iraq,estonia,latvia,lithuania,
    alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,georgia,hawaii,idaho,illinois,indiana,iowa,kansas,kentucky,louisiana,
    maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,new york,
    north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,
    washington,west virginia,wisconsin,wyoming,ontario,quebec,british columbia,alberta,silicon valley,bay area,san francisco,los angeles,new york city,
    chicago,boston,seattle,austin,houston,dallas,atlanta,miami,denver,detroit,philadelphia,phoenix,san diego,san jose,santa clara,palo alto,mountain view,
    redmond,cupertino,london,paris,berlin,munich,frankfurt,amsterdam,dublin,stockholm,copenhagen,helsinki,oslo,zurich,geneva,madrid,barcelona,lisbon,
    milan,rome,vienna,warsaw,prague,budapest,tokyo,osaka,seoul,beijing,shanghai,shenzhen,hangzhou,guangzhou,mumbai,delhi,new delhi,bengaluru,bangalore,
    hyderabad,chennai,pune,sydney,melbourne,toronto,vancouver,montreal,ottawa,tel aviv,dubai,abu dhabi,riyadh,jakarta,manila,bangkok,hanoi,
    wall street,main street,emea,apac,dach,san francisco bay area,nordics,el paso,memphis,las vegas,san antonio,salt lake city,charlotte,pittsburgh,
    cambridge,oxford,manchester,birmingham,edinburgh,glasgow,bristol,leeds,brussels,luxembourg,istanbul,moscow,kyiv,cairo,lagos,nairobi,cape town,johannesburg,
    santiago,bogota,buenos aires,sao paulo,mexico city,western europe,eastern europe,midwest,brooklyn,manhattan,queens,
    north texas,west texas,central texas,northern california,southern california,ontario canada""".replace(
        "\n", " "
    ).split(",")
)
_DEMONYMS = re.compile(
    r"^(?:American|British|English|Scottish|Irish|Welsh|German|French|Italian|Spanish|Portuguese|Dutch|Belgian|Swiss|Austrian|Swedish|Norwegian|"
    r"Danish|Finnish|Polish|Czech|Hungarian|Romanian|Greek|Turkish|Russian|Ukrainian|Chinese|Japanese|Korean|South Korean|Taiwanese|Singaporean|"
    r"Malaysian|Indonesian|Vietnamese|Thai|Filipino|Indian|Pakistani|Australian|Canadian|Mexican|Brazilian|Israeli|Saudi|European|Asian|African|"
    r"Californian|Texan|Silicon|Nordic|Estonian|Western|Eastern|Global|International|Democratic|Republican|Democrats?|Republicans?|Americans?|Europeans?|Christian|Muslim)$"
)
NOT_COMPANIES = frozenset(
    s.strip()
    for s in """ai,a.i,a.i.,artificial intelligence,agi,genai,machine learning,tech,technology,big tech,big pharma,congress,senate,house,white house,pentagon,trump,biden,obama,
    trump administration,biden administration,administration,federal reserve,fed,treasury,supreme court,covid,covid-19,pandemic,brexit,christmas,thanksgiving,
    layoffs.fyi,challenger,challenger gray,challenger gray & christmas,crunchbase,pitchbook,gartner,idc,forrester,mckinsey,trueup,dealogic,preqin,cb insights,
    bloomberg,reuters,cnbc,cnn,bbc,techcrunch,the verge,verge,wired,the information,information,wall street journal,wsj,new york times,nyt,financial times,ft,
    the guardian,guardian,business insider,insider,forbes,fortune,axios,politico,usa today,associated press,ap,afp,the register,ars technica,engadget,
    venturebeat,mashable,gizmodo,protocol,kotaku,ign,nikkei,nikkei asia,the economist,washington post,los angeles times,seattle times,san francisco chronicle,
    linkedin post,twitter post,sec,ftc,doj,faa,eu commission,european commission,european union,nato,un,imf,world bank,irs,nlrb,nasdaq,nyse,s&p,
    s&p 500,ftse,dow jones,ceo,cfo,cto,coo,hr,vc,vcs,ipo,spac,gpu,gpus,cpu,llm,llms,api,capex,arr,warn,warn act,warn notice,rif,rifs,saas,b2b,esg,dei,
    series a,series b,series c,series d,series e,series f,series g,series h,seed,getty,getty images,pr newswire,business wire,globe newswire,
    friday,monday,democrats,republicans,silicon valley,wall street,main street,united auto workers,uaw,communication workers union,communications workers of america,
    teamsters,cwa,unite,gmb,ig metall,verdi,union,afl-cio,fortune 500,fortune 50,faang,maga,magnificent seven,mag 7,chatgpt,gpt,gpt-4,gpt-5,claude,gemini ai,copilot,
    iphone,android,windows,playstation,youtube tv,github copilot,employment security department,employment development department,department of labor,
    labor department,labour department,securities and exchange commission,department of defense,department of justice,department of energy,
    federal trade commission,ministry,parliament,bank of england,european central bank,ecb,university,stanford,stanford university,harvard,mit,oxford economics,
    moody's analytics,news,breaking news,exclusive,disclosure,subscribe,newsletter,read more,related,advertisement,image credits,credit,key points,photo,
    ukraine,gaza,internet,cloud,blockchain,crypto,bitcoin,web3,metaverse,5g,iot,ev,evs,linkedin,x,facebook post,slack,zoom,teams""".replace(
        "\n", " "
    ).split(",")
) - {"linkedin", "slack", "zoom", "x"}

_ANAPHOR = re.compile(
    r"\b(?P<det>[Tt]he|[Tt]his|[Tt]hat)\s(?P<adj>(?:(?!company|firm|startup)[\w.'-]+\s){0,4}?)"
    r"(?P<head>company|firm|start-?up|giant|maker|retailer|bank|group|carrier|airline|lender|platform|brand|unicorn|conglomerate|studio|"
    r"publisher|network|chipmaker|chip maker|automaker|carmaker|manufacturer|insurer|bookmaker|brokerage|fintech|developer|operator|provider|"
    r"organi[sz]ation|foundation|business|outfit|corporation|multinational|titan|behemoth|powerhouse|specialist|broadcaster|newspaper|outlet|"
    r"lab|tech giant|cloud giant|search giant|hyperscaler|neocloud|agency|university|utility|miner|producer|drugmaker|plane ?maker|chain|grocer|restaurant|decacorn|vendor|consultancy|employer|label|bureau|service)"
    r"\b(?!\s(?:said to|behind|that|which|founders|'s rivals|founded|formerly known))(?P<poss>'s)?(?!\s(?:level|size|industry|world|space|sector))"
)
_PRONOUN = re.compile(
    r"\b(?P<pro>[Ii]ts?|[Tt]hey|[Tt]heir|[Ww]e|[Oo]ur)\b(?!\s(?:is (?:expected|estimated|possible|unclear|likely|unknown|not clear|understood|believed)|was (?:reported|unclear)|remains|may be|could be that|takes|turns out|'s unclear))"
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


def key(name: str) -> str:
    """Return what two spellings of a name share: casefolded, bare of legal form, articles, possessive and marks."""
    bare = LEGAL.sub("", name.strip().removesuffix("'s"))
    bare = re.sub(r"^(?:the|The)\s", "", bare)
    return re.sub(r"[^\w+&]+", " ", bare.casefold()).strip()


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


def is_place(name: str) -> bool:
    """Return whether a name is that of a country, state, region or large city."""
    return name.casefold().strip(".") in _PLACES or name.casefold() in _PLACES


def is_no_company(name: str) -> bool:
    """Return whether a capitalised run is surely not a company: a place, a people, an outlet, a body, a plain word."""
    low = name.casefold().strip(". ")
    return (
        low in NOT_COMPANIES
        or low in _BREAK
        or is_place(name)
        or bool(_DEMONYMS.match(name))
        or len(low) < 2
        or bool(re.fullmatch(r"[\d.,%]+|[QH][1-4]|(?:19|20)\d\d|FY\d+", name))
        or bool(
            re.search(
                r"\b(?:University|College|School|Department|Ministry|Union|Association|Committee|Court|Commission|Congress|Senate|Board|Act|Agency|Institute of|Bureau|Administration|Parliament|Council|Street|Avenue|County|City of|Federation|Index|Award|Awards|Summit|Conference|Week|Festival)\b",
                name,
            )
        )
    )


def is_government(name: str) -> bool:
    """Return whether a name is that of a state body."""
    return bool(
        re.search(
            r"\b(?:Department|Ministry|Administration|Government|government|Agency|Bureau|Pentagon|Congress|White House|Army|Navy|Council|County)\b",
            name,
        )
    ) or is_place(name)


def runs(sentence: str, title_case: bool = False) -> list[tuple[int, int]]:
    """Return the spans of capitalised runs, cut at common words, verbs and descriptors."""
    spans: list[tuple[int, int]] = []
    for m in _RUN.finditer(sentence):
        start = m.start()
        words = [(w.start() + start, w.end() + start) for w in re.finditer(r"\S+", m.group())]
        group: list[tuple[int, int]] = []
        for a, b in [*words, (-1, -1)]:
            word = sentence[a:b].strip(".,'") if a >= 0 else ""
            low = word.casefold()
            stop = a < 0 or (low in _BREAK and not (group and low in ("ai",)))
            linking = low in ("of", "&", "de", "for")
            if stop and not (linking and group and a >= 0 and low != "for" and not title_case):
                while group and sentence[group[-1][0] : group[-1][1]].casefold() in ("of", "&", "de", "for"):
                    group.pop()
                if group:
                    spans.append((group[0][0], group[-1][1]))
                group = []
            else:
                group.append((a, b))
    return spans


@dataclass
class Registry:
    """The names of one document, grouped: which spellings are one company."""

    counts: Counter[str] = field(default_factory=Counter)
    spelled: dict[str, Counter[str]] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    """Last words of people's names."""
    organisations: set[str] = field(default_factory=set)
    """Keys that the model or the shipped companies call a company."""

    def add(self, name: str) -> None:
        """Count one naming."""
        k = key(name)
        self.counts[k] += 1
        self.spelled.setdefault(k, Counter())[clean(name)] += 1

    def group(self, name: str) -> str:
        """Return the key of the group a name belongs to: the shortest key of the document that begins it."""
        k = key(name)
        words = k.split()
        for n in range(1, len(words)):
            head = " ".join(words[:n])
            if head in self.counts and len(head) > 1 and (n > 1 or self.counts[head] >= 1):
                if n == 1 and words[0] in _COMMON_FIRST:
                    continue
                return head
        return k

    def same(self, a: str, b: str) -> bool:
        """Return whether two names are one company in this document."""
        return self.group(a) == self.group(b)


_COMMON_FIRST = frozenset(
    [
        "general",
        "american",
        "united",
        "first",
        "bank",
        "new",
        "national",
        "international",
        "royal",
        "standard",
        "western",
        "southern",
        "northern",
        "eastern",
        "south",
        "north",
        "east",
        "west",
        "morgan",
        "goldman",
        "wells",
        "warner",
        "black",
        "blue",
        "red",
        "green",
        "silver",
        "gold",
        "data",
        "open",
        "deep",
        "big",
        "great",
        "home",
        "best",
        "air",
        "sun",
        "star",
        "sky",
        "smart",
        "digital",
        "global",
        "universal",
        "advanced",
        "applied",
        "micro",
        "net",
        "super",
        "world",
        "texas",
        "san",
        "los",
        "santa",
        "saint",
        "st",
        "capital",
        "future",
        "creative",
        "electronic",
        "industrial",
    ]
)


def mentions(
    sentence: str,
    entities: Iterable[tuple[int, int, str]],
    registry: Registry,
    known: frozenset[str] = frozenset(),
    title_case: bool = False,
) -> list[Mention]:
    """Return the companies a sentence names, and its stand-ins, in order.

    `entities` are the model's spans with labels; `known` the keys of shipped companies.
    """
    labels = list(entities)
    found: list[Mention] = []
    for start, end in runs(sentence, title_case):
        name = sentence[start:end]
        label = ""
        for a, b, kind in labels:
            if a < end and start < b:
                label = kind
                # the model's company inside a longer run wins where the run joins several words in a title
                if kind == "ORG" and title_case and start <= a and b <= end and b - a >= 3 and (b - a) < (end - start):
                    start, end = a, b
                    name = sentence[a:b].removesuffix("'s")
                    end = start + len(name)
                break
        for tidy in (
            r"^(?:AI|A\.I\.|Tech|US|U\.S\.|UK|EV|IT|Crypto|Fintech)\s(?=[A-Z])",
            r"\s(?:Stock|Shares|Layoffs?|Employees|Workers|Jobs|News|Inc\.?|Corp\.?)$",
        ):
            if (m := re.search(tidy, name)) and key(name) not in known:
                if m.start() == 0:
                    start += m.end()
                elif "nc" not in m.group() and "orp" not in m.group():
                    end = start + m.start()
                name = sentence[start:end]
        k = key(name)
        if not k or is_no_company(name):
            continue
        strong = k in known or k in registry.organisations
        if not strong:
            if (
                label
                in (
                    "DATE",
                    "TIME",
                    "MONEY",
                    "PERCENT",
                    "CARDINAL",
                    "ORDINAL",
                    "QUANTITY",
                    "LANGUAGE",
                    "NORP",
                    "LAW",
                    "EVENT",
                )
                and label != "NORP"
            ):
                continue
            if label == "PERSON" and (len(name.split()) > 1 or k in registry.persons):
                continue
            if k in registry.persons and label != "ORG":
                continue
            if _TITLES.search(sentence[max(0, start - 24) : start]) and label != "ORG":
                continue
            if _PERSON_AFTER.match(sentence[end : end + 90]) and label not in ("ORG", "PRODUCT"):
                continue
            if (
                label in ("GPE", "LOC", "FAC")
                and re.search(r"\b(?:in|near|from|to|across|at)\s$", sentence[:start])
                and " " not in name
                and k not in registry.counts
            ):
                continue
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


@cache
def headline_like(title: str) -> bool:
    """Return whether a title capitalises most of its words, so that capitals tell nothing."""
    words = [w for w in re.findall(r"[A-Za-z][\w'-]*", title) if len(w) > 3]
    return len(words) > 3 and sum(w[0].isupper() for w in words) / len(words) > 0.7
