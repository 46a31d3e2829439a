import os
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import settings

from takeback.common.errors import UserError
from takeback.config.composition import composed
from takeback.config.params import parse_config
from takeback.data.tables import read_table
from tests.bank import BANK, Bank, build_bank
from tests.clones import built_once
from tests.models.others import SPLINES, with_others
from tests.release import build_release

# A hook of Git's names its own repository to the tests that it runs.
for name in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[name]
# As src/stage.py does; without it two test workers wait for each other by spinning.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

ROOT = Path(__file__).parents[1]

settings.register_profile("takeback", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("takeback")


@pytest.fixture(scope="session")
def params():
    """The composed settings of each data set, as YAML text."""
    names = {"taiwan": [], "german": ["experiment=german"]}
    return {name: composed(overrides, ROOT / "conf") for name, overrides in names.items()}


@pytest.fixture(scope="session")
def taiwan_config(params):
    return parse_config(params["taiwan"], "params.yaml")


@pytest.fixture(scope="session")
def taiwan(taiwan_config):
    return taiwan_config.data


@pytest.fixture(scope="session")
def german(params):
    return parse_config(params["german"], "params.yaml").data


@pytest.fixture(scope="session")
def taiwan_table():
    return read_table(ROOT / "data" / "source" / "taiwan_default.csv")


@pytest.fixture(scope="session")
def taiwan_rows(taiwan_table):
    return taiwan_table.slice(0, 500)


@pytest.fixture(scope="session")
def refusal(params):
    """A function that changes one key of the settings (... removes it) and returns what parse_config says about it."""

    def message(path, value, data="taiwan"):
        values = place = yaml.safe_load(params[data])
        *parents, key = path.split(".")
        for parent in parents:
            place = place[parent]
        place[key] = value
        if value is ...:
            del place[key]
        with pytest.raises(UserError) as error:
            parse_config(yaml.safe_dump(values, sort_keys=False), "params.yaml")
        return str(error.value)

    return message


@pytest.fixture(scope="session")
def releases(taiwan_config, taiwan_rows, tmp_path_factory):
    """A release for each kind of champion, trained on 500 rows."""
    folder = tmp_path_factory.mktemp("releases")
    config = with_others(taiwan_config, {"splines": SPLINES})
    return {
        name: build_release(config, taiwan_rows, name, folder / name)
        for name in ("logistic", "forest", "xgboost", "splines")
    }


@pytest.fixture
def release_folder(releases, tmp_path_factory, tmp_path):
    """A copy of the boosted release, to spoil."""
    source = next(p for p in tmp_path_factory.getbasetemp().glob("releases*/xgboost/release"))
    return Path(shutil.copytree(source, tmp_path / "release"))


@pytest.fixture(scope="session")
def bank_template(tmp_path_factory):
    return built_once(tmp_path_factory, BANK, build_bank)


@pytest.fixture
def ada(bank_template, tmp_path):
    """A small bank with two releases, to spoil."""
    shutil.copytree(bank_template, tmp_path / BANK, symlinks=True)
    return Bank(tmp_path / BANK / "Ada")
