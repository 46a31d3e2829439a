"""Calibration and test data, candidate and policy to metrics and plots."""

from pathlib import Path

import pyarrow as pa

from takeback import config
from takeback.assessment.evaluation import calibration_bins, performance, roc_points
from takeback.assessment.fairness import audit
from takeback.common.files import replacing, write_csv, write_json
from takeback.data.parts import Part, read_part
from takeback.decisions.bundle import load_scorer
from takeback.decisions.scoring import Scorer, score
from takeback.stages import layout


def main(name: str) -> None:
    """Run the stage for one candidate: the calibration part chooses the champion, the test part is for the reader."""
    settings = config.load()
    scorer = load_scorer(settings.data, layout.candidate(name), layout.decision(name))
    for folder, part in {layout.calibration(name): "calibration", layout.test(name): "test"}.items():
        with replacing(folder) as new:
            _evaluate(settings, scorer, read_part(settings.data, layout.SPLIT[part]), new)


def _evaluate(settings: config.Config, scorer: Scorer, part: Part, folder: Path) -> None:
    scores = score(scorer, part.columns)
    amount = part.columns[settings.data.amount]
    write_json(folder / "performance.json", performance(scores, part.bad, amount, settings.policy))
    write_json(folder / "fairness.json", audit(settings.data, scores, part.bad, part.groups))
    write_csv(folder / "roc.csv", pa.Table.from_pylist(roc_points(scores.pd, part.bad)))
    write_csv(folder / "calibration.csv", pa.Table.from_pylist(calibration_bins(scores.pd, part.bad)))
