"""Every name and identifier of every company, one a line: `python -m newsledger.companies.crosswalk > names.csv`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from newsledger.companies.catalogue import load
from newsledger.model import Company

HEADER = ("company_id", "company", "kind", "value", "since", "until")


def rows(companies: Iterable[Company]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield company id, canonical name, kind (name, alias, ticker, cik, domain, wikidata, parent), value, dates."""
    for company in companies:
        yield company.id, company.name, "name", company.name, "", ""
        for alias in company.aliases:
            if alias.name != company.name:
                yield company.id, company.name, "alias", alias.name, alias.since or "", alias.until or ""
        identifiers = (
            *(("ticker", ticker) for ticker in company.tickers),
            ("cik", str(company.cik) if company.cik is not None else ""),
            ("domain", company.domain or ""),
            ("wikidata", company.wikidata or ""),
            ("parent", company.parent_id or ""),
        )
        for kind, value in identifiers:
            if value:
                since = company.parent_since if kind == "parent" else None
                yield company.id, company.name, kind, value, since or "", ""


def write(companies: Iterable[Company], out: TextIO) -> None:
    """Write the crosswalk as CSV with a header."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows(companies))


if __name__ == "__main__":
    write(load(), sys.stdout)
