"""The settings of candidates: which estimator each one is, by Hydra's ``_target_``, and its parameters.

Our own estimators have a form that checks each value. Of other packages' estimators the names are checked here, and
everything else where the estimator is built: `takeback.models.targets`.
"""

import math
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from takeback.common.strict import KeyedError, Strict, Words

TARGET, RULE = "_target_", "rule"
PACKAGES = ("takeback.models", "sklearn", "xgboost", "lightgbm")
MOST_LEVELS = 10
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
ClassWeight = Literal["none", "balanced"]
CandidateName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class Bin(Strict):
    """Points of one feature in a hand-written rule: one value below the first edge and one from each edge on."""

    edges: tuple[float, ...]
    points: tuple[float, ...]
    missing: float
    reason: Words


class Rule(Strict):
    """The rule that the bank used before: points, and the total from which it declines."""

    target: Literal["takeback.models.rule.PointsRule"] = Field(alias="_target_")
    decline_from: float
    points: dict[str, Bin]


class Logistic(Strict):
    """A scorecard: binned inputs, logistic regression."""

    target: Literal["takeback.models.logistic.ScorecardClassifier"] = Field(alias="_target_")
    bins: Annotated[int, Field(ge=2, le=50)]
    l2: Positive
    class_weight: ClassWeight


class Trees(Strict):
    """What random forest and gradient boosting have in common."""

    max_depth: Annotated[int, Field(ge=1, le=20)]
    min_child_weight: Annotated[float, Field(ge=0)]
    subsample: Annotated[float, Field(gt=0, le=1)]
    colsample: Annotated[float, Field(gt=0, le=1)]
    l2: Annotated[float, Field(ge=0)]
    max_bin: Annotated[int, Field(ge=2, le=1024)]
    class_weight: ClassWeight


class Forest(Trees):
    """A random forest."""

    target: Literal["takeback.models.forest.ForestClassifier"] = Field(alias="_target_")
    trees: Count


class Boosting(Trees):
    """Gradient boosting; the number of rounds is found by cross-validation with early stopping."""

    target: Literal["takeback.models.boosting.BoostingClassifier"] = Field(alias="_target_")
    folds: Annotated[int, Field(ge=2, le=20)]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    max_rounds: Count
    early_stopping_rounds: Count
    checkpoint_rounds: Count


class Other(BaseModel):
    """An estimator of another package, with the parameters that the file gives."""

    model_config = ConfigDict(frozen=True, extra="allow")
    target: str = Field(alias="_target_")

    @model_validator(mode="before")
    @classmethod
    def _names_only_estimators(cls, values: Any) -> Any:
        _check_value(values, "", 0)
        return values


FORMS: tuple[type[Strict], ...] = (Rule, Logistic, Forest, Boosting)
OURS = {get_args(form.model_fields["target"].annotation)[0]: form for form in FORMS}


def _form(values: Any) -> str:
    target = values.get(TARGET) if isinstance(values, dict) else getattr(values, "target", None)
    return f"<{OURS[target].__name__}>" if isinstance(target, str) and target in OURS else "<Other>"


CandidateSettings = Annotated[
    Annotated[Rule, Tag("<Rule>")]
    | Annotated[Logistic, Tag("<Logistic>")]
    | Annotated[Forest, Tag("<Forest>")]
    | Annotated[Boosting, Tag("<Boosting>")]
    | Annotated[Other, Tag("<Other>")],
    Discriminator(_form),
]


def _check_value(value: Any, path: str, level: int) -> None:
    """Check a value of a file, and what is nested in it: data, and estimators of the packages that are allowed."""
    if level > MOST_LEVELS:
        raise KeyedError(path, f"nested more than {MOST_LEVELS} levels deep")
    if isinstance(value, dict):
        _check_keys(value, path, level)
        children = [(key, child) for key, child in value.items() if key != TARGET]
    else:
        children = list(enumerate(value)) if isinstance(value, list | tuple) else []
        if level == 0:
            raise KeyedError(path, f"found {str(value)[:50]!r}; expected a mapping with {TARGET}")
        if isinstance(value, float) and not math.isfinite(value):
            raise KeyedError(path, f"found {value}; expected a finite number")
    for key, child in children:
        _check_value(child, f"{path}.{key}".lstrip("."), level + 1)


def _check_keys(values: dict, path: str, level: int) -> None:
    if level == 0 and TARGET not in values:
        raise KeyedError(TARGET, "required key is not there; expected the class of an estimator")
    for key in values:
        if isinstance(key, str) and key.startswith("_") and key != TARGET:
            raise KeyedError(f"{path}.{key}".lstrip("."), f"found a key of Hydra's; expected {TARGET} and parameters")
    if TARGET in values and not _allowed(values[TARGET]):
        where = f"{path}.{TARGET}".lstrip(".")
        found = str(values[TARGET])[:100]
        raise KeyedError(where, f"found {found!r}; expected an estimator of {', '.join(PACKAGES)}")


def _allowed(target: Any) -> bool:
    packages = "|".join(map(re.escape, PACKAGES))
    return isinstance(target, str) and bool(re.fullmatch(rf"({packages})(\.[A-Za-z][A-Za-z0-9_]*)+", target, re.ASCII))
