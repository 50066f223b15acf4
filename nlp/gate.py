"""The cheap gates: may these bytes, may this text hold an event? Relaxed on purpose: they must lose none.

Every event that is counted has a figure and a word that triggers it. RE2 looks for both in linear time. Nothing here
loads a model.
"""

from __future__ import annotations

import re2

CUT_WORDS = (
    r"lay(?:s|ing)?[\s-]?offs?|laid[\s-]off|lets? go|letting go|job[\s-](?:cut|loss)|redundan|retrench|pink slip|downsiz|"
    r"headcount|workforce|work force|dismiss|sack(?:s|ed|ing)|fir(?:ed|es|ing)|axe[sd]?|axing|buy-?out|severance|jobless|staff|"
    r"(?:cut|cuts|cutting|slash|slashes|slashed|slashing|eliminat\w+|shed|sheds|shedding|trim\w*|reduc\w+|los(?:e|es|ing|s)|lost|terminat\w+|"
    r"scrap\w*|affect\w*|impact\w*|notif\w+|drop\w*|cull\w*|goodbye|part\w* ways|shrink\w*|displac\w+|remov\w+|at risk|warn\w*|to go)\b"
)
MONEY_WORDS = (
    r"rais(?:e|es|ed|ing)|rais\w* |fund(?:s|ed|ing|raise|raising)?|round|series [a-k]|seed|stake|invest\w*|acqui\w+|buy(?:s|ing|out)?|bought|purchas\w*|"
    r"takeover|capex|capital|spend\w*|spent|commit\w*|pledg\w*|contract|deal|agreement|pact|order|lands?|landed|secur\w+|nab\w*|bag\w*|snag\w*|"
    r"scor\w+|clos\w+|cement\w*|budget\w*|pour\w*|allocat\w*|earmark\w*|data cent\w+|build\w*|financ\w+|back(?:s|ed|ing)?|partnership|pump\w*|plow\w*|plough\w*|put(?:s|ting)?|inject\w*|channel\w*|devot\w+|dedicat\w+|splash\w*|shell\w* out|contribut\w+|set\w* aside|deploy\w*|pay(?:s|ing)?|paid|giv\w+|gave|receiv\w+|order\w*|produc\w+|lease|stealth|injec\w+|project|bet\b|provid\w+"
)
_PEOPLE_FIGURE = (
    r"\d|percent|per cent|%|half|third|quarter|fifth|tenth|hundred|thousand|dozen|one in|entire|"
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


_CUT = _compile(CUT_WORDS)
_CUT_CORE = _compile(
    r"lay(?:s|ing)?[\s-]?offs?|laid[\s-]off|let(?:s|ting)? go|job[\s-](?:cut|loss)|jobs|redundan|retrench|pink slip|downsiz|headcount|workforce|work force|"
    r"employees|workers|staff|positions|roles|people|posts|personnel|dismiss|sacked|axe[sd]?"
)
_PEOPLE = _compile(_PEOPLE_FIGURE)
_MONEY = _compile(_MONEY_FIGURE)
_SPEND = _compile(MONEY_WORDS)
_AI = _compile(AI_WORDS)
_CUT_NEAR = _compile(
    rf"(?:{CUT_WORDS})(?s:.){{0,160}}?(?:{_PEOPLE_FIGURE})|(?:{_PEOPLE_FIGURE})(?s:.){{0,160}}?(?:{CUT_WORDS})"
)

_CUT_BYTES = _CUT
_AI_BYTES = _AI
_MONEY_BYTES = _MONEY


def _layoff(text: str | bytes) -> bool:
    return bool(_CUT.search(text)) and bool(_CUT_CORE.search(text)) and bool(_PEOPLE.search(text))


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
    return _layoff(text) or _investment(text)


def sentence_may_hold_cut(sentence: str) -> bool:
    """Return whether a sentence has both a figure and a word of cutting."""
    return bool(_PEOPLE.search(sentence)) and bool(_CUT.search(sentence))


def sentence_may_hold_money(sentence: str) -> bool:
    """Return whether a sentence has both an amount and a word of spending or raising."""
    return bool(_MONEY.search(sentence)) and bool(_SPEND.search(sentence))


def mentions_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all."""
    return bool(_AI.search(text))
