"""Was every erasure that was begun also finished? Until it is, what was to go may lie anywhere."""

from orchestration.operations.checkup.finding import Finding, Level, verdict
from orchestration.resources.landing import Landing
from realestate_crawler.landing.erasures import DamagedRecordError, read_erasures
from realestate_crawler.landing.store import StoreError


def check_erasures(landing: Landing) -> list[Finding]:
    """All records; nothing is said where there are none."""
    try:
        records = read_erasures(landing.store)
    except (StoreError, DamagedRecordError) as error:
        return [Finding(Level.PROBLEM, "erasures", str(error))]
    if not records:
        return []
    open_ones = [record for record in records if record.done_at is None]
    problems = [
        f"{record.id}, begun {record.begun_at:%Y-%m-%d %H:%M} by {record.by}: not finished; call the same erase again"
        for record in open_ones
    ]
    return verdict("erasures", problems, f"{len(records)} recorded, each finished")
