"""Objects by their bytes: each by itself, from the repository that was named, also within a hook."""

import pytest

from takeback.common.errors import UserError
from takeback.repository.git import git
from takeback.repository.git_objects import Committed, read_objects

PLAIN = "HEAD:plain.json"


def test_they_come_in_the_order_of_their_names_and_none_spoils_another(small):
    names = [PLAIN, "HEAD:no\nname", "v9.9.9", "v1.0.0:plain.json", "HEAD", "1" * 40, "", PLAIN]
    found = read_objects(names, "blob", 100, small.folder)
    texts = [item and item.content for item in found]
    assert texts == [b'{"number": 2}', None, None, b'{"number": 1}', None, None, None, b'{"number": 2}']
    assert found[4] == ("commit", found[4].size, None)


def test_a_large_one_has_a_size_and_no_bytes(small):
    assert read_objects([PLAIN], "blob", 12, small.folder) == [("blob", 13, None)]


def test_a_corrupt_one_is_none_and_the_others_are_read(small):
    oid = git("rev-parse", "v1.0.0:plain.json", folder=small.folder)
    path = small.path(f".git/objects/{oid[:2]}/{oid[2:]}")
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    found = read_objects([PLAIN, oid, PLAIN], "blob", 100, small.folder)
    assert [item and item.content for item in found] == [b'{"number": 2}', None, b'{"number": 2}']


def test_within_a_hook_of_another_repository_it_is_still_this_one(small, monkeypatch, tmp_path):
    git("init", "-q", "--bare", str(tmp_path / "other.git"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    assert read_objects([PLAIN], "blob", 100, small.folder)[0].content == b'{"number": 2}'


@pytest.mark.parametrize(
    ("text", "said"), [("{", "not readable as JSON"), ("[NaN]", "NaN, which is no JSON"), ("[" * 9999, "not readable")]
)
def test_a_file_that_is_no_json_is_one_message(small, text, said):
    small.path("plain.json").write_text(text)
    small.commit("broken")
    with pytest.raises(UserError, match=f"v9: plain.json: .*{said}"):
        Committed("HEAD", "v9", small.folder).json(small.path("plain.json").relative_to(small.folder))
