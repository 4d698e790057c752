"""Time chunks: the unit in which a datasource is replaced, and which of them a new version changes. Pure."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Granularity(StrEnum):
    """Size of a time chunk; the value is Druid's word for it."""

    DAY = "DAY"
    MONTH = "MONTH"

    @property
    def period(self) -> str:
        """ISO 8601, as Druid's TIME_FLOOR takes it."""
        return {Granularity.DAY: "P1D", Granularity.MONTH: "P1M"}[self]

    @property
    def every(self) -> str:
        """As Polars' truncate takes it."""
        return {Granularity.DAY: "1d", Granularity.MONTH: "1mo"}[self]


@dataclass(frozen=True, order=True)
class Chunk:
    """A span of time in UTC: `start` belongs to it, `end` does not."""

    start: datetime.datetime
    end: datetime.datetime

    @classmethod
    def of(cls, moment: datetime.datetime, granularity: Granularity) -> "Chunk":
        """The chunk that a moment lies in.

        Raises:
            ValueError: for a moment without a zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        start = moment.astimezone(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if granularity is Granularity.DAY:
            return cls(start, start + datetime.timedelta(days=1))
        start = start.replace(day=1)
        return cls(start, (start + datetime.timedelta(days=32)).replace(day=1))

    @property
    def interval(self) -> str:
        """As Druid's own interfaces write it."""
        return f"{self.start:%Y-%m-%dT%H:%M:%SZ}/{self.end:%Y-%m-%dT%H:%M:%SZ}"

    def __str__(self) -> str:
        """For people and file names: the first day."""
        return f"{self.start:%Y-%m-%d}"


@dataclass(frozen=True)
class Plan:
    """What has to be done so that Druid serves a snapshot.

    Attributes:
        replace: chunks to ingest, in order.
        drop: chunks that became empty, in order.
        everything: the replaced chunks are all there will be: whatever else is there goes, in the same step.
    """

    replace: tuple[Chunk, ...]
    drop: tuple[Chunk, ...]
    everything: bool

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.replace and not self.drop


def plan(wanted: Mapping[Chunk, str], served: Mapping[Chunk, Collection[str]]) -> Plan:
    """Compares the digest of each chunk with the digests that Druid's rows of that chunk carry."""
    replace = tuple(sorted(chunk for chunk, digest in wanted.items() if set(served.get(chunk, ())) != {digest}))
    drop = tuple(sorted(chunk for chunk in served if chunk not in wanted))
    everything = bool(replace) and len(replace) == len(wanted)
    return Plan(replace, () if everything else drop, everything)


def spans(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Neighbouring chunks joined, in order."""
    joined: list[Chunk] = []
    for chunk in sorted(chunks):
        if joined and joined[-1].end == chunk.start:
            joined[-1] = Chunk(joined[-1].start, chunk.end)
        else:
            joined.append(chunk)
    return joined
