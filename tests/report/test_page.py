import copy
import re
from html.parser import HTMLParser

import pytest

from takeback.report.page import flat, ratios, render
from takeback.report.words import count, criteria, number, percent

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
NAMES = ("rule", "logistic", "forest", "xgboost")
DECISION = {"approve_rate": 0.5123, "refer_rate": 0.2, "decline_rate": 0.2877, "profit_per_application": 0.0444}


def candidate(auc: float, **decision: float | None) -> dict:
    return {
        "performance": {
            "ranking": {"auc": auc, "gini": 2 * auc - 1, "ks": 0.4123, "average_precision": 0.5234},
            "probability": {"brier": 0.1345, "calibration_error": 0.0156, "log_loss": 0.4567},
            "decision": {**DECISION, "bad_rate_among_approved": 0.0789, "decline_f1": 0.5431, **decision},
        },
        "roc": [{"false_positive_rate": x, "true_positive_rate": x} for x in (0.0, 0.5, 1.0)],
        "calibration": [{"count": 50.0, "mean_pd": 0.1, "bad_rate": 0.2}] * 2,
        "training": {"rows": 100},
        "importance": [{"feature": "income", "mean_absolute_contribution": 1.0}],
        "learning_curve": [],
        "thresholds": {"approve_below": 0.1456, "decline_from": 0.1892},
    }


def group(size: int, ratio: float | None) -> dict:
    rates = dict.fromkeys(("approval_rate", "approval_rate_of_good", "referral_rate", "mean_pd", "bad_rate"), 0.3)
    return {**rates, "count": size, "approval_ratio": ratio}


def audit(**groups: dict) -> dict:
    gaps = {"approval_rate": 0.1, "approval_rate_of_good": 0.2, "approval_rate_of_bad": 0.05}
    return {"reference": "first", "gaps": gaps, "groups": groups}


def criterion(value: float | None, result: str, blocks: bool = True) -> dict:
    return {"value": value, "limit": 0.8, "blocks": blocks, "result": result}


@pytest.fixture
def metrics() -> dict:
    boosted = {**candidate(0.7961), "training": {"rows": 100, "rounds": 2}}
    boosted["learning_curve"] = [{"round": i, "train_logloss": 0.5, "validation_logloss": 0.6} for i in (1, 2, 3)]
    low, approved_none = {"approve_rate": 0.0, "bad_rate_among_approved": None}, group(87, None)
    return {
        "data_set": "example",
        "scenario": None,
        "labels": {"income": "income a year", "age": "age in years"},
        "policy": {
            "return_rate": 0.15,
            "loss_given_default": 0.75,
            "review_cost": 0.005,
            "analyst_approves_good": 0.9,
            "analyst_approves_bad": 0.4,
            "max_referral_rate": 0.2,
        },
        "limits": {"min_approval_ratio": 0.8, "min_group_size": 100},
        "choice": {"champion": "xgboost", "metric": "auc", "why": dict.fromkeys(NAMES, "auc 0.02 short of the best")},
        "gate": {
            "verdict": "blocked",
            "criteria": {
                "min_auc": criterion(0.7961, "pass"),
                "min_approval_ratio.sex.second": criterion(0.5611, "fail"),
                "min_approval_ratio.sex.third": criterion(None, "insufficient evidence"),
                "max_brier": criterion(0.9, "fail", blocks=False),
            },
        },
        "data": {
            "rows": {"source": 12345, "accepted": 12340, "quarantined": 5},
            "quarantined_share": 0.0004,
            "broken_rules": {"income: expected at least 0": 5},
            "missing_share": {"income": 0.0321, "age": 0.0},
            "repeated_but_for_the_id": 3,
            "bad_rate": 0.25,
            "groups": {"sex": {"first": {"count": 9000, "share": 0.75, "bad_rate": 0.2}}},
        },
        "selection": {
            "features": {
                "income": {"selected": True, "why": "kept", "information_value": 0.321, "proxy_gini": {"sex": 0.456}},
                "age": {"selected": False, "why": "too weak", "information_value": 0.002, "proxy_gini": {}},
            }
        },
        "fairness": {"sex": audit(first=group(500, 1.0), second=group(400, 0.5611), third=approved_none)},
        "candidates": {
            "rule": candidate(0.70, **low),
            "logistic": candidate(0.75),
            "forest": candidate(0.78),
            "xgboost": boosted,
        },
    }


class Page(HTMLParser):
    """Collects tags and attributes, and checks that what opens is closed."""

    VOID = ("meta", "path", "use", "rect", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def poisoned(value):
    """Put a hostile text in place of every text, and of every key that names something."""
    keep = {"verdict", "result", "metric", "champion"}
    if isinstance(value, dict):
        return {key: item if key in keep else poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return HOSTILE if isinstance(value, str) else value


def test_the_same_metrics_give_the_same_bytes(metrics):
    assert render(metrics) == render(copy.deepcopy(metrics))


def test_every_measure_of_every_candidate_is_shown(metrics):
    text = render(metrics)
    for name in NAMES:
        for value in flat(metrics["candidates"][name]["performance"]).values():
            assert f">{number(value, 4)}<" in text


def test_an_unknown_measure_is_shown_by_its_name(metrics):
    metrics["candidates"]["xgboost"]["performance"]["ranking"]["new_measure"] = 0.12345
    text = render(metrics)
    assert "new measure" in text
    assert "0.1235" in text or "0.1234" in text


def test_the_page_refers_to_nothing_outside_itself(metrics):
    page = Page(render(metrics))
    assert not page.open
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "base"}
    links = [value for _, attrs in page.tags for key, value in attrs.items() if key in ("href", "src", "xlink:href")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"https?:|@import|url\((?!#)", render(metrics))


def test_links_within_the_page_lead_somewhere_and_no_id_is_there_twice(metrics):
    page = Page(render(metrics))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for _, attrs in page.tags if "href" in attrs} <= set(ids)


def test_hostile_text_stays_text(metrics):
    metrics = poisoned(metrics)
    metrics["data"]["broken_rules"] = {HOSTILE: 5}
    metrics["fairness"] = {HOSTILE: {**metrics["fairness"]["sex"], "reference": HOSTILE}}
    metrics["fairness"][HOSTILE]["groups"] = {HOSTILE: group(500, 1.0), "second": group(40, 0.5)}
    metrics["data"]["groups"] = {HOSTILE: {HOSTILE: {"count": 1, "share": 1.0, "bad_rate": None}}}
    metrics["selection"]["features"][HOSTILE] = {
        **metrics["selection"]["features"]["income"],
        "proxy_gini": {HOSTILE: 0.9},
    }
    metrics["gate"]["criteria"][f"min_approval_ratio.{HOSTILE}.{HOSTILE}"] = criterion(0.1, "fail")
    page = Page(render(metrics))
    assert not page.open
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not any(key.startswith("on") for _, attrs in page.tags for key in attrs)
    assert HOSTILE in page.words


def test_the_verdict_names_what_blocks_and_what_does_not(metrics):
    header = render(metrics).partition("</header>")[0]
    blocking, _, warned = header.partition("do not stop a release")
    assert "Gate: blocked" in blocking
    assert "Approval ratio of sex: second is 0.5611; the gate wants at least 0.8." in blocking
    assert "Brier score is 0.9000; the gate wants at most 0.8." in warned
    assert "1 more criterion has too little evidence" in warned


def test_a_planted_scenario_stands_above_everything(metrics):
    assert "planted" not in render(metrics).partition("<body>")[2]
    sentence = "BIAS SCENARIO (planted for demonstration): 40% of good payers"
    page = render({**metrics, "scenario": sentence}).partition("<body>")[2]
    assert sentence in page.partition("<h1>")[0]


def test_a_pass_says_so(metrics):
    metrics["gate"] = {"verdict": "pass", "criteria": {"min_auc": criterion(0.9, "pass")}}
    header = render(metrics).partition("</header>")[0]
    assert "Gate: pass" in header
    assert "Gate: blocked" not in header


@pytest.mark.parametrize("champion", NAMES)
def test_any_candidate_may_be_the_champion(metrics, champion):
    metrics["choice"]["champion"] = champion
    text = render(metrics)
    assert f"<h1>Champion {champion} on data set example</h1>" in text
    assert re.search(rf'<tr class="mark"><th scope="row">{champion} <span class="tag pass">champion', text)


def test_a_page_without_a_learning_curve_or_a_ratio_is_whole(metrics):
    metrics["choice"]["champion"] = "rule"
    metrics["candidates"]["xgboost"]["learning_curve"] = []
    metrics["fairness"] = {"sex": audit(first=group(500, None), second=group(400, None))}
    text = render(metrics)
    assert not Page(text).open
    assert "Learning" not in text
    assert "There is no approval ratio." in text


def test_small_groups_are_marked_and_so_is_the_reference(metrics):
    text = render(metrics)
    assert 'first <span class="tag">reference</span>' in text
    assert 'third <span class="tag small">small</span>' in text
    assert 'second <span class="tag small">' not in text


def test_a_small_reference_group_leaves_every_ratio_open(metrics):
    metrics["fairness"]["sex"]["groups"]["first"]["count"] = 20
    assert all(row["small"] for row in ratios(metrics))
    assert "is below 0.8" in render(metrics)


def test_features_are_in_or_out_with_reason_and_strongest_proxy(metrics):
    section = render(metrics).partition('id="features"')[2].partition("</section>")[0]
    income, age = (re.sub(r"<[^>]+>|\s+", " ", row) for row in section.split("<tr>")[2:4])
    assert [word for word in ("✓ in", "0.321", "0.456", "sex", "kept", "income a year") if word not in income] == []
    assert [word for word in ("✕ out", "0.002", "–", "too weak") if word not in age] == []


def test_data_quality_is_shown(metrics):
    section = render(metrics).partition('id="data"')[2].partition("</section>")[0]
    assert [
        word for word in ("12,345", "12,340", "0.04%", "3.21%", "25.0%", "expected at least 0") if word not in section
    ] == []


def test_criteria_come_with_failures_first(metrics):
    rows = criteria(metrics["gate"])
    assert [row["result"] for row in rows] == ["fail", "fail", "insufficient evidence", "pass"]
    assert [row["bound"] for row in rows] == ["at least", "at most", "at least", "at least"]


def test_an_unknown_criterion_and_a_group_with_a_dot_are_named():
    (row, other) = criteria(
        {"criteria": {"max_new_thing": criterion(1, "pass"), "min_approval_ratio.a.b.c": criterion(1, "pass")}}
    )
    assert (row["words"], row["bound"]) == ("new thing", "at most")
    assert other["words"] == "Approval ratio of a: b.c"


def test_numbers():
    assert (number(0.12345), number(None), number(1, 0)) == ("0.123", "–", "1")
    assert (percent(0.12345), percent(None), percent(0.5, 0)) == ("12.3%", "–", "50%")
    assert count(1234567) == "1,234,567"
