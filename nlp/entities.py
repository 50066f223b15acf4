"""Named entities of the windows: spaCy's trained recogniser alone, batched, its memory given back now and then.

It is shown only the words near a capital letter: what it makes of a word follows from a few on each side, so that names
come out as from the whole text, in two thirds of the time.
"""

from __future__ import annotations

import gc
import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

from newsledger.settings import settings

UNUSED = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
"""Components that naming does not need: the recogniser has its own vectors layer, and gives the same without them."""
STRINGS = "strings"
"""The texts of the pipeline's 700,000 words, 135 MB: their vectors are found by hash, which needs no text."""
MOST_TEXTS = 4_000
"""Texts after which the pipeline forgets the words it learned. Those of the first so many texts it keeps for good: they
are the commonest, and a word that is kept is told from its neighbours at a tenth of the cost."""
MOST_ASKED = 4_096
"""Words of which it is kept whether they are the language's; then all are forgotten."""
TOGETHER = 1024
"""Texts given to the pipeline at a time; it names a fourth of them in one go."""
LEFT_OUT = "… "
"""What stands for words far from any capital letter."""
_CAPITALS = r"A-Z\u00c0-\u00de\u0100-\u1fff\u2c00-\U0010ffff"
"""What may be a capital letter: those of ASCII, and letters beyond it but for a few surely small ones."""
_WORD = re.compile(r"\S+\s*")


@cache
def _pipeline(package: str) -> Any:
    """Load a spaCy pipeline package once a process, the recogniser alone."""
    import spacy

    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"spaCy pipeline {package!r} is not installed; install its package or set NEWSLEDGER_SPACY_MODEL to one that is"
        ) from error
    path = getattr(module, "model_path", None)
    location: str | Path = path() if callable(path) else package
    importlib.import_module("nlp.encoding")  # the component quick_ner
    pipeline = spacy.load(location, exclude=[*UNUSED, STRINGS], config={"components.ner.factory": "quick_ner"})
    if pipeline.pipe_names == ["ner"]:
        _learn_less(pipeline)
    gc.collect()
    gc.freeze()  # what is loaded for good is not looked through again and again
    gc.set_threshold(10_000, 10, 10)  # what is made while reading seldom refers to itself
    return pipeline


def _learn_less(pipeline: Any) -> None:
    """Let a pipeline of the recogniser alone learn of a new word only what the recogniser asks of it.

    A word of letters alone is one token: the patterns of prefixes, suffixes, infixes and addresses all need another
    character, and to try them takes as long as the rest.
    """
    from spacy.attrs import IDS
    from spacy.lang.lex_attrs import word_shape

    vocab, tokenizer = pipeline.vocab, pipeline.tokenizer
    layers = [layer for layer in pipeline.get_pipe("ner").model.walk() if layer.name == "extract_features"]
    asked = {IDS[column] for layer in layers for column in ("IS_SPACE", "NORM", *layer.attrs["columns"])}
    if asked:
        asked.add(vocab.vectors.attr)
        getters = {name: get for name, get in vocab.lex_attr_getters.items() if name in asked}
        if getters.get(IDS["SHAPE"]) is word_shape:
            getters[IDS["SHAPE"]] = _shape
        vocab.lex_attr_getters = getters
    for name, nothing in (
        ("prefix_search", None),
        ("suffix_search", None),
        ("url_match", None),
        ("infix_finditer", ()),
    ):
        setattr(tokenizer, name, _unless_letters(getattr(tokenizer, name), nothing))


_SHAPES = str.maketrans(ascii_letters + digits, "x" * 26 + "X" * 26 + "d" * 10)
_LONG_RUN = re.compile(r"(.)\1{4,}", re.DOTALL)


def _shape(word: str) -> str:
    """Return what spaCy's `word_shape` returns: letters told as x or X, digits as d, of like ones four at most."""
    if not word.isascii() or len(word) >= 100:
        from spacy.lang.lex_attrs import word_shape

        return str(word_shape(word))
    return _shortened(word.translate(_SHAPES))


@lru_cache(maxsize=4096)
def _shortened(shape: str) -> str:
    return _LONG_RUN.sub(r"\1\1\1\1", shape)


def _unless_letters(find: Callable[[str], Any], nothing: Any) -> Callable[[str], Any]:
    return lambda word: nothing if word.isalpha() else find(word)


@cache
def _plain_run(words: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:[^\s{_CAPITALS}]++(?:\s++|\Z)){{{words},}}+")


def near_capitals(text: str, sees: int) -> list[tuple[int, int]]:
    """Return from where to where words of a text are at most `sees` words from one with a capital letter.

    Fewer than two words between are not left out.
    """
    kept, begin = [], 0
    for run in _plain_run(sees + 2).finditer(text):
        words = [word.start() for word in _WORD.finditer(text, run.start(), run.end())]
        opens, closes = run.start() == 0, run.end() == len(text)
        if not (opens or closes) and len(words) < 2 * sees + 2:
            continue
        if not opens:
            kept.append((begin, words[sees]))
        begin = len(text) if closes else words[-sees]
    return [*kept, (begin, len(text))] if begin < len(text) else kept


class _Memory:
    """What a pipeline learned of words since it last forgot them."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._zone = ExitStack()
        self._texts = 0

    def make_room(self, texts: int) -> None:
        """Forget, if with so many more texts it would be too much."""
        self._texts += texts
        if self._texts > MOST_TEXTS:
            self._texts = texts
            self._zone.close()
            self._zone.enter_context(self._pipeline.memory_zone())


@cache
def _memory(package: str) -> _Memory:
    return _Memory(_pipeline(package))


class Recogniser:
    """Finds people, organisations, places in short texts."""

    def __init__(self, package: str | None = None) -> None:
        package = package or settings().spacy_model
        self._nlp = _pipeline(package)
        self._sees: int | None = getattr(self._nlp.get_pipe("ner"), "sees", None)
        self._memory = _memory(package)
        self._words: dict[str, bool] = {}

    def is_word(self, word: str) -> bool:
        """Return whether a lower-case word is one of the language's, by the pipeline's vectors."""
        if (known := self._words.get(word)) is None:
            if len(self._words) >= MOST_ASKED:
                self._words.clear()
            known = self._words[word] = self._nlp.vocab.strings[word] in self._nlp.vocab.vectors
        return known

    def of(self, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """Return for each text its entities, start, end and label: all names with a capital letter, of dates and numbers some."""
        found: list[list[tuple[int, int, str]]] = [[] for _ in texts]
        kept = [[(0, len(text))] if self._sees is None else near_capitals(text, self._sees) for text in texts]
        shown = [LEFT_OUT.join([text[a:b] for a, b in spans]) for text, spans in zip(texts, kept, strict=True)]
        order = sorted((i for i, text in enumerate(shown) if text), key=lambda i: len(shown[i]))
        self._memory.make_room(len(order))
        docs = self._nlp.pipe((shown[i] for i in order), batch_size=TOGETHER)
        for i, doc in zip(order, docs, strict=True):
            found[i] = _moved([(e.start_char, e.end_char, e.label_) for e in doc.ents], kept[i])
        return found


def _moved(entities: Iterable[tuple[int, int, str]], kept: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Return where entities of the words shown stand in the text, without those that reach over what is left out."""
    moved, at = [], 0
    rest = iter(entities)
    entity = next(rest, None)
    for begin, end in kept:
        shift, at_end = begin - at, at + end - begin
        while entity and entity[0] < at_end:
            start, stop, label = entity
            if at <= start and stop <= at_end:
                moved.append((start + shift, stop + shift, label))
            entity = next(rest, None)
        at = at_end + len(LEFT_OUT)
    return moved
