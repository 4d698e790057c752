"""What the exit codes of `scrapy crawl` and `python -m orchestration` mean; the README's table is compared with it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Distinct on purpose: a scheduler retries, alarms or waits by the number alone."""

    COMPLETE = 0
    CRASHED = 1
    BAD_CONFIGURATION = 2
    PARTIAL = 3
    HELD = 4
    FAILED = 5
    BUSY = 6


MEANING = {
    ExitCode.COMPLETE: "everything that was asked for was done",
    ExitCode.CRASHED: "an unexpected error; the log has its traceback",
    ExitCode.BAD_CONFIGURATION: "criteria, mapping, argument or setting cannot be used; nothing was requested",
    ExitCode.PARTIAL: "a feed was delivered, but it is not complete; the manifest has the reasons",
    ExitCode.HELD: "removals or mass changes are held for a person (only with --fail-on-held)",
    ExitCode.FAILED: "nothing was delivered, an upload failed and its local copy is kept, or a check failed",
    ExitCode.BUSY: "another run of the same scope or lake is at work",
}
