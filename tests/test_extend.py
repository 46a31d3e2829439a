"""The examples of docs/extend.md are typed into a copy of the code and do what the page says; what can go, goes."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tests.clones import ROOT

PAGE = (ROOT / "docs/extend.md").read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    """A copy of the code and its settings, to change."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def blocks(title):
    """The code blocks below a heading of the page."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)


def insert(path, before, text):
    """Put a text in front of the first line that starts so."""
    content = path.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(before)}.*\n", content, re.MULTILINE)
    assert found, f"{path.name} has no line {before}"
    path.write_text(content[: found.start()] + text + content[found.start() :], encoding="utf-8")


def append_in(path, opening, text):
    """Put a text behind the first line that starts so."""
    content = path.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(opening)}.*\n", content, re.MULTILINE)
    assert found, f"{path.name} has no line {opening}"
    path.write_text(content[: found.end()] + text + content[found.end() :], encoding="utf-8")


def typed(copy, title, registry, file, before):
    """Type the example of a heading into a file: its function before a line, its entry into a registry."""
    (block,) = blocks(title)
    function, _, entry = block.partition(f"# in {registry}\n")
    path = copy / "src/takeback/assessment" / file
    insert(path, before, function.partition("\n")[2] + "\n\n")
    append_in(path, registry, entry)


def printed(copy, code):
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, env=own(copy))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def own(copy):
    return {"PATH": f"{copy}:/usr/bin:/bin", "PYTHONPATH": str(copy / "src"), "PYTHONUTF8": "1"}


TABLE = """
import json
import numpy as np
from takeback.assessment.scored import scored_table
from takeback.decisions.scoring import Scores
random, n = np.random.default_rng(0), 400
bad = (random.random(n) < 0.3).astype(int)
scores = Scores(random.random(n), np.zeros(n, bool), random.integers(0, 3, n))
sex = random.choice(["female", "male"], n)
from takeback.config.params import load_params
settings = load_params()
scored = scored_table(scores, bad, {"sex": sex}, [str(i) for i in range(n)], np.ones(n), settings.policy)
"""


def test_a_metric_has_a_value_and_an_interval(copy):
    typed(copy, "A metric", "METRICS", "metrics.py", before="METRICS: dict")
    code = (
        f"{TABLE}from takeback.assessment.performance import performance\n"
        "from takeback.assessment.bootstrap import performance_intervals\n"
        "name = 'decline_balanced_accuracy'\n"
        "interval = performance_intervals(scored, 40)[f'decision.{name}']\n"
        "found = np.asarray(scores.decision) == 2\n"
        "expected = (found[bad == 1].mean() + (~found)[bad == 0].mean()) / 2\n"
        "print(json.dumps([performance(scored)['decision'][name], *interval, expected]))"
    )
    value, low, high, expected = printed(copy, code)
    assert value == pytest.approx(expected)
    assert low < value < high


def test_a_fairness_measure_has_a_value_and_an_interval_and_is_hidden(copy):
    typed(copy, "A fairness measure", "RATES", "fairness_measures.py", before="class Rate(")
    code = (
        f"{TABLE}from takeback.assessment.fairness import audit, reference_groups\n"
        "from takeback.assessment.fairness_intervals import fairness_intervals\n"
        "reference, name = reference_groups(settings.data), 'bad_rate_of_approved'\n"
        "interval = fairness_intervals(reference, scored, 200)[f'sex.male.{name}']\n"
        "inside = (sex == 'male') & (np.asarray(scores.decision) == 0)\n"
        "shown, hidden = (audit(reference, scored, n)['sex']['groups']['male'][name] for n in (1, 1000))\n"
        "print(json.dumps([shown, *interval, bad[inside].mean(), hidden]))"
    )
    value, low, high, expected, hidden = printed(copy, code)
    assert value == pytest.approx(expected)
    assert low < value < high
    assert hidden is None


@pytest.mark.parametrize(("limit", "result"), [(0.35, "pass"), (0.9, "fail")])
def test_a_gate_criterion_is_judged_with_its_limit(copy, limit, result):
    python, setting = blocks("A gate criterion")
    entry, field = re.findall(r"^    .*\n", python, re.MULTILINE)
    append_in(copy / "src/takeback/assessment/gate_verdict.py", "CRITERIA: dict", entry)
    append_in(copy / "src/takeback/config/params.py", "    min_auc: Criterion", field)
    params = yaml.safe_load((copy / "params.yaml").read_text())
    params["gate"] |= yaml.safe_load(setting)
    params["gate"]["min_ks"]["limit"] = limit
    (copy / "params.yaml").write_text(yaml.safe_dump(params))
    code = (
        "import json\nfrom takeback.common import layout\nfrom takeback.common.files import read_json\n"
        "from takeback.config.params import load_params\n"
        "from takeback.assessment.gate_verdict import Evidence, judge\n"
        f"top = {str(ROOT)!r} + '/'\n"
        "from pathlib import Path\n"
        "found = Evidence(**{n: read_json(Path(top) / p) for n, p in layout.evidence('xgboost').items()})\n"
        "print(json.dumps(judge(load_params().gate, found)['criteria']['min_ks']))"
    )
    assert printed(copy, code)["result"] == result


def test_a_report_section_is_on_the_page_and_in_its_contents(copy):
    python, html = blocks("A report section")
    entry = python.partition("\n")[2]
    append_in(copy / "src/takeback/report/sections.py", "SECTIONS = (", entry)
    (copy / "src/takeback/report/templates/sections/contact.html").write_text(html)
    code = (
        "import json\nfrom takeback.report.page import environment\nfrom takeback.report.sections import SECTIONS\n"
        "page = environment().get_template(f'sections/{SECTIONS[0].name}.html').render(data_set='<taiwan>')\n"
        "print(json.dumps([SECTIONS[0].title, page]))"
    )
    title, page = printed(copy, code)
    assert title == "Who to ask"
    assert "Model risk answers for &lt;taiwan&gt;." in page


REMOVABLE = {"alternatives": "alternatives", "blame": "blame", "tracking": "track"}


@pytest.mark.parametrize(("room", "command"), REMOVABLE.items())
def test_an_extra_goes_with_its_room_its_command_and_a_line(copy, room, command):
    shutil.rmtree(copy / "src/takeback/extras" / room)
    (copy / "src/takeback/cli" / f"{command}.py").unlink()
    faces = copy / "src/takeback/cli/__init__.py"
    faces.write_text(faces.read_text().replace(f"    {command},\n", "", 1))
    (copy / "src/takeback/stages" / f"{command}_stage.py").unlink(missing_ok=True)
    asked = [sys.executable, "-c", "from takeback.cli import main; main()", "--help"]
    done = subprocess.run(asked, cwd=copy, capture_output=True, text=True, env=own(copy))
    assert done.returncode == 0, done.stderr
    assert not re.search(rf"^  {command} ", done.stdout, re.MULTILINE)
    assert re.search(r"^  rollback ", done.stdout, re.MULTILINE)
    lint = [f"{sys.prefix}/bin/lint-imports", "--no-logo", "--no-cache"]
    done = subprocess.run(lint, cwd=copy, capture_output=True, text=True, env=own(copy))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_path_of_the_page_is_there():
    names = re.findall(r"`((?:src/takeback/|conf/)?[a-z_]+/[a-z_/]+\.(?:py|yaml))`", PAGE)
    assert len(names) > 15
    places = [(ROOT / name, ROOT / "src/takeback" / name) for name in names]
    assert [name for name, either in zip(names, places, strict=True) if not any(path.exists() for path in either)] == []
