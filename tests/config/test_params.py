import re

import pytest
from pydantic import ValidationError

from takeback.common.errors import UserError
from takeback.config.params import load_params, parse_config

POINTS = "model.rule.points"
BIN = {"edges": [1], "points": [0, 1], "missing": 0, "reason": "late"}
WRONG = [
    ("features.exclude", ["PAY_1"], "features.exclude", "found 'PAY_1'; expected features of taiwan"),
    ("features.exclude", ["AGE"], "features.exclude", "found 'AGE'; expected features of taiwan"),
    (f"{POINTS}.AGE", BIN, POINTS, "found 'AGE'; expected one of LIMIT_BAL, PAY_0"),
    (f"{POINTS}.PAY_0.points", [1, 2], f"{POINTS}.PAY_0", "expected rising edges and one point value more than edges"),
    (f"{POINTS}.PAY_0.edges", [2, 1, 3], f"{POINTS}.PAY_0", "expected rising edges"),
    ("split.test", 0.8, "split", "calibration and test leave nothing to train on; expected a sum below 1"),
    ("split.test_from", "2024-01-01", "split.test_from", "the contract of taiwan has no date column"),
    ("policy.analyst_approves_bad", 0.95, "policy.analyst_approves_bad", "above analyst_approves_good"),
    ("governance.next_review", "2027-02-31", "governance.next_review", "expected a date, as 2027-06-30"),
    ("governance.next_review", "soon", "governance.next_review", "found 'soon'; expected a date"),
    ("governance.approvals", {"prod": ["cro"]}, "governance.approvals.prod", "'cro', which has nobody under approvers"),
    ("release.minor_flips", 2, "release.minor_flips", "found 2; input should be less than or equal to 1"),
    ("scenario.share", 0.5, "scenario.attribute", "found None; expected a protected attribute: sex, education"),
    ("scenario.attribute", "income", "scenario.attribute", "found 'income'; expected a protected attribute: sex"),
    ("scenario.attribute", "education", "scenario.group", "found None; expected one of graduate_school, university"),
    ("scenario.group", "young", "scenario.attribute", "found None; expected a protected attribute: sex"),
    ("scenario.share", 1, "scenario.share", "found 1; input should be less than 1"),
    ("scenario.seed", "x", "scenario.seed", "found 'x'; input should be a valid integer"),
    ("scenario", ..., "scenario", "required key is not there"),
    ("split.test", 0, "split.test", "found 0; input should be greater than 0"),
    ("features.bins", 1, "features.bins", "found 1; input should be greater than or equal to 2"),
    ("features.max_proxy_gini", 1.1, "features.max_proxy_gini", "found 1.1; input should be less than or equal to 1"),
    ("policy.loss_given_default", 0, "policy.loss_given_default", "found 0; input should be greater than 0"),
    ("policy.loss_given_default", -0.5, "policy.loss_given_default", "found -0.5; input should be greater than 0"),
    ("policy.review_cost", -0.01, "policy.review_cost", "found -0.01; input should be greater than or equal to 0"),
    ("policy.max_referral_rate", 1.5, "policy.max_referral_rate", "found 1.5; input should be less than or equal to 1"),
    ("policy.return_rate", float("inf"), "policy.return_rate", "found inf; input should be a finite number"),
    ("model.xgboost.max_depth", 2.5, "model.xgboost.max_depth", "found 2.5; input should be a valid integer"),
    ("model.xgboost.max_deth", 3, "model.xgboost.max_deth", "unknown key (did you mean max_depth?)"),
    ("model.logistic.l2", "weak", "model.logistic.l2", "found 'weak'; input should be a valid number"),
    (
        "training.reweigh",
        ["income"],
        "training.reweigh",
        "found 'income'; expected protected attributes: sex, education",
    ),
    ("training.reweigh", "age", "training.reweigh", "found 'age'; input should be a valid tuple"),
    ("training.reweigh", ..., "training.reweigh", "required key is not there"),
    (
        "calibration.method",
        "platt",
        "calibration.method",
        "found 'platt'; input should be 'auto', 'none', 'logistic', 'beta' or 'isotonic'",
    ),
    ("candidates", ["logistic"], "candidates", "found logistic; expected rule among them, and none twice"),
    ("candidates", ["rule", "rule"], "candidates", "found rule, rule; expected rule among them, and none twice"),
    ("candidates", ["rule", "../forest"], "candidates.1", "found '../forest'; string should match pattern"),
    (
        "candidates",
        ["rule", "catboost"],
        "candidates",
        "found 'catboost', which has no settings in `model`: rule, logis",
    ),
    ("candidates", ..., "candidates", "required key is not there"),
    ("champion.prefer", ["tree"], "champion.prefer", "found 'tree', which has no settings in `model`: rule, logistic"),
    ("champion.metric", "acu", "champion.metric", "found 'acu'; input should be 'auc', 'gini'"),
    (
        "gate.min_auc.blocks",
        "perhaps",
        "gate.min_auc.blocks",
        "found 'perhaps'; input should be 'never'",
    ),
    ("gate.min_auc.limit", ..., "gate.min_auc.limit", "required key is not there"),
    ("gate", ..., "gate", "required key is not there"),
    ("tracking", "wandb", "tracking", "found 'wandb'; input should be 'none' or 'mlflow'"),
    ("gates", {}, "gates", "unknown key (did you mean gate?); expected data, split, scenario, features"),
    ("split", 3, "split", "found 3"),
]


@pytest.mark.parametrize(("key", "value", "path", "words"), WRONG)
def test_a_wrong_setting_is_refused_with_its_path(refusal, key, value, path, words):
    message = refusal(key, value)
    assert message.startswith(f"params.yaml: {path}: ")
    assert words in message


def test_every_problem_has_its_line(params):
    text = re.sub(r"(return_rate|tolerance): .*", r"\1: much", params["taiwan"])
    with pytest.raises(UserError) as error:
        parse_config(text, "params.yaml")
    paths = [line.split(": ")[1] for line in str(error.value).splitlines()]
    assert paths == ["policy.return_rate", "champion.tolerance"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: [1", "not readable as YAML"), ("- 1", "expected keys data, split"), ("", "found no mapping")],
)
def test_what_is_no_mapping_is_refused(text, words):
    with pytest.raises(UserError, match=words):
        parse_config(text, "params.yaml")


def test_a_missing_file_says_how_to_get_it(tmp_path):
    with pytest.raises(UserError, match=r"params\.yaml: there is no such file. `takeback compose` writes it"):
        load_params(tmp_path / "params.yaml")


def test_what_is_written_is_what_is_loaded(tmp_path, params, taiwan_config):
    path = tmp_path / "params.yaml"
    path.write_text(params["taiwan"], encoding="utf-8")
    assert load_params(path) == taiwan_config


def test_settings_cannot_be_changed(taiwan_config):
    with pytest.raises(ValidationError, match="frozen"):
        taiwan_config.split.test = 0.5
