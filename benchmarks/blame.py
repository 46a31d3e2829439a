"""What `takeback blame` costs beside the stage runs that it needs, run by hand one after the other."""

import shlex
from collections import Counter

import yaml
from tests.clones import Repository, keep_rows, set_values

from benchmarks.clones import HOUR, clone, reproduce, seconds
from benchmarks.record import Limit, Result, say

METRIC = "profit_per_application"


def run(rows: int | None = 6000) -> Result:
    """Measure two releases that differ in data, model and policy.

    Parameters
    ----------
    rows
        Cut the data to so many rows; the whole data if None.
    """
    with clone() as bank:
        if rows:
            keep_rows(bank, rows)
        _release(bank, "A")
        _change(bank)
        _release(bank, "B")
        before = _kept_runs(bank)
        say("blame: the command")
        took = seconds(lambda: bank.run("takeback", "blame", "A", "B", "--metric", METRIC, timeout=HOUR))
        needed = _kept_runs(bank) - before
        say(f"blame: {needed.total()} stage runs by hand")
        by_hand = seconds(lambda: [bank.run(*shlex.split(c), timeout=HOUR) for c in sorted(needed.elements())])
        again = seconds(lambda: bank.run("takeback", "blame", "A", "B", "--metric", "auc", timeout=HOUR))
    return Result(
        "Blame",
        f"Two releases of {rows or 'all'} rows that differ in data, model and policy: eight mixtures, and two refits "
        "of each release with other seeds.",
        ["", "seconds"],
        [
            ["`takeback blame`", f"{took:.1f}"],
            [f"the {needed.total()} distinct stage runs that DVC ran for it, by hand", f"{by_hand:.1f}"],
            ["`takeback blame` for another metric, from the run-cache", f"{again:.1f}"],
        ],
        [Limit("blame / its stage runs by hand", took / by_hand, 1.25, False)],
        ["Stage runs are counted from DVC's run-cache and repeated on the second release's files."],
        {"blame": took, "by_hand": by_hand, "again": again, "runs": dict(sorted(needed.items()))},
    )


def _release(bank: Repository, tag: str) -> None:
    say(f"blame: release {tag}")
    bank.run("takeback", "compose")
    reproduce(bank)
    bank.commit(tag)
    bank.run("git", "tag", tag)


def _change(bank: Repository) -> None:
    set_values(bank, "conf/model/xgboost/default.yaml", max_depth=3)
    set_values(bank, "conf/policy/default.yaml", max_referral_rate=0.1)
    source = bank.path("data/source/taiwan_default.csv")
    header, *lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join([header, *lines[: -len(lines) // 20]]))


def _kept_runs(bank: Repository) -> Counter[str]:
    """Count the runs in DVC's run-cache by their command."""
    files = [path for path in bank.path(".dvc/cache/runs").rglob("*") if path.is_file()]
    return Counter(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["cmd"] for path in files)
