"""The gates before a page's costly extraction: its bytes, then the cheap text of its paragraphs.

The second asks what the reader itself asks before it loads a model: whether any sentence has a figure in one of the
shapes of an event. It is slower than the words of `nlp.gate` and lets through a tenth of what they do.
"""

from __future__ import annotations

from nlp import candidates, gate
from nlp.text import sentences

bytes_may_hold = gate.bytes_may_hold


def text_may_hold(text: str) -> bool:
    """Return whether any sentence of a text, title and paragraphs on lines of their own, may state an event."""
    if not gate.text_may_hold(text):
        return False
    speaks_of_ai = gate.mentions_ai(text)
    intro = previous = ""
    for each in sentences(text):
        sentence = each.text
        if sentence.rstrip().endswith(":"):
            intro = sentence
        elif len(sentence) > 90:
            intro = ""
        if (gate.sentence_may_hold_cut(sentence) or intro) and candidates.layoffs(
            sentence, previous, "" if sentence == intro else intro
        ):
            return True
        if speaks_of_ai and gate.sentence_may_hold_money(sentence) and candidates.investments(sentence):
            return True
        previous = f"{previous[-400:]} {sentence}"
    return False
