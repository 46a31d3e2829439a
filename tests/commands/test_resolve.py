"""Two people change one repository; what `docs/merging.md` says to type brings both changes together."""

import pytest

from tests.bank import Bank

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


def check_merged(person):
    """Check that a fresh clone, with no cache and no run-cache, makes the committed bytes."""
    assert person.git("status --porcelain") == ""
    assert "up to date" in person.run("dvc", "status")
    fresh = Bank(person.folder.parent / "fresh")
    fresh.folder = person.folder.parent
    fresh.git("clone -q", str(person.folder), "fresh")
    fresh.folder = person.folder.parent / "fresh"
    fresh.run("dvc", "repro", "--no-run-cache")
    assert fresh.git("status --porcelain") == ""


def test_a_policy_and_features_need_two_commands(ada, ben):
    edit(ben, FEATURES, "max_correlation: 0.99", "max_correlation: 0.9")
    save(ben, "fewer features")
    ben.git("push -q origin main")
    edit(ada, POLICY, "max_referral_rate: 0.2", "max_referral_rate: 0.3")
    save(ada, "more analysts")
    pull(ada)
    assert "generated files made anew and staged" in ada.takeback("resolve")
    ada.git("commit --no-edit")
    check_merged(ada)
