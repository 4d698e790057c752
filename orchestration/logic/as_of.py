"""The market as it was at a moment, from the listing history. Pure."""

import datetime

import polars as pl

from orchestration.logic.market import saw_the_market
from orchestration.logic.schemas import DERIVED, FACTS

TIME = "%Y-%m-%d %H:%M:%S UTC"


class MomentError(ValueError):
    """A text that is neither a date nor a time."""


def moment(text: str) -> datetime.datetime:
    """The moment a text means, UTC: a date means the end of that day; a time without a zone is UTC.

    Raises:
        MomentError: when it is neither.
    """
    try:
        if len(text) == len("2026-01-31"):
            day = datetime.date.fromisoformat(text)
            return datetime.datetime.combine(day, datetime.time.max, tzinfo=datetime.UTC)
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise MomentError(f"{text!r} is neither a date (2026-01-31) nor a time (2026-01-31T12:00+00:00)") from None
    return at.replace(tzinfo=datetime.UTC) if at.tzinfo is None else at.astimezone(datetime.UTC)


def as_of(history: pl.LazyFrame, at: datetime.datetime) -> pl.LazyFrame:
    """The versions that were valid at a moment, one a listing on the market; what was seen at that moment counts."""
    valid = (pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > at))
    return (
        history.filter(valid)
        .select(*FACTS, *DERIVED, "first_seen_at", "valid_from", "run_id")
        .sort("source", "listing_key")
    )


def unknown(feeds: pl.LazyFrame, at: datetime.datetime) -> list[str]:
    """Why the market at a moment is not known, or not all of it, in words: nobody had looked yet, or has since.

    Args:
        feeds: silver/feeds.
        at: the moment.
    """
    looks = (
        feeds.filter(saw_the_market())
        .group_by("source", "scope")
        .agg(first=pl.col("observed_at").min(), last=pl.col("observed_at").max())
        .sort("source", "scope")
        .collect()
    )
    if looks.is_empty():
        return ["nobody has looked yet"]
    first, last = min(looks["first"].to_list()), max(looks["last"].to_list())
    if at < first:
        return [f"first looked at {first:{TIME}}: nothing is known of before"]
    later = looks.filter(pl.col("first") > at)
    remarks = [f"{source}/{scope}: first looked at {first:{TIME}}" for source, scope, first, _ in later.iter_rows()]
    if last < at:
        remarks.append(f"last looked at {last:{TIME}}: what came after is not known")
    return remarks
