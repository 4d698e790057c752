"""`scrapy criteria [FILE]`: checks a criteria file and lists what each criterion would do.

What is heavy is imported when it is needed: other commands look at this module, too.
"""

import argparse
import sys
from pathlib import Path

from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import SpiderLoader

from realestate_crawler.exit_codes import ExitCode


class Command(ScrapyCommand):
    """No request is made."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """See ScrapyCommand."""
        return "[FILE]"

    def short_desc(self) -> str:
        """See ScrapyCommand."""
        return "Check search criteria and list what each would do (default: REALESTATE_CRITERIA)"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Prints one line a criterion."""
        if len(args) > 1:
            raise UsageError("give one criteria file")
        from realestate_crawler.contracts.criteria import CriteriaError, read_criteria  # noqa: PLC0415
        from realestate_crawler.contracts.places import Places  # noqa: PLC0415

        path = Path(args[0]) if args else Places().criteria
        loader = SpiderLoader.from_settings(self.settings)  # type: ignore[arg-type]
        try:
            criteria = read_criteria(path)
            notes: dict[str, list[str]] = {}
            for criterion in criteria:
                if criterion.source not in loader.list():
                    there = ", ".join(loader.list())
                    raise CriteriaError(
                        f"{path}: criterion {criterion.id}: key source: no spider {criterion.source}; there are {there}"
                    )
                notes[criterion.id] = _check_plan(loader.load(criterion.source), path, criterion.id)
        except CriteriaError as error:
            print(error, file=sys.stderr)
            self.exitcode = ExitCode.BAD_CONFIGURATION
            return
        for criterion in criteria:
            wanted = ", ".join(f"{key} {_told(value)}" for key, value in criterion.filters().items())
            print(f"{criterion.id}: {criterion.source}: {wanted or 'everything'}")
            for note in notes[criterion.id]:
                print(f"    {note}")
            print(f"    scrapy crawl {criterion.source} -a criteria={path} -a only={criterion.id}")
        print(f"{len(criteria)} criteria, all usable")


def _check_plan(spider: type[Spider], path: Path, criterion: str) -> list[str]:
    from realestate_crawler.contracts.criteria import CriteriaError  # noqa: PLC0415
    from realestate_crawler.spiders.base import CrawlSpider  # noqa: PLC0415

    if not issubclass(spider, CrawlSpider):
        return []
    try:
        arguments = {"criteria": str(path), "only": criterion}
        spider.plan(arguments)
        return spider.explain(arguments)
    except CriteriaError as error:
        prefix = f"{path}: criterion {criterion}: "
        raise CriteriaError(prefix + str(error).removeprefix(f"criterion {criterion}: ")) from error


def _told(value: object) -> str:
    if isinstance(value, dict) and set(value) <= {"min", "max"}:
        return f"{value.get('min', '')}…{value.get('max', '')}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
