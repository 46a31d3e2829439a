"""H-measure and expected maximum profit: what the best threshold earns, over the costs that may hold.

Both look at the convex hull of the ROC curve, and on it every piece stands for itself: at given costs its applicants
are declined or approved, whichever costs less, whatever the other pieces get.
"""

import numpy as np

from takeback.data.expressions import Array

# Verbraken et al. (2014), section 4: with p0 nothing is lost, with p1 all of the loan, else a share uniform on (0, 1).
EMP_NO_LOSS, EMP_FULL_LOSS, EMP_RETURN = 0.55, 0.10, 0.2644


def hull(bads: Array, goods: Array) -> tuple[Array, Array]:
    """Return the weight of bad and of good applicants in each piece of the convex hull of the ROC curve.

    The hull is the isotonic regression of the outcomes on the scores (Fawcett and Niculescu-Mizil 2007).

    Parameters
    ----------
    bads, goods
        Weight of bad and of good applicants at each distinct PD, highest PD first, each of shape (m,).

    Returns
    -------
    tuple of numpy.ndarray
        Each of shape (k,), k <= m, the riskiest piece first.
    """
    from scipy.optimize import isotonic_regression  # a quarter of a second that most users of the metrics do not need

    present = bads + goods > 0
    bads, goods = bads[present], goods[present]
    if not len(bads):
        return bads, goods
    starts = isotonic_regression(bads / (bads + goods), weights=bads + goods, increasing=False).blocks[:-1]
    return np.add.reduceat(bads, starts), np.add.reduceat(goods, starts)


def h_measure(bads: Array, goods: Array) -> float:
    """Return the H-measure of the pieces of a hull: 0 says nothing, 1 divides good from bad; NaN for one class.

    The share of the expected loss that the ranking saves (Hand 2009). To decline a good applicant costs c, to approve
    a bad one 1 - c, and c is drawn from Beta(1 + share of bads, 1 + share of goods), whose mode is the share of bads
    (Hand and Anagnostopoulos 2014): the rarer class is the one that it costs more to get wrong.
    """
    if not bads.sum() or not goods.sum():
        return np.nan
    share = bads.sum() / (bads.sum() + goods.sum())
    nothing_known = _expected_loss(bads.sum(keepdims=True), goods.sum(keepdims=True), share)
    return float(1 - _expected_loss(bads, goods, share) / nothing_known)


def expected_maximum_profit(bads: Array, goods: Array) -> float:
    """Return the EMP for credit scoring of the pieces of a hull, per applicant and unit of exposure; NaN for one class.

    What declining by the scores adds to approving everybody: a share lambda of the exposure for each bad applicant,
    less the return on each good one, at the best threshold for each lambda (Verbraken, Bravo, Weber and Baesens 2014).
    Never more than the mean of lambda, 0.275, times the share of bads, which is what a perfect ranking earns.
    """
    if not bads.sum() or not goods.sum():
        return np.nan
    pays_from = np.divide(EMP_RETURN * goods, bads, out=np.ones_like(bads), where=bads > 0)  # declined from this lambda
    margin = np.maximum(1 - pays_from, 0)
    gain = EMP_FULL_LOSS * margin + (1 - EMP_NO_LOSS - EMP_FULL_LOSS) * margin**2 / 2
    return float((bads * gain).sum() / (bads.sum() + goods.sum()))


def _expected_loss(bads: Array, goods: Array, share: float) -> float:
    """Decline a piece where c is below its bad rate, so integrate c up to it and 1 - c from there on."""
    from scipy.special import betainc

    a, b, rate = 1 + share, 2 - share, bads / (bads + goods)
    declined, approved = a / (a + b) * betainc(a + 1, b, rate), b / (a + b) * (1 - betainc(a, b + 1, rate))
    return float((goods * declined + bads * approved).sum())
