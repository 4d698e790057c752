"""Which fault case a test proves, and the table of all cases: `make test-faults`.

A test says `@pytest.mark.fault("F05", "time-out")`: a case and one or more of its variants (see cases.yaml).
Parameters carry theirs: `pytest.param(…, marks=…)`, or `claims("F05", {value: variant})` for a whole list. The hooks
below are those of tests/conftest.py.
"""

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.services.harness.cache import cache_folder

CASES = {
    number: {**case, "variants": [str(name) for name in case["variants"]]}
    for number, case in yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")).items()
}
OPTION = "--fault-table"
# Fixtures that are built or started for minutes; the table shows that their tests were not run.
HEAVY = frozenset({"druid_servers", "druid_address", "image", "pod"})
STORE = frozenset({"s3", "own_minio"})
# What a test's report carries, also from one process of many to the one that prints.
CLAIM = "fault"
FAILED, PROVED, SKIPPED, MISSING = "failed", "proved", "not run here", "missing"


def claims(case, variants):
    """Parameters that each claim a variant of a case (value → variant, or several); the value is the test's id."""
    return [
        pytest.param(value, id=str(value), marks=pytest.mark.fault(case, *([told] if isinstance(told, str) else told)))
        for value, told in variants.items()
    ]


def marked(rows, variants):
    """Parameters from rows of values by id (id → values), those in `variants` (id → case and variant) with a claim."""
    return [
        pytest.param(*row, id=name, marks=[pytest.mark.fault(*variants[name])] if name in variants else [])
        for name, row in rows.items()
    ]


@dataclass
class Variants:
    """What became of the tests that claim each variant.

    Attributes:
        tests: (case, variant) → outcomes of its tests.
        reasons: (case, variant) → why its tests were skipped.
    """

    tests: dict = field(default_factory=lambda: defaultdict(Counter))
    reasons: dict = field(default_factory=dict)

    def note(self, report):
        if report.when == "call" or report.outcome != "passed":
            for variant in {tuple(told) for name, told in report.user_properties if name == CLAIM}:
                self.tests[variant][report.outcome] += 1
                if report.skipped and isinstance(report.longrepr, tuple):
                    self.reasons[variant] = report.longrepr[2].removeprefix("Skipped: ")

    def state(self, variant):
        """Failed if one of its tests failed, proved if one passed; missing if no test claims it."""
        outcomes = self.tests[variant]
        order = ((FAILED, "failed"), (PROVED, "passed"), (SKIPPED, "skipped"))
        return next((state for state, outcome in order if outcomes[outcome]), MISSING)


def claimed_by(item):
    """The (case, variant) pairs that a test claims.

    Raises:
        pytest.UsageError: for a case or variant that is not declared.
    """
    found = []
    for mark in item.iter_markers("fault"):
        case, *variants = mark.args
        wrong = [name for name in variants if name not in CASES.get(case, {"variants": ()})["variants"]]
        if not variants or wrong:
            raise pytest.UsageError(f"{item.nodeid}: no such fault: {case} {wrong or 'without a variant'}")
        found += [(case, name) for name in variants]
    return found


def pytest_addoption(parser):
    parser.addoption(OPTION, action="store_true", help="run the tests of the fault cases and print their table")


def pytest_configure(config):
    config.stash[VARIANTS] = Variants()
    if config.getoption(OPTION):
        config.pluginmanager.register(_Noting(config.stash[VARIANTS]))


def pytest_collection_modifyitems(config, items):
    claiming = []
    for item in items:
        claimed = claimed_by(item)
        item.user_properties += [(CLAIM, told) for told in claimed]
        claiming += [item] if claimed else []
    if not config.getoption(OPTION):
        return
    config.hook.pytest_deselected(items=[item for item in items if item not in claiming])
    items[:] = claiming
    store_there = "REALESTATE_TEST_S3_ENDPOINT" in os.environ or (cache_folder() / "bin" / "minio").exists()
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        if needed & HEAVY or (needed & STORE and not store_there):
            item.add_marker(pytest.mark.skip(reason="needs servers that take minutes: make test-services"))


VARIANTS = pytest.StashKey[Variants]()


class _Noting:
    def __init__(self, variants):
        self.variants = variants

    def pytest_runtest_logreport(self, report):
        self.variants.note(report)


def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption(OPTION):
        return
    for line in table(config.stash[VARIANTS]):
        terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    told = session.config.stash[VARIANTS]
    if (
        session.config.getoption(OPTION)
        and session.exitstatus == pytest.ExitCode.OK
        and MISSING in states(told).values()
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def states(told):
    """(case, variant) → state, of everything that is declared."""
    return {(number, name): told.state((number, name)) for number, case in CASES.items() for name in case["variants"]}


def table(told):
    """The lines of the table: one a case, below it every variant that is not proved."""
    found = states(told)
    total = Counter(found.values())
    width = max(len(case["title"]) for case in CASES.values())
    yield ""
    yield f"{'case':5} {'title':{width}}  proved"
    for number, case in CASES.items():
        proved = sum(found[number, name] == PROVED for name in case["variants"])
        yield f"{number:5} {case['title']:{width}}  {proved:2} of {len(case['variants'])}"
        others = defaultdict(list)
        for name in case["variants"]:
            state = found[number, name]
            if state != PROVED:
                others[state, told.reasons.get((number, name), "") if state == SKIPPED else ""].append(name)
        for (state, why), names in others.items():
            yield f"      {state}: {', '.join(names)}{f' ({why})' if why else ''}"
    told_total = ", ".join(f"{total[state]} {state}" for state in (PROVED, FAILED, SKIPPED, MISSING))
    yield f"{len(CASES)} cases, {len(found)} variants: {told_total}"
