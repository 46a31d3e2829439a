"""The bias scenario: a planted cause of unfairness, so that finding one can be shown and tested."""

import pandas as pd

from takeback.config.params import Scenario
from takeback.data.contract import Contract
from takeback.data.ingestion import BAD
from takeback.preparation.parts import part_of
from takeback.preparation.splitting import positions


def plant(contract: Contract, scenario: Scenario, train: pd.DataFrame) -> pd.DataFrame:
    """Return the training part with the labels of the scenario; without one, the table itself."""
    if scenario.attribute is None or not scenario.share:
        return train
    part = part_of(contract, train)
    flipped = flips(scenario, part.ids, part.groups[scenario.attribute], part.bad)
    return train.assign(**{BAD: train[BAD].mask(flipped.to_numpy(), 1)})


def flips(scenario: Scenario, ids: pd.Series, groups: pd.Series, bad: pd.Series) -> pd.Series:
    """Return whose label turns from good to bad, shape (n,), bool.

    Among the group's good payers it depends on the seed and the applicant alone: more data never changes an earlier
    flip, and a larger share flips the same applicants and more.
    """
    drawn = positions(ids, f"scenario {scenario.seed}")
    return (groups == scenario.group) & (bad == 0) & (drawn < scenario.share)


def describe(scenario: Scenario) -> str | None:
    """Return the sentence that labels everything built with a scenario; None without one."""
    if not scenario.share:
        return None
    return (
        f"BIAS SCENARIO (planted for demonstration): {100 * scenario.share:g}% of good payers of "
        f"{scenario.attribute}={scenario.group} in the training part are labelled bad, seed {scenario.seed}"
    )
