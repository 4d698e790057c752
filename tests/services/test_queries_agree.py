"""Every named query gives the same answer in Druid, through pydruid, and on the local engine."""

import math
from collections.abc import Iterator

import polars as pl
import pytest
from pydruid.db.exceptions import Error as PydruidError

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.publish import publish
from orchestration.druid.settings import DruidSettings
from orchestration.queries.catalogue import CATALOGUE
from orchestration.queries.engines import DruidEngine, LocalEngine
from orchestration.queries.query import Query
from tests.queries.market import tables
from tests.queries.test_catalogue import given
from tests.services.harness.druid import DruidAddress
from tests.services.harness.minio import S3

QUANTILES = 0.02


@pytest.fixture(scope="module")
def engines(druid_address: DruidAddress, s3: S3) -> Iterator[tuple[LocalEngine, DruidEngine]]:
    """The same three tables in a lake and in Druid."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in s3.environment.items():
            patched.setenv(name, value)
        lake = f"s3://{s3.new_bucket()}/lake"
        settings = DruidSettings(
            url=druid_address.url, user=druid_address.user, password=druid_address.password, prefix="queries_"
        )
        for name, rows in tables().items():
            rows.write_delta(f"{lake}/{DATASOURCES[name].table}")
            assert publish(settings, lake, DATASOURCES[name], 0, print).differences == ()
        yield LocalEngine.over(lake), DruidEngine(settings)


def values_of(query: Query, **more: str) -> dict[str, str | int | float]:
    return query.values(given(query) | more)


@pytest.mark.parametrize("query", CATALOGUE.values(), ids=list(CATALOGUE))
def test_both_engines_agree(engines: tuple[LocalEngine, DruidEngine], query: Query) -> None:
    local, druid = (engine.answer(query, values_of(query)) for engine in engines)
    assert local.height > 0
    assert_equal(query, local, druid)


def test_both_engines_end_with_the_newest_day(engines: tuple[LocalEngine, DruidEngine]) -> None:
    query = CATALOGUE["changes_by_day"]
    local, druid = (engine.answer(query, query.values({"days": "7"})) for engine in engines)
    assert local["day"].n_unique() == 7
    assert_equal(query, local, druid)


@pytest.mark.parametrize("city", ["Brno", "O'Higgins", "*", "x' OR '1'='1", 'a"b', "東京", "%s", "back\\"])
def test_a_value_is_only_ever_a_value(engines: tuple[LocalEngine, DruidEngine], city: str) -> None:
    query = CATALOGUE["cheapest_per_sqm"]
    local, druid = (engine.answer(query, values_of(query, city=city)) for engine in engines)
    assert local.height == (20 if city in ("Brno", "O'Higgins") else 0)
    assert_equal(query, local, druid)


def test_a_table_that_is_not_there_is_an_error(settings: DruidSettings) -> None:
    query = CATALOGUE["freshness"]
    with pytest.raises(PydruidError, match="not found"):
        DruidEngine(settings).answer(query, query.values({}))


def test_a_wrong_password_is_an_error_that_does_not_show_it(settings: DruidSettings) -> None:
    query = CATALOGUE["freshness"]
    wrong = DruidSettings(url=settings.url, user=settings.user, password="canary-password")
    with pytest.raises(PydruidError, match="401") as caught:
        DruidEngine(wrong).answer(query, query.values({}))
    assert "canary" not in f"{caught.value!r}"


def test_a_text_that_ends_in_a_backslash_comes_back_whole(engines: tuple[LocalEngine, DruidEngine]) -> None:
    settings = engines[1]._settings
    rows = DruidClient(settings).sql('SELECT title, COUNT(*) AS n FROM "queries_listings" GROUP BY 1')
    assert "ends with \\" in {row["title"] for row in rows}


def assert_equal(query: Query, local: pl.DataFrame, druid: pl.DataFrame) -> None:
    assert set(local.columns) == set(druid.columns)
    assert local.height == druid.height
    for one, other in zip(local.iter_rows(named=True), druid.iter_rows(named=True), strict=True):
        for name, value in one.items():
            near = QUANTILES if name in query.approximate else 1e-9
            assert same(value, other[name], near), f"{name}: {one} and {other}"


def same(one: object, other: object, near: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=near, abs_tol=1e-9)
    return one == other
