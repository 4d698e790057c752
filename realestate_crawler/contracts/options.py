"""What only one source understands of a criterion (`options`), checked like the rest of it.

What belongs here: reading options into a model, and how often pages are fetched again. What does not: the models of
the sources themselves.
"""

from typing import TypeVar

from pydantic import Field, ValidationError

from realestate_crawler.contracts.criteria import CriteriaError, Criterion, Strict

Model = TypeVar("Model", bound=Strict)

# Options that say how the market is looked at, not which: with others, the same listings are found.
HOW = frozenset({"detail_max_age_days"})


class Refreshed(Strict):
    """Options of a source whose listings have pages of their own.

    Attributes:
        detail_max_age_days: the page of a listing whose result card is as it was is fetched again after so many days;
            0 = in each crawl; None = as the source has it.
    """

    detail_max_age_days: float | None = Field(default=None, ge=0, le=366, allow_inf_nan=False)


def read_options(criterion: Criterion, model: type[Model]) -> Model:
    """The options of a criterion.

    Raises:
        CriteriaError: naming the criterion and every key that is wrong.
    """
    try:
        return model.model_validate(criterion.options)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            key = ".".join(["options", *map(str, problem["loc"])])
            message = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
            lines.append(f"criterion {criterion.id}: key {key}: {message.removeprefix('Value error, ')}")
        raise CriteriaError("\n".join(lines)) from error
