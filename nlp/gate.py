"""The cheap gates: may these bytes, may this text hold an event? Relaxed on purpose: they must lose none.

Every event that is counted has a figure and a word that triggers it. RE2 looks for both in linear time. Nothing here
loads a model.
"""

from __future__ import annotations

from collections.abc import Iterator

import re2

STRONG_CUTS = (
    r"lay(?:s|ing)?[\s-]?offs?|laid[\s-]?off|\blet(?:s|ting)?\b|job[\s-](?:cut|loss)|redundan|retrench|pink[\s-]slip|downsiz|headcount|workforce|work force|"
    r"dismiss|\bsack(?:s|ed|ing)|\bfir(?:ed|ing|ings)\b|goodbye|parts? ways|part(?:ed|ing) ways|notice to|buy-?outs?|voluntary|rifs?\b|halv(?:e|es|ed|ing)\b|"
    r"the door to|\bwarn notice|at risk|under threat|under consultation|on the line|affected:?|impacted:?"
)
"""Words that speak of cuts by themselves."""
WEAK_CUTS = (
    r"\b(?:cuts?|cutting|cut back|slash\w*|axe[sd]?|axing|eliminat\w+|shed|sheds|shedding|trim\w*|reduc\w+|los(?:e|es|ing|s|ses)|lost|terminat\w+|scrap\w*|"
    r"affect\w*|impact\w*|notif\w+|drop\w*|cull\w*|shrink\w*|displac\w+|remov\w+|warn\w*|told|informed|clos(?:e|es|ing|ure)|shut\w*|idl(?:e|es|ing)|hit\w*|involv\w+|"
    r"result\w*|downsiz\w*|par(?:e|es|ed|ing)|chop\w*|shav\w+|prun\w+|releas\w+|jettison\w*|ditch\w*|decimat\w+|lower\w*|departures?|go|going|gone|leaving|departing|out|cost\w*|claim\w*)\b"
)
"""Words that speak of cuts beside words for jobs or people, or a bare number."""
JOB_WORDS = (
    r"jobs?\b|roles?\b|positions?\b|posts?\b|employees|workers?\b|staff|people|personnel|colleagues|associates|managers|team\b|ranks\b|payroll|executives|\bcrew|faculty|"
    r"partners|individuals|professionals|engineers|[a-z]{2,}(?:ers|ists|ants|men|women|hands)\b|agents|technicians|hands\b|ftes?\b|equivalents"
)
MONEY_WORDS = (
    r"rais(?:e|es|ed|ing)|rais\w* |fund(?:s|ed|ing|raise|raising)?|round|series [a-k]|seed|stake|invest\w*|acqui\w+|buy(?:s|ing|out)?|bought|purchas\w*|"
    r"takeover|capex|capital|spend\w*|spent|commit\w*|pledg\w*|contract|deal|agreement|pact|order|lands?|landed|secur\w+|nab\w*|bag\w*|snag\w*|"
    r"scor\w+|clos\w+|cement\w*|budget\w*|pour\w*|allocat\w*|earmark\w*|data cent\w+|build\w*|financ\w+|back(?:s|ed|ing)?|gets?\b|got\b|w[io]ns?\b|takes?\b|took|taken|seek\w*|collect\w*|sign(?:s|ed|ing)?\b|worth|lead(?:s|ing)?\b|led\b|expan\w+|boost\w*|lift\w*|hik\w+|plan|supercomputer|cost|sink\w*|sank|funnel\w*|fork\w*|lay\w* out|target\w*|hand(?:s|ed)?\b|suppl\w+|sell\w*|sold|partnership|pump\w*|plow\w*|plough\w*|put(?:s|ting)?|inject\w*|channel\w*|devot\w+|dedicat\w+|splash\w*|shell\w* out|contribut\w+|set\w* aside|deploy\w*|pay(?:s|ing)?|paid|giv\w+|gave|receiv\w+|order\w*|produc\w+|lease|br(?:ing|ought)\w* in|stealth|injec\w+|project|bet\b|provid\w+"
)
_PEOPLE_FIGURE = (
    r"\d|percent|per cent|%|half|halv|third|quarter|fifth|tenth|hundred|thousand|dozen|one in|entire|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b"
)
_MONEY_FIGURE = (
    r"[$€£¥₹₩₪]\s?\d|\d[\d.,]*\s?(?:trillion|billion|million|bn|mn|tn|crore|lakh|thousand)|\brs\.?\s?\d|\b(?:usd|eur|gbp|inr|rmb|cny|krw|jpy)\s?\d|"
    r"\b(?:half )?an? (?:million|billion)\b|(?:million|billion|trillion)\b"
)
AI_WORDS = (
    r"\ba\.?i\.?\b|\bai[\w-]|\w+ai\b|artificial|machine learning|generative|\bllms?\b|deep learning|neural|chatbot|gpt|openai|anthropic|mistral|deepseek|"
    r"\bgpus?\b|agentic|copilot|computer vision|data[\s-]cent|autonom|robot|superintelligence|\bagi\b|world model|foundation model|nvidia|hyperscal"
)

_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.never_capture = True
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 64 << 20


def _compile(pattern: str) -> re2._Regexp:
    return re2.compile(pattern, _OPTIONS)


_STRONG = _compile(STRONG_CUTS)
_WEAK = _compile(WEAK_CUTS)
_WEAK_NUMBER = _compile(
    r"\b(?:cuts?|cutting|slash\w*|axe[sd]?|axing|shed\w*|eliminat\w+|trim\w*|reduc\w+|los(?:e|es|ing)|lost)\s(?:by\s|back\s|another\s)?(?:[a-z]+\s){0,3}\d"
)
_FIGURE_JOBS = _compile(
    rf"(?:\d|%|percent|per cent|half|third|quarter|fifth|tenth|hundred|thousand|dozen|entire|one in|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b)"
    rf"(?:[^\s]*\s+){{1,9}}(?:[\w'-]*-)?(?:{JOB_WORDS}|workforce|headcount)|\d-person"
)
_PEOPLE = _compile(_PEOPLE_FIGURE)
_MONEY = _compile(_MONEY_FIGURE)
_SPEND = _compile(MONEY_WORDS)
_AI = _compile(AI_WORDS)


def _layoff(text: str | bytes) -> bool:
    return bool(_PEOPLE.search(text)) and bool(
        _STRONG.search(text) or _WEAK_NUMBER.search(text) or (_WEAK.search(text) and _FIGURE_JOBS.search(text))
    )


def _investment(text: str | bytes) -> bool:
    return bool(_MONEY.search(text)) and bool(_AI.search(text)) and bool(_SPEND.search(text))


def bytes_may_hold(body: bytes) -> bool:
    """Return whether a page's bytes, HTML and all, may hold an event; text in an unusual encoding always may."""
    if b"\x00" in body[:200]:
        return True
    text = body.decode("utf-8", "replace")
    return _layoff(text) or _investment(text)


def text_may_hold(text: str) -> bool:
    """Return whether a text (title and body) may hold an event."""
    return any(True for _ in paragraphs_that_may(text))


def paragraphs_that_may(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text (title and body) that may hold an event."""
    if not _PEOPLE.search(text):
        return
    money, cuts = _investment(text), _layoff(text)
    if not (money or cuts):
        return
    for line in text.split("\n"):
        if line and ((cuts and _layoff(line)) or (money and sentence_may_hold_money(line))):
            yield line


def sentence_may_hold_cut(sentence: str) -> bool:
    """Return whether a sentence has a figure, a word of cutting, and where that word is weak, one for jobs."""
    return _layoff(sentence)


def sentence_may_hold_money(sentence: str) -> bool:
    """Return whether a sentence has both an amount and a word of spending or raising."""
    return bool(_MONEY.search(sentence)) and bool(_SPEND.search(sentence))


def mentions_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all."""
    return bool(_AI.search(text))
