"""A light repository with release tags: metrics files and git, no pipeline."""

import json
import shutil
from pathlib import Path

import pytest

from tests.clones import ROOT, Repository

PLANTED = "BIAS SCENARIO (planted for demonstration): 40% of good payers under 25"


class Tagged(Repository):
    """Writes what a release writes, commits and tags it; runs this repository's code, which is not in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment["PYTHONPATH"] = str(ROOT / "src")

    def write(self, path: str, content) -> None:
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_text(json.dumps(content))

    def release(self, tag: str, *options: str) -> None:
        """Tag what is here with as much of a message as says that it is a release."""
        champion = json.loads(self.path("metrics/champion.json").read_text())["champion"]
        said = f"Release: {tag}\nChampion: {champion}\nGate: pass\nData-SHA256: 0"
        self.commit(tag)
        self.run("git", "tag", *(options or ("--annotate", f"--message={tag}: {champion}\n\n{said}")), tag)

    def trend(self, *options: str, fails: bool = False) -> str:
        """Return what it prints, without the warnings: these releases are too small to compute their gate again."""
        printed = self.run("takeback", "trend", *options, fails=fails)
        return "".join(line for line in printed.splitlines(keepends=True) if not line.startswith("warning: "))


def performance(auc: float) -> dict:
    decision = {"profit_per_application": 0.0455, "approve_rate": 0.4934, "refer_rate": 0.1849}
    return {"ranking": {"auc": auc}, "probability": {"brier": 0.1317}, "decision": decision}


def fairness(**ratios: float | None) -> dict:
    groups = {name: {"count": 500, "approval_ratio": ratio} for name, ratio in ratios.items()}
    tiny = {"count": 3, "approval_ratio": 0.01}
    return {
        "age": {
            "reference": "middle",
            "groups": {**groups, "middle": {"count": 900, "approval_ratio": 1.0}, "tiny": tiny},
        }
    }


@pytest.fixture(scope="session")
def untagged_template(tmp_path_factory):
    repository = Tagged(tmp_path_factory.mktemp("untagged"))
    repository.run("git", "init", "-q", "-b", "main")
    repository.run("dvc", "init", "-q")
    repository.path("params.yaml").write_text("gate: {min_group_size: 100}\n")
    repository.path("dvc.yaml").write_text("stages: {}\n")
    repository.write("metrics/champion.json", {"champion": "logistic"})
    repository.commit("no release yet")
    return repository.folder


@pytest.fixture
def untagged(untagged_template, tmp_path):
    return Tagged(Path(shutil.copytree(untagged_template, tmp_path / "Bänk eins", symlinks=True)))


@pytest.fixture(scope="session")
def tagged_template(untagged_template, tmp_path_factory):
    """v1.9.0 wrote little, v1.10.0 the metrics without intervals, v2.0.0 everything."""
    folder = shutil.copytree(untagged_template, tmp_path_factory.mktemp("tagged") / "a", symlinks=True)
    repository = Tagged(Path(folder))
    repository.release("v1.9.0")
    repository.write("metrics/logistic/test/performance.json", performance(0.79))
    repository.write("metrics/logistic/test/fairness.json", fairness(young=0.84, old=None))
    repository.write("metrics/gate.json", {"verdict": "pass", "criteria": {}})
    repository.release("v1.10.0")
    repository.write("metrics/champion.json", {"champion": "xgboost"})
    repository.write("metrics/split.json", {"scenario": PLANTED})
    repository.write("metrics/test/xgboost/performance.json", performance(0.8003))
    repository.write("metrics/test/xgboost/fairness.json", fairness(young=0.6577, old=0.9))
    intervals = {"ranking.auc": [0.79, 0.81], "age.young.approval_ratio": [0.58, 0.74]}
    repository.write("metrics/test/xgboost/intervals.json", intervals)
    repository.write("metrics/gate.json", {"verdict": "blocked", "criteria": {}})
    repository.release("v2.0.0")
    repository.release("v3.0.0", "--no-sign")  # a lightweight tag is no release
    return repository.folder


@pytest.fixture
def tagged(tagged_template, tmp_path):
    return Tagged(Path(shutil.copytree(tagged_template, tmp_path / "Bänk zwei", symlinks=True)))
