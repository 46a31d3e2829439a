import pytest
from pydantic import Field, ValidationError, model_validator

from takeback.common.errors import UserError
from takeback.common.strict import KeyedError, Strict, parse


class Inner(Strict):
    low: float
    high: float = Field(default=1, le=10)

    @model_validator(mode="after")
    def _rises(self):
        if self.low > self.high:
            raise KeyedError("low", f"found {self.low:g}, above high")
        return self


class Outer(Strict):
    inner: Inner
    several: dict[str, Inner] = Field(default_factory=dict)


def refusal(values, prefix=""):
    with pytest.raises(UserError) as error:
        parse(Outer, values, "file.yaml", prefix)
    return str(error.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "inner: required key is not there"),
        ({"inner": {"low": "x"}}, "inner.low: found 'x'; input should be a valid number, unable to parse"),
        ({"inner": {"low": 1, "high": 11}}, "inner.high: found 11; input should be less than or equal to 10"),
        ({"inner": {"low": 2}}, "inner.low: found 2, above high"),
        ({"inner": {"lwo": 1}}, "inner.lwo: unknown key (did you mean low?); expected low, high"),
        ({"inner": {"low": 1, "zzz": 1}}, "inner.zzz: unknown key; expected low, high"),
        ({"inner": {"low": 1, 7: 1}}, "inner.7: unknown key; expected low, high"),
        ({"inner": {"low": 0}, "several": {"a": {"low": 5}}}, "several.a.low: found 5, above high"),
        ({"inner": {"low": float("nan")}}, "inner.low: found nan; input should be a finite number"),
    ],
)
def test_a_problem_says_source_path_found_and_expected(values, message):
    assert refusal(values).startswith(f"file.yaml: {message}")


def test_several_problems_are_several_lines():
    assert len(refusal({"inner": {"low": "x", "high": 11}}).splitlines()) == 2


def test_a_prefix_stands_before_the_path():
    assert refusal({}, prefix="data").startswith("file.yaml: data.inner: ")


def test_a_parsed_model_is_frozen():
    outer = parse(Outer, {"inner": {"low": "0.5"}}, "file.yaml")
    assert outer.inner.low == 0.5
    with pytest.raises(ValidationError):
        outer.inner.low = 2
