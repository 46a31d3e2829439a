"""Every way to edit a lock, or to forget to write it anew, is found without running a stage."""

import pytest

from takeback.common.errors import UserError
from takeback.repository.agreement import lock_problems
from tests.repository.soundness.small import edit

MD5 = "\n      hash: md5\n      md5:"


def problems(repository):
    return [str(problem) for problem in lock_problems(repository.folder)]


def test_a_good_lock_has_no_problems(repository):
    (repository.path("code") / "__pycache__").mkdir(exist_ok=True)
    (repository.path("code") / "__pycache__/x.pyc").write_text("ignored by .dvcignore")
    assert problems(repository) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("size: 8\n", "size: 9\n", ["parts: deps: data/source.csv"]),
        ("47ece2e4", "00000000", ["parts: deps: data/source.csv"]),
        ("seed: 1", "seed: 2", ["parts: params: parts.seed: dvc.lock has 2; params.yaml has 1"]),
        ("          seed: 1\n", "", ["parts: params: parts.seed: dvc.lock has no such key; params.yaml has 1"]),
        ("stage.py train", "stage.py tram", ["train: cmd: dvc.lock has 'python code/stage.py tram'"]),
        (f"metrics.json{MD5} 426a", f"metrics.json{MD5} 0000", ["train: outs: metrics.json"]),
        (f"model.txt{MD5} 029d", f"model.txt{MD5} 0000", ["report: deps: models/model.txt"]),
        ("  report:", "  reports:", ["reports: stage", "report: stage"]),
        ("path: report.txt", "path: reported.txt", ["report: outs: reported.txt", "report: outs: report.txt"]),
    ],
)
def test_an_edited_entry_is_named(repository, old, new, found):
    edit(repository, "dvc.lock", old, new)
    printed = problems(repository)
    assert len(printed) == len(found), printed
    for line, start in zip(printed, found, strict=True):
        assert line.startswith(start), line


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("code/stage.py", "upper", "lower", {"parts: deps: code", "train: deps: code", "report: deps: code"}),
        ("data/source.csv", "a", "b", {"parts: deps: data/source.csv"}),
        ("params.yaml", "0.5", "0.6", {"parts: params: parts.share"}),
        ("metrics.json", "2", "3", {"train: outs: metrics.json", "report: deps: metrics.json"}),
    ],
)
def test_a_stale_lock_is_named(repository, name, old, new, found):
    edit(repository, name, old, new)
    assert {line.partition(": dvc.lock")[0] for line in problems(repository)} == found


def test_a_removed_file_is_named(repository):
    repository.path("data/source.csv").unlink()
    assert "no such file" in problems(repository)[0]


@pytest.mark.parametrize(("content", "told"), [(None, "no such file"), ("stages: [", "YAML"), ("a: 1", "no stages")])
def test_a_broken_lock_is_one_message(repository, content, told):
    repository.path("dvc.lock").unlink()
    if content:
        repository.path("dvc.lock").write_text(content)
    with pytest.raises(UserError, match=told):
        lock_problems(repository.folder)
