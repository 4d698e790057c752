"""The scopes of a snapshot that is split: which there are, what each must have, and which row belongs to which.

What belongs here: filling the ledgers of the branches. What does not: what a value or a claim is (`dataset.scopes`).
"""

from collections.abc import Iterable, Iterator

from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.crawl import Crawl
from realestate_crawler.dataset.scopes import Scopes, claims, scope_id, split
from realestate_crawler.dataset.table import Row, Table

# Key of the criterion's options under which a branch says what it is; later runs know its value from there.
OPTION = "scope"


def await_known(crawl: Crawl, scopes: Scopes, earlier: Iterable[Manifest]) -> None:
    """Makes the branches that must come, whatever the table has: the expected ones, and those of earlier runs."""
    for value in scopes.expected:
        _branch(crawl, scopes, value)
    for manifest in earlier:
        told = manifest.criterion.get("options", {}).get(OPTION)
        if isinstance(told, dict) and told.get("column") == scopes.column and told["value"] not in scopes.ended:
            _branch(crawl, scopes, str(told["value"]))


def part(crawl: Crawl, scopes: Scopes, table: Table) -> Iterator[tuple[str, Row]]:
    """Each row with its scope, the empty one where it names none; the ledgers say what is missing.

    Raises:
        ValueError: when the column cannot be one of sources.
    """
    parted = split(table.rows, scopes.column)
    claimed: dict[str, int | None] | None = None
    complaint = ""
    if scopes.claimed is not None:
        try:
            claimed = claims(table.document, scopes.claimed)
        except ValueError as error:
            complaint = str(error)
    known = {_value(branch) for branch in crawl.branches.values()}
    named = {value for value in claimed or () if value not in scopes.ended or claimed[value]} if claimed else set()
    for value in [*parted.rows, *sorted((known | named) - parted.rows.keys())]:
        ledger = _branch(crawl, scopes, value).ledger
        rows = parted.rows.get(value, [])
        ledger.account.announce(len(rows))
        ledger.claimed_rows = (claimed or {}).get(value)
        if complaint:
            ledger.gaps.append(complaint)
        if not rows:
            ledger.gaps.append(f"the table has no row whose {scopes.column} is {value}")
            continue
        if claimed is not None and ledger.claimed_rows is None:
            ledger.gaps.append(f"the document claims no number of rows for {value}")
        if parted.unnamed and ledger.claimed_rows is None:
            count = len(parted.unnamed)
            ledger.gaps.append(f"{count} rows of the table have no {scopes.column}: they may belong here")
    crawl.ledger.account.announce(len(parted.unnamed))
    for value, rows in parted.rows.items():
        scope = scope_id(crawl.scope, value)
        yield from ((scope, row) for row in rows)
    yield from (("", row) for row in parted.unnamed)


def _branch(crawl: Crawl, scopes: Scopes, value: str) -> Crawl:
    branch = crawl.branch(scope_id(crawl.scope, value), {OPTION: {"column": scopes.column, "value": value}})
    branch.absence = scopes.snapshots.get(value, crawl.absence)
    return branch


def _value(branch: Crawl) -> str:
    return str(branch.criterion.options[OPTION]["value"])
