"""YAML that would end DVC's process, or give a traceback, is one message, wherever DVC would read it."""

import pytest

from takeback.common.errors import UserError
from takeback.repository.clones import temporary_clone
from takeback.repository.dvc_files import refuse_bad_yaml

DEEP = "[" * 100_000
PIPELINE = """
vars: [own.yaml:a]
stages:
  one:
    cmd: true
    params: [b, "conf/${name}.yml": [c]]
"""


def said(small, revision=None):
    with pytest.raises(UserError) as error:
        refuse_bad_yaml(revision, small.folder)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        *((name, DEEP, "nested more than 50 levels") for name in ("dvc.yaml", "a/dvc.yaml", "params.yaml", "dvc.lock")),
        ("big.txt.dvc", "x: 2001-99-99", "month must be in 1..12"),
        ("params.yaml", "a: &a [*a]", "*a is an alias"),
        ("a/b.dvc", "a: \x00", "unacceptable character"),
    ],
)
def test_what_dvc_reads_is_refused_in_the_worktree_and_in_a_commit(small, name, text, problem):
    small.path(name).parent.mkdir(parents=True, exist_ok=True)
    small.path(name).write_text(text)
    assert said(small).startswith(f"{name}: not readable as YAML (") and problem in said(small)
    small.commit("hostile")
    assert said(small, "HEAD").startswith(f"HEAD: {name}: not readable as YAML (")
    with pytest.raises(UserError, match=f"{name}: not readable as YAML"), temporary_clone("HEAD", folder=small.folder):
        pass
    refuse_bad_yaml("v2.0.0", small.folder)


@pytest.mark.parametrize("name", ["own.yaml", "sub/own.yaml", "conf/other.yml"])
def test_so_are_the_parameters_that_a_pipeline_names_and_no_other_file(small, name):
    small.path("dvc.yaml").write_text(PIPELINE)
    small.path("theirs.yaml").write_text("a: !tag &b c")  # of another program
    small.commit("a pipeline")
    refuse_bad_yaml(folder=small.folder)
    refuse_bad_yaml("HEAD", small.folder)
    small.path(name).parent.mkdir(exist_ok=True)
    small.path(name).write_text(DEEP)
    assert said(small).startswith(f"{name}: not readable as YAML")
    small.commit("hostile")
    assert said(small, "HEAD").startswith(f"HEAD: {name}: not readable as YAML")


def test_a_link_in_a_commit_is_not_followed_and_one_that_dvc_does_not_read_is_nothing(small):
    small.path("other.yaml").symlink_to("/dev/zero")
    small.commit("a link")
    refuse_bad_yaml("HEAD", small.folder)
    small.path("params.yaml").symlink_to("/dev/zero")
    small.commit("a hostile link")
    assert said(small, "HEAD") == "HEAD: params.yaml: is a link; expected a file, since DVC reads it."


def test_what_only_a_persons_own_settings_ignore_is_read_too(small):
    small.path(".git/info/exclude").write_text("dvc.yaml\n")
    small.path("dvc.yaml").write_text(DEEP)
    assert "dvc.yaml: not readable as YAML" in said(small)
