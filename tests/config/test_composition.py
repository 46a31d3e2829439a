"""takeback compose writes what DVC would write, and says clearly what is wrong."""

import os
import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import compose_and_dump

from takeback.common.errors import UserError
from takeback.config.composition import check_composed, composed

ROOT = Path(__file__).parents[2]
OVERRIDES = [
    [],
    ["experiment=german"],
    ["policy=basel"],
    ["model/xgboost=shallow", "policy.max_referral_rate=0.1"],
    ["calibration=isotonic", "features.exclude=[LIMIT_BAL]"],
]


@pytest.fixture
def conf(tmp_path):
    return Path(shutil.copytree(ROOT / "conf", tmp_path / "conf"))


@pytest.mark.parametrize("overrides", OVERRIDES, ids=str)
def test_it_writes_the_bytes_that_dvc_writes(tmp_path, overrides):
    target = tmp_path / "params.yaml"
    compose_and_dump(target, str(ROOT / "conf"), None, "config", "", overrides)
    assert composed(overrides, ROOT / "conf").encode() == target.read_bytes()


def test_params_yaml_is_what_conf_composes():
    check_composed(ROOT / "params.yaml", ROOT / "conf")


def test_a_difference_is_shown_with_what_to_do(tmp_path, conf):
    params = tmp_path / "params.yaml"
    params.write_text(composed(conf=conf))
    check_composed(params, conf)
    policy = conf / "policy" / "default.yaml"
    policy.write_text(policy.read_text().replace("return_rate: 0.15", "return_rate: 0.25"))
    with pytest.raises(UserError, match=r"-  return_rate: 0\.15\n\+  return_rate: 0\.25(.|\n)*takeback compose"):
        check_composed(params, conf)
    params.unlink()
    with pytest.raises(UserError, match="not what"):
        check_composed(params, conf)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("data=dutch", "german"),
        ("policy.reward=1", "reward"),
        ("policy.return_rate=-1", r"policy\.return_rate: found -1"),
        ("model/xgboost=deep", "shallow"),
        ("experiment=", "experiment"),
        ("][", "]"),
        ("+policy.extra=1", r"policy\.extra: unknown key"),
        ("split.test=${nothing}", "nothing"),
    ],
)
def test_a_wrong_override_is_one_message(override, expected):
    with pytest.raises(UserError, match=expected):
        composed([override], ROOT / "conf")


def test_broken_yaml_names_the_file(conf):
    (conf / "policy" / "default.yaml").write_text("a: [1\n")
    with pytest.raises(UserError, match=r"default\.yaml|policy"):
        composed(conf=conf)


def test_no_conf_folder_is_one_message(tmp_path):
    with pytest.raises(UserError, match=r"config.yaml: there is no such file"):
        composed(conf=tmp_path)


def test_every_preset_composes():
    presets = sorted(path.stem for path in (ROOT / "conf/experiment").glob("*.yaml"))
    texts = {preset: composed([f"experiment={preset}"], ROOT / "conf") for preset in presets}
    assert len({*texts.values(), composed(conf=ROOT / "conf")}) == len(presets) + 1, "one changes nothing"


def test_a_pipe_for_the_source_is_named_before_dvc_waits_for_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "data" / "source" / "taiwan_default.csv"
    source.parent.mkdir(parents=True)
    os.mkfifo(source)
    with pytest.raises(UserError, match=r"taiwan_default\.csv: is a pipe, socket or device"):
        composed(conf=ROOT / "conf")
