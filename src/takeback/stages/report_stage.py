"""All metrics to one page, a model card, and the tables that `dvc plots` draws."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from takeback.common import layout
from takeback.common.files import missing_output, read_json, replacing, write_csv, write_text
from takeback.config.params import load_params
from takeback.report.model_card import card
from takeback.report.page import render
from takeback.report.plot_tables import plot_tables
from takeback.repository.report_files import beside_git, in_git
from takeback.repository.results import check_results

READ = (
    layout.BUSINESS,
    layout.CHAMPION,
    layout.DATA_METRICS,
    layout.GATE,
    layout.GROUPS,
    layout.SELECTION,
    layout.SPLIT_METRICS,
    layout.RELEASE,
    layout.TRAINING,
    layout.CALIBRATION,
    layout.TEST,
    layout.DECISIONS,
)


def main() -> None:
    """Run the stage."""
    settings = load_params()
    layout.refuse_removed(settings.candidates)
    check_results(*READ, conf=False)
    files = Worktree()
    metrics = in_git(files, settings)
    write_text(layout.MODEL_CARD, card(metrics))
    write_text(layout.REPORT, render({**metrics, **beside_git(files, metrics)}))
    with replacing(layout.PLOTS) as folder:
        for name, table in plot_tables(metrics).items():
            write_csv(folder / f"{name}.csv", pa.Table.from_pandas(table, preserve_index=False))


class Worktree:
    """The files that lie here, for `takeback.repository.report_files`."""

    def json(self, path: Path) -> Any:
        """Return the content of a JSON file."""
        return read_json(path)

    def bytes(self, path: Path) -> bytes:
        """Return the bytes of a file."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise missing_output(path) from None

    def exists(self, path: Path) -> bool:
        """Say whether there is such a file."""
        return path.exists()
