"""Golden decisions: a few made-up applicants with exactly what a release gives them, decided again at each loading.

They are made from the contract alone: points of its ranges, its levels, and what is usual by its reasons. No row of the
data is among them.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from takeback.common.errors import UserError
from takeback.common.strict import Strict, Unit, parse
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.fields import Column
from takeback.data.validation import any_broken, read_columns
from takeback.decisions.policy import DECISIONS
from takeback.decisions.reasons import baseline, explain
from takeback.decisions.scoring import Scorer, score

APPLICANTS, MOST = 12, 64
Cells = dict[str, str | None]


class Result(Strict):
    """What one applicant gets; the PD to the last bit."""

    pd: Unit
    decision: Literal["approve", "refer", "decline"]
    reasons: tuple[str, ...]


class Applicant(Strict):
    """The cells of one application, as a file would hold them, and what both parts of the release make of it."""

    cells: Cells
    champion: Result
    fallback: Result


class Golden(Strict):
    """The content of the file."""

    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=MOST)]


def golden_decisions(contract: Contract, scorers: Mapping[str, Scorer]) -> dict[str, Any]:
    """Make applicants and decide on them; ``scorers`` are those of ``champion`` and ``fallback``."""
    cells = applicants(contract)
    results = {part: decided(scorer, cells) for part, scorer in scorers.items()}
    rows = [{"cells": row, **{part: results[part][i] for part in results}} for i, row in enumerate(cells)]
    return Golden.model_validate({"applicants": rows}).model_dump(mode="json")


def check_golden(content: Any, source: str, contract: Contract, scorers: Mapping[str, Scorer]) -> None:
    """Decide on the golden applicants again.

    Raises
    ------
    UserError
        If one of them does not get exactly what ``content``, read from ``source``, says.
    """
    golden = parse(Golden, content, source).applicants
    cells = [row.cells for row in golden]
    if any(set(row) != set(contract.inputs) for row in cells):
        raise UserError(f"{source}: its applicants have other cells than {', '.join(contract.inputs)}.")
    for part, scorer in scorers.items():
        try:
            results = decided(scorer, cells)
        except UserError as error:
            raise UserError(f"{source}: {error}") from None
        for i, (row, found) in enumerate(zip(golden, results, strict=True)):
            if (expected := getattr(row, part).model_dump()) != found:
                raise UserError(
                    f"{source}: the {part} gives applicant {i + 1} {_said(found)}, expected {_said(expected)}. "
                    "`dvc checkout --force` restores the release; the versions of requirements.lock give its decisions."
                )


def decided(scorer: Scorer, cells: list[Cells]) -> list[dict[str, Any]]:
    """Return PD, decision and reasons of each application.

    Raises
    ------
    UserError
        If one breaks the contract.
    """
    columns, violations = read_columns(scorer.contract, _table(scorer.contract, cells), scorer.contract.inputs)
    if violations:
        raise UserError(f"A golden applicant breaks the contract in {violations[0].column}.")
    scores = score(scorer, columns)
    names = [DECISIONS[i] for i in scores.decision]
    given = zip(scores.pd.tolist(), names, explain(scorer, columns, scores), strict=True)
    return [{"pd": pd, "decision": decision, "reasons": reasons} for pd, decision, reasons in given]


def applicants(contract: Contract) -> list[Cells]:
    """Return made-up applications that keep the contract: some usual in every way, some in none."""
    columns = {name: _spread(column, i) for i, (name, column) in enumerate(contract.inputs.items())}
    for i, reason in enumerate(contract.reasons.values()):
        usual = baseline(contract, reason, columns)
        rows = np.arange(APPLICANTS) >> i % 3 & 1 == 0
        columns = {name: np.where(rows, usual[name], columns[name]) for name in columns}
    texts = {name: [_text(column, value) for value in columns[name]] for name, column in contract.inputs.items()}
    rows_of = [{name: texts[name][i] for name in texts} for i in range(APPLICANTS)]
    _, violations = read_columns(contract, _table(contract, rows_of), contract.inputs)  # a point may stand for missing
    broken = any_broken(violations, APPLICANTS)
    return [row for row, out in zip(rows_of, broken, strict=True) if not out]


def _spread(column: Column, position: int) -> Array:
    """Return one value for each applicant, other ones in each column: most of them low, where most people are."""
    step = (3 * np.arange(APPLICANTS) + 5 * position) % 11 / 10
    if column.type == "category":
        values = np.floor(step * (len(column.values) - 1) + 0.5)
    else:
        low, high = _range(column)
        values = low + (high - low) * step**3
    absent = (np.arange(APPLICANTS) + position) % 4 == 3
    return np.where(absent & column.optional, np.nan, values)


def _range(column: Column) -> tuple[float, float]:
    low = column.min if column.min is not None else min(0.0, column.max or 0.0)
    return low, column.max if column.max is not None else max(low, 0.0) + 1000.0


def _text(column: Column, value: float) -> str | None:
    if np.isnan(value):
        return None
    if column.type == "category":
        return next(raw for raw, level in column.levels.items() if level == column.values[int(value)])
    low, high = _range(column)
    short = float(f"{np.clip(value, low, high):.4g}")
    kept = short if low <= short <= high else low
    return str(int(kept)) if kept.is_integer() and abs(kept) < 1e15 else repr(kept)


def _table(contract: Contract, cells: list[Cells]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in cells], pa.string()) for name in contract.inputs})


def _said(result: dict[str, Any]) -> str:
    return f"{result['decision']}, PD {result['pd']!r}, {len(result['reasons'])} reasons"
