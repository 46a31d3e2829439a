"""Settings are the same on every machine: conf/, overrides and params.yaml ask no resolver, and end."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest

from takeback.common.errors import UserError
from takeback.config.composition import composed
from takeback.config.conf_files import check_conf
from takeback.config.params import parse_config
from tests.clones import copy_repository

ROOT = Path(__file__).parents[2]
RESOLVERS = [
    "${oc.env:HOME}",
    "a ${ oc.env : HOME } b",
    "${oc.decode:1}",
    "${now:%Y}",
    "${${policy.x}.env:HOME}",
    "${oc.env:${a}}",
]
SELF = "${policy.review_cost}"


@pytest.fixture
def conf(tmp_path):
    return Path(shutil.copytree(ROOT / "conf", tmp_path / "conf"))


def write(conf, text, name="policy/default.yaml"):
    (conf / name).write_text(f"{(conf / name).read_text()}\n{text}\n", encoding="utf-8")


def refused(call, *arguments, **named):
    start = time.perf_counter()
    with pytest.raises(UserError) as error:
        call(*arguments, **named)
    assert time.perf_counter() - start < 5
    assert len(str(error.value)) < 1500
    return str(error.value)


@pytest.mark.parametrize("value", RESOLVERS)
def test_no_resolver_is_asked(conf, value):
    write(conf, f"extra: '{value}'")
    assert "default.yaml: ${" in (said := refused(composed, conf=conf))
    assert "asks a resolver" in said
    assert "asks a resolver" in refused(check_conf, conf)
    if "'" not in value:
        assert "asks a resolver" in refused(composed, [f"policy.review_cost='{value}'"], ROOT / "conf")


def test_keys_and_defaults_ask_none_either(conf):
    write(conf, "${oc.env:HOME}: 1")
    assert "asks a resolver" in refused(composed, conf=conf)
    config = conf / "config.yaml"
    config.write_text(config.read_text().replace("policy: default", "policy: ${oc.env:HOME}"))
    (conf / "policy/default.yaml").write_text("return_rate: 1\n")
    assert "config.yaml: ${oc.env:...}" in refused(composed, conf=conf)


def test_a_character_that_is_escaped_is_read_first(conf):
    write(conf, 'extra: "\\u0024{oc.env:HOME}"')
    assert "asks a resolver" in refused(composed, conf=conf)


def test_no_resolver_is_put_together_from_parts(conf):
    write(conf, "dollar: '$'\nextra: '${.dollar}{oc.env:HOME}'")
    assert "found ${...}" in refused(composed, conf=conf)


def test_another_value_may_be_named(conf):
    policy = conf / "policy/default.yaml"
    policy.write_text(policy.read_text().replace("review_cost: 0.005", "review_cost: ${policy.return_rate}"))
    assert "review_cost: 0.15" in composed(conf=conf)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a [1]\nb: *a", "alias"),
        ("a: &a [*a]", "alias"),
        ("a: " + "[" * 100_000, "levels deep"),
        ("a: " + "9" * 5000, "5000 digits"),
        (f"review_cost: {SELF}", "Recursive|duplicate|found duplicate"),
        ("x: ${policy.y}\ny: ${policy.x}", "ecursive"),
        ("\n".join(f"x{n}: '{f'${{.x{n + 1}}}' * 4}'" for n in range(20)), "80 interpolations; expected at most 20"),
        ("x: '" + "${" * 15 + "'", "not readable"),
        ("x: '" + "${a" * 5000 + "'", "interpolations"),
    ],
    ids=["bomb", "self", "deep", "digits", "itself", "circle", "many", "open", "open and deep"],
)
def test_what_would_not_end_is_one_message(conf, text, expected):
    write(conf, text)
    assert re.search(expected, refused(composed, conf=conf))


def test_interpolations_that_are_allowed_end_soon(conf):
    write(conf, "\n".join(f"x{n}: '${{.x{n + 1}}}${{.x{n + 1}}}${{.x{n + 1}}}'" for n in range(6)) + "\nx6: end")
    assert "x0: unknown key" in refused(composed, conf=conf)


@pytest.mark.parametrize(
    "override",
    [
        "policy.review_cost=" + "9" * 5000,
        "policy.review_cost=" + "9" * 50_000,
        "policy.review_cost=" + "[" * 3000,
        "policy.review_cost=" + "[" * 3000 + "]" * 3000,
        "policy.review_cost=range(1,1000000000)",
        f"policy.review_cost={SELF}",
        "hydra.searchpath=[file:///etc]",
        "++hydra.job.name=x",
        "policy.review_cost=1e999999999",
    ],
    ids=lambda text: text[:40],
)
def test_a_hostile_override_is_one_message(override):
    refused(composed, [override], ROOT / "conf")


def test_a_file_that_is_none_is_refused(conf):
    os.mkfifo(conf / "policy/pipe.yaml")
    assert "pipe.yaml: expected a file" in refused(composed, conf=conf)
    (conf / "policy/pipe.yaml").unlink()
    with (conf / "policy/sparse.yaml").open("wb") as file:
        file.truncate(20_000_000_000)
    assert "sparse.yaml: expected a file of at most" in refused(composed, conf=conf)
    (conf / "policy/sparse.yaml").unlink()
    write(conf, "hydra: {searchpath: [file:///etc]}", "config.yaml")
    assert "sets hydra itself" in refused(composed, conf=conf)


@pytest.mark.parametrize("value", ["${oc.env:HOME}", "${policy.return_rate}"])
def test_params_yaml_holds_values_alone(params, value):
    text = params["taiwan"].replace("review_cost: 0.005", f"review_cost: {value}")
    line = text.splitlines().index(f"  review_cost: {value}") + 1
    assert f"params.yaml: line {line}: found ${{...}}" in refused(parse_config, text, "params.yaml")
    assert "alias" in refused(parse_config, "a: &a 1\nb: *a", "params.yaml")
    assert "deep" in refused(parse_config, "[" * 100_000, "params.yaml")


def test_an_experiment_is_refused_too(tmp_path):
    """DVC composes an experiment by itself; `configure` checks conf/ before anything runs."""
    repository = copy_repository(tmp_path / "clone", COST="0.02")
    write(repository.path("conf"), "", "policy/default.yaml")
    policy = repository.path("conf/policy/default.yaml")
    policy.write_text(policy.read_text().replace("review_cost: 0.005", "review_cost: ${oc.decode:${oc.env:COST}}"))
    said = repository.run("dvc", "exp", "run", "-S", "policy.return_rate=0.2", fails=True)
    assert "default.yaml: ${oc.decode:...} asks a resolver" in said
