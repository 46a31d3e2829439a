import copy
import re

import pytest

from takeback.report.model_card import card
from tests.report.example import NAMES, UNSURE, audit, criterion, group

SECTIONS = [
    "Model details",
    "Intended use",
    "Out of scope",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats",
]
HOSTILE = "a|b<script>`*x*"


def in_git(metrics):
    """Leave out what lies beside Git: the card must not need it."""
    kept = {key: value for key, value in metrics.items() if key not in ("manifest", "surface", "profit_on_calibration")}
    for candidate in kept["candidates"].values():
        del candidate["thresholds"]
    return kept


@pytest.fixture
def written(metrics):
    return in_git(metrics)


def test_it_has_the_sections_of_mitchell_et_al_and_is_deterministic(written):
    text = card(written)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert card(copy.deepcopy(written)) == text
    assert "\n\n\n" not in text
    assert text.endswith("\n")


def test_every_number_comes_from_the_metrics(written):
    text = card(written)
    for words in (
        "| AUC | 0.7961 (0.7838 to 0.8084) | 0.7000 (0.6877 to 0.7123) |",
        "| Bad rate among approved | 7.9% | – |",
        "4,321 applications that no candidate learned from, 24.7%",
        "| sex: second | 400 | 30.0% | 0.56 (0.44 to 0.68) | 0.56 | 0.020 | **fails** |",
        "| sex: third | 87 | 30.0% | – | – | 0.020 | not enough evidence |",
        "Below 14.56% an application is approved, from 14.56% on declined",
        "- Approval ratio of sex: second is 0.5611 (0.441 to 0.681); the gate wants at least 0.8.",
        "PDs are worse than elsewhere where income &lt; 7, on the test part too.",
        "- Brier score is 0.9000; the gate wants at most 0.8.",
    ):
        assert words in text


def test_every_table_has_one_width(written):
    tables = re.findall(r"(?:^\|.*\n)+", card(written), re.MULTILINE)
    assert len(tables) > 1
    for table in tables:
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_the_verdict_is_first(written):
    assert "**May not be released: the gate blocks.**" in card(written).partition("## ")[0]
    written["gate"] = {"verdict": "pass", "criteria": {"min_auc": criterion(0.9, "pass")}}
    assert "**May be released: the gate passes.**" in card(written).partition("## ")[0]
    assert "No criterion blocks a release." in card(written)


def test_a_planted_scenario_is_labelled_before_everything_else(written):
    assert "planted" not in card(written)
    written |= {"scenario": "BIAS SCENARIO (planted): young", "split": {**written["split"], "flipped_labels": 321}}
    text = card(written)
    assert "> **BIAS SCENARIO (planted): young.**" in text.partition("released")[0]
    assert "321 labels were changed by the planted scenario" in text


def test_doubt_that_blocks_is_told_from_failure(written):
    written["gate"]["criteria"] = {"min_approval_ratio.sex.third": criterion(0.7, UNSURE, "doubt")}
    assert "third is 0.7000; the gate wants at least 0.8: not enough evidence." in card(written)


@pytest.mark.parametrize("champion", NAMES)
def test_any_candidate_may_be_the_champion(written, champion):
    written["choice"]["champion"] = champion
    text = card(written)
    assert text.startswith(f"# Model card: {champion} on example\n")
    assert ("rule (today)" in text) is (champion != "rule")


def test_a_champion_of_the_teams_own_is_no_surprise(written):
    for key in ("candidates", "measures"):
        if key in written:
            written[key]["hist"] = written[key]["xgboost"]
    written["choice"] = {**written["choice"], "champion": "hist"}
    assert "- hist, the estimator that its file in conf/model/ names." in card(written)


def test_words_of_people_stay_words(written):
    written["fairness"] = {HOSTILE: audit(HOSTILE, **{HOSTILE: group(5, 1.0), "b": group(4, 0.5)})}
    written["data_set"] = written["source"] = written["slices"]["slices"][1]["where"] = HOSTILE
    written["gate"]["criteria"] = {f"min_approval_ratio.{HOSTILE}.b": criterion(0.5, "fail")}
    text = card(written)
    assert "<script>" not in text
    assert "a\\|b&lt;script>\\`\\*x\\*" in text
    assert "\\\\" not in text
