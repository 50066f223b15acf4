"""What tells an article's own news from background."""

from __future__ import annotations

import pytest

from newsledger.model import Article
from nlp import clauses, timing
from nlp.merging import Finding
from nlp.reader import Reader


def found(reader: Reader, title: str, text: str) -> list[Finding]:
    return [f for f, _ in reader.findings(Article(id="a", revision=1, title=title, text=text))]


def test_words_of_a_clause_are_cues_but_names_figures_and_days_are_not(reader: Reader) -> None:
    (f,) = found(reader, "", "Last March Quentara of Corby had cut 900 jobs, people familiar with Ostrander said.")
    cues = set(clauses.words(f, *clauses.around(f)))
    assert {
        "opens:last",
        "opens:last ‹month›",
        "opens:last ‹month› ‹name›",
        "before:had cut",
        "before:of ‹name›",
    } <= cues
    assert "after:familiar with" in cues
    assert not any(word in cue for cue in cues for word in ("quentara", "corby", "ostrander", "900", "march"))


def test_the_words_of_another_figure_are_no_cues(reader: Reader) -> None:
    first, second = found(reader, "", "Quentara will cut 900 jobs after it eliminated 300 jobs in an earlier round.")
    assert "after:earlier" not in set(clauses.words(first, *clauses.around(first)))
    assert "after:earlier" in set(clauses.words(second, *clauses.around(second)))


def test_words_of_the_title_are_cues_but_companies_and_figures_are_not(reader: Reader) -> None:
    title, text = "Layoffs so far: Quentara, Google and 40 more", "Quentara of Corby will cut 900 jobs."
    ((_, cues),) = reader.findings(Article(id="a", revision=1, title=title, text=text))
    told = {cue.removeprefix("title:") for cue in cues if cue.startswith("title:")}
    assert told == {"layoff", "so", "far", "and", "0", "mor"}


def test_fellows_lean_as_the_findings_beside_do(reader: Reader) -> None:
    text = (
        "Quentara will cut 900 jobs.\nIt rained.\nIt rained.\n"
        "The 900 jobs at Quentara are in Corby, where 900 jobs will be cut.\n"
        "Ostrander cut 300 jobs in January."
    )
    findings = found(reader, "Quentara to cut 900 jobs", text)
    quentara = [i for i, f in enumerate(findings) if f.company == "Quentara"]
    ostrander = next(i for i, f in enumerate(findings) if f.company == "Ostrander")
    odds = [9.0 if i == ostrander else -9.0 for i in range(len(findings))]
    told = timing.beside(findings, odds)
    assert told[quentara[0]]["fellows/others"] == pytest.approx(1.0, abs=0.01)
    assert told[quentara[0]]["fellows/alike"] == pytest.approx(-1.0, abs=0.01)
    assert "fellows/near" not in told[quentara[0]]
    assert told[ostrander]["fellows/others"] == pytest.approx(-1.0, abs=0.01)
    assert "fellows/own" not in told[ostrander]


def test_a_finding_alone_has_no_fellows(reader: Reader) -> None:
    findings = found(reader, "", "Quentara will cut 900 jobs.")
    assert timing.beside(findings, [0.0]) == [{}]
