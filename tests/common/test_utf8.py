"""Where the locale has no UTF-8, as in a service or a container, paths and texts are what they are elsewhere."""

import sys

import pytest

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def ascii_bank(ada):
    """A bank in a folder with letters outside ASCII, on a machine that was told of ASCII alone."""
    assert not str(ada.folder).isascii()
    rows = ada.path("data/source/taiwan_default.csv").read_text().splitlines()[:5]
    ada.path("Anträge.csv").write_text("\n".join(rows))
    ada.environment |= NO_UTF8
    return ada


def test_commands_read_and_write_names_outside_ascii(ascii_bank):
    assert "Gate: pass." in ascii_bank.takeback("gate")
    ascii_bank.takeback("compose --check")
    for name in ("Entscheidungen ü.csv", "Entscheidungen ü.parquet"):
        assert "4 applications" in ascii_bank.takeback("score", "Anträge.csv", name)
        assert ascii_bank.path(name).exists()
    assert "objects: cache and remote are sound" in ascii_bank.takeback("check")
    assert "Anträge 2.csv: there is no such file" in ascii_bank.takeback("score", "Anträge 2.csv", "x.csv", fails=True)


def test_stages_write_the_same_bytes(ascii_bank):
    names = ["data/applications.parquet", "metrics/report.html", "MODEL_CARD.md"]
    before = {name: ascii_bank.path(name).read_bytes() for name in names}
    ascii_bank.run(sys.executable, "src/stage.py", "report")
    settings, source = ascii_bank.path("params.yaml"), ascii_bank.path("data/source/taiwan_default.csv")
    source.rename(source.with_name("Anträge.csv"))
    settings.write_text(settings.read_text().replace(source.name, "Anträge.csv"))
    ascii_bank.run(sys.executable, "src/stage.py", "ingest")
    assert {name: ascii_bank.path(name).read_bytes() for name in names} == before


def test_a_name_that_is_no_text_is_shown(ascii_bank):
    for mode in NO_UTF8, {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}:
        ascii_bank.environment |= mode
        said = ascii_bank.run("takeback", "score", b"\xff.csv", "x.csv", fails=True)
        assert "there is no such file" in said
