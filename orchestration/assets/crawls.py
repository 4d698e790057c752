"""search_criteria → crawled_feeds: what to watch, and one crawl a criterion, in parallel."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from orchestration.resources.crawler import Crawler, CrawlOrder, CrawlResult
from orchestration.resources.delta import PlaceError
from orchestration.resources.places import PlacesResource
from realestate_crawler.contracts.criteria import Criterion, read_criteria, select
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.store import StoreError


class CriteriaConfig(dg.Config):
    """What a run is asked to do.

    Attributes:
        only: criteria to crawl; empty = all.
        crawl: False = crawl nothing, apply the feeds that wait.
        observed_at: ISO 8601 time to crawl as of; empty = now.
    """

    only: list[str] = []  # noqa: RUF012 (the model copies it)
    crawl: bool = True
    observed_at: str = ""


@dg.asset(group_name="crawl", description="The search criteria of this run, checked: one crawl each.")
def search_criteria(config: CriteriaConfig, places: PlacesResource) -> dg.Output[list[CrawlOrder]]:
    """Reads the criteria file and tries the stores; an error stops the run before any request."""
    try:
        places.check()
    except (PlaceError, StoreError) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    criteria: tuple[Criterion, ...] = ()
    if config.crawl:
        path = places.get().criteria
        criteria = select(read_criteria(path), config.only, where=str(path))
    asked = [CrawlOrder(c.id, c.source, config.observed_at) for c in criteria]
    records = [dg.TableRecord({"id": c.id, "source": c.source, "filters": str(c.filters())}) for c in criteria]
    columns = [dg.TableColumn(name) for name in ("id", "source", "filters")]
    return dg.Output(
        asked,
        metadata={
            "dagster/row_count": len(asked),
            "criteria": dg.MetadataValue.table(records, schema=dg.TableSchema(columns)),
        },
    )


class FanOutConfig(dg.Config):
    """How the crawls become parallel.

    Attributes:
        start_ahead: start all of them at once; for executors that run all steps in one process.
    """

    start_ahead: bool = False


@dg.op(out=dg.DynamicOut(CrawlOrder))
def each_criterion(
    context: dg.OpExecutionContext, config: FanOutConfig, search_criteria: list[CrawlOrder], crawler: Crawler
) -> Iterator[dg.DynamicOutput[CrawlOrder]]:
    """One output a criterion: each is crawled on its own."""
    if config.start_ahead:
        crawler.start_ahead(context.run_id, search_criteria)
    if search_criteria:
        context.log.info(f"crawling {', '.join(order.criterion for order in search_criteria)}")
    for number, order in enumerate(search_criteria):
        name = "".join(letter if letter.isalnum() else "_" for letter in order.criterion)
        yield dg.DynamicOutput(order, mapping_key=f"{name}_{number}")


@dg.op
def crawl_criterion(context: dg.OpExecutionContext, order: CrawlOrder, crawler: Crawler) -> CrawlResult:
    """Runs `scrapy crawl` for one criterion; a crawl that went wrong is a result, not an exception."""
    result = crawler.crawl(context.run_id, order)
    say = context.log.info if result.code == ExitCode.COMPLETE else context.log.warning
    say(result.words)
    return result


@dg.op
def gather_crawls(results: list[CrawlResult]) -> dg.Output[list[CrawlResult]]:
    """All crawls of the run, in the order of the criteria."""
    codes = Counter(result.outcome for result in results)
    return dg.Output(
        results,
        metadata={
            "dagster/row_count": len(results),
            "outcomes": dict(codes),
            "exit_codes": {result.criterion: result.code for result in results},
            "logs": {result.criterion: result.log for result in results},
        },
    )


@dg.graph_asset(
    group_name="crawl", description="One crawl a criterion, in parallel; each leaves a feed in the landing zone."
)
def crawled_feeds(search_criteria: list[CrawlOrder]) -> list[CrawlResult]:
    """Fans the criteria out and gathers how their crawls ended."""
    gathered: list[CrawlResult] = gather_crawls(each_criterion(search_criteria).map(crawl_criterion).collect())
    return gathered
