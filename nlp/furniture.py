"""What stands above a story on its page and is none of it: bylines, dates, menus, buttons, credits, datelines.

Texts taken off pages often begin with it. Left in, it would be the lead, from which it is told whom an article is about and
what is its own news.
"""

from __future__ import annotations

import re

from nlp.dates import MONTH

FEWEST_WORDS = 5
"""Words of a line without a full stop, from which it may be one of the story's."""
PROSE = 12
"""Words of a line with which the story has surely begun."""
LONGEST = 20
"""Words of a line that is none of the story's; a longer one may open with words of the page, but goes on with the story."""
MOST_CAPITALS = 0.7
"""The share of capitalised words above which a line without a full stop is no sentence."""

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_ENDS = re.compile(r"[.!][\"')\]]*$")
_OPENS = re.compile(
    r"\(?(?:by|updated|published|posted|share|save|listen|subscribers?|log ?in|photo(?:graph)?|image|illustration|picture|"
    r"credits?|getty|skip|advertisement|menu|follow|recommended|opens in|copy link|link copied|back to|text settings)\b",
    re.IGNORECASE,
)
"""How a line without a full stop begins that is the page's."""
_ASKS = re.compile(
    r"(?:sign (?:up|in)|subscribe|read (?:more|next|also|now)|view image|in brief|in this article|key (?:points|takeaways)|"
    r"listen to this|a version of this (?:story|article)|this (?:story|article) (?:was|is|has)|thank you for|welcome (?:back )?to|"
    r"you can (?:listen|read|sign))\b",
    re.IGNORECASE,
)
"""How a line begins that speaks to who reads the page."""
_DAY = re.compile(rf"(?:\w+day, )?{MONTH} \d{{1,2}},? (?:19|20)\d\d\b")
_DATELINE = re.compile(r"[—-]$")


def is_dateline(text: str) -> bool:
    """Return whether a line only says where, or by whom, the story is told: "New York CNN —"."""
    return bool(_DATELINE.search(text)) and len(_WORD.findall(text)) < PROSE


def is_furniture(text: str, *, titled: bool) -> bool:
    """Return whether a line from the top of a page's text is none of the story's; `titled`: its title is known.

    Without a title a line in capitals may be the story's headline.
    """
    words = _WORD.findall(text)
    if len(words) > LONGEST:
        return False
    if _ASKS.match(text) or is_dateline(text):
        return True
    if _ENDS.search(text):
        return False
    capitals = sum(word[0].isupper() for word in words)
    few = len(words) < FEWEST_WORDS or (titled and capitals > MOST_CAPITALS * len(words))
    return few or bool(_OPENS.match(text) or _DAY.match(text))


def begins(text: str) -> bool:
    """Return whether a line is so long a sentence that the story has begun with it."""
    return len(_WORD.findall(text)) >= PROSE and not is_furniture(text, titled=True)
