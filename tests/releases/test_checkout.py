"""A release comes back with Git's and DVC's own commands: models, metrics and decisions, bit for bit."""

from tests.bank import contents

EVERYTHING = ("data", "metrics", "models")


def state(bank):
    lines = bank.path("data/source/taiwan_default.csv").read_text().splitlines(keepends=True)
    applicants = bank.folder.parent / "applicants.csv"
    if not applicants.exists():
        applicants.write_text("".join(lines[:1001]))
    bank.run("takeback", "score", str(applicants), "../decisions.parquet")
    decisions = bank.folder.parent / "decisions.parquet"
    return contents(bank.folder, *EVERYTHING) | {"decisions": decisions.read_bytes()}


def go(bank, tag, fetch=False):
    bank.git("checkout -q", tag)
    if fetch:
        bank.run("dvc", "fetch")
    bank.run("dvc", "checkout")


def test_there_and_back_and_in_a_fresh_clone(ada):
    newer = state(ada)
    go(ada, "v1.0.0")
    older = state(ada)
    go(ada, "v1.1.0")
    assert state(ada) == newer
    assert older["decisions"] != newer["decisions"]
    assert older["models/release/manifest.json"] != newer["models/release/manifest.json"]
    ben = ada.colleague()
    go(ben, "v1.0.0", fetch=True)
    assert state(ben) == older
    assert "up to date" in ben.run("dvc", "status")
