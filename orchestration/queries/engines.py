"""Where a named query is answered: in Druid, or here over the Delta tables."""

import datetime
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import polars as pl
from deltalake import DeltaTable

from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.ingestion_sql import quoted
from orchestration.druid.settings import DruidSettings
from orchestration.queries.bound_cursor import BoundConnection
from orchestration.queries.query import Query, Value, Values
from orchestration.resources.delta import scan, usable


class Engine(Protocol):
    """Answers named queries."""

    def answer(self, query: Query, values: Values) -> pl.DataFrame:
        """The rows of the answer."""


class NoTableError(LookupError):
    """The lake has no such table yet; the message says what makes it."""


class LocalEngine:
    """Polars over the newest version of each table."""

    def __init__(self, scan: Callable[[str], pl.LazyFrame]) -> None:
        """Takes what reads a table: name → its rows."""
        self._scan = scan

    @classmethod
    def over(cls, lake: str) -> "LocalEngine":
        """Over the tables of a lake (a folder or `s3://bucket/prefix`)."""

        def rows(name: str) -> pl.LazyFrame:
            table = DATASOURCES[name].table
            place = usable(f"{lake.rstrip('/')}/{table}")
            if not DeltaTable.is_deltatable(place):
                raise NoTableError(f"there is no table {table} yet in {lake}; `materialize` makes it")
            return scan(place)

        return cls(rows)

    def answer(self, query: Query, values: Values) -> pl.DataFrame:
        """See `Engine`.

        Raises:
            NoTableError: when a table of the lake was never made.
        """
        return _in_order(query, query.local(self._scan, query.windowed(values, self._newest)).collect())

    def _newest(self, table: str) -> datetime.date | None:
        moment = pl.col(DATASOURCES[table].time_column).max().cast(pl.Date)
        newest: datetime.date | None = self._scan(table).select(moment).collect().item()
        return newest


class DruidEngine:
    """Druid, through pydruid."""

    def __init__(self, settings: DruidSettings) -> None:
        self._settings = settings

    def answer(self, query: Query, values: Values) -> pl.DataFrame:
        """See `Engine`.

        Raises:
            pydruid.db.exceptions.Error: when Druid refuses or does not answer.
        """
        text, bound = query.bound(self._datasource, query.windowed(values, self._newest))
        return _in_order(query, self._asked(text, bound))

    def _newest(self, table: str) -> datetime.date | None:
        text = f"SELECT TIME_FORMAT(MAX(__time), 'yyyy-MM-dd') AS newest FROM {self._datasource(table)}"  # noqa: S608 (a quoted name)
        newest = self._asked(text, [])["newest"].to_list()
        return datetime.date.fromisoformat(newest[0]) if newest and newest[0] else None

    def _datasource(self, table: str) -> str:
        return quoted(f"{self._settings.prefix}{table}")

    def _asked(self, text: str, bound: list[tuple[str, Value]]) -> pl.DataFrame:
        with self._connect() as cursor:
            cursor.execute(text, bound)
            rows = cursor.fetchall()
            names = [column[0] for column in cursor.description]
        return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)

    def _connect(self) -> BoundConnection:
        address = urlsplit(self._settings.url)
        return BoundConnection(
            host=address.hostname,
            port=address.port or (443 if address.scheme == "https" else 80),
            path=f"{address.path}/druid/v2/sql/",
            scheme=address.scheme,
            user=self._settings.user or None,
            password=self._settings.secret(),
            ssl_verify_cert=str(self._settings.ca_file) if self._settings.ca_file else True,
        )


def _in_order(query: Query, answer: pl.DataFrame) -> pl.DataFrame:
    return answer if query.ordered else answer.sort(query.keys)
