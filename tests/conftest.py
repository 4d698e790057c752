"""Shared by all tests: no connection leaves this machine, and the places of a crawl are temporary folders."""

import ipaddress
import socket

import pytest
from hypothesis import settings

from tests.faults import table
from tests.faults.table import (  # noqa: F401 (hooks)
    pytest_addoption,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from tests.longest import longest_first
from tests.serving import Server

# A busy machine is no failure of a property; the same change is judged by the same examples. Others are looked for with
# `pytest --hypothesis-profile searching`.
settings.register_profile("unhurried", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, derandomize=False)
settings.load_profile("unhurried")


def pytest_collection_modifyitems(config, items):
    table.pytest_collection_modifyitems(config, items)
    longest_first(items)


class LeftTheMachineError(AssertionError):
    """A test tried to reach another machine."""


def _allowed(address):
    if not isinstance(address, tuple):  # a UNIX socket
        return True
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _loopback_only():
    """Refuses connections to anything but loopback, in this process; child processes are given loopback only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(real):
        def connecting(self, address):
            if not _allowed(address):
                raise LeftTheMachineError(f"a test connects to {address}")
            return real(self, address)

        return connecting

    socket.socket.connect, socket.socket.connect_ex = guarded(connect), guarded(connect_ex)
    yield
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex


@pytest.fixture(scope="module")
def serve():
    """Starts web servers on loopback: `serve(answer)`; see tests.serving."""
    running = []

    def start(answer):
        running.append(Server(answer))
        return running[-1]

    yield start
    for server in running:
        server.close()
