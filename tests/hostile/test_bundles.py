"""Every hostile bundle is refused with one message, and nothing that differs only in looks is."""

import shutil

import pytest

from takeback.common.errors import UserError
from takeback.decisions.bundle import load_release
from tests.hostile.corpus import HOSTILE, VALID
from tests.hostile.spoiling import spoil


@pytest.fixture
def spoiled(bundles, tmp_path, request):
    folder = shutil.copytree(bundles / request.param.base / "release", tmp_path / "release")
    spoil(request.param, folder)
    return folder


@pytest.mark.parametrize("spoiled", HOSTILE, ids=lambda case: case.what, indirect=True)
def test_it_is_refused(spoiled):
    with pytest.raises(UserError) as error:
        load_release(spoiled)
    assert str(spoiled) in str(error.value)
    assert len(str(error.value)) < 3000


@pytest.mark.parametrize("spoiled", VALID, ids=lambda case: case.what, indirect=True)
def test_it_is_loaded(spoiled):
    assert load_release(spoiled).champion


def test_every_case_has_a_name_of_its_own():
    names = [case.what for case in [*HOSTILE, *VALID]]
    assert len(names) == len(set(names))
