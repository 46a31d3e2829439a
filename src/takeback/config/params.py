"""The typed form of params.yaml: the only settings that a stage reads."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from takeback.common.errors import UserError
from takeback.common.strict import KeyedError, Strict, parse
from takeback.common.yaml_text import load_yaml
from takeback.config.candidate_settings import RULE, TARGET, CandidateName, CandidateSettings, Count, Positive, Rule
from takeback.data.contract import Contract
from takeback.data.encoding import encoded_names
from takeback.data.fields import group_labels

PARAMS = Path("params.yaml")

Share = Annotated[float, Field(ge=0, le=1)]
RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


ThinFiles = Literal["refer", "decide", "decline"]


class Split(Strict):
    """How applications are divided: by a hash of the applicant id, and by date where ``test_from`` is set."""

    calibration: Annotated[float, Field(gt=0, lt=1)]
    test: Annotated[float, Field(gt=0, lt=1)]
    test_from: str | None
    salt: str


class Scenario(Strict):
    """A planted cause: the share of one group's good payers whose training label turns bad; 0 plants nothing."""

    attribute: str | None
    group: str | None
    share: Annotated[float, Field(ge=0, lt=1)]
    seed: int


class Selection(Strict):
    """Which features may enter the models."""

    exclude: tuple[str, ...]
    bins: Annotated[int, Field(ge=2, le=50)]
    min_information_value: Annotated[float, Field(ge=0)]
    max_correlation: Share
    max_proxy_gini: Share


class Reduction(Strict):
    """Training under a constraint of fairness between the groups of some attributes: `takeback.models.reductions`."""

    method: Literal["grid_search", "exponentiated_gradient"]
    constraint: Literal["demographic_parity", "false_positive_rate_parity", "equalized_odds"]
    by: Annotated[tuple[str, ...], Field(min_length=1)]
    threshold: Annotated[float, Field(gt=0, lt=1)]
    models: Annotated[int, Field(ge=2, le=200)]
    constraint_weight: Share


class TrainingSettings(Strict):
    """How every candidate is trained: reweighed by which protected attributes or reduced, and its folds and seed."""

    reweigh: tuple[str, ...]
    reduction: Reduction | None = None
    folds: Annotated[int, Field(ge=2, le=20)]
    seed: Annotated[int, Field(ge=0)]


class Calibration(Strict):
    """How a model's margin becomes a probability of default (PD)."""

    method: Literal["auto", "none", "logistic", "beta", "isotonic"]


class Policy(Strict):
    """The economics of a decision, each per unit of exposure."""

    return_rate: Positive
    loss_given_default: Annotated[float, Field(gt=0, le=1)]
    review_cost: Annotated[float, Field(ge=0)]
    analyst_approves_good: Share
    analyst_approves_bad: Share
    max_referral_rate: Share
    overflow: Literal["decline", "late"] = "decline"
    late_cost: Annotated[float, Field(ge=0)] = 0.0
    thin_files: ThinFiles = "refer"


class Champion(Strict):
    """How the champion is chosen among the candidates."""

    metric: Literal["auc", "gini", "ks", "average_precision", "brier", "log_loss", "profit_per_application"]
    tolerance: Annotated[float, Field(ge=0)]
    prefer: tuple[CandidateName, ...]


class Criterion(Strict):
    """One limit of the gate, and what stops a release: nothing, a failure, or also too little evidence of a pass."""

    limit: float
    blocks: Literal["never", "fail", "doubt"]


class Ratio(Criterion):
    """A limit of a number that should be 1: as many times above it as below."""

    limit: Annotated[float, Field(gt=1)]


class Gate(Strict):
    """The limits that a release has to meet; one that is null is not judged."""

    min_auc: Criterion
    max_brier: Criterion
    near_calibration_odds: Ratio | None = None
    near_calibration_slope: Ratio | None = None
    max_calibration_error: Criterion | None = None
    min_auc_gain_over_rule: Criterion
    min_profit_gain_over_rule: Criterion | None = None
    max_quarantined_share: Criterion
    min_reasons_coverage: Criterion
    min_reasons_effect: Criterion
    min_reasons_truth: Criterion | None = None
    min_approval_ratio: Criterion
    min_approval_ratio_of_good: Criterion
    min_intersection_ratio: Criterion | None = None
    near_group_calibration_odds: Ratio | None = None
    max_group_calibration_gap: Criterion | None = None
    min_group_size: Count
    max_auc_loss: Criterion
    max_brier_rise: Criterion
    max_profit_loss: Criterion
    max_approval_ratio_loss: Criterion


class Privacy(Strict):
    """What is shown of people; docs/privacy.md explains it."""

    min_cell: Count
    quarantine_rows: bool


class Governance(Strict):
    """Whose the model is, what for and how much depends on it; who may release, approve and move.

    ``approvers`` names who may speak for a role, by the e-mail of their Git commits; ``approvals`` which roles have to
    approve a release before it comes to an environment.
    """

    signatures: Literal["optional", "required"] = "optional"
    allowed_signers: str | None = None
    owner: str | None = None
    purpose: str | None = None
    materiality: Literal["low", "medium", "high"] | None = None
    next_review: str | None = None
    approvers: dict[RoleName, tuple[str, ...]] = Field(default_factory=dict)
    approvals: dict[str, tuple[RoleName, ...]] = Field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """Return what a release says of it: not the rules of signing, which are those of the clone that checks."""
        return self.model_dump(include={"owner", "purpose", "materiality", "next_review", "approvers"})

    @model_validator(mode="after")
    def _review_has_a_date(self) -> Self:
        try:
            date.fromisoformat(self.next_review or "2000-01-01")
        except ValueError:
            raise KeyedError("next_review", f"found {self.next_review!r}; expected a date, as 2027-06-30") from None
        return self

    @model_validator(mode="after")
    def _roles_have_people(self) -> Self:
        for environment, roles in self.approvals.items():
            for role in roles:
                if not self.approvers.get(role):
                    raise KeyedError(f"approvals.{environment}", f"found {role!r}, which has nobody under approvers")
        return self


class Releasing(Strict):
    """When a release is more than a patch: the share of decisions that flip."""

    minor_flips: Share = 0.02


class Config(Strict):
    """Everything in params.yaml."""

    data: Contract
    split: Split
    scenario: Scenario
    features: Selection
    candidates: tuple[CandidateName, ...]
    model: dict[CandidateName, CandidateSettings]
    training: TrainingSettings
    calibration: Calibration
    policy: Policy
    champion: Champion
    gate: Gate
    governance: Governance
    release: Releasing = Field(default_factory=Releasing)
    privacy: Privacy
    tracking: Literal["none", "mlflow"]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_points(self, self.rule)
        for check in CHECKS:
            check(self)
        return self

    @property
    def rule(self) -> Rule:
        """The rule to fall back on.

        Raises
        ------
        KeyedError
            If there is none.
        """
        found = self.model.get(RULE)
        if not isinstance(found, Rule):
            raise KeyedError(
                f"model.{RULE}", f"expected the rule to fall back on, with {TARGET}: takeback.models.rule.PointsRule"
            )
        return found


def load_params(path: Path = PARAMS) -> Config:
    """Read and check the parameters that the pipeline runs with.

    Raises
    ------
    UserError
        If the file is missing or not YAML, or a key is unknown, absent, ill-typed or out of range.
    """
    try:
        return parse_config(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file. `takeback compose` writes it from conf/.") from None


def parse_config(text: str, source: str) -> Config:
    """Check a composed configuration given as YAML text."""
    try:
        values = load_yaml(text)
    except yaml.YAMLError as error:
        raise UserError(f"{source}: not readable as YAML: {error}") from None
    if "${" in text:
        line = text[: text.index("${")].count("\n") + 1
        raise UserError(f"{source}: line {line}: found ${{...}}; `takeback compose` writes the value itself.")
    if not isinstance(values, dict):
        raise UserError(f"{source}: expected keys {', '.join(Config.model_fields)}, found no mapping.")
    return parse(Config, values, source)


def _check_features(config: Config) -> None:
    for name in config.features.exclude:
        if name not in config.data.features:
            raise KeyedError("features.exclude", f"found {name!r}; expected features of {config.data.name}")


def _check_candidates(config: Config) -> None:
    names, known = config.candidates, tuple(config.model)
    if RULE not in names or len(set(names)) < len(names):
        raise KeyedError("candidates", f"found {', '.join(names)}; expected {RULE} among them, and none twice")
    for key, found in (("candidates", names), ("champion.prefer", config.champion.prefer)):
        for name in found:
            if name not in known:
                raise KeyedError(key, f"found {name!r}, which has no settings in `model`: {', '.join(known)}")


def _check_mitigation(config: Config) -> None:
    reweigh, reduction = config.training.reweigh, config.training.reduction
    known = ", ".join(config.data.protected) or "none"
    for key, names in (("reweigh", reweigh), ("reduction.by", reduction.by if reduction else ())):
        for name in names:
            if name not in config.data.protected:
                raise KeyedError(f"training.{key}", f"found {name!r}; expected protected attributes: {known}")
    if reweigh and reduction:
        raise KeyedError(
            "training.reduction", "sets the weight of each row, as reweighing does; expected training.reweigh: []"
        )


def _check_points(config: Config, rule: Rule) -> None:
    allowed = encoded_names(config.data, config.data.features)
    for name, bin_ in rule.points.items():
        if name not in allowed:
            raise KeyedError("model.rule.points", f"found {name!r}; expected one of {', '.join(allowed)}")
        if len(bin_.points) != len(bin_.edges) + 1 or list(bin_.edges) != sorted(set(bin_.edges)):
            raise KeyedError(f"model.rule.points.{name}", "expected rising edges and one point value more than edges")


def _check_split(config: Config) -> None:
    if config.split.calibration + config.split.test >= 1:
        raise KeyedError("split", "calibration and test leave nothing to train on; expected a sum below 1")
    if config.split.test_from and not config.data.date:
        raise KeyedError("split.test_from", f"the contract of {config.data.name} has no date column; expected null")


def _check_scenario(config: Config) -> None:
    scenario, protected = config.scenario, config.data.protected
    if not (scenario.share or scenario.attribute or scenario.group):
        return
    if scenario.attribute not in protected:
        known = ", ".join(protected) or "none"
        raise KeyedError("scenario.attribute", f"found {scenario.attribute!r}; expected a protected attribute: {known}")
    attribute = protected[scenario.attribute]
    groups = group_labels(attribute, config.data.columns[attribute.column])
    if scenario.group not in groups:
        raise KeyedError("scenario.group", f"found {scenario.group!r}; expected one of {', '.join(groups)}")


def _check_policy(config: Config) -> None:
    policy = config.policy
    if policy.analyst_approves_bad > policy.analyst_approves_good:
        raise KeyedError("policy.analyst_approves_bad", "above analyst_approves_good: reviews would do harm")


CHECKS = (_check_features, _check_candidates, _check_mitigation, _check_split, _check_scenario, _check_policy)
