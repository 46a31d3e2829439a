"""The data contract: what a data set holds, what a model may use, and what is only there to audit."""

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit, Whole, Words

# Far beyond what a data set has, and little enough that a hostile contract is checked in a moment.
MOST_COLUMNS, MOST_DERIVED, MOST_LEVELS, MOST_REASONS = 5000, 1000, 1000, 64
MOST_EXPRESSIONS = 20_000  # characters of all derived features together

Expression = Annotated[str, Field(min_length=1, max_length=2000)]
ROW = "row"
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
    """Columns that say one thing, the words for it, and what each would be for a usual applicant."""

    words: Words
    baseline: dict[str, Text]


class ThinFile(Strict):
    """Who has too little history for a model to decide, and the words for it."""

    expression: Expression
    words: Words


class Quarantine(Strict):
    """How much of a file may break the contract before the file as a whole is refused."""

    max_share: Unit
    min_rows: Annotated[Whole, Field(ge=1)]


class Contract(Strict):
    """Everything the template needs to know about a data set.

    Raises
    ------
    KeyedError
        If parts of the contract contradict each other; pydantic reports it with the key's path.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    source: str
    id: str | None
    date: str | None
    target: Target
    amount: str
    missing: tuple[Text, ...]
    columns: Annotated[dict[str, Column], Field(max_length=MOST_COLUMNS)]
    derived: Annotated[dict[str, Derived], Field(max_length=MOST_DERIVED)]
    protected: dict[str, Protected]
    thin_file: ThinFile
    reasons: Annotated[dict[str, Reason], Field(max_length=MOST_REASONS)]
    quarantine: Quarantine

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        from takeback.data.contract_checks import check_contract  # it needs the classes of this module

        check_contract(self)
        return self

    @property
    def inputs(self) -> dict[str, Column]:
        """The columns that a model may use, directly or through a derived feature."""
        return {name: column for name, column in self.columns.items() if column.role == "input"}

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature that can be selected: input columns, then derived ones."""
        return (*self.inputs, *self.derived)

    @property
    def id_name(self) -> str:
        """The name of the id; without one in the file, the row number is the id."""
        return self.id or ROW

    @property
    def header(self) -> tuple[str, ...]:
        """Every column that a source file must have."""
        return tuple(filter(None, (self.id, self.date, *self.columns, self.target.column)))

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The values of each category column."""
        return {name: column.values for name, column in self.columns.items() if column.type == "category"}

    def monotone(self, feature: str) -> Direction:
        """Return the direction in which the PD may move as a feature rises."""
        return (self.derived.get(feature) or self.columns[feature]).monotone

    def label(self, feature: str) -> str:
        """Return the plain words for a feature."""
        return (self.derived.get(feature) or self.columns[feature]).label or feature


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
