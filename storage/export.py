"""Publishing the nightly dataset: built aside, checked, then put in place; a night that fails publishes nothing.

Each version is an immutable folder: CSV files, the same as Parquet and as one SQLite file, `datapackage.json`
(Frictionless Data Package v2), a README with the data dictionary, and checksums. `index.json` names all versions and
the latest. Publishing the same night with the same knowledge again changes nothing.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import batched
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text

from storage.dataset import FETCHED, RESOURCES, Night, Resource, end_of
from storage.dictionary import FieldDescription
from storage.engine import is_postgresql, reading, settle
from storage.tables import article, source
from storage.targets import Target, target_at
from storage.twins import write_parquet, write_sqlite

INDEX = "index.json"
PACKAGE = "datapackage.json"
CHECKSUMS = "SHA256SUMS"
SNAPSHOT = "newsledger.sqlite"

VALIDATED_ROWS = 100_000
"""Rows of each file that frictionless looks at; our own checks look at all."""
SMALL = 50
"""Files of fewer rows may change by any factor and leave any share of a field empty: a few rows prove no fault."""
LARGEST_FALL, LARGEST_RISE = 0.5, 20.0
"""A file with less or more than this share of the rows it had in the version before is taken for a fault."""
LARGEST_SUM_RISE = 3.0
"""So is a sum of jobs or dollars that rises more than so many times as much as the rows (or falls like they may)."""
LARGEST_EMPTYING = 0.2
"""So is a field that is filled in so much smaller a share of the rows."""


class ExportError(Exception):
    """Nothing was published; the message says which file, why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version of the dataset."""

    version: str
    """The night, `2026-11-23`; `2026-11-23.2` where it was published again with more known."""
    night: date
    as_of: datetime
    rows: dict[str, int]
    """File → rows."""
    new: bool
    """False where it was there already."""
    location: str


def export(
    engine: Engine,
    target: str,
    night: date | None = None,
    *,
    as_of: datetime | None = None,
    correction: str | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Published:
    """Publish the dataset of a night to a folder or fsspec URL, and return the version.

    Without `night`, of today as known now; a past night as known at its end, unless `as_of` (UTC) says otherwise.
    `correction` says why a jump since the version before is right: it is let through, and kept in the index.
    `step` is told of each step before it is taken (tests crash there). Raises ExportError where nothing was published.
    """
    now = datetime.now(UTC)
    day = night or (as_of or now).date()
    moment = as_of or min(now, end_of(day))
    if moment > now:
        raise ExportError(
            f"the night {day} as of {moment} lies ahead of the clock, {now:%Y-%m-%d %H:%M} UTC; wait for it"
        )
    if correction is not None and not correction.strip():
        raise ExportError("the correction gives no reason; say why the jump is right")
    wanted = Night(day=day, as_of=moment)
    place = target_at(target)
    settle(engine)
    with _alone(engine, target), place.staging() as staged:
        index = _index(place)
        earlier = [entry for entry in index["versions"] if entry["night"] < day.isoformat()]
        step("build")
        with reading(engine) as connection:
            sample = _is_sample(connection)
            rows = {
                resource.name: write_csv(connection, resource, wanted, staged / f"{resource.name}.csv", sample=sample)
                for resource in RESOURCES
            }
        same = _same(index, day, staged)
        if same is not None:
            step("repair")
            place.point(index["latest"])
            return _published(same, target, new=False)
        step("check")
        contents = check(staged, rows)
        if earlier and correction is None:
            check_jumps(contents, earlier[-1])
        step("twins")
        files = [(r.name, fields_of(r, sample=sample), r.key, staged / f"{r.name}.csv") for r in RESOURCES]
        for _, fields, _, csv_file in files:
            write_parquet(fields, csv_file)
        write_sqlite(files, staged / SNAPSHOT)
        step("describe")
        name = _version_name(index, day)
        (staged / "README.md").write_text(readme(wanted, rows, sample=sample), encoding="utf-8")
        (staged / PACKAGE).write_bytes(_json(package(wanted, name, rows, staged, sample=sample)))
        sums = _write_checksums(staged)
        step("validate")
        validate(staged)
        step("place")
        place.place(staged, name)
        step("index")
        entry = {
            "version": name,
            "night": day.isoformat(),
            "as_of": _iso(moment),
            "sample": sample,
            "rows": rows,
            "sums": {name: found.sums for name, found in contents.items() if found.sums},
            "filled": {name: found.filled for name, found in contents.items() if found.filled},
            **({} if correction is None else {"correction": correction}),
            "sha256": sums,
        }
        index["versions"] = sorted([*index["versions"], entry], key=lambda e: (e["night"], e["as_of"]))
        index["latest"] = index["versions"][-1]["version"]
        place.write(INDEX, _json(index))
        step("latest")
        place.point(index["latest"])
    return _published(entry, target, new=True)


@contextmanager
def _alone(engine: Engine, target: str) -> Iterator[None]:
    """Let one process at a time publish from this store."""
    with engine.connect() as connection:
        if is_postgresql(connection):
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            key = {"target": target}
            connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:target, 72062))"), key)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:target, 72062))"), key)
            return
    with Path(f"{engine.url.database}.export-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_sample(connection: Connection) -> bool:
    made_up = select(article.c.id).join(source, source.c.id == article.c.source_id).where(source.c.sample)
    return connection.execute(made_up.limit(1)).first() is not None


# building -----------------------------------------------------------------------------------------------------------


def write_csv(connection: Connection, resource: Resource, night: Night, path: Path, *, sample: bool = False) -> int:
    """Write one file and return its number of rows; in flat memory, whatever that is."""
    rows = resource.rows(connection, night)
    if sample:
        rows = (("true", *row) for row in rows)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields_of(resource, sample=sample)])
        for batch in batched(rows, FETCHED):
            writer.writerows(batch)
            written += len(batch)
    return written


SAMPLE_MARK = FieldDescription(
    name="sample_data", type="boolean", description="Made up, to show how the ledger works.", required=True
)


def fields_of(resource: Resource, *, sample: bool) -> tuple[FieldDescription, ...]:
    """Return the fields of a file; made-up data is marked in every row."""
    return (SAMPLE_MARK, *resource.fields) if sample else resource.fields


# checking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file, as far as a jump from one night to the next would show."""

    rows: int
    sums: dict[str, int]
    filled: dict[str, float]
    """Field → share of the rows that have it, from 0 to 1."""


def check(staged: Path, rows: Mapping[str, int]) -> dict[str, Contents]:
    """Refuse files with too few rows, too many empty cells, or a key twice; return what is in each."""
    if rows["layoffs"] + rows["ai_investments"] == 0:
        raise ExportError("layoffs.csv and ai_investments.csv are empty: the ledger knows no events yet; collect first")
    contents = {}
    for resource in RESOURCES:
        count, name = rows[resource.name], f"{resource.name}.csv"
        if count < resource.minimum:
            raise ExportError(f"{name} has {count} rows and needs {resource.minimum}; is the store damaged?")
        contents[resource.name] = _check_cells(resource, staged / name)
    return contents


def _check_cells(resource: Resource, path: Path) -> Contents:
    filled = dict.fromkeys((*(field for field, _ in resource.needed), *resource.watched), 0)
    sums = dict.fromkeys(resource.summed, 0)
    count, last = 0, None
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        places = {name: place for place, name in enumerate(next(reader))}
        key = [places[name] for name in resource.key]
        looked_at = [(name, places[name]) for name in filled]
        summed = [(name, places[name]) for name in sums]
        for row in reader:
            count += 1
            for name, place in looked_at:
                filled[name] += row[place] != ""
            for name, place in summed:
                sums[name] += int(row[place] or 0)
            this = [row[place] for place in key]
            if this == last:  # rows come in the order of their key
                raise ExportError(f"{path.name} has two rows of the key {' '.join(this)}; is the store damaged?")
            last = this
    for name, share in resource.needed:
        if count >= SMALL and filled[name] / count < share:
            raise ExportError(
                f"{path.name} has {name} in {filled[name]} of {count} rows, needs {share:.0%}; "
                "see what the reader or the reconciliation dropped"
            )
    return Contents(count, sums, {name: round(number / count, 4) for name, number in filled.items() if count})


def check_jumps(contents: Mapping[str, Contents], before: Mapping[str, Any]) -> None:
    """Refuse files whose rows, sums or filled cells jumped since the version before, an entry of the index.

    Files of a few rows then may change by any factor, and the delta always.
    """
    remedy = "; if that is right, publish the night with --correction and the reason"
    for resource in RESOURCES:
        now, rows = contents[resource.name], before["rows"].get(resource.name, 0)
        if resource.name == "delta" or rows < SMALL:
            continue
        name, share = f"{resource.name}.csv", now.rows / rows
        if not LARGEST_FALL <= share <= LARGEST_RISE:
            raise ExportError(f"{name} went from {rows} to {now.rows} rows since the version before{remedy}")
        # versions of earlier releases tell their rows only
        for field, was in before.get("sums", {}).get(resource.name, {}).items():
            found = now.sums.get(field)
            most = LARGEST_SUM_RISE * max(1.0, share)
            if found is not None and was and not LARGEST_FALL <= found / was <= most:
                raise ExportError(
                    f"the sum of {field} in {name} went from {was:,} to {found:,} since the version before, its rows "
                    f"from {rows} to {now.rows}; see its largest events{remedy}"
                )
        for field, had in before.get("filled", {}).get(resource.name, {}).items():
            has = now.filled.get(field, had)
            if has < had - LARGEST_EMPTYING:
                raise ExportError(
                    f"{name} has {field} in {has:.0%} of its rows, {had:.0%} in the version before; "
                    f"see what the reader or the reconciliation dropped{remedy}"
                )


def validate(folder: Path) -> None:
    """Let frictionless check the package. Raises ExportError with what it found."""
    import frictionless

    report = frictionless.validate(str(folder / PACKAGE), limit_rows=VALIDATED_ROWS)
    if not report.valid:
        found = [" ".join(map(str, line)) for line in report.flatten(["type", "message"])][:5]
        raise ExportError(f"{PACKAGE} is not valid: {'; '.join(found)}")


# describing ---------------------------------------------------------------------------------------------------------

LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
LICENCE_LIMITS = (
    "The licence covers the compilation: what was counted, dated and joined. The sentences in claims.csv are short "
    "quotations and belong to their publishers; the licence does not cover them. Names belong to their owners."
)
CAUTIONS = (
    "Figures are what articles say, chosen by rule among them; see `figure_rule`, the low and high figures, and the "
    "claims behind each event.",
    "A month or day without coverage is a gap, not a time without news.",
    "Money announced (`ai_usd_out`), raised (`ai_usd_in`) and spent (`ai_usd_booked`) are never to be added up.",
    "Text cells that a spreadsheet would take for a formula begin with an apostrophe that is not part of the text.",
)


def package(night: Night, name: str, rows: Mapping[str, int], folder: Path, *, sample: bool) -> dict[str, Any]:
    """Return the descriptor of a version: what each file is, its fields, keys, size and hash."""
    resources = []
    for resource in RESOURCES:
        schema: dict[str, Any] = {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [field.schema() for field in fields_of(resource, sample=sample)],
            "missingValues": [""],
            "primaryKey": list(resource.key),
        }
        if resource.foreign:
            schema["foreignKeys"] = [
                {"fields": [field], "reference": {"resource": file, "fields": [there]}}
                for field, file, there in resource.foreign
            ]
        shared = {"title": resource.title, "description": resource.description, "rows": rows[resource.name]}
        csv_file, parquet_file = folder / f"{resource.name}.csv", folder / f"{resource.name}.parquet"
        resources.append(
            {"name": resource.name, "type": "table", "path": csv_file.name, **shared}
            | {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
            | {"dialect": {"csv": {"lineTerminator": "\n"}}, "schema": schema, **_size_and_hash(csv_file)}
        )
        # not `bytes` and `hash`: frictionless reads Parquet without counting and would call any number wrong
        resources.append(
            {"name": f"{resource.name}_parquet", "path": parquet_file.name, **shared}
            | {"format": "parquet", "mediatype": "application/vnd.apache.parquet", "sha256": _sha256(parquet_file)}
            # without, frictionless takes years beside one month for whole numbers
            | {"schema": {"fields": [{"name": field["name"], "type": "any"} for field in schema["fields"]]}}
        )
    resources.append(
        {"name": "snapshot", "title": "All files as tables of one SQLite database", "path": SNAPSHOT}
        | {"format": "sqlite", "mediatype": "application/vnd.sqlite3", **_size_and_hash(folder / SNAPSHOT)}
    )
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "newsledger",
        "title": _title(night, sample=sample),
        "description": "Job cuts and AI investments read from technology news, every figure traceable to a sentence.",
        "version": name,
        "created": _iso(night.as_of),
        "night": night.day.isoformat(),
        "release": release(),
        "sample_data": sample,
        "licenses": [LICENCE],
        "licence_limits": LICENCE_LIMITS,
        "cautions": list(CAUTIONS),
        "sources": [{"title": "News articles; each claim links to its own, see claims.csv and coverage.csv"}],
        "contributors": [{"title": "newsledger", "roles": ["creator"]}],
        "resources": resources,
    }


def readme(night: Night, rows: Mapping[str, int], *, sample: bool) -> str:
    """Return the README of a version, with the data dictionary."""
    lines = [f"# {_title(night, sample=sample)}", ""]
    if sample:
        lines += ["**Sample data: made up, to show how the ledger works.**", ""]
    lines += [
        "Job cuts and AI investments read from technology news, every figure traceable to a sentence.",
        f"As known at {_iso(night.as_of)}, read by newsledger {release()}.",
        "",
        "| file | rows | |",
        "|---|---|---|",
        *(f"| `{r.name}.csv`, `.parquet` | {rows[r.name]} | {r.description} |" for r in RESOURCES),
        f"| `{SNAPSHOT}` | | All of these as tables of one SQLite database. |",
        "",
        "## To know before use",
        "",
        *(f"- {caution}" for caution in CAUTIONS),
        "",
        f"Licence: {LICENCE['title']} ({LICENCE['path']}). {LICENCE_LIMITS}",
        "",
        f"`sha256sum -c {CHECKSUMS}` checks the files, `frictionless validate {PACKAGE}` what is in them.",
        "",
        data_dictionary(sample=sample),
    ]
    return "\n".join(lines)


def data_dictionary(*, sample: bool = False) -> str:
    """Return what each field of each file means, as Markdown."""
    parts = ["## Data dictionary", ""]
    for resource in RESOURCES:
        parts += [
            f"### {resource.name}.csv",
            "",
            resource.description,
            "",
            "| field | type | meaning |",
            "|---|---|---|",
        ]
        for field in fields_of(resource, sample=sample):
            values = f" One of: {', '.join(field.values)}." if field.values else ""
            meaning = (field.description + values).replace("|", "\\|")
            name = f"**{field.name}**" if field.name in resource.key else field.name
            parts.append(f"| {name} | {field.type}{', required' if field.required else ''} | {meaning} |")
        parts.append("")
    return "\n".join(parts)


def release() -> str:
    """Return the version of newsledger that runs."""
    try:
        return version("newsledger")
    except PackageNotFoundError:
        return "0+unknown"


def _title(night: Night, *, sample: bool) -> str:
    return f"newsledger, night of {night.day}" + (" (sample data)" if sample else "")


# files --------------------------------------------------------------------------------------------------------------


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _size_and_hash(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "hash": f"sha256:{_sha256(path)}"}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_checksums(folder: Path) -> dict[str, str]:
    sums = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    (folder / CHECKSUMS).write_text("".join(f"{found}  {name}\n" for name, found in sums.items()), encoding="utf-8")
    return sums


def _index(place: Target) -> dict[str, Any]:
    content = place.read(INDEX)
    if content is None:
        return {"versions": [], "latest": None}
    try:
        index: dict[str, Any] = json.loads(content)
        if not isinstance(index["versions"], list) or "latest" not in index:
            raise ValueError("versions or latest is missing")
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(
            f"{INDEX} at the target cannot be read ({error}); put back a good copy or publish elsewhere"
        ) from error
    return index


def _same(index: dict[str, Any], day: date, staged: Path) -> dict[str, Any] | None:
    """Return the version of this night that has the same CSV files."""
    sums = {path.name: _sha256(path) for path in staged.glob("*.csv")}
    for entry in reversed(index["versions"]):
        if entry["night"] == day.isoformat():
            same = all(entry["sha256"].get(name) == found for name, found in sums.items())
            return entry if same else None
    return None


def _version_name(index: dict[str, Any], day: date) -> str:
    number = sum(entry["night"] == day.isoformat() for entry in index["versions"])
    return day.isoformat() if number == 0 else f"{day.isoformat()}.{number + 1}"


def _published(entry: dict[str, Any], target: str, *, new: bool) -> Published:
    return Published(
        version=entry["version"],
        night=date.fromisoformat(entry["night"]),
        as_of=datetime.fromisoformat(entry["as_of"]),
        rows=entry["rows"],
        new=new,
        location=f"{target.rstrip('/')}/{entry['version']}",
    )


if __name__ == "__main__":
    print("# The files of the nightly dataset\n\nMade by `python -m storage.export`.\n\n" + data_dictionary(), end="")
