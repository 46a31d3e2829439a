"""The story of a release that had to be taken back: what a person types, and what they see. `make story` tells it.

Everything is real: git, dvc and this code in a temporary folder, on the first applications of the default data. The one
thing made up is the planted bias, which says so wherever it shows.
"""

import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # a script has its own folder on the path, not the repository's

import yaml

from tests.clones import Repository, copy_repository, keep_rows, set_values

ROWS = 6000
UNDER_25 = "approval_ratio.age.under_25"
# What the story's gate does not ask at first.
LATER = {
    "max_profit_loss": 0.002,
    "min_approval_ratio": 0.8,
    "min_approval_ratio_of_good": 0.8,
    "near_group_calibration_odds": 1.5,
    "max_approval_ratio_loss": 0.05,
}


def tell(bank: Repository) -> None:
    """Tell it from the first release to the fixed one."""
    _the_rule(bank)
    _the_scorecard(bank)
    _boosting(bank)
    _the_incident(bank)
    _the_cause(bank)
    _the_fix(bank)


def set_up(folder: Path) -> Repository:
    """Copy this repository, cut its data, and put an empty Git repository beside it that the team shares."""
    bank = copy_repository(folder / "bank")
    keep_rows(bank, ROWS)
    set_values(
        bank,
        "conf/config.yaml",
        training={"reweigh": [], "folds": 3, "seed": 20},
        defaults=_with(bank, features="default"),
    )
    set_values(bank, "conf/model/forest/default.yaml", trees=20)  # no champion of this story, and the slowest to train
    bank.commit("our applications")
    bank.run("git", "init", "-q", "--bare", "../shared.git")
    bank.run("git", "remote", "add", "origin", "../shared.git")
    bank.run("git", "push", "-q", "--set-upstream", "origin", "main")
    return bank


def _the_rule(bank: Repository) -> None:
    _say(
        "The bank's rule declines from a number of points on; analysts see everybody else. Nobody asks about fairness."
    )
    _edit(bank, "conf/champion/default.yaml", prefer=["rule"], tolerance=1.0)
    _edit(bank, "conf/policy/default.yaml", loss_given_default=0.45, max_referral_rate=0.1)
    _edit(bank, "conf/gate/default.yaml", **_asked("never"))
    _release(bank, "The rule", "v1.0.0")


def _the_scorecard(bank: Repository) -> None:
    _say("A scorecard replaces it. Analysts have time again.")
    _edit(bank, "conf/champion/default.yaml", prefer=["logistic"])
    _release(bank, "The scorecard", "v1.1.0")


def _boosting(bank: Repository) -> None:
    _say("Boosting replaces it, trained on new labels. (The labels are the planted cause.)")
    _edit(bank, "conf/champion/default.yaml", prefer=["xgboost"])
    _edit(bank, "conf/scenario/biased_labels.yaml", share=0.8)
    _edit(bank, "conf/config.yaml", defaults=_with(bank, experiment="bias_scenario"))
    _release(bank, "Boosting", "v2.0.0")


def _the_incident(bank: Repository) -> None:
    _say("A newspaper: the bank turns the young away. First, put back what was there before.")
    _type(bank, "takeback rollback prod --reason 'complaints: applicants under 25'")
    _type(bank, "takeback environments")
    _say("The whole project at that release, data and models included, is two commands away - and two back.")
    _type(bank, "git checkout --quiet v1.1.0 && dvc checkout --quiet && takeback summary", first=0, last=3)
    _type(bank, "git checkout --quiet main && dvc checkout --quiet")


def _the_cause(bank: Repository) -> None:
    _say("Then, what happened?")
    _type(bank, "takeback diff v1.1.0 v2.0.0", first=40, last=0)
    _say("Two steps changed. Which one did it?")
    _type(bank, f"takeback blame v1.1.0 v2.0.0 --metric {UNDER_25} --seeds 0", first=40)


def _the_fix(bank: Repository) -> None:
    _say("From now on the gate asks. It would not have let this pass:")
    _edit(bank, "conf/gate/default.yaml", **_asked("fail"))
    _reproduce(bank, "The gate asks about fairness")
    _type(bank, "takeback gate", first=20, fails=True)
    _say("The true labels again.")
    _edit(bank, "conf/config.yaml", defaults=_with(bank, experiment=None))
    _release(bank, "True labels", "v2.1.0")
    _type(bank, "takeback environments --history")


def _release(bank: Repository, message: str, version: str) -> None:
    _reproduce(bank, message)
    _type(bank, f"takeback release {version}")
    _type(bank, f"takeback promote {version} --to prod")


def _reproduce(bank: Repository, message: str) -> None:
    _type(bank, "takeback compose")
    _type(bank, "dvc repro", first=0, last=1)
    _type(bank, f"git commit --quiet --all --message '{message}'")


def _asked(blocks: str) -> dict[str, object]:
    return {name: {"limit": limit, "blocks": blocks} for name, limit in LATER.items()}


def _with(bank: Repository, **chosen: str | None) -> list[object]:
    """Return the defaults of conf/config.yaml with another choice for some groups."""
    defaults = yaml.safe_load(bank.path("conf/config.yaml").read_text())["defaults"]
    lines = [line if isinstance(line, dict) else {line: None} for line in defaults]
    return [
        {name: chosen.get(name, value)} if name != "_self_" else name for line in lines for name, value in line.items()
    ]


def _edit(bank: Repository, name: str, **values: object) -> None:
    """Change a file of conf/ as an editor would, and show the lines."""
    set_values(bank, name, **values)
    shown = {key: value for key, value in values.items() if key != "defaults"}
    chosen = [line for line in values.get("defaults", []) if "experiment" in line]  # type: ignore[attr-defined]
    print(f"    # edit {name}", flush=True)
    for key, value in (shown or chosen[0]).items():
        print(f"    #     {key}: {_flow(value)}", flush=True)


def _flow(value: object) -> str:
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False).removesuffix("...\n").strip()


def _type(bank: Repository, line: str, first: int = 4, last: int = 12, fails: bool = False) -> None:
    """Print a command line, run it, and print what it printed; the middle of a long text is left out."""
    print(f"    $ {line}", flush=True)
    printed = "".join(_run(bank, shlex.split(part), fails) for part in line.split(" && ")).rstrip()
    lines = printed.splitlines()
    shown = [*lines[:first], "[...]", *lines[len(lines) - last :]] if len(lines) > first + last else lines
    print("".join(f"    {text}".rstrip() + "\n" for text in shown), flush=True)


def _run(bank: Repository, command: list[str], fails: bool) -> str:
    done = subprocess.run(command, cwd=bank.folder, env=bank.environment, capture_output=True, text=True)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if fails else "")  # else only progress


def _say(text: str) -> None:
    print(f"\n{text}\n", flush=True)


if __name__ == "__main__":
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="takeback-") as place:
        tell(set_up(Path(place)))
    print(f"\nTold in {time.perf_counter() - start:.0f} seconds.")
