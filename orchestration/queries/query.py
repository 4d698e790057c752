"""What a named query is. Pure.

One query is written twice, in one place: in Druid's SQL, and over the lake's tables in Polars. Both give the same
columns; texts, whole numbers, floats, and days as `YYYY-MM-DD`, so that the answers can be compared.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Value = str | int | float
Values = Mapping[str, Value]
Table = Callable[[str], pl.LazyFrame]


class ParameterError(ValueError):
    """A parameter that is unknown, missing or of the wrong kind; the message names it."""


@dataclass(frozen=True)
class Parameter:
    """One value that the asker may give.

    Attributes:
        name: in both texts.
        kind: str, int, float, or datetime.date (given as YYYY-MM-DD and passed on as text).
        meaning: for the list of queries.
        default: where it is not given; None where it must be. An empty text means "all" or "the newest".
        least: no number below it is taken.
    """

    name: str
    kind: type
    meaning: str
    default: Value | None = None
    least: float = 0

    def read(self, text: str) -> Value:
        """The value that a text means.

        Raises:
            ParameterError: when it means none.
        """
        try:
            if self.kind is datetime.date:
                return text and datetime.date.fromisoformat(text).isoformat()
            value: Value = self.kind(text)
        except ValueError:
            raise ParameterError(f"{self.name}: {text!r} is no {self.kind.__name__}") from None
        if not isinstance(value, str) and not self.least <= value < float("inf"):
            raise ParameterError(f"{self.name}: {text!r} is not a number from {self.least} up")
        return value


@dataclass(frozen=True)
class Query:
    """One named question.

    Attributes:
        name: as it is called by.
        meaning: what it answers, in a sentence.
        parameters: what may be asked for.
        druid: Druid SQL; `{table}` is a table's datasource, `$name` a parameter, `{quantile …}` see below.
        local: the same over the tables of the lake.
        keys: columns that identify a row of the answer; it is sorted by them unless it has an order of its own.
        ordered: whether it has.
        window: the table whose newest day ends the days that are asked for; empty where it asks for no days.
        approximate: columns that Druid estimates: quantiles of many values.
    """

    name: str
    meaning: str
    parameters: tuple[Parameter, ...]
    druid: str
    local: Callable[[Table, Values], pl.LazyFrame]
    keys: tuple[str, ...]
    ordered: bool = False
    window: str = ""
    approximate: frozenset[str] = frozenset()

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Every parameter with its value, given or default.

        Raises:
            ParameterError: for an unknown, a missing or an unreadable one.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise ParameterError(f"{self.name} has no parameter {name}; it has {', '.join(known) or 'none'}")
        values: dict[str, Value] = {}
        for name, parameter in known.items():
            if name in given:
                values[name] = parameter.read(given[name])
            elif parameter.default is None:
                raise ParameterError(f"{self.name} needs {name}: {parameter.meaning}")
            else:
                values[name] = parameter.default
        return values

    def windowed(self, values: Values, newest: Callable[[str], datetime.date | None]) -> dict[str, Value]:
        """The values with the first and the last day that they ask for.

        Args:
            values: of all parameters.
            newest: table → the day of its newest row; None where it has none.
        """
        if not self.window:
            return dict(values)
        if values["until"]:
            until = datetime.date.fromisoformat(str(values["until"]))
        else:
            until = (newest(self.window) or datetime.date(1970, 1, 1)) + datetime.timedelta(days=1)
        since = until - datetime.timedelta(days=int(values["days"]))
        return {**values, "until": until.isoformat(), "since": since.isoformat()}

    def bound(self, datasource: Callable[[str], str], values: Values) -> tuple[str, list[tuple[str, Value]]]:
        """The SQL with a `?` for each use of a parameter, and the SQL type and value of each.

        Args:
            datasource: table name → quoted name of its datasource.
            values: of all parameters, windowed.
        """
        types = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE"}
        used: list[tuple[str, Value]] = []

        def mark(match: re.Match[str]) -> str:
            value = values[match[1]]
            used.append((types[type(value)], value))
            return "?"

        text = re.sub(r"\{quantile (\w+) (0\.\d+)\}", _quantile_sql, self.druid.replace("{within}", WITHIN))
        text = re.sub(r"\$([a-z_]+)", mark, text)
        return re.sub(r"\{([a-z_]+)\}", lambda match: datasource(match[1]), text), used


# Parameters that several queries share.
OFFER = Parameter("offer", str, "sale, rent or auction", "sale")
CITY = Parameter("city", str, "only this city; empty: all", "")
COUNTRY = Parameter("country", str, "only this country (ISO 3166-1 alpha-2); empty: all", "")
PROPERTY_TYPE = Parameter("property_type", str, "only this type (apartment, house, …); empty: all", "")
DAYS = Parameter("days", int, "how many days back from `until`", 30)
UNTIL = Parameter("until", datetime.date, "the first day not counted any more; empty: after the newest day", "")
LIMIT = Parameter("limit", int, "rows at most", 20)


def equal_or_all(column: str, value: Value) -> pl.Expr:
    """Rows whose column is the value; all rows where the value is empty."""
    return pl.lit(True) if value == "" else pl.col(column) == value


def within(column: str, values: Values) -> pl.Expr:
    """Rows whose time or date lies in the days that are asked for."""
    since, until = (datetime.date.fromisoformat(str(values[name])) for name in ("since", "until"))
    day = pl.col(column).cast(pl.Date)
    return (day >= since) & (day < until)


# The same in Druid SQL; a query writes it as {within}.
WITHIN = "__time >= TIME_PARSE($since) AND __time < TIME_PARSE($until)"


# A quantile is the value that so large a share of the values do not exceed; between two such values, their mean.
# Asking a little below and a little above finds both, with the same answer in Polars and in every version of Druid.
NEAR = 1e-6
# Size of Druid's sketch: exact up to about twice as many values, then within half a percent of rank.
SKETCH = 1024


def quantile(value: pl.Expr, share: float) -> pl.Expr:
    """A quantile of a group."""
    below, above = (value.quantile(share + step, interpolation="equiprobable") for step in (-NEAR, NEAR))
    return (below + above) / 2


def _quantile_sql(match: re.Match[str]) -> str:
    """The same in Druid SQL; a query writes it as {quantile column 0.5}."""
    column, share = match[1], float(match[2])
    below, above = (f"APPROX_QUANTILE_DS({column}, {share + step:.6f}, {SKETCH})" for step in (-NEAR, NEAR))
    return f"({below} + {above}) / 2"
