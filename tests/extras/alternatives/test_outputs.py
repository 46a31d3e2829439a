"""What a search writes: the dossier, the picture and the preset."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from takeback.config.composition import composed
from takeback.config.params import parse_config
from takeback.extras.alternatives.dossier_tables import described
from takeback.extras.alternatives.frontier_picture import frontier_picture
from takeback.extras.alternatives.outputs import HEADER, experiment, trial_rows
from takeback.extras.alternatives.search import GUIDED, SINGLE
from takeback.extras.alternatives.search_dossier import SearchFacts, dossier
from takeback.extras.alternatives.space import Alternative, alternative, changed, present_point
from takeback.extras.alternatives.trials import Trial

ROOT = Path(__file__).parents[3]
JUDGED = ("age.under_25",)
THRESHOLDS = [{"age": {"profit_per_application": p, "smallest_ratio": 0.9, "approve_rate": 0.7}} for p in (0.04, 0.05)]
FACTS = SearchFacts(
    {"data/split/train.parquet": "ab12"},
    100,
    0.8,
    20,
    JUDGED,
    {"return_rate": 0.15},
    "takeback alternatives",
    THRESHOLDS,
)


def trial(number, profit, ratio, point=None, changes=None, phase=GUIDED, kind="xgboost"):
    results = [
        {
            "profit_per_application": p,
            "smallest_ratio": r,
            "ratios": {"age.under_25": r},
            "auc": 0.7,
            "approve_rate": 0.5,
        }
        for p, r in ((profit - 0.001, ratio - 0.01), (profit + 0.001, ratio + 0.01))
    ]
    return Trial(number, phase, point or {"kind": kind}, Alternative(kind, changes or {}), len(changes or {}), results)


BASELINE = trial(0, 0.050, 0.65, phase=SINGLE)
FAIR = trial(1, 0.049, 0.85, {"kind": "xgboost", "family limit": "out"}, {"features.exclude": ["LIMIT_BAL"]})
FAILED = Trial(2, SINGLE, {"kind": "xgboost"}, Alternative("xgboost", {}), 0, [{"why_not": "no feature is left"}] * 2)
TRIALS = [BASELINE, FAIR, FAILED]


def test_the_dossier_says_what_was_chosen_and_what_it_costs(small_search):
    text = dossier(FACTS, small_search, TRIALS, [BASELINE, FAIR], FAIR)
    assert "**Trial 1**: xgboost: without limit." in text
    assert "the difference is -0.0010 ± 0.0000 (-2.0%)" in text
    assert "| age.under_25 | 0.650 ± 0.014 | 0.850 ± 0.014 |" in text
    assert "no feature is left" in text
    assert "`data/split/train.parquet`, SHA-256 `ab12`" in text
    assert "return_rate 0.15" in text
    assert "**No alternative:**" in text
    assert "The baseline earns 0.0500 ± 0.0014." in text.replace("\n", " ")
    assert "| age | 0.0450 ± 0.0071 | 0.900 ± 0.000 | 0.700 ± 0.000 |" in " ".join(text.split())


def test_without_a_choice_it_names_the_nearest(small_search):
    text = dossier(FACTS, small_search, TRIALS, [BASELINE], None)
    assert "**None.** The nearest is trial 0 with 0.650 ± 0.014" in text


def test_the_picture_is_a_file_of_its_own_for_both_themes():
    svg = frontier_picture(TRIALS, [BASELINE, FAIR], FAIR, 0.8)
    root = ET.fromstring(svg)  # what a browser reads
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme: dark" in svg
    assert "#00f" not in svg, "a colour without a theme"
    assert {name for name in ("baseline", "chosen: 1", "tried", "frontier") if name not in svg} == set()
    assert svg == frontier_picture(TRIALS, [BASELINE, FAIR], FAIR, 0.8)


def test_the_picture_of_a_baseline_alone():
    words = " ".join(ET.fromstring(frontier_picture([BASELINE, FAILED], [BASELINE], None, 0.8)).itertext())
    assert "baseline" in words
    assert "chosen" not in words


def test_rows_say_what_was_tried_again():
    first, second, failed = trial_rows(TRIALS, [BASELINE, FAIR], JUDGED)
    assert second["profit_less_baseline_mean"] == pytest.approx(-0.001)
    assert (second["again_age.under_25_mean"], second["changes"]) == (0.85, '{"features.exclude": ["LIMIT_BAL"]}')
    assert (failed["why_not"], failed["auc_mean"], failed["again_auc_mean"]) == ("no feature is left", None, None)
    assert first.keys() == second.keys() == failed.keys()


def test_the_preset_composes_to_the_settings_that_were_evaluated(params, tmp_path):
    changes = {
        "features.exclude": ["LIMIT_BAL"],
        "training.reweigh": ["age", "education"],
        "data.columns.PAY_0.monotone": 0,
        "policy.max_referral_rate": 0.1,
    }
    chosen = trial(7, 0.049, 0.85, changes=changes, kind="forest")
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    text = experiment(chosen, {"policy.loss_given_default": 0.5}, BASELINE._replace(results=chosen.results), "fair")
    (tmp_path / "conf" / "experiment" / "fair.yaml").write_text(text)
    assert HEADER in text
    found = parse_config(composed(["experiment=fair"], tmp_path / "conf"), "params.yaml")
    base = yaml.safe_load(params["taiwan"])
    expected = changed(base, {**changes, "policy.loss_given_default": 0.5})
    preferred = expected.champion.model_copy(update={"prefer": ("forest",), "tolerance": 1.0})
    assert found == expected.model_copy(update={"champion": preferred})


def test_words_of_an_alternative(base, small_search):
    point = {"kind": "xgboost", "family limit": "out", "family late": "in", "directions": "none"}
    point |= {"training.reweigh": ["age"], "model.xgboost.max_depth": 2, "policy.max_referral_rate": 0.2}
    one = Trial(0, GUIDED, point, alternative(base, small_search, point), 4, [])
    assert described(one) == "xgboost: without limit; no directions; xgboost.max_depth 2; reweigh age"


def test_words_of_a_reduction(base, small_search):
    reduction = {"method": "grid_search", "constraint": "demographic_parity", "by": ["age", "sex"]}
    reduction |= {"threshold": 0.17, "models": 3, "constraint_weight": 0.5}
    search = small_search.model_copy(update={"choices": {"training.reduction": (reduction,)}})
    point = {**present_point(base, search, "logistic"), "training.reduction": reduction}
    words = described(Trial(0, GUIDED, point, alternative(base, search, point), 1, []))
    assert words == ("logistic: reduction grid search, demographic parity by age x sex, threshold 0.17, weight 0.5")
