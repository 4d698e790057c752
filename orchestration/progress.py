"""What a headless run says while it works: a line when a step ends, and what the steps themselves say."""

import logging
import sys

import dagster as dg


class _Short(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {})
        step = (meta.get("step_key") or "").replace("staged_changes.", "").replace("crawled_feeds.", "")
        text = str(meta.get("orig_message") or record.getMessage())
        why = _why(meta.get("dagster_event"))
        text = f"{text} {why}" if why else text
        mark = {"WARNING": "! ", "ERROR": "!! ", "CRITICAL": "!! "}.get(record.levelname, "")
        return f"{self.formatTime(record, '%H:%M:%S')} {step + ': ' if step else ''}{mark}{text}"


def _why(event: dg.DagsterEvent | None) -> str:
    """Why a step failed, in the words of what was raised; empty for anything else."""
    if event is None or not event.is_step_failure:
        return ""
    failure = event.step_failure_data
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error
    while error and error.cause:  # Dagster's own wrapping is outermost
        error = error.cause
    return error.message.strip() if error else ""


class _Worthwhile(logging.Filter):
    """Of Dagster's own events, only failures and failed checks; of the steps' own words, everything."""

    def filter(self, record: logging.LogRecord) -> bool:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            return record.levelno >= logging.INFO
        return event.event_type_value in ("STEP_FAILURE", "RUN_FAILURE", "STEP_UP_FOR_RETRY")


@dg.logger({}, description="One line for what a person wants to see.")
def progress(_context: dg.InitLoggerContext) -> logging.Logger:
    """Writes to standard error, so that standard output stays for results."""
    logger = logging.Logger("orchestration.progress", level=logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Short())
    handler.addFilter(_Worthwhile())
    logger.addHandler(handler)
    return logger
