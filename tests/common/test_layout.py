"""Where candidates' files lie: in an earlier release elsewhere, and nowhere if there is no such candidate."""

import pytest

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.repository.git import git
from takeback.repository.git_objects import Committed
from tests.clones import Repository

NAMES = ("performance", "fairness", "intervals", "reasons")


@pytest.fixture
def earlier(tmp_path):
    """A commit that has metrics where releases had them before, and one that has them where they are now."""
    repository = Repository(tmp_path / "bank")
    repository.folder.mkdir()
    repository.run("git", "init", "-q", "-b", "main")
    for tag, place in (("earlier", "metrics/{}/test"), ("now", "metrics/test/{}")):
        for model in ("rule", "forest"):
            folder = repository.path(place.format(model))
            folder.mkdir(parents=True)
            for name in NAMES:
                (folder / f"{name}.json").write_text(f'"{tag} {model} {name}"')
        repository.path("metrics/data.json").write_text('"data"')
        repository.commit(tag)
        repository.run("git", "tag", tag)
        repository.run("git", "rm", "-rq", "metrics")
    return repository.folder


@pytest.mark.parametrize("tag", ["earlier", "now"])
def test_the_gate_of_a_revision_reads_where_that_revision_has_it(earlier, tag):
    files = Committed(git("rev-parse", tag, folder=earlier), tag, earlier)
    found = {key: files.json(path) for key, path in layout.evidence("forest", files.exists).items()}
    expected = {name: f"{tag} forest {name}" for name in NAMES}
    assert found == {**expected, "rule": f"{tag} rule performance", "data": "data"}


def test_what_is_nowhere_is_missed_where_it_is_now():
    assert layout.test_in(lambda path: False, "forest") == layout.test("forest")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = layout.candidate, layout.decision, layout.training, layout.calibration, layout.test
    for name in ("rule", "forest"):
        for folder in (place(name) for place in places):
            folder.mkdir(parents=True)
            folder.with_name(".gitignore").write_text("/rule\n")
            folder.with_name(f".{name}.abcdefgh").mkdir()  # a killed run's
        layout.scores(name).parent.mkdir(parents=True, exist_ok=True)
        layout.scores(name).touch()
    return tmp_path


def test_what_candidates_have_is_left_alone(workspace):
    layout.refuse_removed(["rule", "forest"])


def test_what_a_removed_candidate_left_is_one_message_with_the_command_that_removes_it(workspace):
    with pytest.raises(
        UserError, match=r"^models/candidates/forest: is of no candidate; .* candidates: rule\."
    ) as error:
        layout.refuse_removed(["rule"])
    command = str(error.value).splitlines()[-1].split()
    assert command[:2] == ["rm", "-r"]
    Repository(workspace).run(*command)
    layout.refuse_removed(["rule"])
    assert layout.scores("rule").exists()


def test_in_a_new_clone_there_is_nothing_to_refuse(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    layout.refuse_removed(["rule"])
