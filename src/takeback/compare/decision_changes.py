"""Whose decision flips, in which direction, in which group, for what reason."""

from typing import Any

import pandas as pd

from takeback.assessment.scored import GROUP
from takeback.decisions.policy import DECISIONS

NO_REASON = "no single reason raises the PD"
MILD_TO_STRICT = pd.CategoricalDtype(DECISIONS, ordered=True)


def paired_decisions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each applicant in both scores tables, in the order of the second.

    Columns: ``id``, ``before`` and ``after`` (ordered categories of ``DECISIONS``), ``pd_before``, ``pd_after``, and
    ``group_NAME`` of each attribute, as it is after.
    """
    sides = [
        side.rename(columns={"decision": name, "pd": f"pd_{name}"}).astype({name: MILD_TO_STRICT})
        for name, side in (("before", before), ("after", after))
    ]
    paired = sides[1].merge(sides[0][["id", "before", "pd_before"]], on="id", validate="one_to_one")
    groups = [name for name in after if name.startswith(GROUP)]
    return paired[["id", "before", "after", "pd_before", "pd_after", *groups]]


def flips(paired: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose decision differs."""
    return paired[paired["before"] != paired["after"]]


def decision_changes(paired: pd.DataFrame, reasons: list[str] | None, examples: int) -> dict[str, Any]:
    """Count the flips.

    Parameters
    ----------
    paired
        As `paired_decisions` gives them.
    reasons
        The main reason of each row of `flips`: the first one of the stricter of its two decisions. None if not known.
    examples
        How many applicants to name in each direction, those whose PD changed most.

    Returns
    -------
    dict
        ``applicants`` in both, ``flipped``, ``stricter``, ``milder``; ``table`` (before, then after); ``directions``;
        the same counts for each of ``groups``; ``reasons`` (direction to counts) and ``examples``.
    """
    flipped = flips(paired).assign(reason=reasons)
    flipped["direction"] = flipped["before"].astype(str) + " -> " + flipped["after"].astype(str)
    table = paired.groupby(["before", "after"], observed=False).size().unstack()
    by_direction = flipped.groupby("direction")
    return {
        **_counts(paired),
        "table": table.to_dict(orient="index"),
        "directions": by_direction.size().to_dict(),
        "groups": {
            name.removeprefix(GROUP): {group: _counts(rows) for group, rows in paired.groupby(name)}
            for name in paired
            if name.startswith(GROUP)
        },
        "reasons": None if reasons is None else {name: _by_reason(rows) for name, rows in by_direction["reason"]},
        "examples": _examples(flipped, examples),
    }


def _counts(paired: pd.DataFrame) -> dict[str, int]:
    stricter, milder = paired["after"] > paired["before"], paired["after"] < paired["before"]
    counts = {"flipped": stricter | milder, "stricter": stricter, "milder": milder}
    return {"applicants": len(paired), **{name: int(rows.sum()) for name, rows in counts.items()}}


def _by_reason(reasons: pd.Series) -> dict[str, int]:
    """Count the reasons, the most frequent first."""
    return reasons.value_counts().sort_index().sort_values(ascending=False, kind="stable").to_dict()


def _examples(flipped: pd.DataFrame, most: int) -> list[dict[str, Any]]:
    step = (flipped["pd_after"] - flipped["pd_before"]).abs()
    order = {"direction": True, "step": False, "id": True}
    by_step = flipped.assign(step=step).sort_values([*order], ascending=[*order.values()])
    return by_step.groupby("direction").head(most).drop(columns=["direction", "step"]).to_dict("records")
