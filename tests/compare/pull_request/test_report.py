"""The report of a pull request, from a shallow clone as CI has it, with real rebuilds."""

import pytest

from tests.bank import Bank
from tests.privacy.pages import in_markdown, small_counts


@pytest.fixture
def ci(ada):
    """A shallow clone of the newest commit alone, without tags and without anything that DVC stores."""
    folder = ada.folder.parent / "ci"
    ada.git("clone -q --depth=1 --no-tags", (ada.folder.parent / "origin.git").as_uri(), str(folder))
    clone = Bank(folder)
    clone.git("config remote.origin.tagOpt --no-tags")
    # What it needs of DVC must come from Git, not from the bank's remote.
    clone.run("dvc", "remote", "modify", "--local", "storage", "url", "nowhere")
    return clone


@pytest.mark.long
def test_a_change_of_champion_from_a_shallow_clone(ci):
    printed = ci.takeback("pr-report v1.0.0")
    assert "rebuild: passed, from Git alone" in printed
    assert "gate: passed, pass" in printed
    report = ci.path("pr-report/report.md").read_text()
    assert "Champion: rule -> logistic." in report
    assert "## Takeback report: all checks passed" in report
    assert small_counts(in_markdown(report)) == []
    assert "<html" in ci.path("pr-report/report.html").read_text()
    assert "<html" in ci.path("pr-report/pipeline.html").read_text()
    assert ci.git("status --porcelain") == ""
    assert ci.git("rev-list --all --count") == "1"  # the base came alone, under no name


@pytest.mark.parametrize("base", ["no-such-branch", "origin/--upload-pack=touch ran", "origin/+main:other"])
def test_an_unknown_base_is_one_message_and_no_command(ci, base):
    assert f"{base}: there is no such tag, branch or commit" in ci.takeback("pr-report", base, fails=True)
    assert not ci.path("ran").exists()
    assert ci.git("branch --list other") == ""
