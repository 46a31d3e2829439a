"""Taking a release back: how long checkout, rollback and diff take on the full data, beside a bare DVC repository."""

import shutil
import statistics
import tempfile
from pathlib import Path

import yaml
from tests.clones import Repository, copy_repository, never_block, set_values

from benchmarks.clones import reproduce, seconds
from benchmarks.machine import ROOT
from benchmarks.record import Limit, Result, say

TAGS = ("v1.0.0", "v1.1.0")
REPEATS = 7


def run() -> Result:
    """Measure two releases that differ in champion and policy, so that models, decisions and scores change."""
    with tempfile.TemporaryDirectory(prefix="takeback-") as place:
        ours = _two_releases(Path(place) / "ours" / "bank")
        bare = _bare(ours, Path(place) / "bare" / "bank")
        say("releases: checkouts")
        checkout = _there_and_back({"takeback": ours, "bare": bare})
        say("releases: rollback, diff and gate")
        rollback = [_rollback(ours, number) for number in range(REPEATS)]
        diff = [seconds(lambda: ours.run("takeback", "diff", *TAGS)) for _ in range(REPEATS)]
        ours.run("git", "checkout", "-q", TAGS[1])
        ours.run("dvc", "checkout", "-q")
        gate = [seconds(lambda: ours.run("takeback", "gate")) for _ in range(REPEATS)]
    return _result(checkout, {"rollback": rollback, "diff": diff, "gate": gate})


def _two_releases(folder: Path) -> Repository:
    bank = copy_repository(folder)
    bank.run("git", "init", "-q", "--bare", "../origin.git")
    bank.run("git", "remote", "add", "origin", "../origin.git")
    bank.run("dvc", "cache", "dir", "--local", str(ROOT / ".dvc" / "cache"))
    never_block(bank)
    for tag, champion, share in (("v1.0.0", "rule", 0.2), ("v1.1.0", "xgboost", 0.1)):
        say(f"releases: {tag}")
        set_values(bank, "conf/champion/default.yaml", prefer=[champion], tolerance=1.0)
        set_values(bank, "conf/policy/default.yaml", max_referral_rate=share)
        bank.run("takeback", "compose")
        reproduce(bank)
        bank.commit(tag)
        bank.run("git", "push", "-q", "--set-upstream", "origin", "main")
        bank.run("takeback", "release", tag)
        bank.run("takeback", "promote", tag, "--to", "prod")
    return bank


def _bare(ours: Repository, folder: Path) -> Repository:
    """Return a repository without stages or code, where `dvc add` tracks the files that our pipeline gives."""
    folder.mkdir(parents=True)
    bare = Repository(folder)
    bare.run("git", "init", "-q", "-b", "main")
    bare.run("dvc", "init", "-q")
    for tag in TAGS:
        ours.run("git", "checkout", "-q", tag)
        ours.run("dvc", "checkout", "-q")
        for path in _outputs(ours):
            _copy(ours.path(path), bare.path(path))
        for name in _in_git(ours):
            _copy(ours.path(name), bare.path(name))
        bare.run("dvc", "add", "-q", *_outputs(ours), timeout=1200)
        bare.commit(tag)
        bare.run("git", "tag", tag)
    return bare


def _outputs(ours: Repository) -> list[str]:
    lock = yaml.safe_load(ours.path("dvc.lock").read_text())["stages"].values()
    cached = [out["path"] for stage in lock for out in stage.get("outs", [])]
    return sorted(path for path in cached if not path.startswith("metrics/") or path.endswith(".html"))


def _in_git(ours: Repository) -> list[str]:
    """Return the files in Git, but for those that make it a pipeline or that DVC writes beside what it tracks."""
    names = ours.run("git", "ls-files", "-z").split("\0")
    return [name for name in names if name and not name.startswith((".dvc/", "dvc.")) and "/.gitignore" not in name]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _there_and_back(repositories: dict[str, Repository]) -> dict[str, list[float]]:
    """Take turns, so that a busy moment of the machine falls on both."""
    took: dict[str, list[float]] = {name: [] for name in repositories}
    for number in range(2 * REPEATS + 2):
        for name, repository in repositories.items():
            elapsed = seconds(lambda r=repository, tag=TAGS[number % 2]: _checkout(r, tag))
            took[name] += [elapsed] if number > 1 else []
    return took


def _checkout(repository: Repository, tag: str) -> None:
    repository.run("git", "checkout", "-q", tag)
    repository.run("dvc", "checkout", "-q")


def _rollback(ours: Repository, number: int) -> float:
    target = TAGS[number % 2]
    command = ("takeback", "rollback", "prod", "--to", target, "--reason", "measured")
    return seconds(lambda: ours.run(*command))


def _result(checkout: dict[str, list[float]], ours: dict[str, list[float]]) -> Result:
    median = {name: statistics.median(values) for name, values in (checkout | ours).items()}
    rows = [
        ["`git checkout TAG && dvc checkout`", f"{median['takeback']:.2f}"],
        ["the same in a bare DVC repository with the same files", f"{median['bare']:.2f}"],
        ["`takeback rollback`", f"{median['rollback']:.2f}"],
        ["`takeback diff` of two releases, 30,000 rows", f"{median['diff']:.2f}"],
        ["`takeback gate`, compared with the last release", f"{median['gate']:.2f}"],
    ]
    limits = [
        Limit("checkout, ratio to the bare repository", median["takeback"] / median["bare"], 1.3, False),
        Limit("rollback, seconds", median["rollback"], 3, False),
        Limit("diff, seconds", median["diff"], 5, False),
        Limit("gate, seconds", median["gate"], 1, False),
    ]
    about = "Two releases of the default data that differ in champion and policy; medians, in turns."
    return Result("Releases", about, ["", "seconds"], rows, limits, raw={**checkout, **ours})
