"""Every named query is whole: both its texts use the same parameters, and the local engine gives what it promises."""

import re
from decimal import Decimal

import polars as pl
import pytest

from orchestration.queries.catalogue import CATALOGUE
from orchestration.queries.engines import LocalEngine
from orchestration.queries.query import ParameterError, Query, quantile
from tests.queries.market import LISTINGS, UNTIL, tables

TABLES = tables(800)
REQUIRED = {"source": "one", "listing_key": TABLES["listings"].filter(source="one")["listing_key"][0]}
each = pytest.mark.parametrize("query", CATALOGUE.values(), ids=list(CATALOGUE))


def given(query: Query) -> dict[str, str]:
    """The parameters that a query needs, and a fixed day where it has one."""
    told = {"until": UNTIL, "days": "60", **REQUIRED}
    names = {parameter.name for parameter in query.parameters}
    return {name: value for name, value in told.items() if name in names}


def local() -> LocalEngine:
    return LocalEngine(lambda name: TABLES[name].lazy())


@each
def test_the_local_engine_answers_with_rows_that_the_keys_tell_apart(query: Query) -> None:
    answer = local().answer(query, query.values(given(query)))
    assert answer.height > 0
    assert answer.select(query.keys).is_duplicated().sum() == 0
    assert query.approximate <= set(answer.columns)


@each
def test_the_sql_uses_every_parameter_and_no_other(query: Query) -> None:
    text = query.druid.replace("{within}", "$since $until")
    used = set(re.findall(r"\$([a-z_]+)", text)) - {"since"}
    assert used == {parameter.name for parameter in query.parameters} - {"days"}
    values = query.windowed(query.values(given(query)), lambda _: None)
    statement, bound = query.bound(lambda table: f'"{table}"', values)
    assert statement.count("?") == len(bound)
    assert not re.search(r"[${}]", statement)


HOSTILE = {
    "x'; DROP TABLE listings; --": "quote",
    "x' OR '1'='1": "quote",
    'x" FROM "listings': "identifier",
    "x\u2019 OR \uff07a\uff07=\uff07a": "unicode quote",
    "? or ?": "question mark",
    "x'\"" * 350_000: "1 MB",
}


@each
@pytest.mark.parametrize(
    "hostile", [pytest.param(text, id=name, marks=pytest.mark.fault("F42", name)) for text, name in HOSTILE.items()]
)
def test_what_is_asked_for_never_gets_into_the_text(query: Query, hostile: str) -> None:
    values = query.windowed(query.values(given(query)), lambda _: None)
    plain, _ = query.bound(lambda table: f'"{table}"', values)
    words = {p.name: hostile for p in query.parameters if p.kind is str}
    statement, bound = query.bound(lambda table: f'"{table}"', values | words)
    assert statement == plain
    assert all(kind == "VARCHAR" for kind, value in bound if value == hostile)
    # For the local engine it is a word, too, and nothing is called like that.
    assert local().answer(query, values | words).is_empty() or not words


@pytest.mark.parametrize(
    ("name", "told", "says"),
    [
        ("price_summary", {"city": "Praha"}, "no parameter city; it has offer, property_type"),
        ("listing_events", {"source": "one"}, "needs listing_key"),
        ("price_cuts", {"days": "many"}, "'many' is no int"),
        ("price_cuts", {"days": "-1"}, "from 0 up"),
        ("price_cuts", {"min_percent": "nan"}, "from 0 up"),
        ("price_cuts", {"until": "20.11.2026"}, "is no date"),
        ("price_bands", {"width": "0"}, "from 1 up"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(name: str, told: dict[str, str], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        CATALOGUE[name].values(told)


def test_an_empty_text_means_all_and_a_text_only_that() -> None:
    query = CATALOGUE["supply_by_size"]
    both = local().answer(query, query.values({}))["listings"].sum()
    cities = TABLES["listings"]["city"].unique().drop_nulls()
    single = sum(local().answer(query, query.values({"city": city}))["listings"].sum() for city in cities)
    without = TABLES["listings"].filter(pl.col("city").is_null(), presence="present", offer="sale").height
    assert single + without == both


def test_the_summary_counts_those_without_a_price_too() -> None:
    told = {"offer": "sale", "presence": "present", "currency": "CZK"}
    prices = [("Brno", Decimal(100)), ("Brno", Decimal(300)), ("Brno", None), ("Praha", None)]
    rows = [told | {"city": city, "list_price": price} for city, price in prices]
    listings = pl.DataFrame(rows, schema=LISTINGS)
    query = CATALOGUE["price_summary"]
    answer = LocalEngine(lambda _: listings.lazy()).answer(query, query.values({}))
    columns = ("city", "listings", "with_price", "mean_price", "median_price", "p90_price")
    assert answer.select(columns).rows() == [("Brno", 3, 2, 200, 200, 300), ("Praha", 1, 0, None, None, None)]


@pytest.mark.parametrize(
    ("values", "share", "is_"), [([1, 9], 0.5, 5), ([1, 2, 9], 0.5, 2), (range(1, 11), 0.9, 9.5), ([7], 0.9, 7)]
)
def test_a_quantile_is_the_middle_one_or_the_mean_of_two(values: list[int], share: float, is_: float) -> None:
    assert pl.DataFrame({"a": list(values)}).select(quantile(pl.col("a"), share)).item() == is_


def test_without_an_end_the_days_end_with_the_newest_row() -> None:
    query = CATALOGUE["supply_trend"]
    days = local().answer(query, query.values({"days": "3"}))["day"].to_list()
    newest = TABLES["market_daily"]["date"].max()
    assert len(days) == 3
    assert days[-1] == str(newest)
    assert local().answer(query, query.values({"days": "3", "until": days[-1]}))["day"][-1] == days[-2]


def test_an_empty_table_has_no_newest_row_and_gives_no_rows() -> None:
    query = CATALOGUE["supply_trend"]
    empty = LocalEngine(lambda name: TABLES[name].clear().lazy())
    assert empty.answer(query, query.values({})).height == 0
