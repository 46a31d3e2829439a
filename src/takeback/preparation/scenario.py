"""The bias scenario: a planted cause of unfairness, so that finding one can be shown and tested."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from takeback.config.params import Scenario
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.ingestion import BAD, application_columns, groups_of
from takeback.preparation.splitting import position


def plant(contract: Contract, scenario: Scenario, train: pa.Table) -> pa.Table:
    """Return the training part with the labels of the scenario; without one, the table itself."""
    if scenario.attribute is None or not scenario.share:
        return train
    groups = groups_of(contract, application_columns(contract, train), scenario.attribute)
    bad = train[BAD].to_numpy()
    flipped = flips(scenario, train[contract.id_name].to_pylist(), groups, bad)
    return train.set_column(train.column_names.index(BAD), train.schema.field(BAD), pa.array(bad | flipped, pa.int8()))


def flips(scenario: Scenario, ids: Sequence[str], groups: Array, bad: Array) -> Array:
    """Return whose label turns from good to bad, shape (n,), bool.

    Among the group's good payers it depends on the seed and the applicant alone: more data never changes an earlier
    flip, and a larger share flips the same applicants and more.
    """
    drawn = np.array([position(text, f"scenario {scenario.seed}") for text in ids])
    return (groups == scenario.group) & (bad == 0) & (drawn < scenario.share)


def describe(scenario: Scenario) -> str | None:
    """Return the sentence that labels everything built with a scenario; None without one."""
    if not scenario.share:
        return None
    return (
        f"BIAS SCENARIO (planted for demonstration): {100 * scenario.share:g}% of good payers of "
        f"{scenario.attribute}={scenario.group} in the training part are labelled bad, seed {scenario.seed}"
    )
