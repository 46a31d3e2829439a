"""What a search may try, as a person wrote it down."""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, model_validator

from takeback.common.errors import UserError
from takeback.common.strict import KeyedError, Strict, parse
from takeback.common.yaml_text import load_yaml
from takeback.config.candidate_settings import Count

ALLOWED = (
    "features.",
    "model.",
    "training.reweigh",
    "training.reduction",
    "calibration.method",
    "policy.max_referral_rate",
    "data.columns.",
    "data.derived.",
)


class Mix(Strict):
    """Several changes together: families that are out, and settings."""

    out: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)


class Search(Strict):
    """The choices of a search, and how often each alternative is tried."""

    kinds: tuple[str, ...]
    families: dict[str, tuple[str, ...]]
    drop_directions: bool
    choices: dict[str, tuple[Any, ...]]
    mixes: tuple[Mix, ...]
    resplits: Count
    finalists: Count
    confirmations: Count

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for key in self.choices:
            _check_key(key)
        for mix in self.mixes:
            if unknown := [name for name in mix.out if name not in self.families]:
                raise KeyedError("mixes", f"found {unknown[0]!r}; expected families: {', '.join(self.families)}")
            if unknown := [key for key, value in mix.settings.items() if value not in self.choices.get(key, ())]:
                raise KeyedError("mixes", f"found {unknown[0]} {mix.settings[unknown[0]]!r}; expected one of choices")
        if min(self.resplits, self.confirmations) < 2:
            raise KeyedError("resplits", "one gives no spread; expected at least 2, for confirmations too")
        return self


def load_search(path: Path) -> Search:
    """Read what may be tried.

    Raises
    ------
    UserError
        If the file is missing or not YAML, or a choice is not one that a search may make.
    """
    try:
        values = load_yaml(path.read_bytes())
    except FileNotFoundError:
        raise UserError(
            f"{path}: there is no such file. Write which settings may be tried; taiwan.yaml shows how."
        ) from None
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not readable as YAML: {error}") from None
    if not isinstance(values, dict):
        raise UserError(f"{path}: expected keys {', '.join(Search.model_fields)}, found no mapping.")
    return parse(Search, values, str(path))


def _check_key(key: str) -> None:
    if key.startswith("policy.") and key != "policy.max_referral_rate":
        raise KeyedError(
            f"choices.{key}", "is an assumption of the bank; a search that changed it would choose its truth"
        )
    if key.endswith((".seed", ".random_state")):
        raise KeyedError(f"choices.{key}", "is luck; expected no seeds, each resplit has its own")
    is_direction = key.endswith(".monotone") or not key.startswith("data.")
    if not key.startswith(ALLOWED) or not is_direction or key.startswith(("model.rule.", "features.exclude")):
        raise KeyedError(
            f"choices.{key}",
            "may not be searched; expected settings of features, models, calibration, "
            "a direction (data.*.NAME.monotone) or policy.max_referral_rate",
        )
