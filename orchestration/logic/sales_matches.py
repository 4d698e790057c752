"""Listings and the registered sales of the same address: exact after normalising, never guessed.

A match needs the same postcode and the same address text. Normalising makes letters upper case, drops punctuation and
what lies outside the postcode's own address: town, district, county, postcode and country at the end. It replaces no
word by another ("ST" may be a street or a saint), and an address without a unit matches no flat.

What belongs here: the rule. What does not: which rows are current (`ingest.sales`).
"""

import polars as pl

from orchestration.logic.sale_schemas import SALES_MATCHES

COUNTRY = "GB"
# Most telling first; a pair is named by the first that makes it.
_TAILS = (
    (),
    ("locality",),
    ("city",),
    ("locality", "city"),
    ("city", "county_or_parish"),
    ("locality", "city", "county_or_parish"),
    ("district", "city"),
)


def sales_matches(listings: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """Every pair of a listing and a sale with the same postcode and address (SALES_MATCHES columns).

    Args:
        listings: silver/listings; only those in Great Britain with postcode and address can match.
        sales: silver/sales; deleted ones match nothing.
    """
    home = listings.filter(pl.col("country") == COUNTRY).select(
        "source",
        "listing_key",
        "offer",
        "list_price",
        "currency",
        "first_seen_at",
        code=normalised_postcode("postal_code"),
        address=_without_tail(normalised("unparsed_address"), "postal_code"),
    )
    home = home.filter(pl.col("code").is_not_null() & (pl.col("address") != ""))
    sold = sales.filter(pl.col("deleted_at").is_null() & (pl.col("country") == COUNTRY)).with_columns(
        code=normalised_postcode("postal_code")
    )
    # Only what can match: the register is much larger than any market.
    sold = sold.join(home.select("code").unique(), on="code", how="semi").filter(
        pl.col("street_number").is_not_null() | pl.col("unit_number").is_not_null()
    )
    forms = pl.concat([_form(sold, tail, rank) for rank, tail in enumerate(_TAILS)])
    pairs = (
        home.join(forms, on=["code", "address"])
        .sort("source", "listing_key", "sale_source", "sale_key", "rank")
        .unique(["source", "listing_key", "sale_source", "sale_key"], keep="first", maintain_order=True)
    )
    to_buy = (pl.col("offer") == "sale") & (pl.col("list_price") > 0)
    comparable = to_buy & (pl.col("currency") == pl.col("sale_currency"))
    ratio = (pl.col("close_price").cast(pl.Float64) / pl.col("list_price").cast(pl.Float64)).round(4)
    return pairs.with_columns(
        matched_address="address",
        postal_code="code",
        days_after_first_seen=(pl.col("close_date") - pl.col("first_seen_at").dt.date()).dt.total_days(),
        close_to_list=pl.when(comparable).then(ratio),
    ).select(pl.col(name).cast(dtype) for name, dtype in SALES_MATCHES.columns.items())


def normalised(column: str) -> pl.Expr:
    """Upper case, apostrophes dropped, every other mark a space, single spaces."""
    text = pl.col(column).str.to_uppercase().str.replace_all(r"['’`]", "")
    return text.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def normalised_postcode(column: str) -> pl.Expr:
    """Without spaces, upper case; null for what is no full postcode of the United Kingdom."""
    code = pl.col(column).str.to_uppercase().str.replace_all(r"\s+", "")
    return pl.when(code.str.contains(r"^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}$")).then(code)


def _without_tail(address: pl.Expr, postcode: str) -> pl.Expr:
    """The address without a country and the listing's own postcode at its end."""
    bare = address.str.replace(r" (UNITED KINGDOM|GREAT BRITAIN|UK|ENGLAND|WALES)$", "")
    code = normalised_postcode(postcode)
    spaced = code.str.slice(0, code.str.len_chars() - 3) + " " + code.str.tail(3)
    return bare.str.strip_suffix(spaced).str.strip_suffix(code).str.strip_chars()


def _form(sales: pl.DataFrame, tail: tuple[str, ...], rank: int) -> pl.DataFrame:
    """The address of each sale as a listing may write it, with these parts behind the street."""
    parts = ("unit_number", "street_number", "street_name", *tail)
    whole = sales.filter(pl.all_horizontal([pl.col(name).is_not_null() for name in tail])) if tail else sales
    return whole.select(
        "code",
        "close_price",
        "close_date",
        sale_source="source",
        sale_key="listing_key",
        sale_currency="currency",
        address=pl.concat_str([normalised(name) for name in parts], separator=" ", ignore_nulls=True),
        match_method=pl.lit("+".join(("postal_code", "address", *tail))),
        rank=pl.lit(rank),
    )
