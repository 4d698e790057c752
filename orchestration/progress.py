"""What a headless run says while it works: a line when a step ends, and what the steps themselves say."""

import logging
import sys

import dagster as dg


class _Short(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {})
        step = (meta.get("step_key") or "").replace("staged_changes.", "").replace("crawled_feeds.", "")
        text = str(meta.get("orig_message") or record.getMessage())
        mark = {"WARNING": "! ", "ERROR": "!! ", "CRITICAL": "!! "}.get(record.levelname, "")
        return f"{self.formatTime(record, '%H:%M:%S')} {step + ': ' if step else ''}{mark}{text}"


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
