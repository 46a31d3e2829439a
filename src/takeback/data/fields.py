"""What a data contract is made of: columns, outcome, derived features, protected attributes, reasons."""

from collections import Counter
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit, Whole, Words
from takeback.data.cells import canonical

MOST_LEVELS = 1000  # far beyond what a column has, and little enough to check in a moment

Expression = Annotated[str, Field(min_length=1, max_length=2000)]
Role = Literal["input", "protected", "after_decision"]


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _levels(value: object) -> object:
    """Accept a list of values, or a mapping from the value in the file to the value to use."""
    values = [*value, *value.values()] if isinstance(value, dict) else value
    if isinstance(values, list) and any(isinstance(item, bool) for item in values):
        raise ValueError("found true or false; YAML reads yes, no, on and off so, expected them in quotes")
    if isinstance(value, list):
        return {str(item): str(item) for item in value}
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else value


def _direction(value: object) -> object:
    if isinstance(value, bool):  # true is 1 to Python
        raise ValueError(f"found {value}; expected -1, 0 or 1")
    return value


Text = Annotated[str, BeforeValidator(_as_text)]
Direction = Annotated[Literal[-1, 0, 1], BeforeValidator(_direction)]
Levels = Annotated[dict[str, str], BeforeValidator(_levels), Field(max_length=MOST_LEVELS)]


class Column(Strict):
    """One column of the source file."""

    type: Literal["number", "category"]
    role: Role = "input"
    label: str = ""
    min: Number | None = None
    max: Number | None = None
    levels: Levels = Field(default_factory=dict)
    ordered: StrictBool = False
    optional: StrictBool = False
    missing: tuple[Text, ...] = ()
    monotone: Direction = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.type == "category" and not self.levels:
            raise KeyedError("levels", "a category needs its levels")
        if self.type == "number" and (self.levels or self.ordered):
            raise KeyedError("levels", "found on a number; expected on a category only")
        if self.type == "category" and (self.min is not None or self.max is not None):
            raise KeyedError("min", "found on a category; expected on a number only")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise KeyedError("min", f"found {self.min:g}, above max {self.max:g}")
        if self.monotone and self.type == "category" and not self.ordered:
            raise KeyedError("monotone", "found on a category without an order; add `ordered: true`")
        return self

    @model_validator(mode="after")
    def _levels_differ(self) -> Self:
        times = Counter(map(canonical, self.levels))
        if twice := [level for level in self.levels if times[canonical(level)] > 1]:
            raise KeyedError("levels", f"{' and '.join(twice)} are read as one; expected one of them")
        return self

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The distinct values of a category, in the contract's order."""
        return tuple(dict.fromkeys(self.levels.values()))

    @cached_property
    def places(self) -> dict[str, int]:
        """The position of each value in `values`, which is how a checked column holds it."""
        return {value: place for place, value in enumerate(self.values)}


class Target(Strict):
    """The outcome: which column, and which value means that the applicant did not pay."""

    column: str
    bad: Text
    good: Text

    @model_validator(mode="after")
    def _outcomes_differ(self) -> Self:
        if canonical(self.bad) == canonical(self.good):
            raise KeyedError("bad", f"found {self.bad!r}, which is also good; expected another value")
        return self


class Derived(Strict):
    """A feature computed from columns."""

    expression: Expression
    label: str = ""
    monotone: Direction = 0


class Protected(Strict):
    """An attribute to audit. Never a model input."""

    column: str
    reference: str
    bands: tuple[Number, ...] = ()

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        if list(self.bands) != sorted(set(self.bands)):
            raise KeyedError("bands", f"found {list(self.bands)}; expected rising values")
        return self


class Reason(Strict):
    """Columns that say one thing, the words for it, and what each could have been for this applicant.

    ``measure`` is what the words are about, as a number, and ``worse`` which end of it they complain of. Contracts of
    earlier releases have no measure: their reasons are given to whoever they raise the PD of.
    """

    words: Words
    baseline: dict[str, Text]
    measure: Expression | None = None
    worse: Literal["higher", "lower"] = "higher"


class ThinFile(Strict):
    """Who has too little history for a model to decide, and the words for it."""

    expression: Expression
    words: Words


class Quarantine(Strict):
    """How much of a file may break the contract before the file as a whole is refused."""

    max_share: Unit
    min_rows: Annotated[Whole, Field(ge=1)]


def group_labels(attribute: Protected, column: Column) -> tuple[str, ...]:
    """Return the groups of a protected attribute, ``unknown`` last.

    A number is cut into the declared bands, ``[25, 35]`` giving under_25, 25_to_35 and 35_and_over, each with its
    lower end; a category has its own values. A missing value is a group of its own.
    """
    if column.type == "category":
        return (*column.values, "unknown")
    edges = [f"{edge:g}" for edge in attribute.bands]
    between = [f"{low}_to_{high}" for low, high in pairwise(edges)]
    return (f"under_{edges[0]}", *between, f"{edges[-1]}_and_over", "unknown")
