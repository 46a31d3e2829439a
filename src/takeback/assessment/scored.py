"""The table that every measurement takes: a row an applicant, with what was given and what became of it.

Columns: ``pd``; ``decision`` in words, a category; ``bad``, 1 for a default and else 0; ``group_NAME`` of each
protected attribute, as text. Where they are known also ``id``, ``thin`` (bool), ``amount`` (exposure, in the data's
currency) and ``profit`` (per unit of exposure, within what analysts can review). `data/scores` holds it of each
candidate.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from takeback.common.errors import UserError
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS, profit_within_capacity
from takeback.decisions.scoring import Scores

GROUP = "group_"


def scored_table(
    scores: Scores,
    bad: Array,
    groups: Mapping[str, Any] | pd.DataFrame,
    ids: Any = None,
    amount: Any = None,
    policy: Policy | None = None,
) -> pd.DataFrame:
    """Put scores, outcomes and groups into one table.

    Parameters
    ----------
    scores
        PDs, thin files and decisions, each of shape (n,).
    bad
        Outcomes, shape (n,).
    groups
        For each protected attribute every applicant's group, shape (n,).
    ids, amount
        Of each applicant, shape (n,).
    policy
        The economics of a decision, for ``profit``.
    """
    decision = pd.Categorical.from_codes(np.asarray(scores.decision, np.int8), list(DECISIONS))
    earned = None if policy is None else profit_within_capacity(policy, scores.decision, np.asarray(bad))
    columns = {"id": ids, "pd": scores.pd, "decision": decision, "bad": bad, "amount": amount, "profit": earned}
    members = {f"{GROUP}{name}": np.asarray(groups[name]).astype(str) for name in groups}
    known = {name: values for name, values in columns.items() if values is not None}
    return pd.DataFrame({**known, **members, "thin": scores.thin})


def attributes(scored: pd.DataFrame) -> list[str]:
    """Return the protected attributes that a table has the groups of."""
    return [name.removeprefix(GROUP) for name in scored if str(name).startswith(GROUP)]


def as_scored(table: pa.Table) -> pd.DataFrame:
    """Return a table of `data/scores` as this table; the gate judges it, so nothing is hidden in it.

    Raises
    ------
    UserError
        If it lacks a column, or has another decision than the three.
    """
    if missing := {"id", "pd", "decision", "bad"} - {*table.column_names}:
        raise UserError(f"data/scores: has no column {', '.join(sorted(missing))}. `dvc repro` writes it.")
    scored = table.to_pandas()
    if unknown := sorted({*map(str, table["decision"].unique().to_pylist())} - {*DECISIONS}):
        raise UserError(f"data/scores: decision: found {unknown[0]!r}; expected one of {', '.join(DECISIONS)}.")
    return scored.astype({"decision": pd.CategoricalDtype(list(DECISIONS))})
