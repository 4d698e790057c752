"""`accept-removals`: `accept`, of removals only."""

import argparse

from orchestration.commands.accept import accept_kinds, add_common_arguments
from orchestration.logic.held import HeldKind

HELP = "let the held removals of a scope pass, once, and nothing else that it holds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_common_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Names what passes and records it."""
    return accept_kinds(options, [HeldKind.REMOVALS])
