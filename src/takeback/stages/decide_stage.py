"""Calibration data and candidate to calibrated PDs, decision thresholds, and what reasons are held against."""

from takeback.common import layout
from takeback.common.files import replacing
from takeback.config.params import load_params
from takeback.decisions.bundle import write_decision
from takeback.decisions.fitting import fit_decision
from takeback.decisions.reasons import usual
from takeback.decisions.scoring import Scorer, margins, score, thin_files
from takeback.models.packaged import load_model
from takeback.preparation.parts import read_part


def main(name: str) -> None:
    """Run the stage for one candidate."""
    settings = load_params()
    part = read_part(settings.data, layout.SPLIT["calibration"])
    model = load_model(layout.candidate(name))
    margin, thin = margins(settings.data, model, part.columns), thin_files(settings.data, part.columns)
    scorer = Scorer(settings.data, model, *fit_decision(settings, name, margin, part.bad.to_numpy(), thin))
    columns = {name: values.to_numpy() for name, values in part.columns.items()}
    median = usual(scorer, columns, score(scorer, columns))
    with replacing(layout.decision(name)) as folder:
        write_decision(folder, scorer.calibrator, scorer.thresholds, median)
