"""Date and time text → date, or time in UTC. Only ISO 8601 and epoch numbers: anything else is ambiguous here."""

import datetime


def parse_date(text: str) -> datetime.date | None:
    """An ISO 8601 date, alone or in front of a time; None when it is none."""
    try:
        return datetime.date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def parse_timestamp(text: str) -> datetime.datetime | None:
    """An ISO 8601 time with a zone, in UTC; a time without a zone is taken as UTC; None when it is none."""
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)
