"""How the web servers of tests answer: exactly what they are told, no header of their own."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler


def send(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    """Answers; the length is that of the body where no header says another."""
    handler.send_response_only(status)
    for name, value in ({"Content-Length": str(len(body))} | dict(headers)).items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)
    handler.wfile.flush()
