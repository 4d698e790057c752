"""The earlier feeds of a scope → the listings whose pages are known, newest first, back to a maximum age.

Nothing is guessed: a feed that cannot be read as its manifest says makes everything be fetched.
"""

import datetime
import gzip
import hashlib
import io
import json
import logging
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from realestate_crawler.contracts.feed import run_prefix
from realestate_crawler.contracts.manifest import FORMAT, Manifest
from realestate_crawler.contracts.options import HOW
from realestate_crawler.domain.cards import price_told
from realestate_crawler.domain.dates import parse_timestamp
from realestate_crawler.domain.refresh import DAY, Known, Why, packed, young
from realestate_crawler.landing.history import manifest_keys, newest_run
from realestate_crawler.landing.store import ObjectStore, StoreError
from realestate_crawler.vocabulary import Kind

logger = logging.getLogger(__name__)


class UnreadableFeedError(ValueError):
    """A feed is not what its manifest says, or its manifest cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A crawl that wants to know what is known.

    Attributes:
        criterion: as a manifest tells it.
        versions: of what reads the pages; what another version read counts as not read.
        now: when the market is looked at (UTC).
        most_days: after which a page is fetched again.
    """

    criterion: Mapping[str, Any]
    versions: Mapping[str, str]
    now: datetime.datetime
    most_days: float


@dataclass(slots=True)
class _Reader:
    """Attributes: open: keys whose newest line is known (digest, time) and the line of their page is not yet."""

    look: Look
    pages: dict[str, bytes | Why] = field(default_factory=dict)
    newest: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def take(self, line: Mapping[str, Any], *, away: bool) -> None:
        """Takes in a line, the newest run first; `away`: a later crawl that was complete did not see the listing."""
        key, digest, at = line.get("listing_key"), _digest(line.get("card_hash")), _time(line.get("observed_at"))
        if not isinstance(key, str) or at is None:
            return
        seconds = int(at.timestamp())
        if key not in self.newest:
            self.newest[key] = (digest, seconds)
            self.pages[key] = Why.AWAY if away else Why.OLD
            if not away:
                self.open.add(key)
        elif seconds > self.newest[key][1]:  # an older run that looked later: nobody can say which holds
            self.open.discard(key)
            self.pages[key] = Why.OLD
        if key not in self.open or line.get("kind") != Kind.DETAIL:
            return
        self.open.discard(key)
        if digest and digest == self.newest[key][0] and young(key, at, self.look.now, self.look.most_days):
            self.pages[key] = packed(digest, price_told(line), str(line.get("listing_url") or ""))


def known_pages(store: ObjectStore, source: str, scope: str, look: Look) -> Known:
    """Reads the scope's feeds as far back as needed.

    Raises:
        StoreError: when the landing zone cannot be read at all.
    """
    reader = _Reader(look)
    keys = manifest_keys(store, source, scope)
    oldest = look.now - DAY * look.most_days
    follows = newest_run(store, source, scope)
    until: int | None = None
    away = False
    read = 0
    try:
        for key in keys:
            manifest = _manifest(store, key)
            if until is not None and manifest.run_seq > until:
                logger.info("%s: was delivered after a later run began: not counted as known", key)
                continue
            until = manifest.run_seq - 1 if manifest.follows is None else manifest.follows
            if manifest.accepts is not None:
                continue
            if manifest.observed_at < oldest:
                if manifest.finished_at < oldest:
                    break
                continue  # a late run about an early time
            other = _differs(manifest, look)
            if other and not read:
                return Known(all_why=other, follows=follows)
            if other:
                break
            for line in _lines(store, run_prefix(source, scope, manifest.run_id), manifest):
                reader.take(line, away=away)
            away = away or manifest.complete
            read += 1
    except UnreadableFeedError as error:
        logger.warning("%s: every listing's page is fetched", error)
        return Known(all_why=f"an earlier feed cannot be read: {error}", follows=follows)
    return Known(reader.pages, follows=follows)


def _differs(manifest: Manifest, look: Look) -> str:
    """Why what a feed says does not count; empty where it does."""
    if _question(manifest.criterion) != _question(look.criterion):
        return "the criterion has changed since the last crawl"
    if any(manifest.versions.get(name) != version for name, version in look.versions.items()):
        return "what reads the pages has changed since the last crawl"
    return ""


def _question(criterion: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in criterion.items() if value not in (None, [], {})}
    options = {name: value for name, value in criterion.get("options", {}).items() if name not in HOW}
    return {**asked, "options": options}


def _manifest(store: ObjectStore, key: str) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(store.get(key))
    except ValidationError as error:
        raise UnreadableFeedError(f"{key}: no usable manifest") from error
    except StoreError as error:
        raise UnreadableFeedError(str(error)) from error
    if manifest.format > FORMAT:
        raise UnreadableFeedError(f"{key}: format {manifest.format} is newer than {FORMAT}")
    return manifest


def _lines(store: ObjectStore, prefix: str, manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    """The lines of a feed, one after the other, each part checked against its digest first."""
    for part in manifest.parts:
        try:
            data = store.get(prefix + part.key)
            if hashlib.sha256(data).hexdigest() != part.sha256:
                raise UnreadableFeedError(f"{prefix}{part.key}: other content than its manifest says (sha256)")
            yield from _parsed(data)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFeedError(f"{prefix}{part.key}: {error}") from error


def _parsed(data: bytes) -> Iterator[Mapping[str, Any]]:
    """Single lines that cannot be read are passed over: their listings are not known."""
    with gzip.open(io.BytesIO(data)) as lines:
        for text in lines:
            try:
                line = json.loads(text, parse_float=Decimal, parse_int=Decimal)
            except (ValueError, RecursionError):
                continue
            if isinstance(line, dict):
                yield line


def _digest(text: Any) -> bytes:
    return bytes.fromhex(text) if isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text) else b""


def _time(text: Any) -> datetime.datetime | None:
    return parse_timestamp(text) if isinstance(text, str) else None
