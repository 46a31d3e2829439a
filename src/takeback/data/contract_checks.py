"""What has to hold between the parts of a data contract."""

import re
from collections.abc import Iterator

from takeback.common.strict import KeyedError
from takeback.data.cells import canonical
from takeback.data.contract import MOST_EXPRESSIONS, Contract, group_labels
from takeback.data.expressions import ExpressionError, check_names, names

# What ingestion itself writes beside a contract's columns.
RESERVED = {"bad", "row", "reason"}
# What a batch writes beside the id.
RESULT = re.compile("decision|pd|release|reason_[0-9]+")


def check_contract(contract: Contract) -> None:
    """Check that the parts of a contract agree.

    Raises
    ------
    KeyedError
        If a key, expression, protected attribute or reason contradicts the columns.
    """
    for check in (_check_keys, _check_levels, _check_derived, _check_protected, _check_reasons):
        check(contract)


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
    if canonical(contract.target.bad) == canonical(contract.target.good):
        raise KeyedError("target.bad", f"found {contract.target.bad!r}, which is also good; expected another value")
    amount = contract.columns.get(contract.amount)
    if amount is None or amount.type != "number":
        raise KeyedError("amount", f"found {contract.amount!r}; expected the name of a number under columns")


def _check_levels(contract: Contract) -> None:
    for name, column in contract.columns.items():
        read = [canonical(level) for level in column.levels]
        if twice := [level for level, one in zip(column.levels, read, strict=True) if read.count(one) > 1]:
            raise KeyedError(f"columns.{name}.levels", f"{' and '.join(twice)} are read as one; expected one of them")


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
