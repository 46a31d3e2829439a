"""Audits of made-up populations, most of them with tiny groups, judged as a reader of the repository would."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from takeback.assessment.gate_verdict import hidden_criteria, judge_fairness
from takeback.assessment.performance import performance
from takeback.assessment.scored import scored_table
from takeback.decisions.scoring import Scores
from tests.assessment.tables import audited, audited_pairs
from tests.privacy.tracked import Cells, judge_groups, judge_intersections, judge_performance

CONTRACT = SimpleNamespace(protected={name: SimpleNamespace(reference=f"{name}0") for name in "abc"})


def population(seed):
    random = np.random.default_rng(seed)
    n, groups = int(random.integers(40, 1500)), {}
    for name in "abc":
        shares = random.dirichlet(np.full(random.integers(2, 6), 0.7))
        groups[name] = np.char.add(name, random.choice(len(shares), n, p=shares).astype(str))
    decision = random.choice(3, n, p=random.dirichlet((2, 0.5, 0.5)))
    bad = (random.random(n) < random.beta(1, 4)).astype(float)
    return Scores(random.random(n), np.zeros(n, dtype=bool), decision), bad, groups


def written(folder, seed, policy, least):
    scores, bad, groups = population(seed)
    test = folder / "metrics/test/model"
    test.mkdir(parents=True)
    found = {
        "fairness": audited(CONTRACT, scores, bad, groups, least),
        "intersections": audited_pairs(CONTRACT, scores, bad, groups, least),
        "performance": performance(scored_table(scores, bad, {}, amount=np.ones(len(bad)), policy=policy), least),
    }
    for name, content in found.items():
        (test / f"{name}.json").write_text(json.dumps(content))
    (folder / "metrics/split.json").write_text(json.dumps({"parts": {"test": {"rows": len(bad)}}}))
    return test


def judged(folder, test, cells):
    found = []
    for name, judge in (
        ("fairness", judge_groups),
        ("intersections", judge_intersections),
        ("performance", judge_performance),
    ):
        found += [f"{name}: {line}" for line in judge(folder, test / f"{name}.json", cells)]
    return found


@pytest.mark.parametrize("seed", range(60))
def test_no_small_cell_is_shown_or_follows(tmp_path, taiwan_config, seed):
    test = written(tmp_path, seed, taiwan_config.policy, 10)
    assert judged(tmp_path, test, Cells(10)) == []


def test_with_nothing_hidden_there_are_many(tmp_path, taiwan_config):
    test = written(tmp_path, 1, taiwan_config.policy, 1)
    assert len(judged(tmp_path, test, Cells(10))) > 20


@pytest.mark.parametrize("seed", range(10))
def test_what_is_hidden_has_a_verdict_and_no_number(taiwan_config, seed):
    scores, bad, groups = population(seed)
    shown, whole = (audited(CONTRACT, scores, bad, groups, least) for least in (10, 1))
    hidden = [name for name in hidden_criteria(shown) if not name.startswith("max_group_calibration_gap")]  # no limit
    criteria = judge_fairness(taiwan_config.gate, whole, {})
    references = {f"{name}.{name}0" for name in "abc"}
    assert {name for name in hidden if name.split(".", 1)[1] not in references} <= set(criteria)
    for name, criterion in criteria.items():
        kind, attribute, group = name.split(".")
        measure = kind.removeprefix("min_").removeprefix("near_group_")
        assert (shown[attribute]["groups"][group][measure] is None) == (name in hidden)
        assert criterion["value"] == whole[attribute]["groups"][group][measure]
