"""When the graph runs by itself: every day, and when a feed waits that somebody else's crawl has written."""

import dagster as dg

from orchestration.ingest.sales import waiting_sales
from orchestration.logic.schemas import LISTINGS
from orchestration.resources.lake import done
from orchestration.resources.places import PlacesResource

REFRESH = "refresh"

refresh = dg.define_asset_job(
    REFRESH, selection=dg.AssetSelection.all(), description="Crawl what the criteria ask, apply every waiting feed."
)

daily = dg.ScheduleDefinition(
    name="daily",
    job=refresh,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    description="Every day at 05:00 UTC.",
)


@dg.sensor(name="waiting_feeds", job=refresh, minimum_interval_seconds=60)
def waiting_feeds(places: PlacesResource) -> dg.SensorResult | dg.SkipReason:
    """Feeds in the landing zone that no table has yet: apply them, crawl nothing."""
    lake, landing = places.lake(), places.landing()
    found = landing.feeds()
    sales = waiting_sales(lake, landing)
    if not found and not sales:
        return dg.SkipReason("the landing zone has no feed")
    listings = lake.open(LISTINGS)
    waiting = landing.waiting({feed.app: done(listings, feed.app) for feed in found})
    if not waiting and not sales:
        return dg.SkipReason("every feed has been applied")
    # The key names what waits: as long as the same feeds wait, there is one run for them.
    key = "|".join([f"{feed.app}#{feed.run_seq}" for feed in waiting] + [f"{sale.key}" for sale in sales])
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, run_config={"ops": {"search_criteria": {"config": {"crawl": False}}}})]
    )
