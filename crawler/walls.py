"""Pages that stand in front of an article: consent forms, bot checks, pay walls."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import re2

_SHORT = 1_500
"""Characters; an article that merely speaks of consent or robots is longer than a page that asks for it."""
_TEASER = 500
"""Characters of body below which a page for subscribers shows no more than a teaser."""

_CONSENT_HOST = re.compile(r"(^|\.)(consent|guce|privacy-mgmt|cmp)\.")
_CONSENT_PATH = re.compile(r"/(collectconsent|consent|cookie-?wall|privacy-?gate|gdpr-?consent)(/|$)")
_CONSENT_WORDS = re2.compile(
    r"(?i)before you continue"
    r"|we (value|care about|respect) your privacy|(accept|reject|allow|agree to) all( cookies)?\b"
    r"|manage (your )?(cookie|privacy|consent|settings|options|preferences)|our \d* ?(trusted )?partners (store|use)"
    r"|store and/or access information on a device|withdraw your consent|legitimate interest|personali[sz]ed ads"
    r"|use of cookies|cookie (policy|settings|preferences|notice)|consent to (the use|our use|cookies)",
)
_ROBOT_WORDS = re2.compile(
    r"(?i)(are you|you are not|not) a (robot|human)|verify(ing)? (that )?you are (a )?human|unusual (traffic|activity)"
    r"|enable javascript and cookies|checking your browser|complete the (captcha|security check)|access denied"
    r"|attention required|request (was |has been )?blocked|just a moment\.\.\.|pardon our interruption|ray id",
)
_PAY_WORDS = re2.compile(
    r"(?i)subscribe (now )?(to|for) (continue|keep|unlock|read|full|unlimited)|(to|and) (continue|keep) reading"
    r"|(this|the) (article|content|story) is (only )?(for|available to|reserved for) (our )?(subscribers|members)"
    r"|already a (subscriber|member)|subscribers only|unlock this (article|story)|for (full|unlimited) access"
    r"|you('ve| have) (reached|read) your (limit|last|free)",
)


def wall(url: str, title: str, text: str, free: bool | None = None) -> str | None:
    """Return what the page is instead of an article, `consent_page`, `bot_check` or `paywall`; None for an article.

    `text` is the visible text that was found; `free` is False where the page itself says it is for subscribers.
    """
    parts = urlsplit(url)
    if _CONSENT_HOST.search(parts.hostname or "") or _CONSENT_PATH.search(parts.path.lower()):
        return "consent_page"
    if len(text) < _SHORT:
        shown = f"{title}\n{text}"
        if len({match.group().lower() for match in _CONSENT_WORDS.finditer(shown)}) >= 2 and _mostly_consent(shown):
            return "consent_page"
        robot = {match.group().lower() for match in _ROBOT_WORDS.finditer(shown)}
        if len(robot) >= 2 or (robot and _ROBOT_WORDS.search(title)):
            return "bot_check"
    if len(text) < _TEASER and (free is False or _PAY_WORDS.search(text)):
        return "paywall"
    return None


def _mostly_consent(shown: str) -> bool:
    """Return whether most of a text stands in lines that speak of consent: a footer under a short article does not."""
    speaking = sum(len(line) for line in shown.split("\n") if _CONSENT_WORDS.search(line))
    return 2 * speaking > len(shown)
