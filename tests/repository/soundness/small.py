"""A pipeline of three small stages in a repository of its own: everything that upkeep looks at, in a second."""

from pathlib import Path

from tests.clones import Repository

PIPELINE = """
stages:
  parts:
    cmd: python code/stage.py parts
    deps: [code, data/source.csv]
    params: [parts]
    outs: [data/parts]
  train:
    cmd: python code/stage.py train
    deps: [code, data/parts/train.csv]
    outs: [models/model.txt]
    metrics: [metrics.json: {cache: false}]
  report:
    cmd: python code/stage.py report
    deps: [code, metrics.json, models/model.txt]
    outs: [report.txt]
"""
CODE = """
import sys
from pathlib import Path

def parts():
    rows = Path("data/source.csv").read_text().splitlines()
    Path("data/parts").mkdir(parents=True, exist_ok=True)
    for name, some in {"train": rows[::2], "test": rows[1::2]}.items():
        Path(f"data/parts/{name}.csv").write_text("\\n".join(some))

def train():
    Path("models").mkdir(exist_ok=True)
    Path("models/model.txt").write_text(Path("data/parts/train.csv").read_text().upper())
    Path("metrics.json").write_text('{"rows": 2}')

def report():
    Path("report.txt").write_text(Path("models/model.txt").read_text() + Path("metrics.json").read_text())

globals()[sys.argv[1]]()
"""


def small_repository(folder: Path, in_git: bool = True) -> Repository:
    """Return a repository with the tag v1.0.0, pushed to a remote beside it; its source data are in Git or DVC's."""
    files = {
        "dvc.yaml": PIPELINE,
        "params.yaml": "parts: {share: 0.5, seed: 1}\n",
        "code/stage.py": CODE,
        "data/source.csv": "a\nb\nc\nd\n",
        ".dvcignore": "__pycache__\n.takeback\n",
        ".gitignore": "__pycache__/\n.takeback/\n.*.????????/\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    repository = Repository(folder)
    repository.environment["PYTHONPATH"] = str(Path(__file__).parents[3] / "src")
    repository.run("git", "init", "-q", "-b", "main")
    repository.run("dvc", "init", "-q")
    repository.run("dvc", "remote", "add", "-d", "storage", "../storage")
    if not in_git:
        repository.run("dvc", "add", "-q", "data/source.csv")
    repository.run("dvc", "repro", "-q")
    release(repository, "v1.0.0")
    return repository


def release(repository: Repository, tag: str) -> None:
    """Commit, tag and push what is there."""
    repository.commit(tag)
    repository.run("git", "tag", "-am", tag, tag)
    repository.run("dvc", "push", "-q")


def edit(repository: Repository, name: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    text = repository.path(name).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    repository.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")
