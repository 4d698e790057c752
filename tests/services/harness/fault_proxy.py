"""A proxy before a real server that breaks chosen requests in a chosen way; everything else passes untouched."""

import http.client
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.answering import send


class Fault(Enum):
    """How a request is broken."""

    NONE = "passes"
    REFUSED = "answered 500, not passed on"
    UNKNOWN_VERB = "answered 501, not passed on"
    CONFLICT = "answered 409, not passed on"
    FORBIDDEN = "answered 403, not passed on"
    GONE = "answered 404, not passed on"
    UNAVAILABLE = "answered 503, not passed on"
    ANSWER_LOST = "passed on, the connection is cut before the answer"
    LATE = "passed on, answered when the client has given up"
    ANSWER_500 = "passed on, answered 500"
    ANSWER_CUT = "passed on, half of the answer comes back"
    CONDITION_IGNORED = "passed on, a 412 comes back as 200"
    RESET = "the connection is reset while the request is being sent"
    HELD = "passed on when the gate opens"
    HUNG = "neither passed on nor answered"


STATUS = {
    Fault.REFUSED: 500,
    Fault.UNKNOWN_VERB: 501,
    Fault.CONFLICT: 409,
    Fault.FORBIDDEN: 403,
    Fault.GONE: 404,
    Fault.UNAVAILABLE: 503,
}
CODE = {
    500: "InternalError",
    501: "NotImplemented",
    409: "ConditionalRequestConflict",
    403: "AccessDenied",
    404: "NotFound",
    503: "SlowDown",
}


@dataclass(frozen=True)
class Request:
    """What a rule sees of a request; `number` counts all requests from 1."""

    number: int
    method: str
    path: str
    headers: dict[str, str]


Rule = Callable[[Request], Fault]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that gave up is no error here."""


class FaultProxy:
    """`with FaultProxy(target) as proxy: proxy.rule = …`; clients talk to `proxy.url`, by TLS with a certificate.

    Attributes:
        gate: lets requests on that are HELD, and answers that are LATE.
        late_seconds: how LATE.
    """

    def __init__(self, target: str, *, certificate: Path | None = None) -> None:
        self.rule: Rule = lambda _: Fault.NONE
        self.seen: list[Request] = []
        self.gate = threading.Event()
        self.late_seconds = 60.0
        self._target = urlsplit(target).netloc
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                proxy._answer(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        request = Request(len(self.seen) + 1, handler.command, handler.path, dict(handler.headers))
        self.seen.append(request)
        fault = self.rule(request)
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length // 2 if fault is Fault.RESET else length)
        if fault is Fault.RESET:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault in (Fault.HELD, Fault.HUNG):
            self.gate.wait(120)
        if fault in (Fault.RESET, Fault.HUNG):
            handler.connection.close()
            handler.close_connection = True
            return None
        if fault in STATUS:
            return send(handler, STATUS[fault], {"Content-Type": "application/xml"}, _error(STATUS[fault]))
        status, headers, answer = self._pass_on(request, body)
        if fault is Fault.ANSWER_LOST:
            handler.close_connection = True
            return None
        if fault is Fault.LATE:
            self.gate.wait(self.late_seconds)
        if fault is Fault.ANSWER_500:
            return send(handler, 500, {"Content-Type": "application/xml"}, _error(500))
        if fault is Fault.CONDITION_IGNORED and status == 412:
            return send(handler, 200, {"ETag": '"0"'})
        if fault is Fault.ANSWER_CUT:
            headers["Content-Length"] = str(len(answer))
            send(handler, status, headers, answer[: len(answer) // 2])
            handler.close_connection = True
            return None
        return send(handler, status, headers, answer)

    def _pass_on(self, request: Request, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._target, timeout=60)
        try:
            # The Host header goes through as it came: it is part of what the client signed.
            connection.request(request.method, request.path, body=body or None, headers=request.headers)
            answer = connection.getresponse()
            skipped = ("transfer-encoding", "connection")
            return answer.status, {k: v for k, v in answer.getheaders() if k.lower() not in skipped}, answer.read()
        finally:
            connection.close()


def _error(status: int) -> bytes:
    return f"<Error><Code>{CODE[status]}</Code><Message>injected</Message></Error>".encode()
