"""The story is true: the planted step is named, production goes back, the gate stops the same again."""

import re

import pytest

from tests.story.tell import set_up, tell


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return set_up(tmp_path_factory.mktemp("story"))


@pytest.mark.long
def test_the_story(told, capsys):
    tell(told)
    printed = capsys.readouterr().out
    assert re.search(r"\n    data +-0\.\d+ .* named ", printed)
    assert re.search(r"data explains -0\.\d+ of -0\.\d+ in age\.under_25\.approval_ratio; model is", printed)
    assert "BIAS SCENARIO (planted for demonstration): 80% of good payers of age=under_25" in printed
    assert re.search(r"BLOCKS +min_approval_ratio\.age\.under_25 0\.\d+ \(", printed)
    moves = re.findall(r"^    prod +(v\d\.\d\.\d) ", printed, flags=re.MULTILINE)
    assert moves[-5:] == ["v1.0.0", "v1.1.0", "v2.0.0", "v1.1.0", "v2.1.0"]
    assert told.run("git", "status", "--porcelain") == ""
