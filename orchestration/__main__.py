"""`python -m orchestration`: the operator's commands."""

import argparse
import sys

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
    return int(COMMANDS[options.command].run(options))


if __name__ == "__main__":
    sys.exit(main())
