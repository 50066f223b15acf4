"""What one new claim costs as the ledger grows, and how fast all events are rebuilt.

`python -m bench.reconcile [--claims 1000000] [--check]`: claims per company and quarter are held constant while
companies grow; the cost of one new claim is the processor time to reconcile the companies it touches, their claims at
hand. The rebuild streams company by company from disk, so its memory does not grow with the claims.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from bench.merging import sourced
from newsledger.companies import Resolver, load
from newsledger.model import SourcedClaim
from newsledger.reconcile import neighbourhood, reconcile, reconcile_around

START = date(2020, 1, 6)
PER_QUARTER = 10
"""Claims of one company in one quarter: two cuts, one deal with another company, and a word of background."""
QUARTERS = 20
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def company(number: int) -> str:
    """Return the made-up name of a company."""
    return f"Company {number:06d} Works"


def history(number: int, companies: int, quarters: int = QUARTERS) -> Iterator[SourcedClaim]:
    """Yield the claims of one company: per quarter five on one cut, two on another, two on a deal, one background."""
    chance = random.Random(number)
    name = company(number)
    for quarter in range(quarters):
        first = START + timedelta(days=91 * quarter + chance.randrange(20))
        cut, small, money = chance.randrange(100, 9000), chance.randrange(10, 99), chance.randrange(1, 900) * 10**7
        partner = company((number + 1 + chance.randrange(7)) % companies)
        key = f"{number}-{quarter}"
        for n in range(5):
            day = first + timedelta(days=n)
            yield sourced(f"{key}-cut{n}", day.isoformat(), name, count=cut, group=f"{key}-cut{n // 2}")
        for n in range(2):
            yield sourced(f"{key}-small{n}", (first + timedelta(days=40 + n)).isoformat(), name, count=small)
        for n in range(2):
            day = first + timedelta(days=60 + n)
            yield sourced(
                f"{key}-deal{n}", day.isoformat(), name, type="ai_investment", kind="stake", counterparty=[partner],
                amount=money,
            )  # fmt: skip
        yield sourced(
            f"{key}-past",
            (first + timedelta(days=80)).isoformat(),
            name,
            count=cut,
            time="past",
            date=2020 + quarter // 4,
        )


def one_claim(companies: int, resolver: Resolver, samples: int = 40) -> float:
    """Return the median processor seconds that one new claim costs in a ledger of so many companies."""
    chance = random.Random(companies)
    spent: list[float] = []
    for sample in range(samples):
        number = chance.randrange(companies)
        new = sourced(f"new-{sample}", "2024-11-01", company(number), count=chance.randrange(100, 9000))
        stored: dict[str, list[SourcedClaim]] = defaultdict(list)
        for near in range(-7, 1):  # the store answers from an index: what it holds of others is not read
            for claim in history((number + near) % companies, companies):
                for key in neighbourhood(claim, resolver):
                    stored[key].append(claim)
        stored[resolver.key(new.claim.company)].append(new)
        spent.append(_seconds(new, stored, resolver))
    return statistics.median(spent)


def _seconds(new: SourcedClaim, stored: Mapping[str, Sequence[SourcedClaim]], resolver: Resolver) -> float:
    keys = neighbourhood(new, resolver)
    started = time.process_time()
    found = reconcile_around(
        keys,
        claims=lambda wanted: [claim for key in sorted(wanted) for claim in stored.get(key, ())],
        minted=lambda _: [],
        resolver=resolver,
        now=NOW,
    )
    spent = time.process_time() - started
    if new.claim.id not in found.covered:
        raise AssertionError(f"the new claim of {new.claim.company} is in no event")
    return spent


def rebuild(claims: int, resolver: Resolver) -> tuple[float, int, int]:
    """Reconcile so many claims company by company; return claims a second, events, and peak memory in MB."""
    companies = claims // (PER_QUARTER * QUARTERS)
    events = done = 0
    spent = 0.0
    for number in range(companies):
        own = list(history(number, companies))
        started = time.process_time()
        events += len(reconcile(own, resolver=resolver, now=NOW).events)
        spent += time.process_time() - started
        done += len(own)
    return done / spent, events, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; with --check fail where a claim costs more than 1.2 times in the larger ledger."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--claims", type=int, default=1_000_000, help="size of the larger ledger")
    parser.add_argument("--check", action="store_true", help="exit 1 where the ratio is above 1.2")
    options = parser.parse_args(arguments)
    resolver = Resolver(load())
    small = 10_000 // (PER_QUARTER * QUARTERS)
    large = options.claims // (PER_QUARTER * QUARTERS)
    one_claim(small, resolver, 10)  # the first calls fill caches
    few, many = one_claim(small, resolver), one_claim(large, resolver)
    ratio = many / few
    print(f"one claim at 10,000: {1000 * few:.1f} ms; at {options.claims:,}: {1000 * many:.1f} ms; ratio {ratio:.2f}")
    speed, events, memory = rebuild(options.claims, resolver)
    print(f"rebuild of {options.claims:,} claims: {speed:,.0f} claims/s, {events:,} events, peak {memory} MB")
    return 1 if options.check and ratio > 1.2 else 0


if __name__ == "__main__":
    sys.exit(main())
