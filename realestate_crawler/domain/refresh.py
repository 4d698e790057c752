"""Must the page of a listing be fetched, or does its result card say that it is as it was? Pure.

What is known of a listing: what its card showed when its own page was read last, and the price and address on that
page. Of each listing a few bytes are kept, not the listing.
"""

import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from realestate_crawler.domain.cards import same_price, sighting_of
from realestate_crawler.items import Listing

_HASH, _URL = 16, 8
DAY = datetime.timedelta(days=1)


class Why(StrEnum):
    """Why the page of a listing is fetched.

    NEW: no feed that counts has it. CHANGED: its card shows something else than when its page was read. OLD: that was
    too long ago, or cannot be told. AWAY: a complete crawl has missed it since. MUTE: its card shows nothing that could
    change. ALL: nothing is known, or somebody wants all pages.
    """

    NEW = "new"
    CHANGED = "card changed"
    OLD = "too old"
    AWAY = "was away"
    MUTE = "card says nothing"
    ALL = "all fetched"


UNCHANGED = "not fetched"


def young(key: str, read_at: datetime.datetime, now: datetime.datetime, most_days: float) -> bool:
    """Whether a page that was read at `read_at` need not be fetched again.

    Listings come due over the second half of the time, each at its own moment: pages that were read on one day
    are not all fetched again on one day.
    """
    share = int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=2).digest()) / 0x10000
    # What was read later than now was read by another clock: then nothing is known.
    return datetime.timedelta(0) <= now - read_at < DAY * most_days * (1 - share / 2)


def packed(card_hash: bytes, price: str, url: str) -> bytes:
    """What is kept of a listing whose page is known."""
    return card_hash + _digest(url) + price.encode()


@dataclass(slots=True)
class Known:
    """The listings whose pages are known.

    Attributes:
        pages: key → what is kept (`packed`), or why it does not count.
        all_why: why nothing is known, or nothing counts; empty where pages are known.
        follows: number of the newest run that was looked at; None where none was.
        counts: how many pages were fetched for which reason, and how many were not.
    """

    pages: dict[str, bytes | Why] = field(default_factory=dict)
    all_why: str = ""
    follows: int | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def seen(self, card: Listing, card_hash: str) -> Listing | None:
        """The sighting that takes the place of the listing's page; None when the page must be fetched.

        Args:
            card: typed.
            card_hash: its digest.
        """
        known = self.pages.get(card.listing_key, Why.NEW)
        why = Why.ALL if self.all_why else Why.MUTE if not card_hash or not card.listing_key else known
        if isinstance(why, bytes) and why[:_HASH] == bytes.fromhex(card_hash):
            self.counts[UNCHANGED] += 1
            url, price = why[_HASH : _HASH + _URL], why[_HASH + _URL :].decode()
            same_url = url == _digest(card.listing_url or "")
            return sighting_of(card, card_hash, price=same_price(card, price), url=same_url)
        self.counts[Why.CHANGED if isinstance(why, bytes) else why] += 1
        return None


def _digest(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=_URL).digest()
