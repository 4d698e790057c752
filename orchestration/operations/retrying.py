"""Lines in quarantine go through today's rules again; what is clean becomes a feed run of its own.

The run takes the next number of its scope, says whose lines it took, and is as old as the run that met them: so it is
applied like any feed, exactly once, and never undoes anything newer (`logic.late`). A line lies in one quarantine at
most: what is refused for another reason today moves to the quarantine of the new run; what is refused as before stays.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from orchestration.operations.claiming import claim_after, deliver_lines, publish
from orchestration.operations.quarantining import Aside, Quarantine, lines_of, taken_lines
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.feed import encode, part_name, quarantine_name, to_line
from realestate_crawler.contracts.manifest import Manifest, Retried
from realestate_crawler.domain.again import Crawled, OutsideError, StillUnusableError, again
from realestate_crawler.domain.policies import Policies
from realestate_crawler.items import Listing
from realestate_crawler.landing.runs import Run

SPIDER = "quarantine-retry"


@dataclass(slots=True)
class Retry:
    """What today's rules make of one run's quarantine.

    Attributes:
        clean: what can be used now.
        outside: what can be read and the criterion excludes, by its key.
        refused: what is refused for another reason than before, with that reason.
        staying: how many are refused as before.
    """

    of: Quarantine
    clean: list[tuple[Aside, Listing]] = field(default_factory=list)
    outside: list[tuple[Aside, str]] = field(default_factory=list)
    refused: list[tuple[Aside, str]] = field(default_factory=list)
    staying: int = 0

    @property
    def taken(self) -> list[Aside]:
        """The lines that leave the quarantine."""
        return [aside for group in (self.clean, self.outside, self.refused) for aside, _ in group]


class ChangedMeanwhileError(RuntimeError):
    """Somebody else has retried the same quarantine at the same time."""


def retry(quarantine: Quarantine, policies: Policies, key: bytes, wanted: Callable[[Aside], bool]) -> Retry:
    """Sends the wanted lines of a quarantine through the rules; writes nothing."""
    manifest = quarantine.manifest
    crawl = Crawled(
        source=manifest.source,
        scope=manifest.scope,
        observed_at=manifest.observed_at,
        criterion=_criterion(manifest),
        volatile=manifest.volatile,
    )
    found = Retry(quarantine)
    for aside in filter(wanted, quarantine.lines):
        try:
            found.clean.append((aside, again(aside.told.get("item"), crawl, policies, key)))
        except OutsideError as error:
            found.outside.append((aside, str(error)))
        except StillUnusableError as error:
            if str(error) == aside.reason or not isinstance(aside.told.get("item"), dict):
                found.staying += 1
            else:
                found.refused.append((aside, str(error)))
    return found


def record(landing: Landing, found: Retry, now: datetime.datetime) -> str:
    """Writes the run; the key of its manifest. The next materialization applies it.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work.
        ChangedMeanwhileError: when a line was taken by somebody else since it was read.
        StoreError: when it could not be stored; nothing is visible then.
    """
    told = found.of.manifest
    newest = max(f.run_seq for f in landing.feeds() if (f.source, f.scope) == (told.source, told.scope))
    run = claim_after(landing, told.source, told.scope, newest + 1, now)
    _refuse_if_taken(landing, found)
    keys = {listing.listing_key for _, listing in found.clean}
    return publish(
        landing,
        run,
        told,
        now,
        finish_reason="retried",
        spider=SPIDER,
        unique_listings=len(keys),
        items=len(found.clean),
        drops=dict(Counter(reason for _, reason in found.outside)),
        quarantined=len(found.refused),
        parts=deliver_lines(landing, run, part_name, _clean_lines(found, run)),
        quarantine=deliver_lines(landing, run, quarantine_name, _refused_lines(found)),
        columns=sorted({column for _, listing in found.clean for column in listing.extra}),
        reasons=[f"no crawl: {len(found.taken)} lines that lay in quarantine of run {told.run_id}"],
        retries=Retried(run_id=told.run_id, lines=sorted({aside.digest for aside in found.taken})),
    )


def _refuse_if_taken(landing: Landing, found: Retry) -> None:
    feed = found.of.feed
    own = (f for f in landing.feeds() if (f.source, f.scope) == (feed.source, feed.scope))
    taken = taken_lines(landing.manifest(f) for f in own).get((feed.source, feed.scope, feed.run_id), frozenset())
    there = {aside.digest for aside in lines_of(landing, feed, landing.manifest(feed), taken)}
    if any(aside.digest not in there for aside in found.taken):
        raise ChangedMeanwhileError(f"{feed.source}/{feed.scope} run {feed.run_id}: was retried meanwhile; look again")


def _clean_lines(found: Retry, run: Run) -> Iterator[bytes]:
    for _, listing in found.clean:
        listing.run_id = run.run_id
        yield to_line(listing)


def _refused_lines(found: Retry) -> Iterator[bytes]:
    for aside, reason in found.refused:
        yield encode({**aside.told, "reason": reason, "reason_before": aside.reason})


def _criterion(manifest: Manifest) -> Criterion | None:
    try:
        return Criterion.model_validate(manifest.criterion)
    except ValidationError:
        return None
