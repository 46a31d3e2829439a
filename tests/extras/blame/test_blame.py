"""Real git, real dvc and the real command on a small pipeline whose metric is a formula."""

import json
import os
import signal
import subprocess
import time
import xml.etree.ElementTree as ET

import pytest

from tests.clones import BIN, ROOT
from tests.extras.blame.toy import CONFIG, PARAMS, STAGE, release, rows, start

STEPS = ("data", "model", "policy")
DEAR = PARAMS.replace("price: 0.5", "price: 1.5")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A and B differ in data, model and policy; C in the code too, which calls the price a fee."""
    repository = start(tmp_path_factory.mktemp("blame") / "a föld er")
    release(repository, "B", {"params.yaml": DEAR.replace("2.0", "3.0"), "data/toy.csv": rows([7] * 64)})
    renamed = {
        "src/takeback/config/params.py": CONFIG.replace("price", "fee"),
        "src/stage.py": STAGE.replace("price", "fee"),
    }
    renamed["src/takeback/formula.py"] = "BONUS = 0.75\n"
    release(repository, "C", {**renamed, "params.yaml": DEAR.replace("price", "fee").replace("2.0", "3.0")})
    repository.run("git", "commit", "-q", "--allow-empty", "-m", "nothing")
    # The tested command is this checkout's; stages run the clone's own code.
    repository.environment["PYTHONPATH"] = str(ROOT / "src")
    return repository


def blame(repository, *arguments, **options):
    printed = repository.run("takeback", "blame", *arguments, **options)
    assert repository.run("git", "status", "--porcelain") == ""
    assert [*repository.path(".takeback/clones").glob("*")] == []
    return printed


def as_json(printed):
    return json.loads(printed[printed.index("{") : printed.rindex("}") + 1])


@pytest.fixture(scope="module")
def a_to_b(toy, tmp_path_factory):
    """What the command says as JSON, and its picture."""
    picture = tmp_path_factory.mktemp("picture") / "blame.svg"
    printed = blame(toy, "A", "B", "--metric", "profit", "--json", "--seeds", "0", "--picture", str(picture))
    return as_json(printed), picture


def test_parts_are_those_of_the_formula(a_to_b):
    result, _ = a_to_b
    parts = {part["step"]: part["part"] for part in result["parts"]}
    # mean * factor: 3.5 * 2 -> 7 * 3 by the mean of both orders, and the price adds 1.
    assert parts == {"data": 3.5 * 2.5, "model": 1 * 5.25, "policy": 1.0}
    assert sum(parts.values()) == result["after"] - result["before"] == result["change"]
    assert len(result["mixtures"]) == 2 ** len(STEPS)
    assert [part["verdict"] for part in result["parts"]] == ["named"] * 3


def test_the_picture_stands_alone(a_to_b):
    _, picture = a_to_b
    text = "".join(ET.parse(picture).getroot().itertext())
    assert {"A", "data", "model", "policy", "B"} <= set(text.split())


def test_a_second_run_takes_everything_from_the_run_cache(toy, a_to_b):
    runs = [*toy.path(".dvc/cache/runs").rglob("*")]
    printed = blame(toy, "A", "B", "--metric", "profit", "--seeds", "0")
    assert [*toy.path(".dvc/cache/runs").rglob("*")] == runs
    assert a_to_b[0]["sentence"] in printed
    assert "model.toy.factor 2.0 -> 3.0" in printed
    assert "source file, 56 rows changed" in printed


def test_other_seeds_widen_the_interval_of_the_steps_that_fit_anew(toy, a_to_b):
    results = [a_to_b[0], as_json(blame(toy, "A", "B", "--metric", "profit", "--json", "--seeds", "1"))]
    none, one = ({p["step"]: p["interval"][1] - p["part"] for p in r["parts"]} for r in results)
    assert one["model"] > none["model"]
    assert one["policy"] == none["policy"] == pytest.approx(0, abs=1e-9)


def test_steps_that_cannot_be_mixed_are_one(toy):
    result = as_json(blame(toy, "A", "C", "--metric", "profit", "--seeds", "0", "--json"))
    assert result["merged"]["policy+code"].startswith("params.yaml: policy: unknown key")
    assert {p["step"]: p["part"] for p in result["parts"]}["policy+code"] == 1.5
    assert len(result["mixtures"]) == 2 ** len(STEPS)


def test_code_that_no_stage_reads_does_not_play(toy):
    release(toy, "D", {"src/other.py": "# new\n"})
    assert "Nothing that can move a metric differs between C and D" in blame(toy, "C", "D", "--metric", "profit")
    assert "Nothing" in blame(toy, "A", "A", "--metric", "profit")


def test_mistakes_have_one_message(toy):
    assert "profit_per_application" in blame(toy, "A", "B", "--metric", "profitt", fails=True)
    assert "Z: there is no such tag" in blame(toy, "A", "Z", "--metric", "profit", fails=True)


def recorded_by_hand(toy, tag, value):
    toy.run("git", "checkout", "-q", "--detach", "A")
    toy.path("metrics/test/toy/performance.json").write_text(f'{{"decision": {{"profit_per_application": {value}}}}}')
    toy.commit("by hand")
    toy.run("git", "tag", tag)
    toy.run("git", "checkout", "-q", "main")


def test_a_metric_without_a_value_is_said_at_once(toy):
    recorded_by_hand(toy, "F", "null")
    printed = blame(toy, "F", "B", "--metric", "profit", fails=True)
    assert "decision.profit_per_application: has no value in F" in printed


def test_a_release_that_does_not_repeat_ends_it(toy):
    recorded_by_hand(toy, "E", "1.0")
    printed = blame(toy, "E", "B", "--metric", "profit", fails=True)
    assert "E: run again, it gives decision.profit_per_application 7.765625, recorded is 1.0" in printed
    assert "takeback verify E" in printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(toy, number):
    command = [BIN / "takeback", "blame", "A", "B", "--metric", "profit", "--seeds", "5"]
    options = {"cwd": toy.folder, "env": toy.environment, "stderr": -1, "text": True}
    # What runs in the background ignores Ctrl-C, and so does all that it starts.
    with subprocess.Popen(command, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL), **options) as run:
        clones = toy.path(".takeback/clones")
        while not [*clones.glob("*/dvc.lock")] and run.poll() is None:
            time.sleep(0.05)
        time.sleep(1)
        os.kill(run.pid, number)
        said = run.communicate()[1]
    assert run.returncode and "Traceback" not in said
    assert [*clones.glob("*")] == []
    assert toy.run("git", "status", "--porcelain") == ""
