"""What is made of the tables: snapshots, Druid's datasources, the report; all of them made anew.

What belongs here: saying what is to be made again. What does not: how (`druid`, `assets.exploration`).
"""

from collections.abc import Callable

from orchestration.assets.exploration import REPORT, make_report
from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.publish import publish
from orchestration.druid.purge import purge
from orchestration.druid.settings import DruidSettings
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS, MARKET_DAILY
from orchestration.operations.erasing.layers import Layers
from realestate_crawler.landing.opening import open_store

Say = Callable[[str], None]


def serve_anew(layers: Layers, say: Say) -> None:
    """Publishes the tables again and removes what Druid served before; nothing where no Druid is configured.

    Raises:
        DruidError: when Druid refuses or does not answer.
        IngestionError: when it does not serve the tables, or keeps what it served before.
    """
    settings = DruidSettings()
    if not settings.configured:
        say("no Druid is configured: whoever served this lake from one must ingest again and kill unused segments")
        return
    for table in (LISTINGS, LISTING_CHANGES, MARKET_DAILY):
        source = DATASOURCES[table.name]
        if layers.lake.exists(table):
            publish(settings, layers.lake.root, source, layers.lake.version(table), say)
            purge(DruidClient(settings), f"{settings.prefix}{source.name}", seconds=settings.deadline, say=say)


def report_anew(layers: Layers) -> str | None:
    """Writes the report again, where there is one; its place."""
    if REPORT not in set(open_store(layers.reports).keys("")):
        return None
    return make_report(layers.lake, layers.reports)[0]
