"""The model card in Git is the one that the metrics in Git give."""

from pathlib import Path

from takeback.common import layout
from takeback.config.params import load_params
from takeback.report.model_card import card
from takeback.repository.report_files import in_git
from takeback.stages.report_stage import Worktree

ROOT = Path(__file__).parents[2]


def test_the_committed_model_card_is_not_stale(monkeypatch):
    monkeypatch.chdir(ROOT)
    committed = layout.MODEL_CARD.read_text(encoding="utf-8")
    assert card(in_git(Worktree(), load_params())) == committed, "`dvc repro report` writes MODEL_CARD.md anew"
