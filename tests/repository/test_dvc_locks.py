"""A list of locks that a killed DVC left half-written does not stop the next command."""

import pytest

from takeback.repository.dvc_locks import RWLOCK, clear_broken_locks


@pytest.mark.parametrize("content", ["", '{"a": ', "\udcff"])
def test_a_half_written_list_goes_and_dvc_works_again(small, content):
    path = small.path(str(RWLOCK))
    path.write_text(content, errors="surrogateescape")
    clear_broken_locks(small.folder)
    assert not path.exists()
    small.run("dvc", "checkout")


def test_a_whole_list_stays_and_none_is_fine(small):
    path = small.path(str(RWLOCK))
    path.unlink(missing_ok=True)
    clear_broken_locks(small.folder)
    path.write_text('{"big.txt": {}}')
    clear_broken_locks(small.folder)
    assert path.read_text() == '{"big.txt": {}}'
