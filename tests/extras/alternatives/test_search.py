"""Real searches on a small bank: the same trials whatever the processors, an interruption, or the log."""

import json

import pytest

from takeback.extras.alternatives.frontier import choose
from takeback.extras.alternatives.guided import objectives
from takeback.extras.alternatives.search import (
    CONFIRMATION,
    GUIDED,
    MIX,
    SIMPLER,
    SINGLE,
    run_search,
    total_evaluations,
)
from takeback.extras.alternatives.space import Alternative
from takeback.extras.alternatives.trials import Task, Trial, evaluate_task, evaluator, read_log

TRIALS, LIMIT = 14, 0.8


class StoppedError(Exception):
    pass


def searched(subject, small_search, log, workers=2, stop_after=None):
    evaluations = []

    def done():
        evaluations.append(1)
        if len(evaluations) == stop_after:
            raise StoppedError

    with evaluator(subject, log, workers, done) as evaluate:
        found = run_search(subject.base, small_search, "xgboost", LIMIT, TRIALS, evaluate)
    return found, len(evaluations)


@pytest.fixture(scope="module")
def whole(subject, small_search, tmp_path_factory):
    """A search that nothing disturbed, and its log."""
    log = tmp_path_factory.mktemp("whole") / "log.jsonl"
    return *searched(subject, small_search, log), log


def test_it_tries_every_single_change_then_is_guided(whole, small_search, subject):
    found, evaluations, _ = whole
    assert [t.number for t in found.trials] == list(range(len(found.trials)))
    phases = [t.phase for t in found.trials]
    mixes = phases.count(MIX)
    assert 1 <= mixes <= 2, "one for each kind, less what the guided phase tried"
    assert phases == [SINGLE] * 8 + [GUIDED] * 6 + [MIX] * mixes + [SIMPLER] * (len(phases) - TRIALS - mixes)
    points = [json.dumps(t.point, sort_keys=True) for t in found.trials]
    assert len(set(points)) == len(points), "nothing is tried twice"
    finals = 4 * 2
    assert evaluations == len(phases) * 2 + finals
    assert total_evaluations(subject.base, small_search, "xgboost", TRIALS) == (TRIALS + 2) * 2 + finals


def test_the_baseline_comes_first_of_both(whole):
    found, *_ = whole
    assert found.trials[0].alternative == found.finals[0].alternative == ("xgboost", {})


def test_finals_are_on_resplits_that_the_search_did_not_see(whole):
    found, _, log = whole
    tried = {json.loads(key)[1] for key in read_log(log)}
    assert tried == {0, 1, CONFIRMATION, CONFIRMATION + 1}
    assert found.finals[1].results != next(t for t in found.trials if t.number == found.finals[1].number).results


def test_every_result_is_what_one_process_alone_gives(whole, subject):
    trial = whole[0].trials[3]
    assert trial.results == [evaluate_task(subject, Task(trial.alternative, resplit)) for resplit in (0, 1)]


@pytest.mark.long
def test_stopped_in_the_middle_it_goes_on_to_the_same_end(whole, subject, small_search, tmp_path):
    with pytest.raises(StoppedError):
        searched(subject, small_search, tmp_path / "log.jsonl", stop_after=19)
    kept = len(read_log(tmp_path / "log.jsonl"))
    assert 19 <= kept < whole[1]
    found, _ = searched(subject, small_search, tmp_path / "log.jsonl", workers=1)
    assert found == whole[0]


def test_a_second_search_evaluates_nothing(whole, subject, small_search):
    found, _, log = whole
    before = log.read_bytes()
    assert searched(subject, small_search, log)[0] == found
    assert log.read_bytes() == before


def test_a_line_that_a_kill_cut_off_is_evaluated_again(whole, subject, small_search, tmp_path):
    content = whole[2].read_bytes()
    (tmp_path / "log.jsonl").write_bytes(content[:-20])
    assert searched(subject, small_search, tmp_path / "log.jsonl")[0] == whole[0]
    assert len(read_log(tmp_path / "log.jsonl")) == content.count(b"\n")


def test_what_cannot_be_built_says_why_and_the_search_goes_on(subject, small_search, tmp_path):
    nothing = small_search.model_copy(update={"mixes": (), "choices": {"features.min_information_value": (99.0,)}})
    with evaluator(subject, tmp_path / "log.jsonl", 1, lambda: None) as evaluate:
        found = run_search(subject.base, nothing, "logistic", LIMIT, 7, evaluate)
    failed = next(t for t in found.trials if "features.min_information_value" in t.alternative.changes)
    assert "no feature is left" in failed.why_not
    assert objectives(failed, LIMIT) is None
    assert failed.number not in [t.number for t in found.finals]


def test_a_space_that_holds_less_than_was_asked_for_ends(subject, small_search, tmp_path):
    tiny = small_search.model_copy(update={"kinds": ("logistic",), "families": {}, "choices": {}, "mixes": ()})
    with evaluator(subject, tmp_path / "log.jsonl", 1, lambda: None) as evaluate:
        found = run_search(subject.base, tiny, "logistic", LIMIT, 20, evaluate)
    assert len(found.trials) == 2


def test_seeds_differ_between_resplits_but_are_not_a_choice(subject):
    alternative = Alternative("xgboost", {"training.seed": 7})
    plain = Alternative("xgboost", {})
    assert evaluate_task(subject, Task(alternative, 0)) == evaluate_task(subject, Task(plain, 0))


def test_a_ratio_far_beyond_the_limit_is_not_rewarded_further():
    results = [{"profit_per_application": 0.1, "smallest_ratio": ratio} for ratio in (0.99, 0.99)]
    assert objectives(Trial(0, GUIDED, {}, Alternative("xgboost", {}), 0, results), 0.8) == pytest.approx((0.1, 0.85))


def test_an_alternative_of_unknown_settings_says_so(subject):
    found = evaluate_task(subject, Task(Alternative("xgboost", {"model.xgboost.depth": 3}), 0))
    assert "no such setting" in found["why_not"]


def by_formula(tasks):
    """Measures of a bank where leaving out the limit is fair and costs, deep trees earn, and nothing else matters."""

    def one(alternative, resplit):
        left_out = "LIMIT_BAL" in alternative.changes.get("features.exclude", [])
        earns = 0.05 - 0.004 * left_out + 0.001 * resplit
        earns += 0.002 * (alternative.changes.get("model.xgboost.max_depth") == 2)
        ratio = 0.6 + 0.3 * left_out
        return {"profit_per_application": earns, "smallest_ratio": ratio + 0.01 * resplit, "ratios": {}}

    return [one(task.alternative, task.resplit % 2) for task in tasks]


def test_changes_that_do_nothing_are_undone(base, small_search):
    found = run_search(base, small_search, "xgboost", LIMIT, 40, by_formula)
    chosen = choose(found.finals, LIMIT)
    assert chosen.alternative.changes == {"features.exclude": ["LIMIT_BAL", "headroom"], "model.xgboost.max_depth": 2}
    assert (chosen.size, chosen.phase) == (2, SIMPLER)
