"""From a PD to a decision: approve, refer to an analyst, or decline."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from pydantic import model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit, parse
from takeback.config.params import Policy
from takeback.data.expressions import Array

APPROVE, REFER, DECLINE = "approve", "refer", "decline"
DECISIONS = (APPROVE, REFER, DECLINE)
DIGITS = 8
NEVER = 2.0  # a threshold above every PD


@dataclass(frozen=True)
class Thresholds:
    """Approve below ``approve_below``, decline from ``decline_from`` on, refer between and every thin file."""

    approve_below: float
    decline_from: float

    def to_dict(self) -> dict[str, float]:
        """Return the form that is written as JSON."""
        return asdict(self)


class _Form(Strict):
    approve_below: Unit
    decline_from: Number

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
    return Thresholds(form.approve_below, form.decline_from)


def decide(thresholds: Thresholds, pds: Array, thin: Array) -> Array:
    """Return each decision as a position in `DECISIONS`, shape (n,), int8."""
    decision = np.ones(len(pds), dtype=np.int8)
    decision[pds < thresholds.approve_below] = 0
    decision[pds >= thresholds.decline_from] = 2
    decision[thin] = 1  # too little is known to approve or decline by a model
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
    return Thresholds(round(p_lo, DIGITS), round(p_hi, DIGITS))


def choose_thresholds(policy: Policy, pds: Array, thin: Array) -> Thresholds:
    """Choose thresholds on the calibration set so that referrals fit the analysts' capacity.

    The review cost is raised by a shadow price, the smallest one (by bisection) at which the referral rate of those
    who are not thin files, together with the thin files, is within ``policy.max_referral_rate``.
    """

    def fits(price: float) -> bool:
        chosen = thresholds_at(policy, policy.review_cost + price)
        return bool((decide(chosen, pds, thin) == 1).mean() <= max(policy.max_referral_rate, thin.mean()))

    low, high = 0.0, policy.return_rate
    if fits(low):
        return thresholds_at(policy, policy.review_cost)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return thresholds_at(policy, policy.review_cost + high)


def profit(policy: Policy, decisions: Array, bad: Array) -> Array:
    """Return the expected profit of each decision per unit of exposure, shape (n,), given the outcome."""
    approved = np.where(bad == 1, -policy.loss_given_default, policy.return_rate)
    analyst = np.where(bad == 1, policy.analyst_approves_bad, policy.analyst_approves_good)
    reviewed = analyst * approved - policy.review_cost
    return np.select([decisions == 0, decisions == 1], [approved, reviewed], 0.0)
