"""The few lines that `takeback summary` prints."""

from takeback.report.headline import ROWS, headline


def measured(value):
    parts = {part: {} for _, part, _ in ROWS}
    for place, (_, part, key) in enumerate(ROWS):
        parts[part][key] = value + place / 10_000
    return parts


GATE = {
    "verdict": "blocked",
    "criteria": {
        "min_auc": {"value": 0.7, "low": None, "high": None, "limit": 0.75, "blocks": "fail", "result": "fail"},
        "max_brier": {"value": 0.1, "low": None, "high": None, "limit": 0.15, "blocks": "fail", "result": "pass"},
    },
}


def test_each_number_stands_beside_its_name_under_its_candidate():
    rule = measured(0.25)
    rule["decision"]["bad_rate_among_approved"] = None
    lines = headline("taiwan", "xgboost", {"xgboost": measured(0.5), "rule": rule}, GATE, None).splitlines()
    assert lines[0].split() == ["on", "the", "test", "part", "xgboost", "rule"]
    assert [line.rsplit(maxsplit=2)[0].strip() for line in lines[1:9]] == [words for words, *_ in ROWS]
    assert [line.split()[-2] for line in lines[1:9]] == [f"0.500{place}" for place in range(8)]
    assert [line.split()[-1] for line in lines[1:9]] == [*(f"0.250{place}" for place in range(6)), "-", "0.2507"]
    assert lines[-2:] == [
        "Champion on taiwan: xgboost. Gate: blocked.",
        "  min_auc 0.7000, limit 0.75",
    ]


def test_a_scenario_comes_first():
    text = headline("taiwan", "rule", {"rule": measured(0.25)}, GATE, "BIAS SCENARIO (planted)")
    assert text.startswith("BIAS SCENARIO (planted).\n\n")
