"""`scrapy genprofile URL-or-FILE …`: drafts a site profile from pages of one site, and keeps them as test cases.

What belongs here: arguments and files. What does not: what the draft says (`pages.profile_draft`).
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from realestate_crawler.commands.extract import UNREADABLE, told

if TYPE_CHECKING:
    from realestate_crawler.pages.page import Page


class Command(ScrapyCommand):
    """Nothing is overwritten."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """See ScrapyCommand."""
        return "URL-or-FILE ... [--url URL ...] [--name NAME] [--profiles FOLDER] [--cases FOLDER]"

    def short_desc(self) -> str:
        """See ScrapyCommand."""
        return "Draft a site profile and its test cases from a page of results and a page of one listing"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """See ScrapyCommand."""
        super().add_options(parser)
        parser.add_argument(
            "--url",
            action="append",
            default=[],
            help="the address that a saved page came from; once for each page, in order",
        )
        parser.add_argument("--name", default="", help="the profile's name (default: from the host)")
        parser.add_argument(
            "--profiles", default="", metavar="FOLDER", help="where it is written (default: REALESTATE_PROFILES)"
        )
        parser.add_argument(
            "--cases", default="data/profile-cases", metavar="FOLDER", help="where the pages are kept (%(default)s)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Writes the profile and the cases, and says what is worth a look."""
        if not args:
            raise UsageError("give a page of results and a page of one listing, as files or addresses")
        if len(opts.url) > len(args):
            raise UsageError("there are more addresses (--url) than pages")
        from realestate_crawler.page_bodies import page_bodies  # noqa: PLC0415
        from realestate_crawler.pages.profile_draft import draft  # noqa: PLC0415
        from realestate_crawler.pages.reader import read_page  # noqa: PLC0415
        from realestate_crawler.settings import PROFILES  # noqa: PLC0415

        assert self.settings is not None
        bodies: list[tuple[bytes, str]] = []
        urls = [*opts.url, *[""] * (len(args) - len(opts.url))]
        for place, found in zip(args, page_bodies(args, urls, self.settings), strict=True):
            if isinstance(found, OSError):
                print(f"{place}: {found}", file=sys.stderr)
                self.exitcode = UNREADABLE
                return
            bodies.append(found)
        pages = [read_page(body, url) for body, url in bodies]
        made = draft([(page, url) for page, (_, url) in zip(pages, bodies, strict=True)])
        name = opts.name or made.name
        profile = (Path(opts.profiles) if opts.profiles else PROFILES) / f"{name}.yaml"
        cases = [Path(opts.cases) / f"{name}-{page.verdict.value}" for page in pages]
        there = next((path for path in (profile, *cases) if path.exists()), None)
        if there is not None or len(set(cases)) < len(cases):
            why = f"{there} exists: nothing is overwritten" if there else "two pages are of the same kind"
            print(f"{why}; give {'--name' if there else 'one page of results and one of a listing'}", file=sys.stderr)
            self.exitcode = UNREADABLE
            return
        profile.parent.mkdir(parents=True, exist_ok=True)
        profile.write_text(made.text.replace(f"name: {made.name}\n", f"name: {name}\n", 1), encoding="utf-8")
        print(f"{profile}: written; check it with  scrapy extract {' '.join(args)} --profile {profile}")
        for case, page, (body, url) in zip(cases, pages, bodies, strict=True):
            _write_case(case, page, body, {"url": url or page.url, "profile": str(profile)})
            print(f"{case}: the page and what is read from it now; correct output.json where it is wrong")
        for remark in made.remarks:
            print(f"  {remark}")


def _write_case(folder: Path, page: "Page", body: bytes, about: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    (folder / f"input.{'json' if body.lstrip()[:1] in (b'{', b'[') else 'html'}").write_bytes(body)
    lines = {"shows": f"A page of {folder.name}.", **about}
    (folder / "page.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items()))
    (folder / "output.json").write_text(json.dumps(told(page, explain=False), indent=1, ensure_ascii=False) + "\n")
