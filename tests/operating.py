"""`python -m orchestration` without a process of its own: starting one costs more than most commands do.

What proves a process (its signals, its death, what it prints while it works) starts one: `crawling.run_module`.
"""

import contextlib
import os
import subprocess
from unittest import mock

from tests.crawling import ROOT, environment, run_module
from tests.operators.conftest import typed


def orchestrate(folder, *words, **env):
    """Runs `python -m orchestration WORDS` with all places below `folder`, as `crawling.run_module` does."""
    with mock.patch.dict(os.environ, environment(folder, **env), clear=True), contextlib.chdir(ROOT):
        answer = typed(*words)
    return subprocess.CompletedProcess(words, answer.code, answer.out, answer.err)


def run(folder, *words, seconds=250, **env):
    """Runs `python -m WORDS`, whichever it is; crawls need a process each, because their reactor starts once only."""
    if words[0] == "orchestration":
        return orchestrate(folder, *words[1:], **env)
    return run_module(folder, *words, seconds=seconds, **env)
