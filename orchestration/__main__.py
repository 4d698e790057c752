"""`python -m orchestration`: the operator's commands."""

import argparse
import os
import signal
import sys

from deltalake.exceptions import DeltaError

from orchestration.commands import (
    accept,
    accept_removals,
    as_of,
    demo,
    dictionary,
    diff,
    doctor,
    erase,
    history,
    materialize,
    optimize,
    quarantine,
    query,
    replay,
    restore,
    status,
)
from orchestration.logic.delta_log import UnfitCommitError
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.store import StoreError

COMMANDS = {
    "materialize": materialize,
    "query": query,
    "demo": demo,
    "dictionary": dictionary,
    "status": status,
    "history": history,
    "as-of": as_of,
    "doctor": doctor,
    "replay": replay,
    "accept": accept,
    "accept-removals": accept_removals,
    "optimize": optimize,
    "restore": restore,
    "diff": diff,
    "quarantine": quarantine,
    "erase": erase,
}


def main(words: list[str] | None = None) -> int:
    """Runs one command; its exit code is the program's."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration", description="Feeds in, tables, checks and the report out. See the README."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=module.HELP, description=module.HELP))
    options = parser.parse_args(words)
    try:
        return int(COMMANDS[options.command].run(options))
    # Not of one command: a store is away, or a table's log is damaged or continued by another tool.
    except (DeltaError, StoreError, UnfitCommitError) as error:
        print(str(error).partition("\n")[0], file=sys.stderr)
        print(
            "`python -m orchestration doctor` says what is damaged or away, and the last good version", file=sys.stderr
        )
        return ExitCode.FAILED


def run_as_program() -> int:
    """The exit code; who reads the output may go before its end, as `head` does."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Nothing that is left to be written finds a reader, at the end of the program neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


if __name__ == "__main__":
    sys.exit(run_as_program())
