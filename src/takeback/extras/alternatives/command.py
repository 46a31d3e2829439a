"""The search for less discriminatory alternatives: reads the parts that may be seen, searches, gives what it found."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml
from tqdm import tqdm

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import read_json, sha256, thread_count, write_csv, write_text
from takeback.common.yaml_text import load_yaml
from takeback.config.params import PARAMS, Config, load_params
from takeback.extras.alternatives.evaluation import divide, judged_groups
from takeback.extras.alternatives.frontier import choose
from takeback.extras.alternatives.frontier_picture import frontier_picture
from takeback.extras.alternatives.group_thresholds import compare_thresholds
from takeback.extras.alternatives.outputs import HEADER, experiment, trial_rows
from takeback.extras.alternatives.search import CONFIRMATION, Found, run_search, total_evaluations
from takeback.extras.alternatives.search_dossier import SearchFacts, dossier
from takeback.extras.alternatives.search_settings import Search, load_search
from takeback.extras.alternatives.space import changed, check_space, with_changes
from takeback.extras.alternatives.trials import Subject, Trial, evaluator
from takeback.preparation.parts import joined, read_part

ALTERNATIVES = Path("alternatives")
# Never the test part.
PARTS = ("train", "calibration")
SOURCE = Path(__file__).parents[2]
EVALUATED_BY = ("common", "config", "data", "preparation", "models", "decisions", "assessment", "extras/alternatives")


class SearchOutcome(NamedTuple):
    """A finished search and what it was about."""

    found: Found
    search: Search
    subject: Subject
    settings: Config
    limit: float
    assumed: dict[str, Any]
    files: dict[str, str]
    thresholds: list[dict[str, dict[str, Any]]]


def search_alternatives(trials: int, assumptions: Sequence[str], path: Path | None, logs: Path) -> SearchOutcome:
    """Search on the training and calibration parts; see `takeback.extras.alternatives.search.run_search`.

    Parameters
    ----------
    trials
        How many alternatives.
    assumptions
        Of the policy, ``policy.KEY=VALUE``, in place of those of params.yaml.
    path
        What may be tried; by default conf/alternatives/DATA.yaml.
    logs
        The folder of the logs from which a stopped search goes on.
    """
    load_params()  # one message for each mistake in params.yaml
    assumed = dict(map(_assumption, assumptions))
    base = with_changes(load_yaml(PARAMS.read_bytes()), assumed)
    settings = changed(base, {})
    search = load_search(path or Path("conf/alternatives") / f"{settings.data.name}.yaml")
    check_space(base, search)
    subject = _subject(settings, base, search)
    champion, limit = _champion(search), settings.gate.min_approval_ratio.limit
    files = {str(layout.SPLIT[part]): sha256(layout.SPLIT[part]) for part in PARTS}
    total = total_evaluations(base, search, champion, trials)
    log = logs / f"{_key(base, subject, files)}.jsonl"
    with (
        tqdm(total=total, desc="evaluations", unit="fit") as bar,
        evaluator(subject, log, thread_count(), bar.update) as evaluate,
    ):
        found = run_search(base, search, champion, limit, trials, evaluate)
    numbers = tqdm(range(CONFIRMATION, CONFIRMATION + search.confirmations), desc="thresholds by group", unit="fit")
    thresholds = [compare_thresholds(subject, champion, number) for number in numbers]
    return SearchOutcome(found, search, subject, settings, limit, assumed, files, thresholds)


def write_alternatives(outcome: SearchOutcome, name: str, command: str) -> Trial | None:
    """Write trials.csv, frontier.svg and dossier.md to alternatives/NAME, and what was chosen as a preset.

    Returns
    -------
    Trial or None
        What was chosen. Without a choice there is no preset, and one of an earlier search goes.
    """
    trials, finals = outcome.found
    chosen, folder = choose(finals, outcome.limit), ALTERNATIVES / name
    judged = [f"{attribute}.{group}" for attribute, group in outcome.subject.judged]
    write_csv(folder / "trials.csv", pa.Table.from_pylist(trial_rows(trials, finals, judged)))
    write_text(folder / "frontier.svg", frontier_picture(trials, finals, chosen, outcome.limit))
    write_text(folder / "dossier.md", dossier(_facts(outcome, judged, command), outcome.search, trials, finals, chosen))
    if chosen:
        write_text(preset(name), experiment(chosen, outcome.assumed, finals[0], name))
    else:
        preset(name).unlink(missing_ok=True)
    return chosen


def preset(name: str) -> Path:
    """Return the file of the chosen alternative, after a check that nobody wrote another one there by hand."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UserError(f"--name: found {name!r}; expected small letters, digits and underscores.")
    path = Path("conf/experiment") / f"{name}.yaml"
    if path.exists() and HEADER not in path.read_text(encoding="utf-8"):
        raise UserError(f"{path}: was not written by `takeback alternatives`; expected another --name.")
    return path


def _facts(outcome: SearchOutcome, judged: Sequence[str], command: str) -> SearchFacts:
    policy = outcome.settings.policy.model_dump()
    assumptions = {name: value for name, value in policy.items() if name != "max_referral_rate"}
    rows, size = len(outcome.subject.pool.bad), outcome.settings.gate.min_group_size
    return SearchFacts(outcome.files, rows, outcome.limit, size, judged, assumptions, command, outcome.thresholds)


def _assumption(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.startswith("policy."):
        raise UserError(f"--assume: found {text!r}; expected policy.KEY=VALUE, such as policy.loss_given_default=0.5.")
    if key == "policy.max_referral_rate":
        raise UserError(f"--assume: {key} is what analysts can review and no assumption; change it in conf/policy.")
    try:
        return key, load_yaml(value)
    except yaml.YAMLError:
        raise UserError(f"--assume: found {text!r}; its value is not readable as YAML.") from None


def _subject(settings: Config, base: Mapping[str, Any], search: Search) -> Subject:
    if settings.scenario.share:
        raise UserError(
            "scenario: labels of the training part are planted; an alternative must be judged by true ones."
        )
    pool = joined(*(read_part(settings.data, layout.SPLIT[part]) for part in PARTS))
    judged = judged_groups(settings.data, pool, settings.gate.min_group_size)
    if not judged:
        raise UserError(
            f"gate.min_group_size: no protected group has {settings.gate.min_group_size} applicants among "
            "those that validate; there is nothing to compare."
        )
    for resplit in [*range(search.resplits), *range(CONFIRMATION, CONFIRMATION + search.confirmations)]:
        if any(part.bad.nunique() < 2 for part in divide(pool, resplit)):
            raise UserError(f"{len(pool.bad)} applicants are too few: a division has good or bad ones only.")
    return Subject(base, pool, judged)


def _champion(search: Search) -> str:
    champion = read_json(layout.CHAMPION)["champion"]
    if champion not in search.kinds:
        raise UserError(
            f"{layout.CHAMPION}: the champion is {champion}; expected one that is searched: {', '.join(search.kinds)}."
        )
    return str(champion)


def _key(base: Mapping[str, Any], subject: Subject, files: dict[str, str]) -> str:
    """Return a hash of everything that an evaluation depends on: settings, data, code and locked versions."""
    lock = Path("requirements.lock")
    facts = [base, subject.judged, files, evaluated_by(), sha256(lock) if lock.exists() else ""]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def evaluated_by() -> list[tuple[str, str]]:
    """Return the files of code that an evaluation depends on, each with its SHA-256."""
    paths = [path for folder in EVALUATED_BY for path in sorted((SOURCE / folder).rglob("*.py"))]
    return [(path.relative_to(SOURCE).as_posix(), sha256(path)) for path in paths]
