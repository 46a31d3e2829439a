"""Results are shown with the settings that they belong to, or not at all; each command finds the repository's root."""

import re
import subprocess
import sys

import pytest

READERS = [
    "summary",
    "gate",
    "score in.csv out.csv",
    "diff v1.0.0",
    "release --dry-run",
    "alternatives --trials 1",
    "tune --trials 1",
]


@pytest.fixture
def died(ada):
    """An experiment with other data that died in `configure`; DVC leaves its settings in the workspace."""
    ada.fix()
    ada.path("in.csv").write_text("id\n")
    other = ["-S", "experiment=german", "-S", "data.source=data/source/taiwan_default.csv"]
    ada.run("dvc", "exp", "run", *other, fails=True)
    assert "name: german" in ada.path("params.yaml").read_text()
    return ada


def test_after_an_experiment_that_died_nothing_is_shown_as_its_result(died):
    for command in READERS:
        said = died.takeback(command, fails=True)
        assert re.search(r" was .+ when stage \S+ ran, and is .+ in params.yaml", said), said
        assert "`dvc repro` makes them anew" in said
        assert "`takeback compose` takes an experiment's settings back" in said
        assert "Champion" not in said
        assert not died.path("out.csv").exists()
    died.takeback("compose")
    assert "Champion on taiwan: logistic" in died.takeback("summary")
    assert "against v1.1.0" in died.takeback("gate")


def test_the_stages_that_show_results_ask_too(ada):
    edit(ada, "params.yaml", "review_cost: 0.005", "review_cost: 0.02")
    run = [sys.executable, "src/stage.py"]
    assert "policy.review_cost was 0.005 when stage" in ada.run(*run, "report", fails=True)
    ada.environment |= {"DVC_EXP_NAME": "puffy-daks", "DVC_EXP_BASELINE_REV": "0" * 40}
    edit(ada, "params.yaml", "tracking: none", "tracking: mlflow")
    warned = ada.run(*run, "track")
    assert "warning: the results are not those of the workspace" in warned


def test_a_release_of_another_commit_is_no_result(ada):
    ada.git("checkout -q v1.0.0")  # and no `dvc checkout`
    for command in ("score in.csv out.csv", "diff v1.1.0"):
        assert "`dvc checkout --force`" in ada.takeback(command, fails=True)
    ada.run("dvc", "checkout", "--force", "-q")
    ada.takeback("diff v1.1.0")


def test_an_edit_of_conf_that_was_not_composed_is_named_and_one_of_a_comment_is_none(ada):
    policy = ada.path("conf/policy/default.yaml")
    policy.write_text(policy.read_text() + "# A comment.\n")
    ada.takeback("summary")
    edit(ada, "conf/policy/default.yaml", "review_cost: 0.005", "review_cost: 0.02")
    assert "params.yaml: is not what conf/ composes" in ada.takeback("summary", fails=True)
    assert "conf/ has changed since the last run" in ada.takeback("gate", fails=True)


@pytest.mark.long
def test_an_experiment_is_shown_with_its_settings(ada):
    ada.run("dvc", "exp", "run", "-S", "policy.review_cost=0.006")
    assert "Champion on taiwan" in ada.takeback("summary")
    assert "against v1.1.0" in ada.takeback("gate")


def test_commands_find_the_root_and_paths_are_those_of_the_person(ada):
    header, *rows = ada.path("data/source/taiwan_default.csv").read_text().splitlines()
    below = ada.path("docs/notes ö")
    below.mkdir()
    (below / "in.csv").write_text("\n".join([header, *rows[:3]]))

    def inside(*command):
        done = subprocess.run(
            ["takeback", *command], cwd=below, env=ada.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert "Champion on taiwan" in inside("summary")
    assert "3 applications" in inside("score", "in.csv", "out.csv")
    assert "3 applications" in inside("score", "in.csv", "out2.csv", "--release", "../../models/release")
    assert sorted(path.name for path in below.iterdir()) == ["in.csv", "out.csv", "out2.csv"]
    assert inside("compose", "--check") == ""


def edit(repository, name, old, new):
    text = repository.path(name).read_text()
    assert old in text
    repository.path(name).write_text(text.replace(old, new, 1))
