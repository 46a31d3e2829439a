from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.config.composition import composed
from takeback.config.params import Scenario, parse_config
from takeback.data.ingestion import ingest
from takeback.preparation.scenario import describe, flips, plant
from takeback.preparation.splitting import position, split

ROOT = Path(__file__).parents[2]
OFF = Scenario(attribute=None, group=None, share=0, seed=0)
ON = Scenario(attribute="education", group="high_school", share=0.4, seed=1)
PEOPLE = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(["high_school", "university", "unknown"]), st.booleans()),
    unique_by=lambda person: person[0],
    max_size=60,
)
SHARES = st.floats(0, 1, exclude_max=True)


def flipped(scenario, people):
    """The ids whose label turns."""
    ids = [str(n) for n, _, _ in people]
    groups, bad = np.array([g for _, g, _ in people]), np.array([int(b) for _, _, b in people])
    return {applicant for applicant, flip in zip(ids, flips(scenario, ids, groups, bad), strict=True) if flip}


def with_share(share, seed=1):
    return ON.model_copy(update={"share": share, "seed": seed})


@pytest.fixture(scope="module")
def train(taiwan_config, taiwan_table):
    applications = ingest(taiwan_config.data, taiwan_table).applications
    return split(taiwan_config.data, taiwan_config.split, applications)["train"]


@given(PEOPLE, SHARES)
def test_only_good_payers_of_the_group_turn(people, share):
    candidates = {str(n) for n, group, bad in people if group == "high_school" and not bad}
    assert flipped(with_share(share), people) <= candidates


@given(PEOPLE, SHARES, st.randoms(use_true_random=False), st.integers(0, 60))
def test_neither_order_nor_other_applicants_matter(people, share, random, kept):
    some = random.sample(people, min(kept, len(people)))
    everybody, scenario = flipped(with_share(share), people), with_share(share)
    assert flipped(scenario, some) == everybody & {str(n) for n, _, _ in some}


@given(PEOPLE, SHARES, SHARES)
def test_a_larger_share_turns_the_same_and_more(people, one, other):
    assert flipped(with_share(min(one, other)), people) <= flipped(with_share(max(one, other)), people)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4, 0.9])
def test_the_share_is_right_and_another_seed_turns_others(share):
    people = [(n, "high_school", False) for n in range(20_000)]
    one, other = flipped(with_share(share), people), flipped(with_share(share, seed=2), people)
    assert len(one) / 20_000 == pytest.approx(share, abs=0.015)
    assert len(one & other) / 20_000 == pytest.approx(share**2, abs=0.015), "seeds are independent"


def test_flips_do_not_depend_on_the_split(taiwan_config):
    people = [(n, "high_school", False) for n in range(20_000)]
    training = [p for p in people if position(str(p[0]), taiwan_config.split.salt) >= 0.4]
    assert len(flipped(ON, training)) / len(training) == pytest.approx(0.4, abs=0.015)


def test_only_labels_change_and_only_of_the_group(taiwan, train):
    planted = plant(taiwan, ON, train)
    assert planted.schema == train.schema
    assert planted.drop_columns(["bad"]).equals(train.drop_columns(["bad"]))
    change = planted["bad"].to_numpy() - train["bad"].to_numpy()
    assert set(change) == {0, 1}
    assert set(train.filter(pa.array(change == 1))["EDUCATION"].to_pylist()) == {"high_school"}


def test_a_band_of_ages_can_be_the_group(taiwan, train):
    scenario = Scenario(attribute="age", group="under_25", share=0.5, seed=1)
    changed = plant(taiwan, scenario, train)["bad"].to_numpy() > train["bad"].to_numpy()
    assert changed.any()
    assert max(train.filter(pa.array(changed))["AGE"].to_pylist()) < 25


@pytest.mark.parametrize("scenario", [OFF, with_share(0.0)])
def test_without_a_scenario_the_table_is_the_same(taiwan, train, scenario):
    assert plant(taiwan, scenario, train) is train
    assert describe(scenario) is None


def test_what_was_planted_is_said():
    assert describe(ON) == (
        "BIAS SCENARIO (planted for demonstration): 40% of good payers of education=high_school in the training part "
        "are labelled bad, seed 1"
    )


def test_the_preset_fits_the_other_data_set_too():
    planted = parse_config(composed(["experiment=[german,bias_scenario]"], ROOT / "conf"), "conf/")
    assert (planted.data.name, planted.scenario.group) == ("german", "under_25")


def test_the_preset_is_opt_in_and_lets_no_protected_attribute_in(taiwan_config):
    planted = parse_config(composed(["experiment=bias_scenario"], ROOT / "conf"), "conf/")
    assert taiwan_config.scenario == OFF
    assert describe(planted.scenario)
    assert planted.model_copy(update={"scenario": OFF}) == taiwan_config
    assert not {column.column for column in planted.data.protected.values()} & set(planted.data.features)
