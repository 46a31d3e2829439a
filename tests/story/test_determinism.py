"""Two clean runs give one lock, on one thread or two."""

import pytest

from tests.clones import copy_repository, keep_rows


@pytest.mark.long
def test_threads_and_a_second_run_change_no_byte(tmp_path):
    locks = []
    for threads in ("1", "2"):
        repository = copy_repository(tmp_path / threads, OMP_NUM_THREADS=threads)
        keep_rows(repository, 2000)
        repository.run("dvc", "repro", "--no-run-cache")
        locks.append(repository.path("dvc.lock").read_text())
    assert locks[0] == locks[1]
