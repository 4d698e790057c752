"""Which tables are served, and how each lies in Druid.

What belongs here: names, time columns and chunk sizes. What does not: columns and types; they follow the table.
"""

from dataclasses import dataclass, field

from orchestration.druid.intervals import Granularity


@dataclass(frozen=True)
class Datasource:
    """One table as a Druid datasource.

    Attributes:
        name: of the datasource.
        table: below the lake, `<layer>/<table>`.
        time_column: becomes `__time`; a row without it cannot be served.
        granularity: size of a time chunk, the unit of replacement.
        clustered_by: columns that queries filter by most, the most used first.
        left_out: columns that nobody queries in Druid; the lake keeps them.
    """

    name: str
    table: str
    time_column: str
    granularity: Granularity = Granularity.MONTH
    clustered_by: tuple[str, ...] = ()
    left_out: frozenset[str] = field(default_factory=frozenset)


DATASOURCES: dict[str, Datasource] = {
    source.name: source
    for source in (
        Datasource(
            "listings",
            "silver/listings",
            "first_seen_at",
            clustered_by=("country", "city"),
            left_out=frozenset({"raw", "extra", "present_in", "missing_in", "last_changes", "held"}),
        ),
        Datasource("listing_changes", "silver/listing_changes", "observed_at", clustered_by=("change_type",)),
        Datasource("market_daily", "gold/market_daily", "date", clustered_by=("country", "city")),
    )
}
