"""Test data, candidate and policy to metrics and plots."""

import pyarrow as pa

from takeback import config
from takeback.assessment.evaluation import calibration_bins, performance, roc_points
from takeback.assessment.fairness import audit
from takeback.common.files import replacing, write_csv, write_json
from takeback.data.parts import read_part
from takeback.decisions.bundle import load_scorer
from takeback.decisions.scoring import score
from takeback.stages import layout


def main(name: str) -> None:
    """Run the stage for one candidate."""
    settings = config.load()
    contract = settings.data
    part = read_part(contract, layout.SPLIT["test"])
    scores = score(load_scorer(contract, layout.candidate(name), layout.decision(name)), part.columns)
    measured = performance(scores, part.bad, part.columns[contract.amount], settings.policy)
    with replacing(layout.test(name)) as folder:
        write_json(folder / "performance.json", measured)
        write_json(folder / "fairness.json", audit(contract, scores, part.bad, part.groups))
        write_csv(folder / "roc.csv", pa.Table.from_pylist(roc_points(scores.pd, part.bad)))
        write_csv(folder / "calibration.csv", pa.Table.from_pylist(calibration_bins(scores.pd, part.bad)))
