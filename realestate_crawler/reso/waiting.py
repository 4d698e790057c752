"""How long a service wants us to wait (RFC 9110, Retry-After): seconds, or a date."""

import datetime
from email.utils import parsedate_to_datetime

# Without a Retry-After: 2, 4, 8 … seconds.
FIRST_WAIT = 2.0


def seconds_to_wait(retry_after: str | None, now: datetime.datetime, attempt: int) -> float:
    """Seconds until the next try.

    Args:
        retry_after: the header's value; None without one. Nonsense counts as none.
        now: the time (UTC).
        attempt: how many tries there were, from 1.
    """
    told = (retry_after or "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:20])
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return float(FIRST_WAIT * 2 ** (attempt - 1))
    moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - now).total_seconds())
