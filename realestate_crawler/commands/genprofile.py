"""`scrapy genprofile URL-or-FILE`: drafts a site profile from one page, and keeps the page as a test case.

What belongs here: arguments and files. What does not: what the draft says (`pages.profile_draft`).
"""

import argparse
import json
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from realestate_crawler.commands.extract import UNREADABLE, told


class Command(ScrapyCommand):
    """Nothing is overwritten."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """See ScrapyCommand."""
        return "URL-or-FILE [--url URL] [--name NAME] [--profiles FOLDER] [--cases FOLDER]"

    def short_desc(self) -> str:
        """See ScrapyCommand."""
        return "Draft a site profile and its test case from one page"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """See ScrapyCommand."""
        super().add_options(parser)
        parser.add_argument("--url", default="", help="the address that a saved page came from")
        parser.add_argument("--name", default="", help="the profile's name (default: from the host)")
        parser.add_argument("--profiles", default="realestate_crawler/profiles", metavar="FOLDER")
        parser.add_argument("--cases", default="data/profile-cases", metavar="FOLDER")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Writes the profile and the case, and says what is worth a look."""
        if len(args) != 1:
            raise UsageError("give one file or address")
        from realestate_crawler.fetch import fetch  # noqa: PLC0415  (loads the crawl engine)
        from realestate_crawler.pages.profile_draft import draft  # noqa: PLC0415
        from realestate_crawler.pages.reader import read_page  # noqa: PLC0415

        try:
            if args[0].startswith(("http://", "https://")):
                assert self.settings is not None
                body, url = fetch(args[0], self.settings)
            else:
                body, url = Path(args[0]).read_bytes(), opts.url
        except OSError as error:
            print(f"{args[0]}: {error}", file=sys.stderr)
            self.exitcode = UNREADABLE
            return
        page = read_page(body, url)
        made = draft(page, url)
        name = opts.name or made.name
        profile = Path(opts.profiles) / f"{name}.yaml"
        case = Path(opts.cases) / f"{name}-{page.verdict.value}"
        if profile.exists() or case.exists():
            print(
                f"{profile if profile.exists() else case} exists: nothing is overwritten; give --name", file=sys.stderr
            )
            self.exitcode = UNREADABLE
            return
        profile.parent.mkdir(parents=True, exist_ok=True)
        profile.write_text(made.text.replace(f"name: {made.name}\n", f"name: {name}\n", 1), encoding="utf-8")
        case.mkdir(parents=True)
        (case / f"input.{'json' if body.lstrip()[:1] in (b'{', b'[') else 'html'}").write_bytes(body)
        about = {"shows": f"A page of {name}.", "url": url or page.url, "profile": str(profile)}
        (case / "page.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in about.items()))
        (case / "output.json").write_text(json.dumps(told(page, explain=False), indent=1, ensure_ascii=False) + "\n")
        print(f"{profile}: written; check it with  scrapy extract {args[0]} --profile {profile}")
        print(f"{case}: the page and what is read from it now; correct output.json where it is wrong")
        for remark in made.remarks:
            print(f"  {remark}")
