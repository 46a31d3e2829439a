"""What DVC costs: a full run against the bare stages, nothing to do against `dvc status`, a change of policy."""

import re
from statistics import median

from tests.clones import Repository, keep_rows

from benchmarks.clones import HOUR, clone, forget, reproduce, seconds, stage_commands, stages_run
from benchmarks.record import Limit, Result, say

POLICY = "conf/policy/default.yaml"
TRAINING = ("ingest", "split", "select", "train")


def run(rounds: int = 3, pairs: int = 7, rows: int | None = None) -> Result:
    """Measure the pipeline in fresh clones.

    Parameters
    ----------
    rounds
        How often the full run and the bare stages alternate.
    pairs
        How often `dvc repro` with nothing to do and `dvc status` alternate.
    rows
        Cut the data to so many rows; the whole data if None.
    """
    bare, full = [], []
    for number in range(rounds):
        say(f"pipeline: full run, round {number + 1} of {rounds}")
        bare.append(_bare_stages(rows))
        full.append(_full_run(rows))
    idle, status, policy_seconds, policy_stages = _second_runs(pairs, rows)
    raw = {"bare": bare, "full": full, "idle": idle, "status": status, "policy": policy_seconds}
    return Result(
        "Pipeline",
        f"Fresh clones on an environment that is set up, with an empty cache. Medians of {rounds} and of {pairs} "
        "alternating runs, in seconds.",
        ["", "seconds", "floor, seconds", "ratio"],
        [
            _row("`dvc repro`, empty cache; floor: the stages by hand", full, bare),
            _row("`dvc repro`, nothing to do; floor: `dvc status`", idle, status),
            ["`dvc repro` after a change of policy", f"{policy_seconds:.1f}", "-", "-"],
        ],
        [
            Limit("nothing to do, `dvc repro` / `dvc status`", median(idle) / median(status), 1.5, False),
            Limit("stages up to training run by a change of policy", len(_trained(policy_stages)), 0, False),
        ],
        [f"A change of policy runs: {', '.join(policy_stages)}."],
        raw,
    )


def _bare_stages(rows: int | None) -> float:
    with clone() as repository:
        _prepare(repository, rows)
        commands = stage_commands(repository)
        return seconds(lambda: [repository.run(*command, timeout=HOUR) for command in commands])


def _full_run(rows: int | None) -> float:
    with clone() as repository:
        _prepare(repository, rows)
        return seconds(lambda: reproduce(repository))


def _second_runs(pairs: int, rows: int | None) -> tuple[list[float], list[float], float, list[str]]:
    with clone() as repository:
        _prepare(repository, rows)
        say("pipeline: nothing to do")
        reproduce(repository)
        repository.run("dvc", "status")  # the first one after a run fills caches that later ones use
        times = [_pair(repository) for _ in range(pairs)]
        say("pipeline: a change of policy")
        _change_policy(repository)
        printed: list[str] = []
        took = seconds(lambda: printed.append(reproduce(repository)))
        return [idle for idle, _ in times], [status for _, status in times], took, stages_run(printed[0])


def _pair(repository: Repository) -> tuple[float, float]:
    return seconds(lambda: reproduce(repository)), seconds(lambda: repository.run("dvc", "status"))


def _prepare(repository: Repository, rows: int | None) -> None:
    forget(repository)
    if rows:
        keep_rows(repository, rows)


def _change_policy(repository: Repository) -> None:
    path = repository.path(POLICY)
    text, changes = re.subn(r"^max_referral_rate: .*$", "max_referral_rate: 0.05", path.read_text(), flags=re.M)
    assert changes == 1, f"{POLICY} has no max_referral_rate"
    path.write_text(text)
    repository.run("takeback", "compose")


def _trained(stages: list[str]) -> list[str]:
    return [stage for stage in stages if stage.startswith(TRAINING)]


def _row(words: str, measured: list[float], floor: list[float]) -> list[str]:
    ratio = median(measured) / median(floor)
    return [words, f"{median(measured):.2f}", f"{median(floor):.2f}", f"{ratio:.2f}"]
