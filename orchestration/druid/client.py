"""Requests to Druid: time limits, authentication, one kind of error.

What belongs here: HTTP. What does not: what an ingestion is (`ingestion`) and analysts' queries (`queries`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from orchestration.druid.settings import DruidSettings

# Told of progress, in a sentence.
Say = Callable[[str], None]

CONNECT_SECONDS = 10
READ_SECONDS = 120
# Questions are asked again when there is no answer; orders are not.
RETRIES = Retry(
    total=3, backoff_factor=0.3, status_forcelist=(502, 503, 504), allowed_methods=("GET",), raise_on_status=False
)

ADVICE = {
    401: " (see REALESTATE_DRUID_USER and REALESTATE_DRUID_PASSWORD_FILE)",
    403: " (the user REALESTATE_DRUID_USER lacks a right)",
}


class DruidError(RuntimeError):
    """Druid refused or could not be asked; the message holds its own words and no credentials.

    Attributes:
        status: the HTTP status; 0 where there was no answer.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class DruidClient:
    """One Druid, asked through its router."""

    def __init__(self, settings: DruidSettings) -> None:
        self._url = settings.url
        self._session = requests.Session()
        if settings.user:
            self._session.auth = (settings.user, settings.secret())
        # Given with each request: requests would let REQUESTS_CA_BUNDLE win over what a session says.
        self._verify: str | bool = str(settings.ca_file) if settings.ca_file else True
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=RETRIES))

    def get(self, path: str) -> Any:
        """The answer to a question; None when there is no such thing (404)."""
        try:
            return self._request("GET", path)
        except DruidError as error:
            if error.status == 404:
                return None
            raise

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Gives an order."""
        return self._request("POST", path, body or {})

    def delete(self, path: str) -> None:
        """Takes an order back; nothing happens when it is gone already."""
        try:
            self._request("DELETE", path)
        except DruidError as error:
            if error.status != 404:
                raise

    def sql(self, query: str, parameters: Sequence[tuple[str, Any]] = ()) -> list[dict[str, Any]]:
        """The rows of a query.

        Args:
            query: with a `?` for each parameter.
            parameters: SQL type and value of each.
        """
        bound = [{"type": kind, "value": value} for kind, value in parameters]
        rows: list[dict[str, Any]] = self.post("/druid/v2/sql", {"query": query, "parameters": bound})
        return rows

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = self._session.request(
                method,
                f"{self._url}{path}",
                json=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                verify=self._verify,
            )
        except requests.RequestException as error:
            raise DruidError(f"Druid: no answer to {method} {path}: {type(error).__name__}") from error
        if answer.status_code >= 400:
            told = f"Druid answered {answer.status_code} to {method} {path}: {words(answer)}"
            raise DruidError(told + ADVICE.get(answer.status_code, ""), answer.status_code)
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise DruidError(f"Druid's answer to {method} {path} is no JSON") from error


def words(answer: requests.Response) -> str:
    """Druid's own explanation, in whichever of its forms it came."""
    try:
        told = answer.json()
    except ValueError:
        return answer.reason or "no explanation"
    if isinstance(told, dict):
        told = told.get("errorMessage") or told.get("error") or told
    return str(told)[:500]
