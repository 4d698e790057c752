"""Defences against robots are recognised by what they have in common; a page of content that uses one in a form
is none.
"""

import pytest

from realestate_crawler.pages.page import Verdict
from realestate_crawler.pages.reader import read_page

URL = "https://homes.example.com/listing/1234567"

BLOCKS = {
    "press and hold": (
        "<title>Access to this page has been denied</title><div id=px-captcha></div><p>Press & Hold to "
        "confirm you are a human</p>"
    ),
    "access denied": (
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this "
        "page. Reference #18.c4d"
    ),
    "interruption": (
        "<title>Pardon Our Interruption</title><p>Something about your browser made us think you were a bot.</p>"
    ),
    "bare frame": '<iframe src="/_Incapsula_Resource?CWUDNSAI=31"></iframe>',
    "firewall": (
        "<script>window.awsWafCookieDomainList = [];</script><noscript>verify that you're not a robot</noscript>"
    ),
    "challenge script": '<script>window.KPSDK={};</script><script src="/149e9513/ips.js"></script>',
    "sorry": "<title>Attention Required!</title><h1>Sorry, you have been blocked</h1>",
    "german": "<title>Ich bin kein Roboter</title><h2>Ich bin kein Roboter</h2><p>Bitte lösen Sie das Captcha.</p>",
    "spanish": "<title>SENTIMOS LA INTERRUPCIÓN</title><p>Algo en tu navegador nos hizo pensar que eres un bot.</p>",
    "czech": "<title>Ověření</title><h1>Nejsem robot</h1>",
    "traffic": (
        '<form><div class="g-recaptcha"></div><p>Our systems have detected unusual traffic from your '
        "network.</p></form>"
    ),
    "too many": "<title>429 Too Many Requests</title><h1>429 Too Many Requests</h1>",
    "script wanted": (
        "<p>Please enable JS and disable any ad blocker</p><script>var dd={'host':'geo.captcha-delivery.com'}</script>"
    ),
    "api": '{"error": "captcha required"}',
}


@pytest.mark.parametrize("body", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_page_is_recognised_and_yields_nothing(body: str) -> None:
    text = body if body.startswith("{") else f"<html><body>{body}</body></html>"
    page = read_page(text.encode(), URL)
    assert page.verdict is Verdict.BLOCKED
    assert page.listings == []
    assert page.reason


def test_a_listing_with_a_protected_contact_form_is_a_listing() -> None:
    body = """<html lang="en"><head><title>3 bed house for sale in Otley</title>
    <script src="https://www.google.com/recaptcha/api.js"></script></head><body><nav><a href="/">Home</a></nav>
    <h1>3 bed house for sale</h1><p class="price">£325,000</p><p>1,120 sq ft</p><p>Mill Lane, Otley LS21 3AB</p>
    <form><input type="text" name="email"><div class="g-recaptcha"></div></form></body></html>"""
    page = read_page(body.encode(), URL)
    assert page.verdict is Verdict.LISTING
    assert page.listings[0].list_price == 325_000


def test_a_page_that_is_gone_is_not_a_block_page() -> None:
    body = (
        "<html><head><title>Page not found</title></head><body><p>Sorry, this property is no longer "
        "available</p></body></html>"
    )
    assert read_page(body.encode(), URL).verdict is Verdict.GONE
