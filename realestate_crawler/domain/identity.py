"""Who a listing is, and what of it is compared."""

import hashlib
import math
from collections.abc import Collection, Sequence
from typing import Any

from realestate_crawler.contracts.feed import encode, plain
from realestate_crawler.domain.columns import without
from realestate_crawler.items import MEANINGS, Listing


def listing_key(parts: Sequence[Any]) -> str | None:
    r"""The key made of one or several source values, joined by ':'; None when one of them is no word or number.

    Of several values, each has its own ':' written as '\:', so that different values never make the same key.
    """
    words = [_word(part) for part in parts]
    if not words or not all(words):
        return None
    return words[0] if len(words) == 1 else ":".join(w.replace("\\", r"\\").replace(":", r"\:") for w in words)


def _word(part: Any) -> str:
    if isinstance(part, float):
        return str(int(part)) if part.is_integer() else str(part) if math.isfinite(part) else ""
    return str(part).strip() if isinstance(part, str | int) and not isinstance(part, bool) else ""


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
    extra = {k: plain(v) for k, v in without(listing.extra, volatile).items() if v is not None}
    return {**content, "extra": extra} if extra else content


def content_hash(listing: Listing, volatile: Collection[str]) -> str:
    """blake2b (16 bytes, hex) over the canonical JSON of the compared content: sorted keys, no spaces, UTF-8."""
    content = compared_content(listing, volatile)
    return hashlib.blake2b(encode(_canonical(content)), digest_size=16).hexdigest()


def _canonical(value: Any) -> Any:
    """Sorted keys, and equal numbers written alike: 1.0 as 1, -0.0 as 0."""
    if isinstance(value, dict):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
