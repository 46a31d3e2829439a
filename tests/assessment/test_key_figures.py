"""The numbers that DVC shows are those of the champion's files, and hide what those hide."""

import pytest

from takeback.assessment.gate_verdict import Evidence
from takeback.assessment.key_figures import key_figures

PERFORMANCE = {
    "ranking": {"auc": 0.79017384, "ks": 0.4},
    "probability": {"brier": 0.13264134, "calibration_error_debiased": 0.02001729},
    "decision": {
        "profit_per_application": 0.0438719,
        "approve_rate": 0.52703152,
        "refer_rate": 0.18242123,
        "bad_rate_among_approved": 0.09313957,
    },
}
ROWS = {"one": (1.0, 900), "two": (0.83572, 800), "three": (0.9, 100), "few": (0.2, 99), "hidden": (None, None)}
GROUPS = {name: {"approval_ratio": ratio, "count": count} for name, (ratio, count) in ROWS.items()}
FAIRNESS = {
    "age": {"reference": "one", "groups": GROUPS},
    "sex": {"reference": "one", "groups": {"one": GROUPS["one"]}},
}


def figures(performance=PERFORMANCE, fairness=FAIRNESS, verdict="pass"):
    return key_figures("forest", Evidence(performance, fairness, {}, {}, {}, {}), verdict, 100)


def test_they_are_what_the_files_say_in_four_digits():
    assert figures() == {
        "champion": "forest",
        "auc": 0.7902,
        "brier": 0.1326,
        "ece": 0.02002,
        "profit": 0.04387,
        "approve": 0.527,
        "refer": 0.1824,
        "bad_rate": 0.09314,
        "air": 0.8357,
        "gate": 1,
    }


def test_a_gate_that_does_not_pass_is_zero():
    assert figures(verdict="blocked")["gate"] == 0


@pytest.mark.parametrize(
    ("part", "name", "key"), [("decision", "bad_rate_among_approved", "bad_rate"), ("ranking", "auc", "auc")]
)
def test_what_is_hidden_stays_hidden(part, name, key):
    assert figures({**PERFORMANCE, part: {**PERFORMANCE[part], name: None}})[key] is None


def test_without_a_group_that_counts_there_is_no_ratio():
    few = {name: GROUPS[name] for name in ("one", "few", "hidden")}
    assert figures(fairness={"age": {"reference": "one", "groups": few}})["air"] is None
    assert figures(fairness={})["air"] is None
