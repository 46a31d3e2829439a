"""Results are those of params.yaml, the data and dvc.lock: held against real runs of a small pipeline."""

import shutil
import time
from pathlib import Path

import pytest
import yaml
from dvc.utils.serialize import dumps_yaml
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.repository.lock_file import differences
from takeback.repository.results import LITTER, check_results, tree_hash
from tests.clones import ROOT, Repository
from tests.repository.soundness.small import edit, small_repository

METRICS, MODEL = Path("metrics.json"), Path("models")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    made = small_repository(tmp_path_factory.mktemp("results") / "repository")
    edit(made, "dvc.yaml", "params: [parts]", "params: [parts, data.source]")
    made.path("params.yaml").write_text("parts: {share: 0.5, seed: 1}\ndata: {source: data/source.csv}\n")
    made.run("dvc", "repro", "-q")
    return made


@pytest.fixture
def repository(built, tmp_path):
    shutil.copytree(built.folder, tmp_path / "repository", symlinks=True)
    copy = Repository(tmp_path / "repository")
    copy.environment["PYTHONPATH"] = built.environment["PYTHONPATH"]
    return copy


def refusal(repository, *paths):
    with pytest.raises(UserError) as error:
        check_results(*paths, folder=repository.folder)
    return str(error.value)


def test_what_the_pipeline_wrote_is_read(repository):
    check_results(METRICS, MODEL, Path("report.txt"), Path("data"), folder=repository.folder)


@pytest.mark.parametrize("share", ["0.50", "5.0e-1"])
def test_another_way_to_write_a_number_is_no_change(repository, share):
    edit(repository, "params.yaml", "0.5", share)
    check_results(METRICS, folder=repository.folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("params.yaml", "0.5", "0.6", "parts.share was 0.5 when stage parts ran, and is 0.6 in params.yaml"),
        ("params.yaml", "seed: 1", "extra: 1", "parts.seed was 1 when stage parts ran, and is no such key"),
        ("params.yaml", "data/source.csv", "data/other.csv", "data.source was data/source.csv when stage parts ran"),
        ("data/source.csv", "a", "x", "data/source.csv has changed since"),
        ("metrics.json", "2", "9", "metrics.json: is not what stage train wrote"),
    ],
)
def test_a_change_since_is_refused_with_what_to_run(repository, name, old, new, expected):
    edit(repository, name, old, new)
    said = refusal(repository, METRICS)
    assert expected in said
    assert "`dvc repro`" in said


def test_a_run_that_stopped_half_way_leaves_no_results(repository):
    """The first stage ran with other settings and the second failed: metrics of before lie beside params of now."""
    metrics = repository.path("metrics.json").read_bytes()
    edit(repository, "params.yaml", "0.5", "0.6")
    edit(repository, "code/stage.py", "[::2]", "[::3]")
    edit(repository, "code/stage.py", "def train():\n", "def train():\n    raise SystemExit('died')\n")
    repository.run("dvc", "repro", "-q", fails=True)
    repository.path("metrics.json").write_bytes(metrics)  # as if the stage had died before DVC removed it
    assert "stage train read another data/parts/train.csv" in refusal(repository, METRICS)


def test_only_what_is_read_must_be_right(repository):
    repository.path("report.txt").unlink()
    repository.path("report.txt").write_text("mine")
    check_results(METRICS, folder=repository.folder)
    assert "report.txt: is not what stage report wrote" in refusal(repository, METRICS, Path("report.txt"))


def test_settings_that_no_stage_read_are_not_asked(repository):
    repository.path("params.yaml").write_text(repository.path("params.yaml").read_text() + "colour: red\n")
    check_results(METRICS, folder=repository.folder)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("dvc.lock", None, "dvc.lock: there is no such file. `dvc repro`"),
        ("dvc.lock", "stages: {}", "dvc.lock: knows no stage that made metrics.json"),
        ("dvc.lock", "stages: [", "dvc.lock: not readable as YAML"),
        ("params.yaml", None, "params.yaml: there is no such file. `takeback compose`"),
        ("params.yaml", "a: [", "params.yaml: not readable as YAML"),
        ("params.yaml", "[]", "data.source was data/source.csv when stage parts ran, and is no such key"),
    ],
)
def test_what_cannot_be_compared_is_refused(repository, name, text, expected):
    repository.path(name).unlink() if text is None else repository.path(name).write_text(text)
    assert expected in refusal(repository, METRICS)


def test_no_output_that_is_missing_is_an_error_here(repository):
    """The cache may have it; whoever reads it says so."""
    shutil.rmtree(repository.path("models"))
    check_results(MODEL, folder=repository.folder)


def test_a_folder_is_hashed_as_dvc_does(repository):
    folder = repository.path("data/größer")
    for name in ("a-b/x", "a/x", "ä", "z/y/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    repository.run("dvc", "add", "-q", "data/größer")
    recorded = yaml.safe_load(repository.path("data/größer.dvc").read_text())["outs"][0]["md5"]
    assert tree_hash(folder) == recorded


def test_a_folder_of_settings_that_is_not_there_is_no_traceback(repository):
    edit(repository, "dvc.yaml", "deps: [code, data/source.csv]", "deps: [code, data/source.csv, conf]")
    repository.path("conf").mkdir()
    repository.path("conf/config.yaml").write_text("a: 1\n")
    repository.run("dvc", "repro", "-q")
    check_results(METRICS, folder=repository.folder)
    shutil.rmtree(repository.path("conf"))
    assert "conf/ has changed since the last run" in refusal(repository, METRICS)
    check_results(METRICS, folder=repository.folder, conf=False)


def test_it_takes_no_time(repository):
    start = time.perf_counter()
    check_results(METRICS, folder=repository.folder)
    assert time.perf_counter() - start < 0.2


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("abc .:-10ä", max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner)
)


@given(st.dictionaries(st.sampled_from("abc"), VALUES))
def test_what_dvc_writes_of_settings_is_the_same(settings):
    written, read = dumps_yaml({"v": settings}), yaml.safe_dump({"v": settings})
    assert list(differences("v", *(yaml.load(text, Loader=yaml.BaseLoader)["v"] for text in (written, read)))) == []


@given(st.lists(st.integers() | st.text("abc", min_size=1), min_size=2, max_size=2, unique=True))
def test_every_other_value_is_a_difference(values):
    one, other = ({"a": {"b": [str(value)]}} for value in values)
    assert list(differences("v", one, other)) == [("v.a.b.0", *map(str, values))]


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "a~", ".train.csv.swp", ".#train.csv"])
def test_what_desktops_and_editors_leave_is_no_change(repository, name):
    shutil.copy(ROOT / ".dvcignore", repository.path(".dvcignore"))
    assert set(LITTER) <= {*(ROOT / ".dvcignore").read_text().splitlines()}
    (repository.path("data/parts") / name).write_text("x")
    check_results(METRICS, folder=repository.folder)
    assert "up to date" in repository.run("dvc", "status")
