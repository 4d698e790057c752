"""`python -m tests.mutation`: the mutation score of the code that decides; see `make mutation`."""

import argparse
import importlib.util
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from tests.mutation.scopes import SCOPES, Scope
from tests.mutation.workshop import ROOT, Workshop

WANTED = 0.80
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


def main() -> int:
    """Prints survivors and score; 0 when it is at least 80 %, 1 when not, 2 when it cannot be told."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=20, metavar="N", help="mutants of each scope; 0 = all")
    parser.add_argument(
        "--minutes", type=float, default=10, metavar="N", help="for each scope; 0 = as long as it takes"
    )
    parser.add_argument("--only", default="", metavar="WORD", help="mutants whose name has the word")
    parser.add_argument("--seed", type=int, default=1, help="another sample")
    parser.add_argument("--children", type=int, default=2, metavar="N", help="processes")
    options = parser.parse_args()
    if importlib.util.find_spec("mutmut") is None:
        print("mutmut is not installed: pip install 'mutmut>=3.8'", file=sys.stderr)
        return 2
    verdicts: Counter[str] = Counter()
    for scope in SCOPES:
        verdicts += _judge(scope, options)
    tried = verdicts["killed"] + verdicts["survived"] + verdicts["untested"]
    if not tried:
        print("nothing was tried")
        return 2
    score = verdicts["killed"] / tried
    print(f"mutation score: {score:.1%} of {tried} mutants ({verdicts['equivalent']} more are no other program)")
    return 0 if score >= WANTED else 1


def _judge(scope: Scope, options: argparse.Namespace) -> Counter[str]:
    """Runs a sample of one scope's mutants and prints those that nobody noticed."""
    begun = time.monotonic()
    verdicts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        shop = Workshop(Path(folder), scope)
        names = [name for name in shop.generate() if options.only in name]
        luck = random.Random(options.seed)
        sample = luck.sample(names, min(options.sample or len(names), len(names)))
        print(f"{scope.name}: {len(sample)} of {len(names)} mutants against {' '.join(scope.tests)}", flush=True)
        if sample:
            shop.run(sample, options.minutes * 60 or None, options.children)
        for mutant in shop.mutants():
            if mutant.verdict is None:
                continue
            change = "" if mutant.verdict == "killed" else shop.change(mutant.name)
            equivalent = change and _equivalent(change)
            verdicts["equivalent" if equivalent else mutant.verdict] += 1
            if change and not equivalent:
                print(f"{mutant.verdict}: {_place(change)}  ({mutant.name})\n{change}", flush=True)
        if not verdicts and sample:
            print((Path(folder) / "mutmut.log").read_text()[-3000:])
    print(f"{scope.name}: {dict(verdicts)}, {time.monotonic() - begun:.0f} s", flush=True)
    return verdicts


def _equivalent(change: str) -> bool:
    """Whether somebody has found and written down that this is no other program."""
    entries = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    lines = [line for line in change.splitlines()[3:] if line[:1] in "+-"]
    was, now = ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")
    file = change.splitlines()[0].removeprefix("--- ").strip()
    return any((e["file"], [e["was"]], [e["now"]]) == (file, was, now) for e in entries)


def _place(change: str) -> str:
    """File and line of a change, as far as its first removed line can be found."""
    lines = change.splitlines()
    file = lines[0].removeprefix("--- ").strip()
    body = lines[3:]
    removed = next((n for n, line in enumerate(body) if line.startswith("-")), 0)
    before = [line[1:] for line in body[: removed + 1]]
    source = (ROOT / file).read_text().splitlines()
    for number in range(len(source) - len(before) + 1):
        if [re.sub(r"^ +", "", s) for s in source[number : number + len(before)]] == [b.strip() for b in before]:
            return f"{file}:{number + len(before)}"
    return file


if __name__ == "__main__":
    sys.exit(main())
