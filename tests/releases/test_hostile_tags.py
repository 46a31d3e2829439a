"""Some of the hostile tags of `make prove`, all in one repository: each is named and refused, the rest is told."""

import shutil

import pytest
from benchmarks.hostile_tag_lists import FORGED
from benchmarks.hostile_tags import SHAPES, listed, place_moves, place_releases, prepare, promoted

from tests.bank import BANK, Bank

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

EVERY = 9  # of the tags that are promoted one by one; the lists hold all of them


@pytest.fixture(scope="module")
def hostile(bank_template, tmp_path_factory):
    folder = shutil.copytree(bank_template, tmp_path_factory.mktemp("hostile") / BANK, symlinks=True)
    bank = Bank(folder / "Ada")
    prepare(bank)
    return bank, place_releases(bank), place_moves(bank)


def test_every_list_tells_what_is_sound_and_names_what_is_not(hostile):
    assert not [proof for proof in listed(*hostile) if not proof.passed]


@pytest.mark.parametrize("number", range(0, len(FORGED) + len(SHAPES), EVERY))
def test_none_is_promoted(hostile, number):
    bank, releases, _moves = hostile
    name = sorted(releases)[number]
    proof = promoted(bank, name, *releases[name])
    assert proof.passed, proof
