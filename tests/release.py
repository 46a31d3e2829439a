"""A small real release, built by the pipeline's own pure functions, for tests that score."""

from pathlib import Path

from takeback.common.files import write_json
from takeback.config.params import Config
from takeback.data.encoding import directions, encoded_names, matrix
from takeback.data.ingestion import application_columns, ingest
from takeback.decisions.bundle import load_release, write_bundle, write_decision
from takeback.decisions.calibration_fits import fit_calibrator
from takeback.decisions.policy import Thresholds, choose_thresholds
from takeback.decisions.reasons import usual
from takeback.decisions.scoring import Scorer, margins, score, thin_files
from takeback.models.candidates import fit
from takeback.models.packaged import save_model
from takeback.models.training import Training


def build_release(config: Config, table, champion: str, folder: Path):
    """Train a champion and the rule on a table, write them as a release and load it."""
    contract = config.data.model_copy(
        update={"quarantine": config.data.quarantine.model_copy(update={"min_rows": 1, "max_share": 0.5})}
    )
    applications = ingest(contract, table).applications
    columns, bad = application_columns(contract, applications), applications["bad"].to_numpy().astype(float)
    for name in {champion, "rule"}:
        inputs = tuple(config.rule.points) if name == "rule" else encoded_names(contract, contract.features)
        data = Training(matrix(contract, columns, inputs), bad, inputs, directions(contract, inputs), {})
        candidate = fit(config, name, data, folder / "checkpoints")
        (folder / name).mkdir(parents=True)
        save_model(folder / name, candidate.model)
        _decide(config, contract, candidate.model, columns, bad, folder / name)
    write_json(folder / "selection.json", {"selected": list(contract.features)})
    parts = {"champion": [folder / champion], "fallback": [folder / "rule"]}
    write_bundle(folder / "release", contract, folder / "selection.json", parts, {"champion": champion})
    return load_release(folder / "release")


def _decide(config, contract, model, columns, bad, folder):
    margin = margins(contract, model, columns)
    calibrator = fit_calibrator("isotonic", margin, bad)
    thresholds = choose_thresholds(config.policy, calibrator(margin), thin_files(contract, columns))
    if folder.name == "rule":
        thresholds = Thresholds(0.0, 0.5)
    scorer = Scorer(contract, model, calibrator, thresholds)
    write_decision(folder, calibrator, thresholds, usual(scorer, columns, score(scorer, columns)))
