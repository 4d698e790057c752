"""What `-a` words mean for every spider that follows criteria: which criteria, which one, when.

What belongs here: turning words into criteria. What does not: requests (`base` and the spiders).
"""

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from realestate_crawler.contracts.criteria import (
    ARGUMENTS,
    CriteriaError,
    Criterion,
    criterion_from_arguments,
    read_criteria,
    select,
)
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.dates import parse_timestamp

# Clocks differ; a year that was mistyped does more harm than they do.
AHEAD = datetime.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Request:
    """What the words ask for.

    Attributes:
        criteria: what to crawl, one feed each.
        selected: the id of each in the file; empty without a file.
        others: ids in the file that belong to other spiders.
        observed_at: when the market looked like this (UTC).
    """

    criteria: tuple[Criterion, ...]
    selected: tuple[str, ...]
    others: tuple[str, ...]
    observed_at: datetime.datetime

    def plans(self, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """The same words once for each criterion, each of them selecting one."""
        if len(self.criteria) == 1:
            return [dict(arguments)]
        return [{**arguments, "only": name} for name in self.selected]


def understand(spider: str, arguments: Mapping[str, str]) -> Request:
    """The criteria that `arguments` select for a spider.

    `criteria=FILE` reads a file (REALESTATE_CRITERIA where nothing else is said), `only=ID,…` selects from it, any
    other word overrides the criterion or, without a file, makes one of its own.

    Raises:
        CriteriaError: for anything that cannot be used, before any request.
    """
    words = dict(arguments)
    observed_at = moment(words.pop("observed_at", None))
    only = _only(words.pop("only", None))
    file = words.pop("criteria", None)
    unknown = sorted(set(words) - ARGUMENTS)
    if unknown:
        known = ", ".join(sorted(ARGUMENTS | {"criteria", "only", "observed_at"}))
        raise CriteriaError(f"argument {', '.join(unknown)}: unknown; there are {known}")
    if file is None and not words:
        default = Places().criteria
        if not default.exists():
            raise CriteriaError(
                "nothing to watch: give -a criteria=FILE, or a criterion such as -a city=NAME -a offer=sale "
                f"(there is no {default} either, see REALESTATE_CRITERIA)"
            )
        file = str(default)
    if file is None:
        if only:
            raise CriteriaError("argument only: selects from a file: give -a criteria=FILE")
        return Request((_named(criterion_from_arguments(words, source=spider), words),), (), (), observed_at)
    criteria = select(read_criteria(Path(file)), only, where=file)
    mine = tuple(c for c in criteria if c.source == spider)
    if not mine:
        raise CriteriaError(f"{file}: no criterion {'among the selected ' if only else ''}has source {spider}")
    selected = tuple(c.id for c in mine)
    if "id" in words and len(mine) > 1:
        raise CriteriaError(f"argument id: names one criterion, {len(mine)} are selected ({', '.join(selected)})")
    if words:
        mine = tuple(_named(criterion_from_arguments(words, source=spider, base=c), words) for c in mine)
    others = tuple(c.id for c in criteria if c.source != spider)
    return Request(mine, selected, others, observed_at)


def _only(text: str | None) -> list[str]:
    if text is None:
        return []
    ids = [word.strip() for word in text.split(",") if word.strip()]
    if not ids:
        raise CriteriaError("argument only: names no criterion")
    return ids


def without_refresh(arguments: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The words without `refresh`, and why every listing's page is to be fetched; empty where nobody asks for it.

    Raises:
        CriteriaError: for a kind of refresh that there is not.
    """
    words = dict(arguments)
    kind = words.pop("refresh", "")
    if kind not in ("", "full"):
        raise CriteriaError(f"argument refresh: {kind!r}: there is 'full': every listing's page is fetched")
    return words, "refresh=full" if kind else ""


def moment(text: str | None) -> datetime.datetime:
    """The time of observation: an ISO 8601 text, or now; UTC, whole seconds.

    Raises:
        CriteriaError: for a text that is no time, or one that lies years ahead.
    """
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    if text is None:
        return now
    found = parse_timestamp(text)
    if found is None:
        raise CriteriaError(f"argument observed_at: {text!r} is not an ISO 8601 time such as 2026-07-01T06:00:00Z")
    if found > now + AHEAD:
        raise CriteriaError(f"argument observed_at: {text!r} lies more than a year ahead")
    return found


def _named(criterion: Criterion, words: Mapping[str, str]) -> Criterion:
    """A changed criterion is another scope: under the old name, what it leaves out would count as gone."""
    if "id" in words:
        return criterion
    told = json.dumps(criterion.filters(), sort_keys=True).encode()
    digest = hashlib.blake2b(told, digest_size=4).hexdigest()
    stem = "adhoc" if criterion.id == "adhoc" else f"{criterion.id}-adhoc"
    return criterion.model_copy(update={"id": f"{stem}-{digest}"})
