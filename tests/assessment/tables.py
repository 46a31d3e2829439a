"""What tests measure: scores, outcomes and groups, put into the table that the assessment takes."""

from takeback.assessment.fairness import audit, intersections, reference_groups
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.metrics import values
from takeback.assessment.scored import scored_table
from takeback.decisions.policy import DECISIONS
from takeback.decisions.scoring import Scores


def audited(contract, scores, bad, groups, least=1):
    return audit(reference_groups(contract), scored_table(scores, bad, groups), least)


def audited_pairs(contract, scores, bad, groups, least=1):
    return intersections(reference_groups(contract), scored_table(scores, bad, groups), least)


def limits_of(contract, scores, bad, groups, **settings):
    return fairness_intervals(reference_groups(contract), scored_table(scores, bad, groups), **settings)


def table_of(pd, bad, decision=None, amount=None, policy=None):
    """A table without groups; everybody is declined unless decisions are given."""
    decision = [DECISIONS.index("decline")] * len(pd) if decision is None else decision
    return scored_table(Scores(pd, [False] * len(pd), decision), bad, {}, amount=amount, policy=policy)


def ranking(pd, bad):
    return values(table_of(pd, bad), "ranking")


def probability(pd, bad):
    return values(table_of(pd, bad), "probability")


def decision(decisions, bad, amount, policy):
    return values(table_of([0.5] * len(bad), bad, decisions, amount, policy), "decision")
