"""Values as people read them: numbers with thousands separators, money, shares, days.

What belongs here: formats. What does not: labels of one section.
"""

import datetime
from urllib.parse import urlsplit

NONE = "–"


def count(number: int | None) -> str:
    """A whole number, as in 12,345."""
    return NONE if number is None else f"{number:,}"


def noun(number: int, one: str, many: str = "") -> str:
    """A number with its noun, as in "1 listing", "12,345 listings"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def money(amount: float | None, currency: str | None) -> str:
    """An amount with its currency, as in EUR 1,250,000; one decimal below 100."""
    if amount is None:
        return NONE
    digits = f"{amount:,.1f}" if abs(amount) < 100 and amount != round(amount) else f"{amount:,.0f}"
    return f"{currency or ''}\u00a0{digits}".strip()


def percent(share: float | None, *, digits: int = 0, signed: bool = False) -> str:
    """A share of 1 in percent; never rounds to 100 % what is not whole, nor to 0 % what is not nothing."""
    if share is None:
        return NONE
    edge = 10**-digits
    if not signed and 0 < share < 1:
        share = min(max(share, edge / 100), 1 - edge / 100)
    sign = "+" if signed and round(share * 100, digits) else ""
    return f"{round(share * 100, digits) or 0:{sign},.{digits}f}\u00a0%".replace("-", "\u2212")


def change(number: float | None) -> str:
    """A whole difference with its sign, as in +12."""
    if number is None:
        return NONE
    return f"{number:+,.0f}".replace("-", "\u2212") if number else "0"


def day(date: datetime.date | None) -> str:
    """A day, as in 5 March 2026."""
    return NONE if date is None else f"{date.day} {date:%B %Y}"


def short_day(date: datetime.date) -> str:
    """A day, as in 5 Mar 2026."""
    return f"{date.day} {date:%b %Y}"


def moment(time: datetime.datetime | None) -> str:
    """A time in UTC, as in 5 March 2026, 14:05 UTC."""
    if time is None:
        return NONE
    utc = time.astimezone(datetime.UTC)
    return f"{day(utc.date())}, {utc:%H:%M} UTC"


def short_moment(time: datetime.datetime) -> str:
    """A time in UTC without saying so, as in 5 Mar 2026, 14:05."""
    utc = time.astimezone(datetime.UTC)
    return f"{short_day(utc.date())}, {utc:%H:%M}"


def web_address(text: str | None) -> str | None:
    """`text` when it is an http or https address with a host, else None: nothing else becomes a link."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None
