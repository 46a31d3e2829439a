"""From a PD to a decision: approve, refer to an analyst, or decline."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from pydantic import model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit, parse
from takeback.config.params import Policy, ThinFiles
from takeback.data.expressions import Array

APPROVE, REFER, DECLINE = "approve", "refer", "decline"
DECISIONS = (APPROVE, REFER, DECLINE)
DIGITS = 8
NEVER = 2.0  # a threshold above every PD
AS_OTHERS = "decide"  # of a thin file: by its PD


@dataclass(frozen=True)
class Thresholds:
    """Approve below ``approve_below``, decline from ``decline_from`` on, refer between; what a thin file gets."""

    approve_below: float
    decline_from: float
    thin_files: str = REFER

    def to_dict(self) -> dict[str, Any]:
        """Return the form that is written as JSON."""
        return asdict(self)


class _Form(Strict):
    approve_below: Unit
    decline_from: Number
    thin_files: ThinFiles = "refer"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not (self.approve_below <= self.decline_from <= 1 or self.decline_from == NEVER):
            raise KeyedError(
                "decline_from",
                f"found {self.decline_from:g}, expected {self.approve_below:g} (approve_below) to 1, "
                f"or {NEVER:g} where nobody is declined",
            )
        return self


def thresholds_from(content: Mapping[str, Any], source: str = "policy") -> Thresholds:
    """Build thresholds from the form that `Thresholds.to_dict` gives.

    Raises
    ------
    UserError
        If it is not of that form; ``source`` names it.
    """
    form = parse(_Form, content, source)
    return Thresholds(form.approve_below, form.decline_from, form.thin_files)


def decide(thresholds: Thresholds, pds: Array, thin: Array) -> Array:
    """Return each decision as a position in `DECISIONS`, shape (n,), int8."""
    decision = np.ones(len(pds), dtype=np.int8)
    decision[pds < thresholds.approve_below] = 0
    decision[pds >= thresholds.decline_from] = 2
    if thresholds.thin_files != AS_OTHERS:  # too little is known to approve or decline by a model
        decision[thin] = DECISIONS.index(thresholds.thin_files)
    return decision


def break_even(policy: Policy) -> float:
    """Return p* = r / (r + L): the PD at which an approval without review earns nothing."""
    return policy.return_rate / (policy.return_rate + policy.loss_given_default)


def thresholds_at(policy: Policy, review_cost: float) -> Thresholds:
    """Return the thresholds that maximise expected profit at a review cost.

    An analyst approves a good applicant with probability a_g and a bad one with a_b, so that a review earns
    ``a_g (1 - p) r - a_b p L - c`` and an approval ``(1 - p) r - p L``. They are equal at
    ``p_lo = (r (1 - a_g) + c) / (r (1 - a_g) + L (1 - a_b))``; a review earns nothing at
    ``p_hi = (a_g r - c) / (a_g r + a_b L)``. If ``p_lo >= p_hi`` no review pays, and both are the break-even p*.
    """
    gain, loss = policy.return_rate, policy.loss_given_default
    good, bad = policy.analyst_approves_good, policy.analyst_approves_bad
    missed, stopped = gain * (1 - good), loss * (1 - bad)
    p_lo = (missed + review_cost) / (missed + stopped) if missed + stopped else 1.0
    p_hi = (good * gain - review_cost) / (good * gain + bad * loss) if good or bad else 0.0
    if p_lo >= p_hi:
        p_lo = p_hi = break_even(policy)
    return Thresholds(round(p_lo, DIGITS), round(p_hi, DIGITS), policy.thin_files)


def choose_thresholds(policy: Policy, pds: Array, thin: Array) -> Thresholds:
    """Choose thresholds on the calibration set so that referrals fit the analysts' capacity: see `shadow_price`."""
    return thresholds_at(policy, policy.review_cost + shadow_price(policy, pds, thin))


def shadow_price(policy: Policy, pds: Array, thin: Array) -> float:
    """Return what one more review is worth, per unit of exposure; 0 where analysts have time left.

    The smallest rise of the review cost, by bisection, at which the referral rate is within
    ``policy.max_referral_rate``. Thin files that are referred whatever they cost count.
    """
    least = thin.mean() if policy.thin_files == REFER else 0.0

    def fits(price: float) -> bool:
        chosen = thresholds_at(policy, policy.review_cost + price)
        return bool((decide(chosen, pds, thin) == 1).mean() <= max(policy.max_referral_rate, least))

    low, high = 0.0, policy.return_rate
    if fits(low):
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def break_even_review_cost(policy: Policy) -> float:
    """Return (a_g - a_b) r L / (r + L): what a review may cost before none pays, at the PD where it tells most."""
    gain, loss = policy.return_rate, policy.loss_given_default
    return (policy.analyst_approves_good - policy.analyst_approves_bad) * gain * loss / (gain + loss)


def break_even_skill(policy: Policy) -> float:
    """Return c (r + L) / (r L): the least a_g - a_b, the analysts' Youden index, at which some review pays."""
    gain, loss = policy.return_rate, policy.loss_given_default
    return policy.review_cost * (gain + loss) / (gain * loss)


def reviewed_share(policy: Policy, refer_rate: float) -> float:
    """Return the share of referred applications that analysts have time for."""
    return min(1.0, policy.max_referral_rate / refer_rate) if refer_rate else 1.0


def profit_within_capacity(policy: Policy, decisions: Array, bad: Array) -> Array:
    """Return `profit` of all decisions together, shape (n,): of referrals only as many count as can be reviewed."""
    refer_rate = float((decisions == DECISIONS.index(REFER)).mean()) if len(decisions) else 0.0
    return profit(policy, decisions, bad, reviewed_share(policy, refer_rate))


def profit_of_shares(policy: Policy, good: Array, bad: Array) -> float:
    """Return the profit per application, within capacity, of the shares of all that are good, or bad, by decision.

    Parameters
    ----------
    policy
        The economics of a decision.
    good, bad
        In the order of `DECISIONS`, shape (3,).
    """
    refer = DECISIONS.index(REFER)
    reviewed, kinds = reviewed_share(policy, float(good[refer] + bad[refer])), np.arange(len(DECISIONS))
    each = [profit(policy, kinds, np.full(len(kinds), outcome), reviewed) for outcome in (0, 1)]
    return float(good @ each[0] + bad @ each[1])


def profit(policy: Policy, decisions: Array, bad: Array, reviewed: float = 1.0) -> Array:
    """Return the expected profit of each decision per unit of exposure, shape (n,), given the outcome.

    Parameters
    ----------
    policy
        The economics of a decision, and what becomes of a referral that nobody has time for (``overflow``).
    decisions, bad
        Shape (n,).
    reviewed
        The chance of a referral to be reviewed in time. Which ones are, is not known: each has the same.
    """
    approved = np.where(bad == 1, -policy.loss_given_default, policy.return_rate)
    analyst = np.where(bad == 1, policy.analyst_approves_bad, policy.analyst_approves_good)
    review = analyst * approved - policy.review_cost
    overflow = review - policy.late_cost if policy.overflow == "late" else 0.0
    referred = reviewed * review + (1 - reviewed) * overflow
    return np.select([decisions == 0, decisions == 1], [approved, referred], 0.0)
