"""What the champion earns against today's rule, both within what analysts can review, and where that would end."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from takeback.assessment.paired import paired_difference
from takeback.assessment.scored import GROUP, attributes
from takeback.common.disclosure import few, hidden_groups
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import (
    APPROVE,
    AS_OTHERS,
    DECISIONS,
    DECLINE,
    REFER,
    break_even_review_cost,
    break_even_skill,
    choose_thresholds,
    decide,
    profit,
    profit_within_capacity,
    reviewed_share,
    shadow_price,
    thresholds_at,
)

RULE, BEST_CUT = "rule", "rule_best_cut"
# What the grid multiplies: the loss given default, how much more of the good than of the bad analysts approve, and what
# they can review.
LOSSES, SKILLS, CAPACITIES = (0.5, 0.75, 1.0, 1.25), (0.5, 1.0, 1.5), (0.0, 0.5, 1.0, 2.0)


class Ranked(NamedTuple):
    """A candidate's scored tables of the calibration part, which chooses thresholds, and of the test part."""

    calibration: pd.DataFrame
    test: pd.DataFrame


def business_case(policy: Policy, candidates: Mapping[str, Ranked], champion: str, least: int = 1) -> dict[str, Any]:
    """Compare what candidates earn on the test part with the rule, as it is and at its best cut within capacity.

    Parameters
    ----------
    policy
        The economics of a decision.
    candidates
        By name, the rule among them; with ``thin``.
    champion
        The champion's name.
    least
        How many people a group needs for its figures about thin files to be shown.

    Returns
    -------
    dict
        ``champion``; ``offers``, for each candidate and the rule at its best cut: the share of referrals that are
        ``reviewed``, the ``profit`` per application, and the ``gain`` over the rule as it is and at its best cut, with
        95% intervals; ``best_cut`` (thresholds and rates); ``review``: the shadow price of one more, and the cost and
        the analysts' skill (a_g - a_b) at which none pays; ``thin_files``; and the ``grid`` over assumptions.
    """
    rule = candidates[RULE]
    cut = choose_thresholds(policy, *_known(rule.calibration))
    decided = {name: _decisions(ranked.test) for name, ranked in candidates.items()}
    decided[BEST_CUT] = decide(cut, *_known(rule.test))
    bad = rule.test["bad"].to_numpy()
    earned = {name: profit_within_capacity(policy, decisions, bad) for name, decisions in decided.items()}
    calibration = candidates[champion].calibration
    return {
        "champion": champion,
        "offers": {name: _offer(policy, name, decided[name], earned) for name in decided},
        "best_cut": {**cut.to_dict(), **_rates(decided[BEST_CUT], least)},
        "review": {
            "shadow_price": shadow_price(policy, *_known(calibration)),
            "break_even_cost": break_even_review_cost(policy),
            "break_even_skill": break_even_skill(policy),
            "skill": policy.analyst_approves_good - policy.analyst_approves_bad,
        },
        "thin_files": thin_files(policy, candidates[champion], least),
        "grid": [*_grid(policy, candidates[champion], rule)],
    }


def thin_files(policy: Policy, champion: Ranked, least: int = 1) -> dict[str, Any]:
    """Return what thin files are, what each way to treat them earns on each, and how many of each group are thin.

    Returns
    -------
    dict
        ``share`` of all applicants; ``bad_rate``, and ``break_even``, the PD above which a review earns nothing; for
        each of ``refer``, ``decide`` and ``decline`` the ``profit`` per thin file, and how many are ``approved``
        without a review; for each attribute the ``share`` of thin files by group. None where few
        people stand behind a number.
    """
    test = champion.test
    some = test[test["thin"]]
    chosen = choose_thresholds(policy.model_copy(update={"thin_files": AS_OTHERS}), *_known(champion.calibration))
    by_pd = decide(chosen, *_known(some))
    ways = {REFER: np.full(len(some), DECISIONS.index(REFER)), AS_OTHERS: by_pd}
    ways[DECLINE] = np.full(len(some), DECISIONS.index(DECLINE))
    bad = some["bad"].to_numpy()
    secret = bool(few([bad.sum(), len(bad) - bad.sum()], least).any()) or not len(some)
    review = policy.model_copy(update={"max_referral_rate": 1.0})
    options = {
        name: {
            "profit": None if secret else float(profit(review, decisions, bad).mean()),
            "approved": None if secret else _share(decisions == DECISIONS.index(APPROVE), least),
        }
        for name, decisions in ways.items()
    }
    return {
        "treated": policy.thin_files,
        "share": None if secret else len(some) / len(test),
        "bad_rate": None if secret else float(bad.mean()),
        "break_even": thresholds_at(policy, policy.review_cost).decline_from,
        "options": options,
        "groups": {name: _thin_by_group(test, name, least) for name in attributes(test)},
    }


def _thin_by_group(test: pd.DataFrame, attribute: str, least: int) -> dict[str, float | None]:
    counts = test.groupby(f"{GROUP}{attribute}")["thin"].agg(["sum", "size"])
    cells = np.column_stack([counts["sum"], counts["size"] - counts["sum"]])
    secret = hidden_groups(cells, least, hidden_groups(counts["size"].to_numpy(), least))
    shares = (counts["sum"] / counts["size"]).to_numpy()
    return {str(g): None if s else float(v) for g, v, s in zip(counts.index, shares, secret, strict=True)}


def _share(inside: Array, least: int) -> float | None:
    return None if few([inside.sum(), len(inside) - inside.sum()], least).any() else float(inside.mean())


def _known(scored: pd.DataFrame) -> tuple[Array, Array]:
    return scored["pd"].to_numpy(dtype=float), scored["thin"].to_numpy(dtype=bool)


def _decisions(scored: pd.DataFrame) -> Array:
    return scored["decision"].cat.codes.to_numpy()


def _offer(policy: Policy, name: str, decisions: Array, earned: Mapping[str, Array]) -> dict[str, Any]:
    refer_rate = float((decisions == DECISIONS.index(REFER)).mean())
    own = paired_difference(earned[name], np.zeros(len(decisions)))
    gains = {of: paired_difference(earned[name], earned[of]) for of in (RULE, BEST_CUT) if of != name}
    return {"reviewed": reviewed_share(policy, refer_rate), "profit": own, "gain": gains}


def _rates(decisions: Array, least: int) -> dict[str, float | None]:
    counts = [int((decisions == code).sum()) for code in range(len(DECISIONS))]
    secret = few(counts, least).any()
    return {
        f"{word}_rate": None if secret else count / len(decisions)
        for word, count in zip(DECISIONS, counts, strict=True)
    }


def _grid(policy: Policy, champion: Ranked, rule: Ranked) -> Iterator[dict[str, Any]]:
    """Yield what both earn under other assumptions, their thresholds chosen anew for each."""
    skill = policy.analyst_approves_good - policy.analyst_approves_bad
    for loss, able, busy in product(LOSSES, SKILLS, CAPACITIES):
        assumed = policy.model_copy(
            update={
                "loss_given_default": min(policy.loss_given_default * loss, 1.0),
                "analyst_approves_bad": max(policy.analyst_approves_good - skill * able, 0.0),
                "max_referral_rate": min(policy.max_referral_rate * busy, 1.0),
            }
        )
        ours, at_best_cut = (_chosen_anew(assumed, ranked) for ranked in (champion, rule))
        as_it_is = profit_within_capacity(assumed, _decisions(rule.test), rule.test["bad"].to_numpy())
        yield {
            "loss_given_default": assumed.loss_given_default,
            "skill": assumed.analyst_approves_good - assumed.analyst_approves_bad,
            "max_referral_rate": assumed.max_referral_rate,
            "champion": float(ours.mean()),
            "rule": float(as_it_is.mean()),
            "rule_best_cut": float(at_best_cut.mean()),
            "gain": paired_difference(ours, max(as_it_is, at_best_cut, key=np.mean)),
        }


def _chosen_anew(policy: Policy, ranked: Ranked) -> Array:
    """Return the profit of each applicant of the test part with thresholds chosen for a policy."""
    chosen = choose_thresholds(policy, *_known(ranked.calibration))
    return profit_within_capacity(policy, decide(chosen, *_known(ranked.test)), ranked.test["bad"].to_numpy())
