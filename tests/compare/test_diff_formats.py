import re
from html.parser import HTMLParser

import pytest

from takeback.compare.diff_formats import as_json, as_markdown, as_text
from takeback.compare.diff_page import as_html
from takeback.compare.diff_sections import sections
from takeback.compare.diff_words import Section, Table, arrow, moved, signed, value

NASTY = "<script>alert(1)</script>|*a*"
SAME = {"before": 0.5, "after": 0.5, "change": 0.0, "interval": [0.0, 0.0]}
WORSE = {"before": 0.5, "after": 0.4, "change": -0.1, "interval": [-0.2, -0.05]}
UNKNOWN = {"before": None, "after": 0.4, "change": None, "interval": None}


def result(**changes):
    """A small result as `compare` gives it, with names that want to be markup."""
    flipped = {"applicants": 10, "flipped": 1, "stricter": 1, "milder": 0}
    row = {"id": NASTY, "before": "approve", "after": "decline", "pd_before": 0.1, "pd_after": 0.3, "reason": NASTY}
    table = {was: dict.fromkeys(("approve", "refer", "decline"), 0) for was in ("approve", "refer", "decline")}
    rows = {"before": 9, "after": 10, "added": 1, "removed": 0, "changed": 2}
    group = {"rows": rows, "bad_rate": {"before": 0.2, "after": None}, "drift": {"LIMIT": 0.3}}
    audit = {"count": {"before": 5, "after": 5}, "approval_rate": WORSE, "approval_ratio": UNKNOWN}
    side = {"champion": "rule", "metric": "auc", "values": {"rule": 0.7}, "why": {"rule": "best"}}
    content = {
        "schema_version": 1,
        "before": {"name": "v1", "commit": "c0ffee", "champion": "rule", "scenario": None},
        "after": {"name": NASTY, "commit": None, "champion": "xgboost", "scenario": None},
        "parameters": {"policy": [{"name": "policy.x", "before": [*range(9)], "after": None}], "gate": []},
        "data": {
            "source": {"before": "a" * 64, "after": "b" * 64},
            "quarantined": {"before": 0, "after": 3},
            "bad_rate": {"before": 0.2, "after": 0.25},
            "rows": rows,
            "columns": {"added": [NASTY], "removed": [], "changed": {"LIMIT": 2}},
            "drift": {"LIMIT": 0.12, "AGE": 0.0},
            "groups": {"sex": {NASTY: group}},
        },
        "selection": {"in": [{"feature": "x", "before": None, "after": "iv"}], "out": [], "selected": SAME},
        "champion": {"before": side, "after": {**side, "champion": "xgboost"}},
        "metrics": {"ranking.auc": WORSE, "decision.profit_per_application": SAME, "probability.brier": UNKNOWN},
        "rule": {"ranking.auc": SAME},
        "fairness": {"sex": {"reference": {"before": "f", "after": "f"}, "gap": WORSE, "groups": {NASTY: audit}}},
        "policy": {"approve_below": {"before": 0.1, "after": 0.2}},
        "gate": {"verdict": {"before": "pass", "after": "blocked"}, "criteria": {}},
        "size": {"before": 10, "after": 20, "files": {}},
        "libraries": {"numpy": {"before": "1", "after": "2"}},
        "decisions": {
            **flipped,
            "table": table,
            "directions": {"approve -> decline": 1},
            "groups": {"sex": {NASTY: flipped}},
            "reasons": {"approve -> decline": {NASTY: 1}},
            "examples": [row],
            "no_reasons": None,
        },
    }
    return {**content, **changes}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.references = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.references += [value for name, value in attributes if name in ("href", "src")]


def test_the_page_escapes_what_comes_from_people_and_refers_to_nothing_outside():
    page = Page()
    page.feed(text := as_html(result()))
    assert "script" not in page.tags
    assert all(reference.startswith("#") for reference in page.references)
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert as_html(result()) == text


def test_markdown_escapes_what_comes_from_people():
    text = as_markdown(sections(result()))
    assert "<script>" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table
    assert "## v1 -> " in text
    assert text.count("<details>") == text.count("</details>") == 12


@pytest.mark.parametrize("name", ["data", "metrics", "fairness", "decisions", "gate", "policy", "size", "champion"])
def test_a_section_that_cannot_be_had_says_why_in_every_format(name):
    content = result(**{name: {"unavailable": "v1: has no such thing."}})
    for text in (as_text(sections(content)), as_markdown(sections(content)), as_html(content)):
        assert "Not available: v1: has no such thing." in text
    assert '"unavailable": "v1: has no such thing."' in as_json(content)


def test_the_scenario_of_a_release_is_said_first():
    side = {"name": "v2", "commit": None, "champion": "rule", "scenario": "bias"}
    lines = sections(result(after=side))[0].lines
    assert lines[1] == "v2: bias."


def test_text_tables_have_one_width():
    table = Table(["name", "n"], [["a", "1"], ["longer", "1,000"]], 1)
    assert as_text([Section("Title", ["line"], [table])]) == (
        "Title\n=====\nline\n\nname        n\n------  -----\na           1\nlonger  1,000\n"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "-"),
        (0.1 + 0.2, "0.3"),
        ([1, 2], "[1, 2]"),
        ([*range(12)], "[0, 1, 2, 3, ... 8 more]"),
        ("x" * 30 + "y" * 30, "x" * 19 + " ... " + "y" * 19),
        (True, "True"),
    ],
)
def test_settings_are_shortened(content, words):
    assert value(content) == words


def test_changes_have_their_sign_and_a_star_if_the_interval_leaves_out_0():
    assert moved(WORSE) == ["0.5000", "0.4000", "-0.1000 *", "-0.2000 to -0.0500"]
    assert moved(SAME) == ["0.5000", "0.5000", "0", "0"]
    assert moved(UNKNOWN) == ["-", "0.4000", "-", "-"]
    assert signed(-1e-9) == "0"
    assert arrow({"before": 1, "after": 1}) == "1"
