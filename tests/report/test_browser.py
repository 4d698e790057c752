"""The page works in a real browser, from a file, without a network, on a wide screen and on a phone."""

import json
import shutil
import tempfile
from dataclasses import dataclass, field

import polars as pl
import pytest

from orchestration.report import build_report, write_report
from tests.report.material import empty_data, report_data, town

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine"),
]
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
WIDE, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
# Labels of a chart's axes that overlap each other or reach out of the chart.
BAD_LABELS = """() => [...document.querySelectorAll('.plot svg')].flatMap((svg) => {
  const outer = svg.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
  const labels = [...svg.querySelectorAll('.role-axis-label text')].filter((t) => t.getAttribute('opacity') !== '0');
  const boxes = labels.filter((t) => t.textContent).map((t) => [t.textContent, t.getBoundingClientRect()]);
  const cut = boxes.filter(([, box]) => box.left < outer.left - 1 || box.right > outer.right + 1);
  const clash = boxes.filter(([, a], i) => boxes.some(([, b], j) => j < i && !apart(a, b)));
  return [...cut, ...clash].map(([text]) => svg.closest('figure').textContent + ': ' + text);
})"""
# Charts whose largest mark is no bigger than a speck.
EMPTY_CHARTS = """() => [...document.querySelectorAll('.plot svg')].filter((svg) => {
  const marks = [...svg.querySelectorAll('.role-mark path, .role-mark .mark-symbol path')];
  return !marks.some((mark) => { const box = mark.getBoundingClientRect(); return box.width > 3 && box.height > 3; });
}).map((svg) => svg.closest('figure').textContent)"""
COLOURS = """() => [...document.querySelectorAll('.plot canvas')].map((canvas) => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(Array.from({ length: data.length / 4 }, (_, n) => data.slice(4 * n, 4 * n + 4).join())).size;
})"""


@dataclass
class Seen:
    """What the browser said and asked for."""

    page: object
    requests: list = field(default_factory=list)
    messages: list = field(default_factory=list)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver, tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin"}
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=environment)
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path):
    contexts = []

    def open_page(data, size=WIDE, scheme="light"):
        path = tmp_path / f"report-{len(contexts)}.html"
        write_report(path, build_report(data))
        context = browser.new_context(
            viewport=size, color_scheme=scheme, is_mobile=size is PHONE, has_touch=size is PHONE
        )
        contexts.append(context)
        seen = Seen(context.new_page())
        # Whatever it asks for is noted and, apart from the file, answered by nobody.
        context.on("request", lambda request: seen.requests.append(request.url))
        context.route("http*://**", lambda route: route.abort())
        seen.page.on("console", lambda message: seen.messages.append(message.text))
        seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
        seen.page.on("dialog", lambda dialog: (seen.messages.append("dialog"), dialog.dismiss()))
        seen.page.goto(path.as_uri())
        drawn(seen.page)
        assert seen.requests == [path.as_uri()]
        return seen

    yield open_page
    for context in contexts:
        context.close()


def drawn(page):
    page.wait_for_function("document.documentElement.dataset.charts === 'drawn'", timeout=30_000)
    page.wait_for_timeout(200)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_chart_is_drawn_and_fits(opened, size, scheme):
    seen = opened(report_data(), size, scheme)
    page = seen.page
    assert page.locator(".plot").count() == page.locator(".plot svg, .plot canvas").count() == 24
    assert page.locator(".plot canvas").count() == 3
    assert page.evaluate(EMPTY_CHARTS) == []
    assert page.evaluate(BAD_LABELS) == []
    assert min(page.evaluate(COLOURS)) > 20
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert seen.messages == []


def test_no_column_is_hidden_on_a_small_screen_of_a_computer(opened):
    data = report_data()
    many = dict.fromkeys(("quarantined", "dropped", "new", "changed", "unchanged", "missing", "removed"), 12345)
    holds = ["list_price: 34,000 of 40,000 changed at once", "121 removals: more than the guard lets pass at once"]
    long = data.feeds.with_columns(*(pl.lit(number).alias(name) for name, number in many.items()), holds=pl.lit(holds))
    page = opened(report_data(feeds=long), {"width": 1200, "height": 900}).page
    hidden = "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).length"
    assert page.locator("#runs .scroll").count() == 2
    assert page.evaluate(hidden) == 0


def test_bars_are_as_high_as_their_numbers(opened):
    page = opened(report_data()).page
    charts = json.loads(page.locator("#charts").text_content())
    compared = 0
    for name in page.evaluate("[...document.querySelectorAll('#activity .plot, #prices .plot')].map((p) => p.id)"):
        rows = max(charts[name]["spec"]["datasets"].values(), key=len)
        numbers = [row.get("n", row.get("value")) for row in rows]
        bars = page.locator(f"#{name} .mark-rect.role-mark path")
        heights = [bar.bounding_box()["height"] for bar in bars.all()]
        unit = max(heights) / max(numbers)
        assert heights == pytest.approx([number * unit for number in numbers], abs=1)
        assert max(heights) > 50
        compared += 1
    assert compared == 15


@pytest.mark.parametrize(
    ("data", "plots"),
    [(empty_data(), 0), (report_data(town(1), days=1), 15), (report_data(town(40, share=0.2), days=40), 24)],
    ids=["no listings", "one day", "forty days"],
)
def test_little_and_much_are_drawn_too(opened, data, plots):
    seen = opened(data, PHONE)
    assert seen.page.locator(".plot svg, .plot canvas").count() == plots
    assert seen.page.evaluate(EMPTY_CHARTS) == []
    assert seen.page.evaluate(BAD_LABELS) == []
    assert seen.messages == []


def test_the_charts_follow_the_light(opened):
    page = opened(report_data()).page
    colour = "getComputedStyle(document.querySelector('.role-axis-label text')).fill"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    drawn(page)
    assert page.evaluate(colour) != light
    assert page.locator(".plot svg, .plot canvas").count() == 24
    assert page.locator(".tools").count() == page.locator(".yardstick").count() == 3


def test_a_hostile_listing_runs_nothing(opened):
    made = town(2)
    for version in made.versions:
        version |= {"title": "<img src=x onerror=alert(1)>", "city": "<script>alert(2)</script>"}
    seen = opened(report_data(made, days=2))
    seen.page.locator(".plot svg .mark-symbol path").first.hover()
    assert "<script>alert(2)</script>" in seen.page.locator("#vg-tooltip-element").inner_text()
    assert seen.messages == []


def test_a_point_on_the_map_tells_its_listing_opens_the_advert_and_can_be_dragged(opened):
    made = town(1, share=0.01)
    version = next(v for v in made.versions if v["city"] == "Aarhus")
    version |= {"latitude": 56, "longitude": 10, "list_price": 3_000_000, "price_per_sqm": 30_000.0}
    made.versions, made.current = [version], {version["listing_key"]: version}
    seen = opened(report_data(made, days=1))
    canvas = seen.page.locator(".map canvas")
    canvas.scroll_into_view_if_needed()
    width = canvas.bounding_box()["width"]
    spot = {"x": width / 2, "y": 265}
    told = seen.page.locator("#vg-tooltip-element")
    canvas.hover(position=spot)
    seen.page.wait_for_timeout(100)
    assert version["title"] in told.inner_text()
    assert "DKK\u00a03,000,000" in told.inner_text()
    drag(seen.page, canvas.bounding_box(), spot, right=80, down=40)
    assert len(seen.page.context.pages) == 1, "a drag that ends on a point is no click on it"
    spot = {"x": spot["x"] + 80, "y": spot["y"] + 40}
    canvas.hover(position=spot)
    seen.page.wait_for_timeout(100)
    assert version["title"] in told.inner_text()
    with seen.page.context.expect_page() as popup:
        canvas.click(position=spot)
    popup.value.wait_for_timeout(100)
    assert version["listing_url"] in seen.requests


def test_the_map_is_zoomed_and_goes_to_an_area(opened):
    page = opened(report_data()).page
    yardsticks = [page.locator(".yardstick").first.inner_text()]
    for _ in range(3):
        page.get_by_label("Farther").first.click()
    yardsticks.append(page.locator(".yardstick").first.inner_text())
    page.get_by_label("Part of the map").first.select_option("All listings")
    yardsticks.append(page.locator(".yardstick").first.inner_text())
    assert len(set(yardsticks)) == 3


def drag(page, box, spot, *, right, down):
    x, y = box["x"] + spot["x"], box["y"] + spot["y"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right - 1, y + down)
    # The point has to be below the pointer again, so that letting go of it could be a click.
    page.wait_for_timeout(100)
    page.mouse.move(x + right, y + down)
    page.wait_for_timeout(100)
    page.mouse.up()
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)
