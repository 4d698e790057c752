"""A published file as a local one, whole or not at all: a path, an http(s) address, or an object in a store.

For files that are too large for memory; pages are Scrapy's.
"""

import contextlib
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from realestate_crawler.domain.network import origin
from realestate_crawler.middlewares.own_servers import OF_THIS_PROCESS

TIMEOUT_SECONDS = 60


class FetchError(OSError):
    """The file could not be fetched; the message says why."""


def local_copy(place: str, folder: Path, user_agent: str) -> Path:
    """The file at `place`; a remote one is streamed into `folder`, and the caller removes it.

    Raises:
        FetchError: when it cannot be fetched, or less arrives than was announced.
    """
    if "://" not in place:
        if not Path(place).is_file():
            raise FetchError(f"{place}: no such file")
        return Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "download"
    if place.startswith("s3://"):
        _from_store(place, target)
    else:
        _from_web(place, target, user_agent)
    return target


def _from_web(url: str, target: Path, user_agent: str) -> None:
    OF_THIS_PROCESS.add([url])  # the operator wrote it
    _refuse_internal(url)
    request = urllib.request.Request(url, headers={"User-Agent": user_agent})  # noqa: S310 (the spider takes http(s) only)
    opener = urllib.request.build_opener(_GuardedRedirects)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file, 1024 * 1024)
            announced = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        raise FetchError(f"{url}: HTTP {error.code}") from error
    except (OSError, ValueError) as error:
        raise FetchError(f"{url}: {error}") from error
    arrived = target.stat().st_size
    if announced is not None and announced.isdigit() and int(announced) != arrived:
        raise FetchError(f"{url}: {announced} bytes were announced, {arrived} arrived")


class _GuardedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a publisher on the public web only."""

    def redirect_request(  # noqa: PLR0917 (urllib calls it so)
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        try:
            _refuse_internal(newurl)
        except FetchError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_internal(url: str) -> None:
    """Passes http(s) addresses whose name leads to the public network, and those that the operator named.

    Raises:
        FetchError: for others.
    """
    try:
        server = origin(url)
    except ValueError as error:
        raise FetchError(f"blocked: {error}") from error
    found = set()
    with contextlib.suppress(OSError):  # what has no address here may have one where a proxy stands
        found = {str(told[4][0]) for told in socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)}
    if any(not OF_THIS_PROCESS.may_reach(server.host, server.port, address) for address in found):
        raise FetchError(f"{url}: blocked: an internal address")


def _from_store(uri: str, target: Path) -> None:
    import boto3  # noqa: PLC0415 (slow to import, needed only here)
    from boto3.exceptions import Boto3Error  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        boto3.client("s3").download_file(bucket, key, str(target))
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise FetchError(f"{uri}: {error}") from error
