"""Who is approved, referred and declined, by protected group, at the decision."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from takeback.assessment.fairness_disclosure import hidden, hidden_measures
from takeback.assessment.fairness_measures import (
    COUNTS,
    GAPS,
    RATES,
    SUMS,
    calibration_odds,
    compared,
    counted,
    largest_gap,
    pd_difference,
)
from takeback.assessment.scored import GROUP, attributes
from takeback.data.contract import Contract
from takeback.data.expressions import Array

BOTH = " x "


def reference_groups(contract: Contract) -> dict[str, str]:
    """Return the declared reference group of each protected attribute."""
    return {name: attribute.reference for name, attribute in contract.protected.items()}


def audit(references: Mapping[str, str], scored: pd.DataFrame, least: int = 1) -> dict[str, Any]:
    """Compare the groups of every protected attribute.

    Parameters
    ----------
    references
        Each attribute's reference group; see `reference_groups`.
    scored
        See `takeback.assessment.scored`.
    least
        What is about fewer people, or gives such a figure away, is None; see
        `takeback.assessment.fairness_disclosure.hidden`.

    Returns
    -------
    dict
        Per attribute: the reference, the measures of each group (see `takeback.assessment.fairness_measures`; None
        where one is not defined), and the largest absolute gap in approval between any two groups, also among good
        payers (equal opportunity) and among bad payers.
    """
    result = {}
    for name in attributes(scored):
        cells = cells_of_groups(scored, [name])
        sums = group_sums(cells, [name])
        result[name] = _compare(group_rates(cells, [name]), sums, references[name], hidden(_arrays(sums), least))
    return result


def intersections(references: Mapping[str, str], scored: pd.DataFrame, least: int = 1) -> dict[str, Any]:
    """Compare the groups that every pair of attributes forms, such as ``under_25 x male`` of ``age x sex``.

    Two fair attributes can hide an unfair pair (Kearns, Neel, Roth and Wu 2018). Parameters and result as of `audit`;
    the reference belongs to the reference groups of both. A pair that nobody belongs to is left out.
    """
    result = {}
    for pair in combinations(sorted(attributes(scored)), 2):
        cells = cells_of_groups(scored, [*pair])
        sums = group_sums(cells, [*pair])
        squares = {name: of.unstack(fill_value=0).to_numpy(float) for name, of in sums.items()}
        there = squares["count"] > 0
        secret = {what: of[there] for what, of in hidden(squares, least).items()}
        rates = group_rates(cells, [*pair]).reindex(sums.index)
        for frame in (sums, rates):
            frame.index = frame.index.map(BOTH.join)
        result[BOTH.join(pair)] = _compare(rates, sums, BOTH.join(references[name] for name in pair), secret)
    return result


def cells_of_groups(scored: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return a row for each group, decision and outcome that somebody has, sorted.

    Applicants of one cell are alike to every rate, so a few rows with a ``weight`` stand for thousands; ``pd`` and
    ``pd_squared`` are means. fairlearn's MetricFrame copies every value for each metric that it computes.
    """
    keys = [*(f"{GROUP}{name}" for name in by), "decision", "bad"]
    values = scored[keys].assign(weight=1.0, pd=scored["pd"], pd_squared=scored["pd"] ** 2)
    cells = values.groupby(keys, observed=True).agg({"weight": "sum", "pd": "mean", "pd_squared": "mean"})
    cells = cells.reset_index().rename(columns={f"{GROUP}{name}": name for name in by})
    return cells.astype({"decision": str, "pd": float, "pd_squared": float})


def group_rates(cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return `RATES` of each group, or pair of groups, from fairlearn's MetricFrame: a row a group, a column a rate."""
    from fairlearn.metrics import MetricFrame  # it imports scikit-learn, which comparisons do without

    given = {"pd": cells["pd"], "sample_weight": cells["weight"]}
    frame = MetricFrame(
        metrics={name: rate.metric for name, rate in RATES.items()},
        y_true=cells["bad"],
        y_pred=cells["decision"],
        sensitive_features=cells[by],
        sample_params=dict.fromkeys(RATES, given),
    )
    return frame.by_group


def group_sums(cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return `SUMS` over the applicants of each group, or pair of groups: a row a group, a column a sum."""
    each = pd.DataFrame(counted(cells["bad"].to_numpy(), cells["decision"].to_numpy()), columns=list(COUNTS))
    each = each.assign(pd=cells["pd"], pd_squared=cells["pd_squared"]).mul(cells["weight"], axis=0)
    return each.groupby([cells[name] for name in by]).sum()[list(SUMS)]


def _compare(rates: pd.DataFrame, sums: pd.DataFrame, reference: str, secret: dict[str, Array]) -> dict[str, Any]:
    """Return the measures of groups, those hidden or not defined as None, beside the reference and the gaps."""
    place = rates.index.get_loc(reference) if reference in rates.index else None
    of_rates, of_sums = _arrays(rates), _arrays(sums)
    base, base_sums = ({name: _at(of, place) for name, of in each.items()} for each in (of_rates, of_sums))
    measured = {"count": of_sums["count"], **of_rates, **compared(of_rates, base)}
    measured["calibration_odds"] = calibration_odds(of_sums)
    measured["pd_difference"] = pd_difference(of_sums, base_sums)
    unknown = hidden_measures(secret, place)
    table = pd.DataFrame({name: np.where(unknown[name], np.nan, of) for name, of in measured.items()}, rates.index)
    rows = {str(group): {name: _known(value) for name, value in row.items()} for group, row in table.iterrows()}
    for row in rows.values():
        row["count"] = None if row["count"] is None else int(row["count"])
    gaps = {name: _known(largest_gap(table[name].to_numpy())) for name in GAPS}
    return {"reference": reference, "groups": rows, "gaps": gaps}


def _arrays(table: pd.DataFrame) -> dict[str, Array]:
    return {str(name): column.to_numpy(float) for name, column in table.items()}


def _at(values: Array, place: int | None) -> Array:
    return np.zeros(1) if place is None else values[[place]]


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
