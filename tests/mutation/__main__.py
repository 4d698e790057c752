"""`python -m tests.mutation`: the mutation score of the code that decides; see `make mutation`.

Mutants that change nothing but words in quotes are left out: a column of another name is noticed by any test at all.
"""

import argparse
import importlib.util
import random
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from tests.mutation.changes import Change
from tests.mutation.scopes import SCOPES
from tests.mutation.workshop import Workshop

WANTED = 0.80
BATCH = 200
EQUIVALENT = Path(__file__).with_name("equivalent.toml")

Score = dict[str, Counter[str]]  # file → verdict → mutants


def main() -> int:
    """Prints survivors and score; 0 when it is at least 80 %, 1 when not, 2 when it cannot be told."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=30, metavar="N", help="mutants of each scope; 0 = all")
    parser.add_argument("--minutes", type=float, default=5, metavar="N", help="for each scope; 0 = no limit")
    parser.add_argument("--scope", default="", metavar="WORD", help="scopes whose name has the word (all)")
    parser.add_argument("--only", default="", metavar="WORD", help="mutants whose name has the word")
    parser.add_argument("--seed", type=int, default=1, help="another sample")
    parser.add_argument("--children", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--folder", type=Path, help="work here and leave it: what was tried is not tried again")
    options = parser.parse_args()
    if importlib.util.find_spec("mutmut") is None:
        print("mutmut is not installed: make mutation does that", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mutation-") as temporary:
        folder = options.folder or Path(temporary)
        score: Score = {}
        for scope in SCOPES:
            if options.scope not in scope.name:
                continue
            shop = Workshop(folder / scope.name.replace(" ", "-"), scope)
            score |= _judge(shop, scope.name, options)
    return _tell(score)


def _judge(shop: Workshop, name: str, options: argparse.Namespace) -> Score:
    """Runs a fair sample of one scope's mutants and prints those that nobody noticed."""
    begun = time.monotonic()
    names = [mutant for mutant in shop.generate() if options.only in mutant]
    sample = random.Random(options.seed).sample(names, min(options.sample or len(names), len(names)))
    print(f"{name}: {len(sample)} of {len(names)} mutants", flush=True)
    # Batches, because mutmut takes the quick ones of what it is given first: what is done in time stays a fair sample.
    open_ = [mutant for mutant in sample if mutant not in shop.verdicts()]
    while open_:
        left = options.minutes * 60 - (time.monotonic() - begun) if options.minutes else None
        if left is not None and left <= 0:
            print(f"{name}: {len(open_)} not tried, the time is over", flush=True)
            break
        shop.run(open_[:BATCH], left, options.children)
        if not shop.verdicts().keys() & set(open_[:BATCH]) and left is None:
            raise RuntimeError(shop.log()[-3000:])
        open_ = open_[BATCH:]
    score: Score = {}
    for mutant, verdict in shop.verdicts().items():
        if mutant in sample:
            change = shop.change(mutant)
            judged = "equivalent" if verdict == "survived" and _equivalent(change) else verdict
            score.setdefault(change.file, Counter())[judged] += 1
            if judged in ("survived", "untested"):
                print(
                    f"{judged}: {change.file}:{change.line}  ({mutant.rpartition('__mutmut_')[2]})\n{change}",
                    flush=True,
                )
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return score


def _equivalent(change: Change) -> bool:
    """Whether somebody has found and written down that this is no other program."""
    entries = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    return any((e["file"], e["was"], e["now"]) == (change.file, change.was, change.now) for e in entries)


def _tell(score: Score) -> int:
    total: Counter[str] = Counter()
    print(f"{'':48}{'score':>7}{'killed':>8}{'survived':>10}{'timed out':>11}{'untested':>10}{'equivalent':>12}")
    for file, found in sorted(score.items()):
        print(_line(file, found))
        total += found
    print(_line("all", total))
    return 2 if not total else 0 if _share(total) >= WANTED else 1


def _line(name: str, found: Counter[str]) -> str:
    told = (found[verdict] for verdict in ("killed", "survived", "timed out", "untested", "equivalent"))
    killed, survived, late, untested, equivalent = told
    return f"{name:48}{_share(found):>7.1%}{killed:>8}{survived:>10}{late:>11}{untested:>10}{equivalent:>12}"


def _share(found: Counter[str]) -> float:
    """Noticed mutants of those that are another program; one that never ends is noticed."""
    noticed = found["killed"] + found["timed out"]
    tried = noticed + found["survived"] + found["untested"]
    return noticed / tried if tried else 1.0


if __name__ == "__main__":
    sys.exit(main())
