"""Scoring needs the core dependencies alone; what needs the pipeline's says so."""

import subprocess
import sys

import pytest

from tests.clones import ROOT
from tests.release import build_release

# Blocks every distribution that is not among the core dependencies or theirs, as if it were not installed.
CORE_ALONE = """
import sys
from importlib.metadata import packages_distributions, requires
from packaging.requirements import Requirement

def needed(name, seen):
    if name not in seen:
        seen.add(name)
        for text in requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name.lower().replace("_", "-"), seen)
    return seen

core = needed("takeback", set())
absent = {
    top for top, owners in packages_distributions().items()
    if not {owner.lower().replace("_", "-") for owner in owners} & core
} - {"packaging"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

assert {"pandas", "sklearn", "xgboost", "fairlearn", "dvc"} <= absent
for name in [name for name in sys.modules if name.partition(".")[0] in absent]:
    del sys.modules[name]
sys.meta_path.insert(0, Absent())
from takeback.cli import main
main()
"""


@pytest.fixture(scope="module")
def release(taiwan_config, taiwan_rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("core")
    build_release(taiwan_config, taiwan_rows, "xgboost", folder)
    return folder / "release"


def takeback(*arguments, folder):
    command = [sys.executable, "-c", CORE_ALONE, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("options", [(), ("--fallback",), ("--no-reasons",)])
def test_a_file_is_scored(release, tmp_path, options):
    source = ROOT / "data/source/taiwan_default.csv"
    lines = source.read_text().splitlines(keepends=True)[:50]
    (tmp_path / "in.csv").write_text("".join(lines))
    done = takeback("score", "in.csv", "out.csv", "--release", release, *options, folder=tmp_path)
    assert done.stderr == ""
    assert done.stdout.startswith("49 applications")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 50


def test_help_is_printed(tmp_path):
    assert "promote" in takeback("--help", folder=tmp_path).stdout


@pytest.mark.parametrize("command", ["diff v1.0.0", "gate", "check", "tune", "release --dry-run"])
def test_a_command_of_the_pipeline_says_what_to_install(command):
    done = takeback(*command.split(), folder=ROOT)
    assert done.returncode == 1
    assert "pip install 'takeback[pipeline]'" in done.stderr
    assert "Traceback" not in done.stderr
