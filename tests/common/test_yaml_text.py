"""YAML that would hang or end the process is one error; what is read is what PyYAML reads."""

import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.yaml_text import load_yaml

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)
HOSTILE = {
    "bomb": (BOMB, r"line 2: \*a is an alias"),
    "refers to itself": ("a: &a [*a]", "alias"),
    "deep list": ("[" * 100_000, "50 levels deep"),
    "deep mapping": ("{a: " * 100_000, "50 levels deep"),
    "deep blocks": ("\n".join(" " * n + "a:" for n in range(200)), "line 51: it is nested more than 50 levels"),
    "long number": ("a: 1\nb: " + "9" * 5000, "line 2: a number of 5000 digits"),
    "long negative number": ("a: -" + "9" * 5000, "digits"),
    "long fraction": ("a: 1." + "9" * 5000, "digits"),
    "long hexadecimal": ("a: 0x" + "f" * 5000, "digits"),
    "long binary with lines": ("a: 0b" + "1_" * 5000, "digits"),
    "long number of base 60": ("a: 1" + ":59" * 3000, "digits"),
    "tagged number": ("a: !!int '" + "9" * 5000 + "'", "is a tag"),
    "object": ("a: !!python/object/apply:os.system [ls]", "is a tag"),
    "own tag": ("a: !secret x", "is a tag"),
    "31 February": ("a: 2024-02-31", "day"),
    "not UTF-8": (b"a: \xe4", "codec|invalid|UTF-8"),
    "control character": ("a: \x01", "control characters"),
    "list as a key": ("? [a]\n: 1", "unhashable"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.CBaseLoader])
def test_hostile_yaml_is_one_error(name, loader):
    text, expected = HOSTILE[name]
    if loader is yaml.CBaseLoader and name == "31 February":
        return  # every value stays a text
    with pytest.raises(yaml.YAMLError, match=expected):
        load_yaml(text, loader)


@given(st.text() | st.text("[]{}&*a: -?|>!'\"\n#,.0123456789", max_size=60) | st.binary(max_size=60))
def test_any_text_is_read_as_pyyaml_does_or_is_one_error(text):
    with contextlib.suppress(yaml.YAMLError):
        assert repr(load_yaml(text)) == repr(yaml.safe_load(text))


@pytest.mark.parametrize("text", ["a: 1e-3", "a: [1, -2.5, true, null]", "b: " + "x" * 500, "c: '" + "9" * 500 + "'"])
def test_plain_values_are_read(text):
    assert load_yaml(text) == yaml.safe_load(text)
