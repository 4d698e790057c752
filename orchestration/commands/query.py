"""`query`: a named question to the market, answered by Druid where there is one, else by the local engine."""

import argparse
import sys

from deltalake.exceptions import TableNotFoundError
from pydantic import ValidationError
from pydruid.db.exceptions import Error as PydruidError

from orchestration.druid.settings import DruidSettings
from orchestration.queries.catalogue import CATALOGUE
from orchestration.queries.engines import DruidEngine, Engine, LocalEngine, NoTableError
from orchestration.queries.query import Parameter, ParameterError
from orchestration.queries.render import as_csv, as_table
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "answer a named question: median prices, cuts, supply, yields, …"
BAD_CONFIGURATION, FAILED = ExitCode.BAD_CONFIGURATION, ExitCode.FAILED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="which question; --list tells them")
    parser.add_argument("--list", action="store_true", help="list the questions and their parameters")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter; may be repeated"
    )
    parser.add_argument("--engine", choices=("auto", "local", "druid"), default="auto", help="who answers")
    parser.add_argument("--format", choices=("table", "csv"), default="table", help="how the answer is written")


def run(options: argparse.Namespace) -> int:
    """Prints the answer; the exit code tells whether there is one."""
    if options.list:
        print(_listed())
        return 0
    if options.name not in CATALOGUE:
        told = f"there is no query {options.name}" if options.name else "which query?"
        print(f"{told}; `query --list` tells them", file=sys.stderr)
        return BAD_CONFIGURATION
    query = CATALOGUE[options.name]
    try:
        values = query.values(_given(options.param))
        engine = _engine(options.engine)
    except (ParameterError, ValidationError) as error:
        print(error, file=sys.stderr)
        return BAD_CONFIGURATION
    try:
        answer = engine.answer(query, values)
    except (NoTableError, PydruidError, OSError, TableNotFoundError) as error:
        print(f"{query.name}: {error}", file=sys.stderr)
        return FAILED
    print(as_csv(answer) if options.format == "csv" else as_table(answer), end="")
    return 0


def _given(words: list[str]) -> dict[str, str]:
    given = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in given:
            raise ParameterError(f"--param {word}: must be NAME=VALUE, each name once")
        given[name] = value
    return given


def _engine(wanted: str) -> Engine:
    settings = DruidSettings()
    if wanted == "druid" and not settings.configured:
        raise ParameterError("no Druid is configured: set REALESTATE_DRUID_URL")
    if wanted == "druid" or (wanted == "auto" and settings.configured):
        return DruidEngine(settings)
    return LocalEngine.over(Places().lake_root)


def _listed() -> str:
    lines = []
    for query in CATALOGUE.values():
        lines += [f"{query.name}: {query.meaning}", *(f"    {_described(each)}" for each in query.parameters)]
    return "\n".join(lines)


def _described(parameter: Parameter) -> str:
    told = "required" if parameter.default is None else f"default {parameter.default!r}"
    return f"{parameter.name} ({parameter.kind.__name__}, {told}): {parameter.meaning}"
