"""pydruid's connection, with values bound by Druid itself.

pydruid writes values into the text of the query, takes a lone `*` as it is, waits without end, and misreads an answer
with a text that ends in a backslash. This connection keeps its interface and its errors and does these four right.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import requests
from pydruid.db import api, exceptions

from orchestration.druid.client import CONNECT_SECONDS, READ_SECONDS, words


class BoundConnection(api.Connection):  # type: ignore[misc]  # pydruid has no types
    """A connection whose cursors bind `(SQL type, value)` pairs to the `?` of a query."""

    @api.check_closed  # type: ignore[untyped-decorator]
    def cursor(self) -> "BoundCursor":
        """See the DB-API."""
        cursor = BoundCursor(
            self.url,
            self.user,
            self.password,
            self.context,
            self.header,
            self.ssl_verify_cert,
            self.ssl_client_cert,
            self.proxies,
            self.jwt,
        )
        self.cursors.append(cursor)
        return cursor


class BoundCursor(api.Cursor):  # type: ignore[misc]
    """See `BoundConnection`."""

    def execute(self, operation: str, parameters: Sequence[tuple[str, Any]] | None = None) -> "BoundCursor":
        """See the DB-API.

        Raises:
            pydruid.db.exceptions.Error: when Druid refuses or does not answer.
        """
        self._bound = [{"type": kind, "value": value} for kind, value in parameters or ()]
        super().execute(operation)
        return self

    def _stream_query(self, query: str) -> Iterator[tuple[Any, ...]]:
        payload = {"query": query, "parameters": self._bound, "context": self.context, "resultFormat": "array"}
        try:
            answer = requests.post(
                self.url,
                json=payload | {"header": True},
                auth=(self.user, self.password) if self.user else None,
                verify=self.ssl_verify_cert,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
        except requests.RequestException as error:
            raise exceptions.OperationalError(f"Druid: no answer: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise exceptions.ProgrammingError(f"Druid answered {answer.status_code}: {words(answer)}")
        names, *rows = answer.json()
        self.description = [(name, api.Type.STRING, None, None, None, None, True) for name in names]
        return (tuple(row) for row in rows)
