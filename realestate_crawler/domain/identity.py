"""Who a listing is, and what of it is compared."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from realestate_crawler.contracts.feed import encode, plain
from realestate_crawler.items import MEANINGS, Listing


def listing_key(parts: Sequence[Any]) -> str | None:
    """The key made of one or several source values, joined by ':'; None when one of them is empty."""
    words = [str(part).strip() if part is not None and not isinstance(part, bool) else "" for part in parts]
    return ":".join(words) if words and all(words) else None


def compared_content(listing: Listing, volatile: Collection[str]) -> dict[str, Any]:
    """What decides whether the listing changed: compared fields, and the extra columns, less the volatile ones.

    A field that could not be read is compared by the source's own text, so that no change is lost.
    """
    content: dict[str, Any] = {}
    for name, meaning in MEANINGS.items():
        if not meaning.compared or name == "extra" or name in volatile:
            continue
        value = getattr(listing, name)
        value = listing.raw.get(name) if value is None else value
        if value is not None:
            content[name] = plain(value)
    extra = {k: plain(v) for k, v in listing.extra.items() if k not in volatile and v is not None}
    return {**content, "extra": extra} if extra else content


def content_hash(listing: Listing, volatile: Collection[str]) -> str:
    """blake2b (16 bytes, hex) over the canonical JSON of the compared content: sorted keys, no spaces, UTF-8."""
    content = compared_content(listing, volatile)
    return hashlib.blake2b(encode(_sorted(content)), digest_size=16).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(inner) for inner in value]
    return value
