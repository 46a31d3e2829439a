"""A `_target_` builds estimators of some packages, and nothing else."""

import pytest
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier

from takeback.common.errors import UserError
from takeback.config.params import parse_config
from takeback.models.candidates import estimator_of
from takeback.models.targets import build, check_candidates, parameter_names

HIST = "sklearn.ensemble.HistGradientBoostingClassifier"
LOGISTIC = {"_target_": "sklearn.linear_model.LogisticRegression"}
PIPELINE = "sklearn.pipeline.Pipeline"


def steps(*estimators):
    return {"_target_": PIPELINE, "steps": [[f"s{i}", estimator] for i, estimator in enumerate(estimators)]}


@pytest.fixture
def with_model(params):
    """A function that adds a candidate ``new`` to the settings and reads them."""

    def read(new, **more):
        values = yaml.safe_load(params["taiwan"])
        values["model"]["new"] = new
        return parse_config(yaml.safe_dump({**values, **more}), "params.yaml")

    return read


# Refused when params.yaml is read: nothing is imported.
NAMED = [
    ({"_target_": "os.system", "command": "true"}, "_target_", "found 'os.system'; expected an estimator of takeback."),
    ({"_target_": "builtins.eval"}, "_target_", "found 'builtins.eval'"),
    ({"_target_": "sklearnevil.Model"}, "_target_", "found 'sklearnevil.Model'"),
    ({"_target_": "sklearn"}, "_target_", "found 'sklearn'"),
    ({"_target_": "sklearn..Model"}, "_target_", "found 'sklearn..Model'"),
    ({"_target_": "sklearn.__loader__.load_module"}, "_target_", "found 'sklearn.__loader__"),
    ({"_target_": "takeback.common.files.write_text"}, "_target_", "found 'takeback.common"),
    ({"_target_": HIST + "\n"}, "_target_", "found 'sklearn.ensemble"),
    ({"_target_": "sklearn.utils._testing.subprocess"}, "_target_", "found 'sklearn.utils._testing.subprocess'"),
    ({"_target_": ["os", "system"]}, "_target_", "found \"['os', 'system']\""),
    ({"_target_": None}, "_target_", "found 'None'"),
    ({"max_iter": 3}, "_target_", "required key is not there"),
    ({"_target_": HIST, "_partial_": True}, "_partial_", "found a key of Hydra's"),
    ({"_target_": HIST, "_args_": [1]}, "_args_", "found a key of Hydra's"),
    ({"_target_": HIST, "l2_regularization": float("nan")}, "l2_regularization", "found nan; expected a finite number"),
    (steps({"_target_": "os.system"}, LOGISTIC), "steps.0.1._target_", "found 'os.system'"),
    (steps({"_target_": HIST, "_convert_": "all"}), "steps.0.1._convert_", "found a key of Hydra's"),
    ("os.system", "", "found 'os.system'; expected a mapping with _target_"),
    ([LOGISTIC], "", "expected a mapping with _target_"),
]


@pytest.mark.parametrize(("new", "key", "words"), NAMED)
def test_what_the_settings_refuse(with_model, new, key, words):
    with pytest.raises(UserError) as error:
        with_model(new)
    assert str(error.value).startswith(f"params.yaml: model.new{'.' if key else ''}{key}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_tower_of_estimators_is_refused(with_model):
    tower = LOGISTIC
    for _ in range(6):
        tower = steps(tower)
    with pytest.raises(UserError, match="nested more than 10 levels"):
        with_model(tower)


# Refused when the estimator is built: what a name stands for.
BUILT = [
    ({"_target_": "sklearn.utils.estimator_checks.check_estimator"}, "_target_", "expected the class of an estimator"),
    ({"_target_": "sklearn.utils.fixes.parse_version"}, "_target_", "expected the class of an estimator"),
    ({"_target_": "sklearn.os.system"}, "_target_", "no module sklearn.os"),
    ({"_target_": "sklearn.ensemble.Nothing"}, "_target_", "expected the class of an estimator"),
    ({"_target_": "sklearn.svmm.SVC"}, "_target_", "no module sklearn.svmm"),
    ({"_target_": "takeback.models.training.Training"}, "_target_", "expected the class of an estimator"),
    ({"_target_": "sklearn.preprocessing.StandardScaler"}, "_target_", "a classifier with fit and predict_proba"),
    ({"_target_": "sklearn.linear_model.Ridge"}, "_target_", "a classifier with fit and predict_proba"),
    ({"_target_": HIST, "max_itr": 3}, "max_itr", r"unknown parameter \(did you mean max_iter\?\); sklearn"),
    (steps(LOGISTIC | {"c": 3}), "steps.0.1.c", "unknown parameter"),
    ({**steps(LOGISTIC), "memory": "/tmp"}, "memory", "is not allowed; nothing is read from or written to a cache"),
    ({"_target_": "xgboost.XGBClassifier", "trees": 3}, "trees", "unknown parameter"),
    ({"_target_": "lightgbm.LGBMClassifier", "input_model": "x"}, "input_model", "unknown parameter"),
    ({"_target_": PIPELINE}, "", "cannot be built: .*steps"),
    (
        {"_target_": HIST, "max_iter": "many"},
        "",
        "'max_iter' parameter of HistGradientBoostingClassifier must be an int",
    ),
    (steps(LOGISTIC | {"C": -1}), "steps.0.1", "'C' parameter of LogisticRegression must be a float"),
]


@pytest.mark.parametrize(("new", "key", "words"), BUILT)
def test_what_is_no_estimator_is_refused(with_model, new, key, words):
    settings = with_model(new)
    with pytest.raises(UserError, match=words) as error:
        estimator_of(settings, "new")
    assert str(error.value).startswith(f"params.yaml: model.new{'.' if key else ''}{key}: ")
    assert "\n" not in str(error.value)


def test_a_package_that_is_not_there_says_how_to_get_it(with_model, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    with pytest.raises(UserError, match=r"lightgbm is not installed: pip install 'takeback\[lightgbm\]'"):
        estimator_of(with_model({"_target_": "lightgbm.LGBMClassifier"}), "new")


def test_an_estimator_gets_what_the_pipeline_knows_and_the_file_does_not_say(with_model):
    plain = estimator_of(with_model({"_target_": HIST, "max_iter": 7}), "new", (1, -1, 0))
    assert isinstance(plain, HistGradientBoostingClassifier)
    assert (plain.max_iter, plain.monotonic_cst, plain.random_state) == (7, (1, -1, 0), 20)
    own = {"_target_": HIST, "monotonic_cst": [0, 0, 0], "random_state": 3}
    said = estimator_of(with_model(own), "new", (1, -1, 0))
    assert (said.monotonic_cst, said.random_state) == ([0, 0, 0], 3)
    booster = estimator_of(with_model({"_target_": "xgboost.XGBClassifier"}), "new", (1, -1, 0))
    assert (booster.monotone_constraints, booster.n_jobs) == ((1, -1, 0), 1)
    forest = {"_target_": "sklearn.ensemble.RandomForestClassifier"}
    inside = estimator_of(with_model(steps(forest)), "new", (1, -1, 0)).named_steps["s0"]
    assert (inside.random_state, inside.n_jobs, inside.monotonic_cst) == (20, None, None)


def test_the_rule_is_always_there(params):
    values = yaml.safe_load(params["taiwan"])
    for rule in (None, LOGISTIC):
        values["model"]["rule"] = rule
        if rule is None:
            del values["model"]["rule"]
        with pytest.raises(UserError, match=r"model\.rule: expected the rule to fall back on"):
            parse_config(yaml.safe_dump(values), "params.yaml")


@pytest.mark.parametrize("name", ["New", "../x", "a b", "9x", "x" * 31, ""])
def test_a_name_is_one_that_a_folder_can_have(params, name):
    values = yaml.safe_load(params["taiwan"])
    values["model"][name] = LOGISTIC
    with pytest.raises(UserError, match=r"model\."):
        parse_config(yaml.safe_dump(values), "params.yaml")


def test_parameters_of_a_class_that_passes_them_on():
    assert {"objective", "max_depth", "monotone_constraints"} <= {*parameter_names(type(build("x", XGB)))}


XGB = {"_target_": "xgboost.XGBClassifier"}


def test_names_are_checked_before_anything_runs(with_model):
    check_candidates(with_model({"_target_": HIST}).model)
    with pytest.raises(UserError, match=r"model\.new\.max_itr"):
        check_candidates(with_model({"_target_": HIST, "max_itr": 3}).model)
