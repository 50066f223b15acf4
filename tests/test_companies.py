"""Names to companies: who is one company, who is not, and what a person's decision changes."""

import csv
import gzip
import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsledger.companies import Resolver, clean, live, load, load_decisions, provisional, unlike
from newsledger.companies.catalogue import CatalogueError
from newsledger.companies.crosswalk import write
from newsledger.model import Decision, DecisionAction

GOLD = Path(__file__).parent / "gold" / "company_names.csv"
SHARED = Path(__file__).parent.parent.parent / "shared"
RESOLVER = Resolver(load())


def found(name: str, *, context: str = "", on: str | None = None, resolver: Resolver = RESOLVER) -> str | None:
    answer = resolver.resolve(name, context=context, on=on)
    return answer.company_id if answer else None


def decision(action: DecisionAction, subject: str, number: int = 1, **fields: object) -> Decision:
    return Decision(
        id=f"d{number}", action=action, subject=subject, author="Ada Example", at=datetime(2031, 1, number, tzinfo=UTC),
        reason="as the register says", **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_hand_made_crosswalk_resolves_with_precision_099_and_recall_095() -> None:
    rows = list(csv.DictReader(GOLD.read_text("utf-8").splitlines()))
    assert len(rows) > 400
    answers = [(row["company_id"] or None, found(row["name"], context=row["context"])) for row in rows]
    right = sum(1 for want, got in answers if got is not None and got == want)
    given = sum(1 for _, got in answers if got is not None)
    wanted = sum(1 for want, _ in answers if want is not None)
    assert right / given >= 0.99
    assert right / wanted >= 0.95


def test_every_company_that_the_development_gold_names_is_in_the_crosswalk() -> None:
    gold = SHARED / "eval" / "dev_gold.jsonl"
    if not gold.exists():
        pytest.skip("the shared development documents are not there")
    known = {row["name"] for row in csv.DictReader(GOLD.read_text("utf-8").splitlines())}
    named = {e["company"] for line in gold.read_text("utf-8").splitlines() for e in json.loads(line)["events"]}
    assert named <= known


@pytest.mark.parametrize(
    ("names", "company_id"),
    [
        (("Meta", "META", "Meta Platforms, Inc.", "Facebook", "Facebook Inc.", "meta platforms"), "meta"),
        (("JLR", "Jaguar Land Rover", "Jaguar Land Rover's"), "jlr"),
        (("Walt Disney Co", "The Walt Disney Company", "Disney", "Disney’s"), "disney"),
        (("X", "Twitter", "Twitter, Inc."), "x"),
        (("J.C. Penney", "JC Penney", "JCPenney"), "j-c-penney"),
        (("L’Oréal",), None),
        (("Nestlé", "Nestle", "NESTLÉ S.A."), "nestle"),
        (("Hon Hai Precision Industry Co., Ltd.", "Foxconn"), "foxconn"),
        (("U.S. Agency for International Development", "USAID"), "usaid"),
        (("Microsft", "Salesfroce", "Anthropc"), None),
    ],
)
def test_spellings_of_one_company_meet(names: tuple[str, ...], company_id: str | None) -> None:
    ids = {found(name) for name in names}
    assert company_id is None or ids == {company_id}
    assert len(ids) == 1 or company_id is None


def test_parent_unit_and_sister_are_told_apart_and_linked() -> None:
    assert [found(n) for n in ("Google", "Alphabet", "Waymo")] == ["google", "alphabet", "waymo"]
    assert RESOLVER.company("google").parent_id == "alphabet"
    assert RESOLVER.company("waymo").parent_id == "alphabet"
    assert RESOLVER.related("waymo", "alphabet")
    assert not RESOLVER.related("waymo", "google")
    assert RESOLVER.interchangeable("google", "alphabet")
    assert not RESOLVER.interchangeable("waymo", "alphabet")
    assert {"google", "waymo"} <= RESOLVER.family("alphabet")


def test_a_name_counts_only_from_the_day_it_was_borne() -> None:
    assert found("Meta Platforms", on="2019-05-01") is None
    assert found("Meta Platforms", on="2022-05-01") == "meta"
    late = RESOLVER.resolve("Facebook", on="2024-05-01")
    assert late is not None
    assert (late.company_id, late.method) == ("meta", "former_name")
    early = RESOLVER.resolve("Square", on="2019-05-01")
    assert early is not None
    assert (early.company_id, early.method) == ("block", "alias")


def test_common_words_need_a_sign_of_the_company_beside_them() -> None:
    assert found("Target", context="Target cuts 1,800 corporate jobs") == "target"
    assert found("Target", context="The archer hit the Target twice before lunch") is None
    assert found("target", context="the company missed its target for jobs") is None
    assert found("Apple", context="An Apple a day") is None


def test_of_two_companies_with_one_name_the_context_tells() -> None:
    assert found("Bolt") is None
    assert found("Bolt", context="Bolt, the one-click checkout firm, cuts a third of its staff") == "bolt"
    assert found("Bolt", context="Bolt, the ride-hailing company of Tallinn, cuts jobs") == "bolt-mobility"


def test_names_that_must_not_match_do_not() -> None:
    for name, ids in unlike().items():
        assert found(name) not in ids, name


@pytest.mark.parametrize("name", ["Automatic", "Embrace", "Thriver", "Gogo", "Acme Robots", "AI", "Breaking", "The"])
def test_a_likeness_is_not_enough(name: str) -> None:
    assert found(name) in (None, "gogo")


def test_a_slip_of_the_pen_in_a_long_word_is_forgiven() -> None:
    answer = RESOLVER.resolve("Microsft")
    assert answer is not None
    assert (answer.company_id, answer.method) == ("microsoft", "spelling")
    assert answer.score < 1


def test_unknown_companies_get_an_id_from_their_cleaned_name_alone() -> None:
    one, other = provisional("Hollin Freight, Inc."), provisional("HOLLIN FREIGHT")
    assert one.id == other.id
    assert one.id.startswith("p-hollin-freight-")
    assert one.provisional
    assert provisional("Hollin Rail").id != one.id
    assert provisional("東京計算").id != provisional("大阪計算").id
    with pytest.raises(ValueError, match="no letter or digit"):
        provisional("…")


def test_decisions_merge_split_and_rename_and_can_be_taken_back() -> None:
    new = provisional("Hollin Freight").id
    merge = decision("company_merge", new, target="fedex")
    merged = Resolver(load(), [merge])
    assert merged.key("Hollin Freight Inc") == "fedex"
    assert merged.company(new).id == "fedex"
    assert merged.redirects == {new: "fedex"}

    split = decision("company_split", "meta", values={"name": "Reality Labs Europe"}, target="reality-labs")
    assert Resolver(load(), [split]).key("Reality Labs Europe") == "reality-labs"

    rename = decision("company_rename", "fedex", values={"name": "Federal Express"})
    assert Resolver(load(), [rename]).company("fedex").name == "Federal Express"

    back = decision("company_merge", new, 2, revokes=merge.id)
    assert Resolver(load(), [merge, back]).key("Hollin Freight") == new
    again = decision("company_merge", new, 3, revokes=back.id)
    assert live([again, back, merge]) == [merge]


def test_merges_that_point_at_each_other_end_somewhere() -> None:
    ring = [decision("company_merge", "ford", 1, target="kia"), decision("company_merge", "kia", 2, target="ford")]
    resolver = Resolver(load(), ring)
    assert resolver.final("ford") == resolver.final("kia") == "kia"


def test_the_catalogue_holds_together() -> None:
    companies = load()
    assert len(companies) > 2000
    ids = {company.id for company in companies}
    for company in companies:
        assert RESOLVER.company(company.id).id == company.id
        seen, above = {company.id}, company.parent_id
        while above is not None:
            assert above in ids
            assert above not in seen, f"{company.id} is its own parent"
            seen.add(above)
            above = RESOLVER.company(above).parent_id
        assert not company.provisional
    assert max(Counter(c.cik for c in companies if c.cik).values()) == 1
    assert load_decisions() == ()


def test_the_names_of_the_listed_companies_agree_with_the_register() -> None:
    register = SHARED / "data" / "reference" / "sp500_constituents_2026-08.csv"
    if not register.exists():
        pytest.skip("the shared reference data are not there")
    sectors = ("Information Technology", "Communication Services")
    rows = [r for r in csv.DictReader(register.read_text("utf-8").splitlines()) if r["GICS Sector"] in sectors]
    by_cik = {company.cik: company for company in load() if company.cik}
    for row in rows:
        assert int(row["CIK"]) in by_cik, row["Security"]
        name = row["Security"].split(" (")[0]
        assert found(name) == by_cik[int(row["CIK"])].id, name


def test_the_share_of_names_that_another_tracker_uses_and_we_know() -> None:
    path = SHARED / "data" / "reference" / "layoffs_fyi_2020-03_2026-05.csv.gz"
    if not path.exists():
        pytest.skip("the shared reference data are not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = Counter(row["company"].strip() for row in csv.DictReader(lines))
    known = sum(count for name, count in names.items() if found(name, context=f"{name} cuts jobs"))
    assert known / sum(names.values()) > 0.35


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "acme"}', "no name"),
        ('{"id": "Acme", "name": "Acme"}', "lower-case"),
        ('{"id": "p-acme", "name": "Acme"}', "not starting with p-"),
        ('{"id": "acme", "name": "Acme", "sectr": "ai"}', "unknown field 'sectr'"),
        ('{"id": "acme", "name": "Acme", "sector": "magic"}', "sector 'magic'"),
        ('{"id": "acme", "name": "Acme", "parent": "nobody"}', "parent 'nobody'"),
        ('{"id": "acme", "name": "Acme", "parent_since": "last year"}', "YYYY"),
        ('{"id": "acme", "name": "Acme"}\n{"id": "acme", "name": "Acme 2"}', "twice"),
        ('{"id": "acme", "name": "Acme", "wikidata": "42"}', "wikidata '42'"),
        ('{"id": "a", "name": "A", "wikidata": "Q7"}\n{"id": "b", "name": "B", "wikidata": "Q7"}', "'a' already"),
        ("acme", "no JSON object"),
    ],
)
def test_a_wrong_line_of_the_catalogue_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "companies.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"companies\.jsonl:\d+: ") as error:
        load(path)
    assert reason in str(error.value)


def test_the_crosswalk_has_one_line_for_each_name_and_identifier() -> None:
    out = io.StringIO()
    write(load(), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    meta = {(row["kind"], row["value"]) for row in rows if row["company_id"] == "meta"}
    assert {("name", "Meta"), ("alias", "Facebook"), ("ticker", "META"), ("cik", "1326801")} <= meta
    (facebook,) = (row for row in rows if row["value"] == "Facebook")
    assert facebook["until"] == "2021-10-28"


def test_cleaning_keeps_what_names_the_company() -> None:
    assert clean("SK Group") == "sk"
    assert clean("Group Inc") == "group"
    assert clean("The Gap, Inc.") == "gap"
    assert clean("A.P. Moller-Maersk") == clean("AP Moller Maersk")
