"""What one alternative gives on one resplit: profit, AUC and approval ratios of applicants it was not fitted on."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from takeback.assessment.fairness import audit, reference_groups
from takeback.assessment.metrics import values
from takeback.assessment.scored import scored_table
from takeback.config.params import Config
from takeback.data.contract import Contract
from takeback.decisions.fitting import fit_decision
from takeback.decisions.scoring import Scorer, Scores, margins, score, thin_files
from takeback.models.candidates import fit
from takeback.models.packaged import Packaged
from takeback.models.training import training_of
from takeback.preparation.parts import Part
from takeback.preparation.selection import select
from takeback.preparation.splitting import positions

FIT, CALIBRATE = 0.6, 0.2
VALIDATE = 1 - FIT - CALIBRATE
Group = tuple[str, str]


def evaluate(settings: Config, kind: str, pool: Part, judged: tuple[Group, ...], resplit: int) -> dict[str, Any]:
    """Fit, calibrate and decide as the pipeline does, on three parts of a pool of applicants.

    Parameters
    ----------
    settings
        The alternative's settings.
    kind
        Which candidate: ``logistic``, ``forest`` or ``xgboost``.
    pool
        Applicants of the training and calibration parts, never of the test part.
    judged
        The attribute and group of each approval ratio; see `judged_groups`.
    resplit
        Divides the pool; the same number divides it the same way for every alternative.

    Returns
    -------
    dict
        ``profit_per_application``, ``auc``, ``approve_rate``, ``refer_rate``, ``inputs`` (their number), ``ratios``
        (attribute.group to approval ratio, None if nobody of the reference group is approved), and
        ``smallest_ratio`` (None if one is None).
    """
    fitting, calibrating, validating = divide(pool, resplit)
    model = fitted(settings, kind, fitting)
    scores = score(calibrated(settings, kind, model, calibrating), validating.columns)
    return {"inputs": len(model.inputs), **_measures(settings, scores, validating, judged)}


def divide(pool: Part, resplit: int) -> tuple[Part, Part, Part]:
    """Divide a pool at random into parts to fit (60%), to calibrate (20%) and to validate (20%)."""
    where = positions(pool.ids, f"resplit {resplit}")
    fits, validates = where < FIT, where >= FIT + CALIBRATE
    return pool.rows(fits), pool.rows(~fits & ~validates), pool.rows(validates)


def judged_groups(contract: Contract, pool: Part, min_group_size: int) -> tuple[Group, ...]:
    """Return the groups with enough members in a part to validate, without the reference groups.

    They are the same for every resplit, so that a group near the limit does not come and go.
    """
    counts = {name: members.value_counts().sort_index() * VALIDATE for name, members in pool.groups.items()}
    enough = [(name, group) for name, count in counts.items() for group in count.index[count >= min_group_size]]
    return tuple((name, group) for name, group in enough if group != contract.protected[name].reference)


def fitted(settings: Config, kind: str, part: Part) -> Packaged:
    """Select features and fit a candidate, as the pipeline does."""
    contract = settings.data
    selected = select(contract, settings.features, part.columns, part.bad, part.groups)["selected"]
    data = training_of(settings, kind, part, selected)._replace(groups={})  # nobody watches how it learns
    with TemporaryDirectory() as folder:
        return fit(settings, kind, data, Path(folder)).model


def calibrated(settings: Config, kind: str, model: Packaged, part: Part) -> Scorer:
    """Calibrate a model and choose its thresholds, as the pipeline does."""
    contract = settings.data
    margin, thin = margins(contract, model, part.columns), thin_files(contract, part.columns)
    return Scorer(contract, model, *fit_decision(settings, kind, margin, part.bad.to_numpy(), thin))


def _measures(settings: Config, scores: Scores, part: Part, judged: tuple[Group, ...]) -> dict[str, Any]:
    amount = part.columns[settings.data.amount]
    scored = scored_table(scores, part.bad, part.groups, amount=amount, policy=settings.policy)
    decided = values(scored, "decision")
    fairness = audit(reference_groups(settings.data), scored)
    ratios = {f"{a}.{g}": fairness[a]["groups"].get(g, {}).get("approval_ratio") for a, g in judged}
    known = [ratio for ratio in ratios.values() if ratio is not None]
    return {
        **{name: decided[name] for name in ("profit_per_application", "approve_rate", "refer_rate")},
        "auc": values(scored, "ranking")["auc"],
        "ratios": ratios,
        "smallest_ratio": min(known) if len(known) == len(ratios) else None,
    }
