"""The hand-written rule as a scorecard; it is not fitted."""

from takeback.config.params import Rule
from takeback.models.scorecard import Bins, Scorecard


def rule_scorecard(settings: Rule) -> Scorecard:
    """Return the rule's points as a scorecard: more points, more risk."""
    bins = {name: Bins(b.edges, b.points, b.missing, b.reason) for name, b in settings.points.items()}
    return Scorecard(0.0, bins)
