"""Which test files take longest: they are begun first, so that at the end no process waits for one that has just begun.

What belongs here: files of half a minute and more, longest first. `pytest --durations 0` tells.
"""

LONGEST = (
    "tests/crash/test_crash_points.py",
    "tests/erasing/test_killed.py",
    "tests/erasing/test_listing.py",
    "tests/graph/test_materialize.py",
    "tests/faults/test_half_fails.py",
    "tests/crash/test_random_kills.py",
    "tests/lakehouse/test_lost_answers.py",
    "tests/land_registry/test_from_file_to_tables.py",
    "tests/graph/test_incremental.py",
    "tests/graph/test_dead_runs.py",
    "tests/operators/test_optimize.py",
    "tests/erasing/test_decisions.py",
    "tests/operators/test_replay.py",
    "tests/erasing/test_person.py",
    "tests/faults/test_stops.py",
    "tests/graph/test_demo_truth.py",
    "tests/crawl/test_site_search.py",
    "tests/operators/test_restore.py",
    "tests/lakehouse/test_way_back.py",
    "tests/graph/test_held_changes.py",
    "tests/lakehouse/test_upkeep_meanwhile.py",
    "tests/lakehouse/test_upkeep_under_way.py",
    "tests/erasing/test_return.py",
    "tests/faults/test_secrets.py",
    "tests/crawl/test_site_crawl.py",
    "tests/lakehouse/test_merge_once.py",
    "tests/lakehouse/test_put_back_meanwhile.py",
    "tests/faults/test_browser.py",
    "tests/faults/test_floods.py",
)


def longest_first(items):
    """Orders the tests that were collected; those of one file stay as they are."""
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))
