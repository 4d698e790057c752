"""What a crawl knows of its listings before it fetches a page: from the scope's own feeds, and nowhere else."""

import logging

from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.refresh import Known
from realestate_crawler.landing.history import newest_run
from realestate_crawler.landing.known import Look, known_pages
from realestate_crawler.landing.manifests import reader_versions
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError

logger = logging.getLogger(__name__)


def look_back(crawl: Crawl, days: float, all_why: str) -> None:
    """Puts what is known into the crawl.

    Args:
        crawl: as it is when its first page of results has been read: that page may say when the market looks like this.
        days: after which a page is fetched again; 0 = in each crawl.
        all_why: why all pages are to be fetched; empty where nobody asks for it.
    """
    try:
        crawl.known = _known(crawl, days, all_why)
    except StoreError as error:
        crawl.known = Known(all_why=f"the landing zone cannot be read: {error}")
    if crawl.known.all_why:
        logger.info("every listing's page is fetched: %s", crawl.known.all_why)
    else:
        told = "%d listings are known; the page of one whose card is as it was is fetched again after %g days"
        logger.info(told, len(crawl.known.pages), days)


def _known(crawl: Crawl, days: float, all_why: str) -> Known:
    store = open_store(Places().landing)
    if all_why or not days:
        newest = newest_run(store, crawl.source, crawl.scope)
        return Known(all_why=all_why or "detail_max_age_days is 0", follows=newest)
    look = Look(
        criterion=crawl.criterion.model_dump(mode="json", exclude_none=True),
        versions=reader_versions(crawl),
        now=crawl.observed_at,
        most_days=days,
    )
    return known_pages(store, crawl.source, crawl.scope, look)
