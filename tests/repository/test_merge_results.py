"""Two people change one repository; what `docs/merging.md` says to type brings both changes together."""

import pytest

from tests.clones import keep_rows

POLICY, GATE, FEATURES = "conf/policy/default.yaml", "conf/gate/default.yaml", "conf/features/default.yaml"
SOURCE = "data/source/taiwan_default.csv"


def edit(repository, name, old, new):
    text = repository.path(name).read_text()
    assert text.count(old) == 1
    repository.path(name).write_text(text.replace(old, new))


def save(person, message):
    """What a person does after a change: compose, run, commit."""
    person.takeback("compose")
    person.run("dvc", "repro")
    person.commit(message)


@pytest.fixture
def ben(ada):
    ada.git("push -q origin main")
    colleague = ada.colleague()
    colleague.run("dvc", "pull", "-q")
    return colleague


def pull(person):
    """Merge what the other one pushed; it conflicts, and whatever DVC reads stays readable."""
    assert "CONFLICT" in person.run("git", "pull", "-q", "--no-rebase", "origin", "main", fails=True)
    for name in ("dvc.lock", "params.yaml", "metrics/gate.json", "MODEL_CARD.md"):
        assert "<<<<<<<" not in person.path(name).read_text()
    person.run("dvc", "status")


def resolve(person):
    """The two commands after a merge."""
    assert "generated files made anew and staged" in person.takeback("resolve")
    person.git("commit --no-edit")
    assert person.git("status --porcelain") == ""
    assert "up to date" in person.run("dvc", "status")
    person.takeback("compose --check")


def check_a_clean_run(person):
    """Check that a fresh clone, with no cache and no run-cache, makes the committed bytes."""
    person.git("push -q origin main")
    clone = person.colleague("Eve")
    if clone.path(f"{SOURCE}.dvc").exists():
        clone.run("dvc", "pull", f"{SOURCE}.dvc")
    clone.run("dvc", "repro", "--no-run-cache")
    assert clone.git("status --porcelain") == ""


@pytest.mark.long
def test_a_policy_and_features(ada, ben):
    edit(ben, FEATURES, "max_correlation: 0.99", "max_correlation: 0.9")
    save(ben, "fewer features")
    edit(ada, POLICY, "max_referral_rate: 0.2", "max_referral_rate: 0.3")
    save(ada, "more analysts")
    ben.git("push -q origin main")
    pull(ada)
    resolve(ada)
    check_a_clean_run(ada)


@pytest.mark.long
def test_a_limit_and_data_that_git_has_by_hash_alone(ada):
    """`dvc repro` would take the old file in Ada's folder for a change and write its hash over Ben's."""
    ada.git("rm -q --cached", SOURCE)
    ada.run("dvc", "add", SOURCE)
    save(ada, "DVC has the source")
    ada.run("dvc", "push", "-q")
    ada.git("push -q origin main")
    ben = ada.colleague()
    ben.run("dvc", "pull", "-q")
    keep_rows(ben, 1900)
    ben.run("dvc", "add", SOURCE)
    save(ben, "other data")
    ben.run("dvc", "push", "-q")
    ben.git("push -q origin main")
    edit(ada, GATE, "min_group_size: 100", "min_group_size: 90")
    save(ada, "another limit")
    pull(ada)
    resolve(ada)
    assert ada.path(SOURCE).read_bytes() == ben.path(SOURCE).read_bytes()
    check_a_clean_run(ada)


@pytest.mark.long
def test_two_keys_of_one_file_and_then_one_key_twice(ada):
    ada.path("metrics/old.json").write_text("{}")
    ada.commit("an output that no stage has any more")
    ada.git("push -q origin main")
    ben = ada.colleague()
    ben.run("dvc", "pull", "-q")

    edit(ben, GATE, "limit: 0.15", "limit: 0.16")
    ben.path("metrics/old.json").unlink()
    save(ben, "another Brier score")
    ben.git("push -q origin main")
    edit(ada, GATE, "min_group_size: 100", "min_group_size: 90")
    ada.path("metrics/old.json").write_text("{1}")
    save(ada, "smaller groups")
    pull(ada)
    resolve(ada)
    assert "limit: 0.16" in ada.path("params.yaml").read_text()
    assert "min_group_size: 90" in ada.path("params.yaml").read_text()
    assert not ada.path("metrics/old.json").exists()
    ada.git("push -q origin main")

    ben.git("pull -q")
    for person, size in ((ben, 80), (ada, 70)):
        edit(person, GATE, "min_group_size: 90", f"min_group_size: {size}")
        save(person, f"groups of {size}")
    ben.git("push -q origin main")
    pull(ada)
    before = ada.git("status --porcelain")
    printed = ada.takeback("resolve", fails=True)
    assert f"for a person to decide:\n  {GATE}\nEdit" in printed
    assert ada.git("status --porcelain") == before
    ada.git("add", GATE)  # without a look
    assert "error: conf/" in ada.takeback("resolve", fails=True)
    assert "UU dvc.lock" in ada.git("status --porcelain")
    ada.path(GATE).write_bytes(ben.path(GATE).read_bytes())
    ada.git("add", GATE)
    resolve(ada)
    assert "min_group_size: 80" in ada.path("params.yaml").read_text()
