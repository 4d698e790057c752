"""The page: sections, script and style in one HTML text that needs nothing else.

What belongs here: putting together, and what keeps the page safe and offline. What does not: what a section says.
"""

import base64
import functools
import hashlib
import json
from typing import Any

import vl_convert
from altair import SCHEMA_VERSION
from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestration.report.blocks import Chart, Charts, Group, Section
from orchestration.report.data import Derived, ReportData, derive
from orchestration.report.sections.activity import activity
from orchestration.report.sections.cuts import cuts
from orchestration.report.sections.headline import headline
from orchestration.report.sections.map import listings_map
from orchestration.report.sections.prices import prices
from orchestration.report.sections.runs import runs
from orchestration.report.sections.supply import supply
from orchestration.report.words import day, moment

_SECTIONS = (headline, supply, activity, prices, listings_map, cuts, runs)


def build_report(data: ReportData) -> str:
    """The whole page as HTML.

    Every text is escaped; links are http or https only; the page's own policy lets the browser run nothing but the
    page's two scripts and fetch nothing at all.

    Raises:
        ValueError: when a frame lacks a column that the page needs; it names both.
    """
    derived = derive(data)
    sections = [section(derived) for section in _SECTIONS]
    charts: dict[str, dict[str, Any]] = {}
    names: dict[int, str] = {}
    for chart in _charts(sections):
        name = f"chart-{len(charts) + 1}"
        names[id(chart)] = name
        charts[name] = {"spec": chart.spec, "boxes": chart.boxes}
    environment = Environment(
        loader=PackageLoader("orchestration.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    libraries, script = _libraries(), _source(environment, "report.js")
    return environment.get_template("report.html.j2").render(
        title=data.title,
        as_of=moment(derived.as_of) if derived.as_of else "",
        made_at=moment(data.generated_at),
        span=_span(derived),
        versions=sorted(data.lake_versions.items()),
        sections=sections,
        chart_name=lambda chart: names[id(chart)],
        charts=_json(charts),
        style=_source(environment, "report.css"),
        libraries=libraries,
        script=script,
        script_hashes=[_hash(libraries), _hash(script)],
    )


def _charts(sections: list[Section]) -> list[Chart]:
    found: list[Chart] = []
    for section in sections:
        for outer in section.blocks:
            for block in outer.blocks if isinstance(outer, Group) else [outer]:
                found += block.charts if isinstance(block, Charts) else [block] if isinstance(block, Chart) else []
    return found


def _span(derived: Derived) -> str:
    if not derived.days:
        return ""
    first, last = derived.days[0], derived.days[-1]
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _json(charts: dict[str, dict[str, Any]]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(charts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@functools.cache
def _libraries() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, in the version whose specifications Altair writes."""
    version = ".".join(SCHEMA_VERSION.lstrip("v").split(".")[:2])
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)
    return _inside_script(script)


def _source(environment: Environment, name: str) -> str:
    if environment.loader is None:
        raise RuntimeError("the environment has no loader")
    return environment.loader.get_source(environment, name)[0].strip()


def _inside_script(script: str) -> str:
    if "</script" in script.lower() or "<!--" in script:
        raise RuntimeError("this script cannot stand inside a page")
    return script


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
