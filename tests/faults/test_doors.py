"""F21: the shipped settings open no door and trust no stranger; F07: nor does a file that is fetched at once."""

import json
import socket
import subprocess
import sys

import pytest

from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.spiders.local_copy import FetchError, local_copy
from tests.crawling import ROOT, crawl
from tests.faults.small_site import CITY, crawled, site
from tests.faults.table import CASES
from tests.services.harness.fault_proxy import FaultProxy
from tests.services.test_druid_tls import certificate  # noqa: F401 (a fixture)


@pytest.mark.fault("F21", "TLS verified")
def test_f21_a_certificate_that_nobody_trusts_is_refused_and_a_trusted_one_is_not(
    serve,
    certificate,  # noqa: F811
    tmp_path,
):
    server = serve(site({}))
    with FaultProxy(server.url, certificate=certificate) as proxy:
        refused = crawled(tmp_path / "refused", proxy.url)
        assert proxy.seen == []
        trusted = crawled(tmp_path / "trusted", proxy.url, SSL_CERT_FILE=str(certificate))
    assert (refused.code, refused.manifest["items"]) == (ExitCode.PARTIAL, 0)
    assert "certificate verify failed" in refused.err
    assert "robots.txt could not be reached" in str(refused.manifest["reasons"])
    assert trusted.code == ExitCode.COMPLETE, trusted.err[-2000:]


FOUR = """
import scrapy

class Four(scrapy.Spider):
    name = "four"

    async def start(self):
        for url in ("file:///etc/passwd", "data:,secret", "ftp://127.0.0.1:{port}/x", "s3://bucket/key"):
            yield scrapy.Request(url, dont_filter=True, callback=self.got, errback=self.failed)

    def got(self, response):
        print("GOT", response.url)

    def failed(self, failure):
        print("FAILED", failure.value)
"""


@pytest.mark.fault("F21", "other handlers off")
def test_f21_other_schemes_have_no_handler_even_where_nobody_looks_at_addresses(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        (tmp_path / "four.py").write_text(FOUR.replace("{port}", str(trap.getsockname()[1])))
        unguarded = json.dumps({"realestate_crawler.middlewares.addresses.AddressMiddleware": None})
        settings = [f"DOWNLOADER_MIDDLEWARES={unguarded}", "ITEM_PIPELINES={}", "RETRY_TIMES=0", "ROBOTSTXT_OBEY=False"]
        words = [word for setting in settings for word in ("-s", setting)]
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "runspider", str(tmp_path / "four.py"), *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        trap.settimeout(0.1)
        with pytest.raises(TimeoutError):
            trap.accept()
    assert "GOT" not in done.stdout
    assert done.stdout.count("FAILED Unsupported URL scheme") == 4, done.stdout + done.stderr[-2000:]


@pytest.mark.fault("F21", "user agent")
def test_f21_without_a_contact_no_stranger_is_asked(tmp_path):
    words = ["-a", f"profile={tmp_path / 'public-site.yaml'}", "-a", f"city={CITY}", "-a", "offer=sale"]
    from tests.crawl.test_site_crawl import profile

    profile(tmp_path, "http://site.invalid", name="public-site", hosts=["site.invalid"])
    done = crawl(tmp_path, "site", *words, REALESTATE_CONTACT=" ")
    assert done.code == ExitCode.BAD_CONFIGURATION
    assert "REALESTATE_CONTACT" in done.err


@pytest.mark.fault("F07", *CASES["F07"]["variants"])
@pytest.mark.fault("F09", "file", "ftp")
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/x",
        "http://127.1:{port}/x",
        "http://2130706433:{port}/x",
        "http://0x7f.1:{port}/x",
        "http://[::1]:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://10.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:{port}/x",
        "http://localhost.:{port}/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/x",
    ],
)
def test_f07_a_file_that_is_fetched_at_once_is_not_led_inside_either(serve, tmp_path, target):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        told = target.format(port=trap.getsockname()[1])
        server = serve(lambda path: (302, {"Location": told}, b""))
        with pytest.raises(FetchError, match=r"blocked|HTTP 302") as caught:
            local_copy(f"{server.url}/file.csv", tmp_path, "test")
        trap.settimeout(0.05)
        with pytest.raises(TimeoutError):
            trap.accept()
    assert "root:" not in str(caught.value)
