"""One file of sales against the current sales → the rows that change, and counts that reconcile.

A sale is registered until a record deletes it or the last full file that listed it no longer does. What an older file
says is never applied over what a newer one said, in whatever order the files come.

What belongs here: the rules. What does not: storage (`resources.lake`), and listings (`diff`).
"""

import datetime
from dataclasses import dataclass

import polars as pl

from orchestration.logic.field_changes import CHANGE_SCHEMA, text_of
from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import COMPARED_FACTS, SALE_FACTS, SALE_SCHEMA, SALES
from orchestration.logic.schemas import FIELD_CHANGE
from realestate_crawler.sale import Record, SaleChange

KEY = "listing_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLook:
    """What the diff must know of the file beside its records.

    Attributes:
        full: it lists all sales of its scope.
        complete: it is full, and whole: absence proves something.
        accepted: the sales whose deletion an earlier file held and a person lets pass; such a look has no records.
    """

    scope: str
    run_id: str
    observed_at: datetime.datetime
    full: bool
    complete: bool
    accepted: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SaleCounts:
    """What became of the records of a file (see the columns of silver/sale_feeds)."""

    records: int = 0
    superseded: int = 0
    stale: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    restored: int = 0
    absent: int = 0
    held: int = 0

    def reconciles(self) -> bool:
        """Every record is accounted for."""
        applied = self.new + self.changed + self.unchanged + self.deleted + self.restored
        return self.records == self.superseded + self.stale + applied


@dataclass(frozen=True, slots=True)
class SaleDiff:
    """What a file does to the sales: every row of `sales` that is new or different afterwards, and counts."""

    rows: pl.DataFrame
    counts: SaleCounts


def diff_sales(records: pl.DataFrame, state: pl.DataFrame, look: SaleLook, guard: Guard) -> SaleDiff:
    """Compares a file with the current sales of its register.

    Args:
        records: typed lines of the feed (SALE_SCHEMA), in any order.
        state: rows of `sales` whose key is in the file or accepted; for a full file, all registered ones of its scope.
        look: what the feed's manifest says.
        guard: how many deletions by absence may pass at once.
    """
    scope = pl.lit([look.scope], pl.List(pl.String))
    state = state.with_columns(this_scope=scope)
    last = records.sort("line_number").unique(subset=KEY, keep="last", maintain_order=True)
    was = state.rename({name: f"{name}_was" for name in state.columns if name != KEY})
    joined = last.with_columns(this_scope=scope).join(was, on=KEY, how="left", maintain_order="left")
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    stale = (pl.col("last_seen_at_was") > at).fill_null(value=False)
    told = _told(joined.filter(~stale), look)
    absent, held = _absent(last, state, look, guard)
    outcomes = dict(told["outcome"].value_counts().iter_rows())
    counts = SaleCounts(
        records=records.height,
        superseded=records.height - last.height,
        stale=last.height - told.height,
        new=outcomes.get(SaleChange.NEW, 0),
        changed=outcomes.get(SaleChange.CHANGED, 0),
        unchanged=outcomes.get("unchanged", 0),
        deleted=outcomes.get(SaleChange.DELETED, 0),
        restored=outcomes.get(SaleChange.RESTORED, 0),
        absent=absent.filter(pl.col("deleted_at").is_not_null()).height,
        held=held,
    )
    columns = list(SALES.columns)
    return SaleDiff(pl.concat([told.select(columns), absent.select(columns)]).sort(KEY), counts)


def _told(joined: pl.DataFrame, look: SaleLook) -> pl.DataFrame:
    """The rows of the sales that the file tells of, with `outcome`."""
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    deletes = pl.col("record") == Record.DELETE
    known, gone = pl.col("last_seen_at_was").is_not_null(), pl.col("deleted_at_was").is_not_null()
    # A deletion repeats the sale; what it was stays as it was.
    kept = [pl.when(deletes & known).then(f"{n}_was").otherwise(n).alias(n) for n in SALE_FACTS if n != KEY]
    rows = joined.with_columns(*kept)
    rows = rows.join(_field_changes(rows), on=KEY, how="left", maintain_order="left")
    outcome = (
        pl.when(deletes & gone)
        .then(pl.lit("unchanged"))
        .when(deletes)
        .then(pl.lit(SaleChange.DELETED.value))
        .when(~known)
        .then(pl.lit(SaleChange.NEW.value))
        .when(gone)
        .then(pl.lit(SaleChange.RESTORED.value))
        .when(pl.col("changes").is_not_null())
        .then(pl.lit(SaleChange.CHANGED.value))
        .otherwise(pl.lit("unchanged"))
    )
    before = pl.col("full_in_was").fill_null(pl.lit([], pl.List(pl.String)))
    full_in = before.list.set_union("this_scope").list.sort() if look.full else before
    rows = rows.with_columns(
        outcome=outcome,
        full_in=pl.when(deletes).then(pl.lit([], pl.List(pl.String))).otherwise(full_in),
        first_seen_at=pl.coalesce("first_seen_at_was", at),
        last_seen_at=at,
        deleted_at=pl.when(deletes).then(pl.coalesce("deleted_at_was", at)),
    )
    return rows.with_columns(_last_change(look, pl.col("outcome") != "unchanged", pl.col("outcome"), "_was"))


def _absent(told: pl.DataFrame, state: pl.DataFrame, look: SaleLook, guard: Guard) -> tuple[pl.DataFrame, int]:
    """The rows of the sales that the scope's full file no longer lists, and how many deletions are held."""
    if not look.complete and look.accepted is None:
        return state.clear(), 0
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    listed = state.filter(listed_by(look.scope))
    missing = no_longer_listed(listed, told, look)
    if look.accepted is not None:
        missing = missing.filter(pl.col(KEY).is_in(list(look.accepted)))
    elif guard.holds(missing.height, listed.height):
        return state.clear(), missing.height
    left = missing.with_columns(full_in=pl.col("full_in").list.set_difference("this_scope").list.sort())
    gone = pl.col("full_in").list.len() == 0
    rows = left.with_columns(deleted_at=pl.when(gone).then(at), changes=pl.lit(None, pl.List(FIELD_CHANGE)))
    return rows.with_columns(_last_change(look, gone, pl.lit(SaleChange.DELETED.value), "")), 0


def listed_by(scope: str) -> pl.Expr:
    """Whether a sale is registered, and the last full file of a scope lists it."""
    return pl.col("full_in").list.contains(scope) & pl.col("deleted_at").is_null()


def no_longer_listed(listed: pl.DataFrame, told: pl.DataFrame, look: SaleLook) -> pl.DataFrame:
    """Those of the listed sales that a file does not tell of, and no newer file either."""
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    return listed.join(told, on=KEY, how="anti").filter(pl.col("last_seen_at") <= at)


def _field_changes(rows: pl.DataFrame) -> pl.DataFrame:
    """`changes` of each known sale: the list of changed fields; no row where there are none."""
    known = rows.filter(pl.col("last_seen_at_was").is_not_null())
    frames = [
        known.select(
            KEY,
            field_name=pl.lit(name),
            previous_value=text_of(f"{name}_was", SALE_SCHEMA[name]),
            new_value=text_of(name, SALE_SCHEMA[name]),
        ).filter(pl.col("previous_value").ne_missing(pl.col("new_value")))
        for name in COMPARED_FACTS
    ]
    return (
        pl.concat([pl.DataFrame(schema=CHANGE_SCHEMA), *frames])
        .sort(KEY, "field_name")
        .group_by(KEY, maintain_order=True)
        .agg(changes=pl.struct("field_name", "previous_value", "new_value").cast(FIELD_CHANGE))
    )


def _last_change(look: SaleLook, happened: pl.Expr, change_type: pl.Expr, suffix: str) -> list[pl.Expr]:
    """The last_* columns: new where something happened, elsewhere as they were (column name + suffix)."""
    told = {
        "last_change_type": change_type,
        "last_change_at": pl.lit(look.observed_at, pl.Datetime("us", "UTC")),
        "last_change_scope": pl.lit(look.scope),
        "last_change_run_id": pl.lit(look.run_id),
        "last_changes": pl.col("changes"),
    }
    return [pl.when(happened).then(value).otherwise(pl.col(f"{n}{suffix}")).alias(n) for n, value in told.items()]
