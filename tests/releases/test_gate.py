"""`takeback gate` with real tags: the pipeline's verdict, and the comparison with the last release."""

import json
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from takeback.releases.last_release import judge_against, last_release


def block(bank, *names):
    """Let criteria block again in the bank whose gate never does."""
    params = yaml.safe_load(bank.path("params.yaml").read_text())
    for name in names:
        params["gate"][name]["blocks"] = "fail"
    bank.path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    bank.settle()


def spoil(bank):
    """Turn the ranking of the champion round, in the workspace alone."""
    scores = bank.path("data/scores/logistic.parquet")
    table = pq.read_table(scores)
    scores.unlink()  # it may be a link into the cache
    turned = pc.subtract(1.0, table["pd"])
    pq.write_table(table.set_column(table.column_names.index("pd"), "pd", turned), scores)
    performance = bank.path("metrics/test/logistic/performance.json")
    metrics = json.loads(performance.read_text())
    metrics["ranking"]["auc"] = 1 - metrics["ranking"]["auc"]
    performance.write_text(json.dumps(metrics))
    bank.settle()


def test_the_last_release_is_not_the_one_at_head(ada):
    assert last_release(ada.folder) == "v1.0.0"
    ada.fix()
    assert last_release(ada.folder) == "v1.1.0"
    ada.git("checkout -q v1.0.0")
    assert last_release(ada.folder) is None


def test_with_changes_the_release_at_head_is_the_last_one(ada):
    ada.path("README.md").write_text("changed")
    assert last_release(ada.folder) == "v1.1.0"
    assert "against v1.1.0: " in ada.takeback("gate")
    ada.git("checkout -q --force v1.0.0")
    ada.run("dvc", "checkout", "--force", "-q")
    assert "No earlier release to compare with." in ada.takeback("gate")
    ada.path("README.md").write_text("changed")
    assert "against v1.0.0: " in ada.takeback("gate")


def test_the_same_champion_lost_nothing(ada):
    judged = judge_against("v1.1.0", ada.folder)
    assert judged["verdict"] == "pass"
    assert {c["value"] for c in judged["criteria"].values() if c["value"] is not None} == {0.0}


def test_a_worse_champion_is_stopped(ada):
    spoil(ada)
    judged = judge_against("v1.1.0", ada.folder)
    lost = judged["criteria"]["max_auc_loss"]
    assert 0 < lost["low"] < lost["value"] < lost["high"]
    assert lost["result"] == "fail"
    assert judged["verdict"] == "pass"  # it does not block in the bank
    block(ada, "max_auc_loss")
    assert judge_against("v1.1.0", ada.folder)["verdict"] == "blocked"


def test_another_policy_alone_is_no_loss_of_profit(ada):
    """Both releases' decisions are priced alike."""
    params = yaml.safe_load(ada.path("params.yaml").read_text())
    params["policy"] |= {"loss_given_default": 0.9, "return_rate": 0.05}
    ada.path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    ada.settle()
    assert judge_against("v1.1.0", ada.folder)["criteria"]["max_profit_loss"]["value"] == 0


def test_reviews_that_nobody_has_time_for_earn_nothing(ada):
    """The rule refers nearly everybody: with time for all of them it would earn far more beside the scorecard."""
    within_capacity = judge_against("v1.0.0", ada.folder)["criteria"]["max_profit_loss"]["value"]
    params = yaml.safe_load(ada.path("params.yaml").read_text())
    params["policy"]["max_referral_rate"] = 1.0
    ada.path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    ada.settle()
    assert judge_against("v1.0.0", ada.folder)["criteria"]["max_profit_loss"]["value"] > within_capacity + 0.02


def test_another_data_set_is_not_compared(ada):
    params = yaml.safe_load(ada.path("params.yaml").read_text())
    params["data"]["name"] = "elsewhere"
    ada.path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    ada.settle()
    assert judge_against("v1.1.0", ada.folder)["criteria"] == {}
    assert "another data set" in ada.takeback("gate")


def test_the_command_passes_says_what_is_unsure_and_compares(ada):
    printed = ada.takeback("gate")
    assert "metrics/gate.json: " in printed
    assert "against v1.0.0: " in printed
    assert "Gate: pass." in printed
    assert "max_quarantined_share " not in printed
    assert " max_quarantined_share " in ada.takeback("gate --all")


def test_the_command_blocks_with_exit_code_1(ada):
    gate = json.loads(ada.path("metrics/gate.json").read_text())
    gate["criteria"]["min_auc"] |= {"value": 0.6, "low": 0.55, "high": 0.65, "result": "fail", "blocks": "fail"}
    ada.path("metrics/gate.json").write_text(json.dumps(gate))
    ada.settle()
    printed = ada.takeback("gate", fails=True)
    assert "BLOCKS                 min_auc 0.6000 (0.5500 to 0.6500), limit 0.75" in printed
    assert "Gate: blocked. 1 block." in printed


def test_the_command_imports_no_dvc_which_takes_longer_than_the_rest(ada):
    code = "import sys; from takeback.cli.app import app; import takeback.cli; app(['gate'], standalone_mode=False); "
    assert "Gate: pass." in ada.run(sys.executable, "-c", f"{code}assert 'dvc' not in sys.modules")


@pytest.mark.parametrize("content", ["{}", "[]", '{"criteria": 3}'])
def test_what_is_no_gate_is_one_message(ada, content):
    ada.path("metrics/gate.json").write_text(content)
    ada.settle()
    assert "metrics/gate.json: expected what stage gate writes" in ada.takeback("gate", fails=True)


def test_a_release_without_a_score_per_applicant_is_not_compared(ada):
    ada.git("checkout -q -b old")
    pipeline = yaml.safe_load(ada.path("dvc.yaml").read_text())
    lock = yaml.safe_load(ada.path("dvc.lock").read_text())
    outs = pipeline["stages"]["evaluate"]["outs"]
    outs[:] = [out for out in outs if "data/scores" not in str(out)]
    for stage in lock["stages"].values():
        stage["outs"] = [out for out in stage.get("outs", []) if "data/scores" not in out["path"]]
    for name, content in (("dvc.yaml", pipeline), ("dvc.lock", lock)):
        ada.path(name).write_text(yaml.safe_dump(content, sort_keys=False))
    ada.commit("as it was before")
    ada.git("tag -a -m old v1.2.0")
    ada.git("checkout -q main")
    assert judge_against("v1.2.0", ada.folder)["criteria"] == {}


@pytest.mark.parametrize("tag", ["v9.9.9", "nothing"])
def test_no_such_release(ada, tag):
    assert tag in ada.takeback(f"gate --against {tag}", fails=True)


@pytest.mark.parametrize("name", ["main", "HEAD", "refs/tags/v1.0.0"])
def test_what_is_no_release_by_name_is_not_compared_with(ada, name):
    assert f"{name}: is no release" in ada.takeback(f"gate --against={name}", fails=True)


def test_before_the_first_release_there_is_nothing_to_compare_with(ada):
    ada.git("tag -d v1.0.0 v1.1.0")
    assert "No earlier release to compare with." in ada.takeback("gate")


def test_a_release_refuses_what_is_worse_than_the_last_one(ada):
    ada.fix()
    spoil(ada)
    block(ada, "max_auc_loss")
    printed = ada.takeback("release --dry-run", fails=True)
    assert "it is worse than v1.1.0 (" in printed
    assert "takeback diff v1.1.0" in printed
