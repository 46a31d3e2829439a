"""What `takeback verify` shows, and the libraries of this Python environment against those of a release."""

from itertools import groupby

from takeback.common.text_tables import text_table
from takeback.repository.lock_differences import Row, difference
from takeback.repository.verification import LEFT, RIGHT, Verification

HEADER = ("stage", "output", "result")


def verification_text(found: Verification, every: bool = False) -> str:
    """Return the table of a verification and what to make of it."""
    if found.problems:
        lines = [f"  {problem}" for problem in found.problems]
        count = f"{len(lines)} {'entry' if len(lines) == 1 else 'entries'}"
        return "\n".join(
            [f"{count} of dvc.lock: stale or edited by hand. Not rebuilt.", *lines, "`dvc repro` writes dvc.lock anew."]
        )
    wrong = sum(not row.identical for row in found.outs)
    same = len(found.outs) - wrong
    lines = [text_table(HEADER, output_lines(found.outs, every))]
    lines.append(f"{same} of {len(found.outs)} outputs are identical" + (f", {wrong} differ." if wrong else "."))
    if found.origins:
        lines.append(
            f"It begins in {', '.join(found.origins)}: same inputs, other outputs. What differs after follows."
        )
    for row in found.edited:
        lines.append(f"{row.stage}: deps: {row.path}: {difference(row, LEFT, RIGHT)}: dvc.lock was edited by hand.")
    return "\n".join(lines)


def output_lines(rows: list[Row], every: bool) -> list[tuple[str, str, str]]:
    """Return a line for each output that differs and one for the identical ones of a stage, or one for each output."""
    lines = []
    for stage, group in groupby(rows, lambda row: row.stage):
        outputs = list(group)
        same = [row.path for row in outputs if row.identical]
        lines += [(stage, row.path, f"differs: {difference(row, LEFT, RIGHT)}") for row in outputs if not row.identical]
        shown = same if every or len(same) == 1 else [f"{len(same)} outputs"] * bool(same)
        lines += [(stage, path, "identical") for path in shown]
    return lines
