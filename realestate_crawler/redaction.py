"""No log line of a crawl shows a secret, whoever wrote the line and whatever it is about.

Scrapy logs settings as they are given, boto its headers, and an exception says what its author found useful. What
belongs here: masking known secrets in log records. What does not: which values are secret (`settings.known_secrets`).
"""

import logging
import re
from collections.abc import Collection
from typing import Any

MASK = "[secret]"


class Redaction:
    """Masks secrets in texts and log records."""

    def __init__(self, secrets: Collection[str]) -> None:
        # The longest first: one may be part of another.
        words = sorted(map(re.escape, secrets), key=len, reverse=True)
        self.secrets = re.compile("|".join(words)) if words else None
        self.plain = logging.Formatter()

    def masked(self, text: str) -> str:
        """The text without secrets."""
        return self.secrets.sub(MASK, text) if self.secrets else text

    def mask(self, record: logging.LogRecord) -> None:
        """Takes secrets out of the message and the traceback of a record."""
        message = record.getMessage()
        if (masked := self.masked(message)) != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = self.masked(self.plain.formatException(record.exc_info))


def install(secrets: Collection[str]) -> None:
    """Masks them in every record that this process makes from now on.

    Where records are made, and not at a handler: Scrapy puts up another handler for each crawl.
    """
    redaction, make = Redaction(secrets), logging.getLogRecordFactory()

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        redaction.mask(record)
        return record

    logging.setLogRecordFactory(masked)
