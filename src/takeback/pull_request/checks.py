"""What a pull request must meet, each as one line. Pure: findings in, lines out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from takeback.assessment.criteria import stopping
from takeback.common.shown import markdown

MARK = {True: "passed", False: "**failed**"}
SHOWN = 10


class Check(NamedTuple):
    """One condition: its name, whether it holds, and what was found."""

    name: str
    passed: bool
    found: str


def settings_check(complaint: str | None) -> Check:
    """Judge whether params.yaml is what conf/ composes; ``complaint`` says what differs."""
    return Check("params.yaml", complaint is None, complaint or "is what conf/ composes")


def lock_check(problems: Sequence[Any]) -> Check:
    """Judge whether dvc.lock belongs to the files of the commit."""
    if not problems:
        return Check("dvc.lock", True, "belongs to these files")
    return Check("dvc.lock", False, f"stale: {_listed(problems)}. Run `dvc repro` and commit what it changes.")


def rebuild_check(outputs: Sequence[Any]) -> Check:
    """Judge whether a rebuild from Git alone gave every output of dvc.lock; an output has a path and `identical`."""
    wrong = [row.path for row in outputs if not row.identical]
    if not wrong:
        return Check("rebuild", True, f"from Git alone: {len(outputs)} outputs identical, byte for byte")
    return Check("rebuild", False, f"{len(wrong)} of {len(outputs)} outputs differ from dvc.lock: {_listed(wrong)}")


def gate_check(gate: dict[str, Any]) -> Check:
    """Judge the gate's verdict, with the criteria that block."""
    failed = stopping(gate["criteria"])
    return Check("gate", not failed, f"blocks: {_listed(failed)}" if failed else gate["verdict"])


def page(checks: Sequence[Check], difference: str) -> str:
    """Return the comment of a pull request, in Markdown."""
    passed = all(check.passed for check in checks)
    verdict = "all checks passed" if passed else "not to be merged as it is"
    rows = [f"| {check.name} | {MARK[check.passed]} | {_cell(check.found)} |" for check in checks]
    table = "\n".join(["| check | result | found |", "|---|---|---|", *rows])
    return f"## Takeback report: {verdict}\n\n{table}\n\n{difference.strip()}\n"


def _listed(items: Sequence[Any]) -> str:
    rest = f", and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(map(str, items[:SHOWN])) + rest


def _cell(text: str) -> str:
    return "<br>".join(markdown(line) for line in text.splitlines()[:12])
