"""Words of a claim's sentence that tell where in its life a happening is. Data only: one expression a line."""

from __future__ import annotations

import re


def _any_of(*expressions: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(expressions)})\b", re.IGNORECASE)


_PLAN = (
    r"(?:deal|plans?|(?:job )?cuts|layoffs|redundancies|acquisition|merger|takeover|bid|round|investment|project|talks|"
    r"agreement|purchase|lease)"
)

ANOTHER = _any_of(
    r"another",
    r"a further",
    r"an additional",
    r"additional",
    r"(?:fresh|new|second|third|latest) (?:round|wave)",
    r"more (?:job cuts|layoffs|jobs|workers|employees|people|staff|roles|positions)",
    r"\d more(?! than)",
    r"on top of",
)
"""Tells a new happening from an earlier one of the same company."""

AMENDED = _any_of(
    r"amend(?:s|ed|ment|ing)?",
    r"revis(?:es|ed|ing|ion)",
    r"updated? (?:its|the|a) (?:notice|filing|figure|number)",
    r"correct(?:s|ed|ion)",
    r"rather than",
    r"instead of",
    r"up from (?:an? |the )?(?:earlier|initial|previous)",
    r"(?:earlier|initially|previously|originally) (?:said|reported|put|given|announced|planned)",
    r"now (?:says?|puts?|expects?|plans?)",
)
"""Takes back an earlier figure of the same happening."""

CANCELLED = _any_of(
    r"(?:call(?:s|ed|ing)? off|scrap(?:s|ped|ping)?|cancel(?:s|led|ed|ling|ing)?|abandon(?:s|ed|ing)?|"
    r"shelv(?:es|ed|ing)|rescind(?:s|ed|ing)?|withdr(?:aws|ew|awn)|walk(?:s|ed)? away from|terminat(?:es|ed)|"
    rf"revers(?:es|ed))\s+(?:\S+\s+){{0,5}}?{_PLAN}",
    rf"{_PLAN}\s+(?:\S+\s+){{0,4}}?(?:collapsed|fell through|w(?:as|ere) called off)",
    rf"{_PLAN}\s+(?:was|were|is|are|has been|have been) (?:scrapped|cancell?ed|abandoned|shelved|rescinded|withdrawn)",
)
"""Calls a happening off."""

COMPLETED = _any_of(
    r"complet(?:es|ed|ion)",
    r"finish(?:es|ed)",
    r"clos(?:es|ed|ing) (?:of )?(?:the |its |a |an )?(?:\S+ ){0,4}(?:round|deal|acquisition|purchase|transaction)",
    r"finali[sz]e[sd]?",
    r"concluded",
    r"last of the (?:cuts|jobs)",
)

UNDER_WAY = _any_of(
    r"(?:job cuts|layoffs|cuts|redundancies) (?:\S+ ){0,3}(?:began|have begun|started|are under ?way)",
    r"(?:began|begun|beginning|started|starting) (?:\S+ ){0,3}(?:laying off|cutting|notifying|letting go)",
    r"are being (?:notified|told|let go)",
    r"were (?:notified|told) (?:on|today|this)",
)

FILED = _any_of(
    r"WARN (?:notice|filing|act|letter)",
    r"(?:regulatory|securities|state|court|SEC) filing",
    r"8-K",
    r"(?:filed|files) (?:a |an |its )?(?:\S+ )?(?:notice|WARN|amendment)",
    r"notice to the state",
    r"in a filing",
)

SIGNED = _any_of(r"signed", r"signs", r"inked", r"inks", r"definitive agreement", r"entered into")
