"""docs/privacy.md, played with real commands: a team's own data lie in DVC, and one person can be erased from them."""

import shutil

import pytest

from tests.repository.soundness.small import edit, release, small_repository

PERSON = b"person-1234"


@pytest.fixture
def repository(tmp_path):
    """Two releases from data that Git never held; the person is in both."""
    made = small_repository(tmp_path / "clone", in_git=False)
    edit(made, "data/source.csv", "c\n", f"{PERSON.decode()}\nd\n")
    rebuilt(made, "v1.1.0")
    return made


def rebuilt(repository, tag):
    repository.run("dvc", "add", "-q", "data/source.csv")
    repository.run("dvc", "repro", "-q")
    release(repository, tag)


def anywhere(folder):
    """Return the files of a folder that have the person; models of the test pipeline write their rows in capitals."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if PERSON in path.read_bytes().lower()]


def test_verify_brings_source_data_from_the_cache_or_the_remote(repository):
    assert "4 of 4 outputs are identical." in repository.run("takeback", "verify", "v1.1.0")
    shutil.rmtree(repository.path(".dvc/cache"))
    assert "4 of 4 outputs are identical." in repository.run("takeback", "verify", "v1.1.0")
    assert repository.run("git", "log", "-S", PERSON.decode(), "--oneline", "--all") == ""


def test_source_data_that_were_changed_in_the_storage_are_no_good_release(repository):
    shutil.rmtree(repository.path(".dvc/cache"))
    (stored,) = [path for path in anywhere(repository.folder.parent / "storage") if b"a\nb\n" in path.read_bytes()]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes().replace(PERSON, b"somebody"))
    assert "data/source.csv" in repository.run("takeback", "verify", "v1.1.0", fails=True)


def test_one_person_is_erased_and_old_tags_say_so(repository):
    storage = repository.folder.parent / "storage"
    assert anywhere(repository.path(".dvc/cache"))
    assert anywhere(storage)

    edit(repository, "data/source.csv", f"{PERSON.decode()}\n", "")
    rebuilt(repository, "v1.2.0")
    repository.run("dvc", "gc", "--workspace", "--cloud", "--force")

    assert anywhere(repository.folder) == []
    assert anywhere(storage) == []
    assert repository.run("git", "log", "-S", PERSON.decode(), "--oneline", "--all") == ""
    assert "4 of 4 outputs are identical." in repository.run("takeback", "verify", "v1.2.0")
    said = repository.run("takeback", "verify", "v1.1.0", fails=True)
    assert "data/source.csv, as commit" in said
    assert "If it was erased on purpose (docs/privacy.md)" in said
