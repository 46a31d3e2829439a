import copy
import re

import pytest

from takeback.report.model_card import card
from takeback.report.page import flat, render
from takeback.report.report_words import count, criteria, number, percent, span
from takeback.report.sections import SECTIONS
from tests.report.example import NAMES, UNSURE, compared, criterion, group
from tests.report.html_page import Page

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def poisoned(value):
    """Put a hostile text in place of every text, and of every key that names something."""
    keep = {"verdict", "result", "metric", "champion", "blocks"}
    if isinstance(value, dict):
        return {key: item if key in keep else poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return HOSTILE if isinstance(value, str) else value


def hidden(value):
    """Put None in place of every number."""
    if isinstance(value, dict):
        return {key: hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden(item) for item in value]
    return value if isinstance(value, str | bool) else None


def test_the_page_and_the_card_are_whole_when_every_figure_about_people_is_hidden(metrics):
    for name in ("fairness", "group_verdicts", "reasons", "data", "split"):
        metrics[name] = hidden(metrics[name])
    near = metrics["near_threshold"]
    for place in (*near["thresholds"].values(), near["flips"]):
        place |= {"count": None, "share": None, "groups": hidden(place["groups"])}
    for found in metrics["slices"]["slices"]:
        found["test"] = dict.fromkeys(found["test"])
    for each in metrics["candidates"].values():
        each["performance"] = hidden(each["performance"])
        each["intervals"] = dict.fromkeys(each["intervals"])
    assert not Page(render(metrics)).open
    assert "None" not in render(metrics) + card(metrics)


def test_the_same_metrics_give_the_same_bytes(metrics):
    assert render(metrics) == render(copy.deepcopy(metrics))


def test_every_measure_of_every_candidate_is_shown(metrics):
    text = render(metrics)
    measured = [flat(metrics["candidates"][name]["performance"]).values() for name in NAMES]
    numbers = {number(value, 4) for values in measured for value in values}
    assert len(numbers) > 20
    assert [each for each in numbers if f">{each}<" not in text] == []


def test_an_unknown_measure_is_shown_by_its_name(metrics):
    metrics["candidates"]["xgboost"]["performance"]["ranking"]["new_measure"] = 0.12345
    text = render(metrics)
    assert "New measure" in text
    assert "0.1235" in text or "0.1234" in text


def test_every_section_is_there_in_order_and_in_the_contents(metrics):
    text = render(metrics)
    names = [section.name for section in SECTIONS]
    assert re.findall(r'<section id="(\w+)">', text) == names
    assert re.findall(r'<a href="#(\w+)">', text.partition("<nav")[2].partition("</nav>")[0]) == names


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


def test_every_table_scrolls_in_its_own_box(metrics):
    """A table that is wider than a phone must not widen the page."""
    assert not re.findall(r'(?<!tabindex="0">)(?<!<div class="scroll">)<table', render(metrics))


def test_hostile_text_stays_text(metrics):
    metrics = poisoned(metrics)
    metrics["data"]["broken_rules"] = {HOSTILE: 5}
    metrics["fairness"] = {HOSTILE: {**metrics["fairness"]["sex"], "reference": HOSTILE}}
    metrics["fairness"][HOSTILE]["groups"] = {HOSTILE: group(500, 1.0), "second": group(40, 0.5)}
    rows = {
        HOSTILE: compared(500, 1.0, False),
        f"{HOSTILE} x": compared(400, 0.5, True),
        "second": compared(40, 0.5, False),
    }
    compared_with = {"reference": HOSTILE, "highest": HOSTILE, "groups": rows}
    both = {"attributes": {HOSTILE: compared_with}, "pairs": {HOSTILE: compared_with}, "pairs_judged": 1}
    metrics["group_verdicts"] = both
    metrics["data"]["groups"] = {HOSTILE: {HOSTILE: {"count": 1, "share": 1.0, "bad_rate": None}}}
    metrics["selection"]["features"][HOSTILE] = {
        **metrics["selection"]["features"]["income"],
        "proxy_gini": {HOSTILE: 0.9},
    }
    metrics["manifest"]["files"] = {HOSTILE: HOSTILE}
    metrics["gate"]["criteria"][f"min_approval_ratio.{HOSTILE}.{HOSTILE}"] = criterion(0.1, "fail")
    page = Page(render(metrics))
    assert not page.open
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not any(key.startswith("on") for _, attrs in page.tags for key in attrs)
    assert HOSTILE in page.words


def test_the_verdict_names_what_blocks_what_does_not_and_what_is_open(metrics):
    header = render(metrics).partition("</header>")[0]
    blocking, _, rest = header.partition("Failed, but only reported")
    warned, _, unsure = rest.partition("Not enough evidence for a verdict")
    assert "No. Gate: blocked" in blocking
    assert "Approval ratio of sex: second is 0.5611 (0.441 to 0.681); the gate wants at least 0.8." in blocking
    assert "Brier score is 0.9000; the gate wants at most 0.8." in warned
    assert "Approval ratio of sex: third is not shown; the gate wants at least 0.8." in unsure


def test_doubt_blocks_where_the_gate_says_so(metrics):
    metrics["gate"]["criteria"] = {"min_approval_ratio.sex.third": criterion(0.7, UNSURE, "doubt")}
    blocking = render(metrics).partition("</header>")[0].partition("What blocks (1 of 1")[2]
    assert "sex: third is 0.7000" in blocking
    assert "There is not enough evidence, and that stops a release too." in blocking


def test_a_planted_scenario_stands_above_everything(metrics):
    assert "planted" not in render(metrics).partition("<body>")[2]
    sentence = "BIAS SCENARIO (planted for demonstration): 40% of good payers"
    page = render({**metrics, "scenario": sentence}).partition("<body>")[2]
    assert sentence in page.partition("<h1>")[0]


def test_a_pass_says_so(metrics):
    metrics["gate"] = {"verdict": "pass", "criteria": {"min_auc": criterion(0.9, "pass")}}
    header = render(metrics).partition("</header>")[0]
    assert "Yes. Gate: pass" in header
    assert "Gate: blocked" not in header


@pytest.mark.parametrize("champion", NAMES)
def test_any_candidate_may_be_the_champion(metrics, champion):
    metrics["choice"]["champion"] = champion
    text = render(metrics)
    assert f"<h1>Champion {champion} on data set example</h1>" in text
    assert re.search(rf'<tr class="mark"><th scope="row">{champion} <span class="tag pass">champion', text)


def test_criteria_come_with_failures_first_and_those_that_block_before_the_rest(metrics):
    rows = criteria(metrics["gate"])
    assert [row["result"] for row in rows] == ["fail", "fail", "fail", UNSURE, "pass"]
    assert [row["bound"] for row in rows] == [
        *("at least 0.8", "at least 0.8", "at most 0.8", "at least 0.8", "at least 0.8")
    ]
    assert [row["stops"] for row in rows] == [True, False, False, False, False]


def test_an_unknown_criterion_and_a_group_with_a_dot_are_named():
    (row, other) = criteria(
        {"criteria": {"max_new_thing": criterion(1, "pass"), "min_approval_ratio.a.b.c": criterion(1, "pass")}}
    )
    assert (row["words"], row["bound"]) == ("new thing", "at most 0.8")
    assert other["words"] == "Approval ratio of a: b.c"


@pytest.mark.parametrize(
    ("result", "blocks", "stops"),
    [
        ("fail", "fail", True),
        ("fail", "doubt", True),
        ("fail", "never", False),
        (UNSURE, "fail", False),
        (UNSURE, "doubt", True),
        (UNSURE, "never", False),
        ("pass", "doubt", False),
    ],
)
def test_what_stops_a_release(result, blocks, stops):
    (row,) = criteria({"criteria": {"min_auc": criterion(0.5, result, blocks)}})
    assert row["stops"] is stops


def test_numbers():
    assert (number(0.12345), number(None), number(1, 0), number(-0.5, 1)) == ("0.123", "–", "1", "−0.5")
    assert (percent(0.12345), percent(None), percent(0.5, 0)) == ("12.3%", "–", "50%")
    assert count(1234567) == "1,234,567"
    assert (span(None), span([-0.5, 1], 1), span([0, 0.5], 0, True)) == ("", "−0.5 to 1.0", "0% to 50%")
