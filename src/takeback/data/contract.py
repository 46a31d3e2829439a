"""The data contract: what a data set holds, what a model may use, and what is only there to audit."""

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from takeback.common.strict import KeyedError, Strict
from takeback.data.expressions import ExpressionError, check_names, names
from takeback.data.fields import (
    Column,
    Derived,
    Direction,
    Protected,
    Quarantine,
    Reason,
    Target,
    Text,
    ThinFile,
    group_labels,
)

# Far beyond what a data set has, and little enough that a hostile contract is checked in a moment.
MOST_COLUMNS, MOST_DERIVED, MOST_REASONS = 5000, 1000, 64
MOST_EXPRESSIONS = 20_000  # characters of all derived features together
ROW = "row"
# What ingestion itself writes beside a contract's columns.
RESERVED = {"bad", ROW, "reason"}
# What a batch writes beside the id.
RESULT = re.compile("decision|pd|release|reason_[0-9]+")


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
        for check in (_check_keys, _check_derived, _check_protected, _check_reasons):
            check(self)
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


def _check_keys(contract: Contract) -> None:
    places = dict.fromkeys(contract.columns, "columns")
    for key, name in {"id": contract.id, "date": contract.date, "target.column": contract.target.column}.items():
        if name in places:
            raise KeyedError(key, f"{name!r} also stands under {places[name]}; expected in one place only")
        places |= {name: key} if name else {}
        if name == "":
            raise KeyedError(key, "found an empty name; expected a column's name: give the column one in the file")
    if contract.id and RESULT.fullmatch(contract.id):
        raise KeyedError("id", f"the name {contract.id!r} is that of a column of decisions; expected another one")
    for name in contract.header:
        if name in RESERVED:
            raise KeyedError("columns", f"the name {name!r} is taken; expected another one")
        if "=" in name:
            raise KeyedError("columns", f"found {name!r}; expected a name without =")
    amount = contract.columns.get(contract.amount)
    if amount is None or amount.type != "number":
        raise KeyedError("amount", f"found {contract.amount!r}; expected the name of a number under columns")


def _check_derived(contract: Contract) -> None:
    if (found := sum(len(feature.expression) for feature in contract.derived.values())) > MOST_EXPRESSIONS:
        raise KeyedError("derived", f"found {found} characters of expressions; expected at most {MOST_EXPRESSIONS}")
    header = {*contract.header}
    for name, feature in contract.derived.items():
        if name in header:
            raise KeyedError(f"derived.{name}", "has the name of a column; expected a new name")
        if not name.isidentifier():
            raise KeyedError(f"derived.{name}", "expected a name of letters, digits and underscores")
        _check_expression(contract, f"derived.{name}.expression", feature.expression)
    _check_expression(contract, "thin_file.expression", contract.thin_file.expression)


def _check_expression(contract: Contract, path: str, text: str) -> None:
    try:
        for name in (read := names(text)):
            role = contract.columns[name].role if name in contract.columns else "input"
            if role != "input":
                raise ExpressionError(f"{text!r} reads {name}, whose role is {role}: it can never reach a model")
        check_names(text, {name: contract.columns[name].values or None for name in read if name in contract.columns})
    except ExpressionError as error:
        raise KeyedError(path, str(error)) from None


def _check_protected(contract: Contract) -> None:
    for name, attribute in contract.protected.items():
        column = contract.columns.get(attribute.column)
        if column is None:
            raise KeyedError(f"protected.{name}.column", f"there is no column {attribute.column!r} under columns")
        if column.role != "protected":
            raise KeyedError(f"columns.{attribute.column}.role", f"found {column.role!r}; expected 'protected'")
        if (column.type == "number") != bool(attribute.bands):
            raise KeyedError(f"protected.{name}.bands", "a number needs bands, a category has none")
        if attribute.reference not in (labels := group_labels(attribute, column)[:-1]):
            raise KeyedError(
                f"protected.{name}.reference", f"found {attribute.reference!r}; expected one of {', '.join(labels)}"
            )


def _check_reasons(contract: Contract) -> None:
    owner: dict[str, str] = {}
    inputs = contract.inputs
    for name, column, text in _baselines(contract):
        path = f"reasons.{name}.baseline.{column}"
        if column not in inputs:
            raise KeyedError(path, "expected an input column")
        if column in owner:
            raise KeyedError(path, f"already stands under reasons.{owner[column]}; a column has one reason")
        owner[column] = name
        _check_baseline(contract, path, column, text)
    for name, reason in contract.reasons.items():
        if reason.measure is not None:
            _check_expression(contract, f"reasons.{name}.measure", reason.measure)
    if rest := sorted(set(inputs) - set(owner)):
        raise KeyedError("reasons", f"{', '.join(rest)} under no reason; expected every input column under one")


def _check_baseline(contract: Contract, path: str, column: str, text: str) -> None:
    levels = contract.columns[column].values
    if not levels:
        _check_expression(contract, path, text)
    elif text not in levels:
        raise KeyedError(path, f"found {text!r}; expected one of {', '.join(levels)}")


def _baselines(contract: Contract) -> Iterator[tuple[str, str, str]]:
    for name, reason in contract.reasons.items():
        for column, text in reason.baseline.items():
            yield name, column, text
