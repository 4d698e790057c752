"""The project's settings are said once: in the environment, or in `.env`, for every one of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASK = """
import json
from realestate_crawler import settings
from realestate_crawler.contracts.places import Places
print(json.dumps([settings.REALESTATE_CONTACT, settings.USER_AGENT, settings.PERSONAL_DATA, settings.FEED_PART_LINES,
                  settings.personal_data_key().decode(), settings.LOG_LEVEL, Places().landing,
                  repr({name: value for name, value in vars(settings).items() if name.isupper()})]))
"""


def ask(folder, **more):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REALESTATE_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_file_counts_and_the_environment_goes_before_it(tmp_path):
    lines = [
        "REALESTATE_CONTACT=ops@example.org",
        "REALESTATE_PERSONAL_DATA=hash",
        "REALESTATE_PERSONAL_DATA_KEY=canary",
        "REALESTATE_FEED_PART_LINES=7",
        "REALESTATE_LOG_LEVEL=WARNING",
        "REALESTATE_LANDING=elsewhere",
    ]
    (tmp_path / ".env").write_text("\n".join(lines))
    contact, agent, policy, size, key, level, landing, logged = ask(tmp_path, REALESTATE_LOG_LEVEL="ERROR")
    assert (contact, policy, size, key, level, landing) == (
        "ops@example.org",
        "hash",
        "7",
        "canary",
        "ERROR",
        "elsewhere",
    )
    assert "ops@example.org" in agent
    assert "canary" not in logged


def test_without_either_the_defaults_are_careful(tmp_path):
    contact, agent, policy, size, key, level, landing, _ = ask(tmp_path)
    assert (contact, policy, key, level, landing) == ("", "drop", "", "INFO", "data/landing")
    assert "no contact given" in agent
    assert int(size) > 0
