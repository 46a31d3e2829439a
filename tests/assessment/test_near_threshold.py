"""Who is near a threshold, by hand; and what flips when it is chosen again, on real applicants."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.near_threshold import Fitted, flips, near_threshold, within_band
from takeback.assessment.scored import scored_table
from takeback.data.ingestion import application_columns, groups_of, ingest
from takeback.decisions.calibration import Calibrator
from takeback.decisions.fitting import fit_decision
from takeback.decisions.policy import Thresholds, decide
from takeback.decisions.scoring import Scores, margins, thin_files

STRAIGHT = Calibrator((0.0, 1.0), (0.0, 1.0))  # the PD is the margin
THRESHOLDS = Thresholds(0.2, 0.4)
SEX = {"sex": np.array(["female", "female", "male", "male", "unknown"])}


def scored(pd, thin=None, thresholds=THRESHOLDS):
    pd = np.asarray(pd, float)
    thin = np.zeros(len(pd), bool) if thin is None else np.asarray(thin)
    return Scores(pd, thin, decide(thresholds, pd, thin))


def table(scores, groups):
    return scored_table(scores, np.zeros(len(scores.pd)), groups)


def any_fitted(n=10):
    return Fitted(np.linspace(0, 1, n), np.arange(n) % 2.0, np.zeros(n, bool))


def test_the_band_by_hand():
    found = within_band(THRESHOLDS, table(scored([0.19, 0.25, 0.21, 0.395, 0.9]), SEX), band=0.02)
    approve = found["approve_below"]
    assert (approve["value"], approve["count"], approve["share"]) == (0.2, 2, 0.4)
    assert approve["groups"]["sex"] == {
        "female": {"count": 1, "share": 0.5},
        "male": {"count": 1, "share": 0.5},
        "unknown": {"count": 0, "share": 0.0},
    }
    assert found["decline_from"]["groups"]["sex"]["male"] == {"count": 1, "share": 0.5}
    assert found["decline_from"]["count"] == 1


def test_both_ends_belong_to_the_band():
    thresholds = Thresholds(0.25, 0.5)
    found = within_band(
        thresholds, table(scored([0.125, 0.375, 0.124, 0.376, 0.25], thresholds=thresholds), SEX), band=0.125
    )
    assert found["approve_below"]["count"] == 3


def test_a_thin_file_is_near_no_threshold():
    found = within_band(THRESHOLDS, table(scored([0.2] * 5, thin=[True, False, False, False, False]), SEX))
    assert found["approve_below"]["groups"]["sex"]["female"] == {"count": 1, "share": 0.5}


@pytest.mark.parametrize("thresholds", [Thresholds(0.0, 2.0), Thresholds(0.0, 1.01)])
def test_nobody_is_near_a_threshold_that_no_pd_crosses(thresholds):
    found = within_band(thresholds, table(scored([0.0, 0.001, 1.0, 0.999, 0.5], thresholds=thresholds), SEX), band=0.5)
    assert found["approve_below"]["count"] == found["decline_from"]["count"] == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0, 0.5), st.integers(0, 2**32 - 1))
def test_groups_add_up_and_a_wider_band_holds_no_fewer(pds, band, seed):
    members = {"sex": np.random.default_rng(seed).choice(["female", "male", "non_binary"], len(pds))}
    narrow, wide = (within_band(THRESHOLDS, table(scored(pds), members), each) for each in (band, 2 * band))
    assert narrow.keys() == wide.keys() == {"approve_below", "decline_from"}
    for name, found in narrow.items():
        assert sum(group["count"] for group in found["groups"]["sex"].values()) == found["count"]
        assert wide[name]["count"] >= found["count"]


def test_what_gives_the_same_thresholds_flips_nothing():
    scores = scored(np.linspace(0, 1, 5))
    found = flips(lambda *_: (STRAIGHT, THRESHOLDS), any_fitted(), scores.pd, table(scores, SEX), replicates=3)
    assert found["share"] == 0
    assert found["replicates"] == 3


def test_flips_by_hand():
    """The thresholds move up by .1 in every second replicate: who is between the old and the new ones flips."""
    scores, turns = scored([0.1, 0.25, 0.29, 0.45, 0.6]), iter(range(4))
    found = flips(
        lambda *_: (STRAIGHT, Thresholds(0.3, 0.5) if next(turns) % 2 else THRESHOLDS),
        any_fitted(),
        scores.pd,
        table(scores, SEX),
        replicates=4,
    )
    assert found["share"] == pytest.approx(3 / 5 / 2)
    assert found["groups"]["sex"] == {"female": {"share": 0.25}, "male": {"share": 0.5}, "unknown": {"share": 0.0}}


def test_thin_files_never_flip():
    scores = scored([0.25] * 5, thin=[True] * 5)
    found = flips(
        lambda *_: (STRAIGHT, Thresholds(0.9, 0.95)), any_fitted(), scores.pd, table(scores, SEX), replicates=2
    )
    assert found["share"] == 0


def test_every_replicate_is_a_resample_of_whole_applicants():
    seen, fitted = [], Fitted(np.arange(50.0), np.arange(50.0) + 100, np.arange(50) % 3 == 0)

    def fit(margin, bad, thin):
        assert (bad == margin + 100).all()
        assert (thin == (margin % 3 == 0)).all()
        seen.append(tuple(margin))
        return STRAIGHT, THRESHOLDS

    scores = scored([0.1])
    flips(fit, fitted, scores.pd, table(scores, {}), replicates=20)
    assert len(set(seen)) == 20
    assert all(len(margin) == 50 and set(margin) < set(range(50)) for margin in seen)


@pytest.fixture(scope="module")
def real(releases, taiwan, taiwan_table):
    """Scorers of a real release; 800 applicants to fit on and 400 to decide on."""
    lenient = taiwan.model_copy(
        update={"quarantine": taiwan.quarantine.model_copy(update={"max_share": 0.5, "min_rows": 1})}
    )
    tables = [ingest(lenient, taiwan_table.slice(*rows)).applications for rows in ((500, 800), (1300, 400))]
    return releases["xgboost"], [(application_columns(taiwan, table), table["bad"].to_numpy()) for table in tables]


@pytest.mark.parametrize("name", ["xgboost", "rule"])
def test_real_applicants(real, taiwan, taiwan_config, name):
    release, ((columns, bad), (others, _)) = real
    model = release.fallback.model if name == "rule" else release.champion.model
    fitted = Fitted(margins(taiwan, model, columns), bad.astype(float), thin_files(taiwan, columns))
    calibrator, thresholds = fit_decision(taiwan_config, name, *fitted)
    margin, thin = margins(taiwan, model, others), thin_files(taiwan, others)
    scores = Scores(calibrator(margin), thin, decide(thresholds, calibrator(margin), thin))
    groups = {attribute: groups_of(taiwan, others, attribute) for attribute in taiwan.protected}
    fit = partial(fit_decision, taiwan_config, name)
    found = near_threshold(fit, fitted, thresholds, margin, table(scores, groups))
    assert found == near_threshold(fit, fitted, thresholds, margin, table(scores, groups)), "the same every time"
    assert (found["band"], found["flips"]["replicates"]) == (0.02, 100)
    assert set(found["flips"]["groups"]) == set(groups)
    if name == "rule":  # its threshold is a number of points, whatever PD that is
        assert found["flips"]["share"] == 0
    else:
        assert 0.005 < found["flips"]["share"] < 0.2
        near = np.abs(scores.pd - thresholds.approve_below) <= 0.1
        assert found["thresholds"]["approve_below"]["count"] <= near.sum()


def test_degenerate_calibration_parts_still_give_shares(taiwan_config):
    """All of one class, all of one margin, one applicant."""
    scores = scored(np.linspace(0, 1, 5))
    for fitted in (
        Fitted(np.linspace(0, 1, 40), np.zeros(40), np.zeros(40, bool)),
        Fitted(np.full(40, 0.3), np.arange(40) % 2.0, np.zeros(40, bool)),
        Fitted(np.array([0.3]), np.array([1.0]), np.zeros(1, bool)),
    ):
        for name in ("xgboost", "rule"):
            found = flips(
                partial(fit_decision, taiwan_config, name), fitted, scores.pd, table(scores, SEX), replicates=5
            )
            assert 0 <= found["share"] <= 1


def test_no_applicants_have_no_share():
    found = near_threshold(
        lambda *_: (STRAIGHT, THRESHOLDS), any_fitted(), THRESHOLDS, np.zeros(0), table(scored([]), {})
    )
    assert found["flips"]["share"] is None
    assert found["thresholds"]["approve_below"] == {"value": 0.2, "count": 0, "share": None, "groups": {}}
