"""How far chance alone moves every number of performance.json."""

import pyarrow as pa
from threadpoolctl import threadpool_limits

from takeback.assessment.bootstrap import interval, replicate_weights
from takeback.assessment.weighted import MEASURES, RANKING, ranking_measures

REPLICATES = 500


def performance_intervals(scores: pa.Table, replicates: int = REPLICATES) -> dict[str, tuple[float, float] | None]:
    """Return a 95% percentile interval of every number of performance.json, by its flat name.

    Parameters
    ----------
    scores
        One row per applicant, as `takeback.stages.evaluate.scored_applicants` gives them.
    replicates
        How many times the applicants are resampled; see `takeback.assessment.bootstrap.replicate_weights`.

    Returns
    -------
    dict
        Low and high end, or None where most replicates have no such number.
    """
    weights = replicate_weights(scores["id"].to_pylist(), replicates)
    with threadpool_limits(1):  # two threads would add in another order
        resampled = ranking_measures(scores, weights, RANKING.keys())
        resampled |= {name: MEASURES[name](scores, weights) for name in MEASURES if name not in RANKING}
    return {name: interval(values) for name, values in resampled.items()}
