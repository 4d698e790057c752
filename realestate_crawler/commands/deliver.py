"""`scrapy deliver`: finishes uploads that failed. The crawl is not repeated.

What is heavy is imported when it is needed: other commands look at this module, too.
"""

import argparse
import sys

from scrapy.commands import ScrapyCommand

from realestate_crawler.exit_codes import ExitCode


class Command(ScrapyCommand):
    """Runs whose parts lie in the spool."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 (Scrapy's own way)

    def syntax(self) -> str:
        """See ScrapyCommand."""
        return "[RUN …]"

    def short_desc(self) -> str:
        """See ScrapyCommand."""
        return "Deliver feeds whose upload failed (all of them, or the named runs)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """See ScrapyCommand."""
        super().add_options(parser)
        parser.add_argument("--list", action="store_true", help="list the runs that wait, deliver nothing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Delivers oldest first; one that fails does not stop the others."""
        from realestate_crawler.contracts.places import Places  # noqa: PLC0415
        from realestate_crawler.landing.delivery import deliver, undelivered  # noqa: PLC0415
        from realestate_crawler.landing.opening import open_store  # noqa: PLC0415
        from realestate_crawler.landing.store import StoreError  # noqa: PLC0415

        places = Places()
        waiting = undelivered(places.spool)
        unknown = sorted(set(args) - {run.manifest.run_id for run in waiting})
        if unknown:
            there = ", ".join(run.manifest.run_id for run in waiting) or "none"
            print(f"no undelivered run {', '.join(unknown)} in {places.spool}; there are: {there}", file=sys.stderr)
            self.exitcode = ExitCode.BAD_CONFIGURATION
            return
        chosen = [run for run in waiting if not args or run.manifest.run_id in args]
        if opts.list:
            for run in chosen:
                print(f"{run.manifest.run_id}  {run.prefix}  {run.manifest.items} items  {run.folder}")
            return
        store = open_store(places.landing)
        for run in chosen:
            try:
                deliver(store, run)
                print(f"{run.manifest.run_id}: delivered to {run.prefix}")
            except StoreError as error:
                print(f"{run.manifest.run_id}: {error} (the local copy is kept: {run.folder})", file=sys.stderr)
                self.exitcode = ExitCode.FAILED
        if not chosen:
            print("nothing waits to be delivered")
