"""What Dagster loads: assets, checks, job, schedule, sensor, resources, in one place."""

from typing import Any

import dagster as dg

from orchestration.assets.changes import staged_changes
from orchestration.assets.crawls import crawled_feeds, search_criteria
from orchestration.assets.druid import druid_listing_changes, druid_listings, druid_market_daily
from orchestration.assets.exploration import data_exploration
from orchestration.assets.market import market_daily
from orchestration.assets.sales import SALE_ASSETS
from orchestration.assets.tables import feeds, listing_changes, listing_history, listings
from orchestration.automation import daily, refresh, waiting_feeds
from orchestration.checks import CHECKS
from orchestration.executor import chosen_executor
from orchestration.progress import progress
from orchestration.resources.crawler import Crawler
from orchestration.resources.places import PlacesResource
from orchestration.resources.step_values import step_values

ASSETS = [
    search_criteria,
    crawled_feeds,
    staged_changes,
    listings,
    listing_changes,
    listing_history,
    feeds,
    market_daily,
    data_exploration,
    druid_listings,
    druid_listing_changes,
    druid_market_daily,
    *SALE_ASSETS,
]

# Forked from a server that has everything imported: a step starts in half a second instead of seven.
PARALLEL = {
    "max_concurrent": 4,
    "start_method": {"forkserver": {"preload_modules": ["orchestration.definitions"]}},
}


def build_definitions(**resources: Any) -> dg.Definitions:
    """The whole code location; `resources` replace the standard ones (places, crawler)."""
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        jobs=[refresh],
        schedules=[daily],
        sensors=[waiting_feeds],
        executor=chosen_executor() or dg.multiprocess_executor.configured(PARALLEL),
        loggers={"console": dg.colored_console_logger, "progress": progress},
        resources={"places": PlacesResource(), "crawler": Crawler(), **step_values(), **resources},
    )


defs = build_definitions()
