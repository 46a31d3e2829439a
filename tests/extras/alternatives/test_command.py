"""`takeback alternatives` as a person runs it, in a folder without a test part."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from takeback.common.errors import UserError
from takeback.extras.alternatives.command import evaluated_by, preset, search_alternatives
from takeback.repository.results import tree_hash

ROOT = Path(__file__).parents[3]
OUTPUTS = ("dossier.md", "frontier.svg", "trials.csv")


class Bank:
    """A folder to run the command in."""

    def __init__(self, source, folder, search):
        self.folder = Path(shutil.copytree(source, folder))
        (self.folder / "data" / "split" / "test.parquet").unlink()
        (self.folder / ".dvc").mkdir()
        (self.folder / "dvc.yaml").write_text("stages: {}")
        (self.folder / "dvc.lock").write_text(yaml.safe_dump({"stages": {"earlier": self.locked()}}))
        (self.folder / "space.yaml").write_text(yaml.safe_dump(search.model_dump(mode="json")))
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "2"}

    def locked(self):
        """What dvc.lock says of the stages that made the folder, as if they were one."""
        source = yaml.safe_load((self.folder / "params.yaml").read_text())["data"]["source"]
        outs = [{"path": "data/split", "hash": "md5", "md5": tree_hash(self.folder / "data/split")}]
        return {"deps": [{"path": source}], "outs": [*outs, {"path": "metrics/champion.json"}]}

    def start(self, *options):
        command = [str(Path(sys.executable).parent / "takeback"), "alternatives", "--trials", "10", *options]
        return subprocess.Popen(
            [*command, "--space", "space.yaml"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # a shell that runs tests in the background ignores it
        )

    def run(self, *options):
        process = self.start(*options)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return process.returncode, out, err

    def outputs(self, name="less_discriminatory"):
        return {file: (self.folder / "alternatives" / name / file).read_bytes() for file in OUTPUTS}

    def evaluations(self):
        return sum(len(p.read_text().splitlines()) for p in (self.folder / ".takeback").rglob("*.jsonl"))


@pytest.fixture(scope="module")
def new_bank(bank_folder, small_search, tmp_path_factory):
    return lambda: Bank(bank_folder, tmp_path_factory.mktemp("banks") / "bank", small_search)


@pytest.fixture(scope="module")
def done(new_bank):
    """A bank where the search ran, and what it printed."""
    bank = new_bank()
    code, out, err = bank.run()
    assert code == 0, err
    return bank, out, err


def test_it_runs_without_a_test_part_and_says_where_the_dossier_is(done):
    _, out, err = done
    assert "alternatives/less_discriminatory/dossier.md written: " in out
    assert "cross-validation" not in err, "no bars of workers within the bar"


def test_a_log_belongs_to_the_code_that_evaluated():
    names = [name for name, _ in evaluated_by()]
    for name in (
        "models/candidates.py",
        "decisions/policy.py",
        "config/params.py",
        "extras/alternatives/evaluation.py",
    ):
        assert name in names


def test_every_trial_is_in_the_table(done):
    rows = list(csv.DictReader(done[0].outputs()["trials.csv"].decode().splitlines()))
    assert [int(row["trial"]) for row in rows] == list(range(len(rows)))
    assert rows[0]["changes"] == "{}"
    assert float(rows[0]["profit_less_baseline_mean"]) == 0
    assert sum(bool(row["again_auc_mean"]) for row in rows) == 4


def test_the_dossier_names_the_data_by_hash_and_no_path_of_this_machine(done):
    bank, *_ = done
    text = bank.outputs()["dossier.md"].decode()
    digest = subprocess.run(
        ["sha256sum", bank.folder / "data/split/train.parquet"], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert digest in text
    assert "test.parquet" not in text
    assert str(bank.folder) not in text
    assert "loss_given_default 0.75" in text


@pytest.mark.long
def test_stopped_with_ctrl_c_it_goes_on_and_ends_with_the_same_bytes(done, new_bank):
    bank = new_bank()
    process = bank.start()
    while bank.evaluations() < 5 and process.poll() is None:
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Stopped. The same command goes on from here." in err
    assert "Traceback" not in err
    assert not psutil.wait_procs(children, timeout=10)[1], "no process stays"
    assert not (bank.folder / "alternatives").exists()
    assert 5 <= bank.evaluations() < done[0].evaluations()
    assert bank.run()[0] == 0
    assert bank.outputs() == done[0].outputs()


@pytest.mark.long
def test_killed_it_leaves_no_process_and_goes_on(done, new_bank):
    bank = new_bank()
    process = bank.start()
    while bank.evaluations() < 3 and process.poll() is None:
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=60)
    assert not psutil.wait_procs(children, timeout=10)[1], "no process stays"
    assert bank.run()[0] == 0
    assert bank.outputs() == done[0].outputs()


@pytest.mark.long
def test_another_assumption_is_another_dossier_and_part_of_the_preset(done):
    bank, *_ = done
    before = bank.outputs()
    code, out, _ = bank.run("--assume", "policy.loss_given_default=0.5", "--name", "lgd_half")
    assert code == 0
    assert bank.outputs() == before
    assert "loss_given_default 0.5" in bank.outputs("lgd_half")["dossier.md"].decode()
    if "Chosen" in out:
        preset = yaml.safe_load((bank.folder / "conf" / "experiment" / "lgd_half.yaml").read_text())
        assert preset["policy"]["loss_given_default"] == 0.5


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda b: (b.folder / "data/split/train.parquet").unlink(), "data/split/train.parquet: there is no such file"),
        (lambda b: (b.folder / "params.yaml").unlink(), "`takeback compose` writes it"),
        (lambda b: (b.folder / "space.yaml").unlink(), "taiwan.yaml shows how"),
        (lambda b: (b.folder / "metrics/champion.json").unlink(), "metrics/champion.json: there is no such file"),
        (lambda b: (b.folder / "metrics/champion.json").write_text('{"champion": "rule"}'), "the champion is rule"),
        (
            lambda b: set_params(b, scenario={"attribute": "age", "group": "under_25", "share": 0.5, "seed": 1}),
            "planted",
        ),
        (lambda b: set_gate(b, 500), "nothing to compare"),
    ],
)
def test_each_mistake_is_one_message(new_bank, monkeypatch, spoil, words):
    bank = new_bank()
    spoil(bank)
    monkeypatch.chdir(bank.folder)
    with pytest.raises(UserError) as error:
        search_alternatives(10, [], Path("space.yaml"), Path("logs"))
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("assumption", "words"),
    [
        ("gate.min_auc=0", "expected policy.KEY=VALUE"),
        ("policy.loss_given_default", "expected policy.KEY=VALUE"),
        ("policy.loss=1", "no such setting"),
        ("policy.loss_given_default=2", "less than or equal to 1"),
        ("policy.loss_given_default=[", "not readable as YAML"),
        ("policy.return_rate.x=1", "no such setting"),
        ("policy.max_referral_rate=0.9", "no assumption"),
    ],
)
def test_a_wrong_assumption_is_one_message(new_bank, monkeypatch, assumption, words):
    monkeypatch.chdir(new_bank().folder)
    with pytest.raises(UserError) as error:
        search_alternatives(10, [assumption], Path("space.yaml"), Path("logs"))
    assert words in str(error.value)


@pytest.mark.parametrize(("name", "words"), [("../x", "small letters"), ("mine", "was not written by")])
def test_a_file_by_hand_is_never_overwritten(tmp_path, monkeypatch, name, words):
    mine = tmp_path / "conf" / "experiment" / "mine.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# by hand\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=words):
        preset(name)
    assert mine.read_text() == "# by hand\n"


def test_a_wrong_name_ends_the_command_before_the_search(new_bank):
    code, _, err = new_bank().run("--name", "Mine")
    assert (code, err.count("error:")) == (1, 1)
    assert "evaluations" not in err


def set_params(bank, **changes):
    path = bank.folder / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))


def set_gate(bank, size):
    gate = yaml.safe_load((bank.folder / "params.yaml").read_text())["gate"]
    set_params(bank, gate=gate | {"min_group_size": size})
