"""From a ``_target_`` in conf/ to an estimator. Only classes of estimators are built, never a function called.

Hydra's own ``instantiate`` calls whatever it is given the name of, ``os.system`` too; so it is not used.
"""

import difflib
import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from takeback.common.errors import UserError
from takeback.config.candidate_settings import PACKAGES, TARGET, Other

PLACE = "params.yaml: model."
# Parameters that reach beyond the model: Pipeline's memory would read pickles from a folder.
REFUSED = {"memory": "nothing is read from or written to a cache"}
# What an estimator takes without naming it: of LightGBM's parameters those that change the model, and no file's name.
PASSED_ON = {
    "LGBMClassifier": (
        *("monotone_constraints", "monotone_constraints_method", "monotone_penalty", "max_bin", "min_data_in_bin"),
        *("feature_fraction_bynode", "extra_trees", "path_smooth", "max_delta_step", "deterministic", "verbosity"),
    )
}


def check_candidates(models: Mapping[str, Any]) -> None:
    """Build the estimators of other packages, so that a wrong name is found before anything runs; ours have a form.

    Raises
    ------
    UserError
        As `build` does.
    """
    for name, settings in models.items():
        if isinstance(settings, Other):
            build(name, settings.model_dump(by_alias=True))


def build(name: str, settings: Mapping[str, Any]) -> Any:
    """Build the estimator of a candidate.

    Parameters
    ----------
    name
        The candidate, for messages.
    settings
        Its settings as in params.yaml, ``_target_`` and parameters; estimators may be nested.

    Raises
    ------
    UserError
        If a target is no estimator of an allowed package, the outer one no classifier with ``predict_proba``, or a
        parameter is none of its own.
    """
    estimator = _built(settings, name)
    if not (hasattr(estimator, "fit") and hasattr(type(estimator), "predict_proba")):
        found = settings[TARGET]
        raise UserError(f"{PLACE}{name}.{TARGET}: found {found}; expected a classifier with fit and predict_proba.")
    return estimator


def _built(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        built = {key: _built(child, f"{path}.{key}") for key, child in value.items() if key != TARGET}
        return _estimator(value[TARGET], built, path) if TARGET in value else built
    if isinstance(value, list | tuple):
        items = [_built(child, f"{path}.{i}") for i, child in enumerate(value)]
        # scikit-learn wants pairs of a name and an estimator as tuples.
        return tuple(items) if any(hasattr(item, "get_params") for item in items) else items
    return value


def _estimator(target: str, parameters: dict[Any, Any], path: str) -> Any:
    found = estimator_class(target, path)
    known = parameter_names(found)
    for name in parameters:
        if name in REFUSED:
            raise UserError(f"{PLACE}{path}.{name}: is not allowed; {REFUSED[name]}.")
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise UserError(f"{PLACE}{path}.{name}: unknown parameter{hint}; {target} has {', '.join(known)}.")
    try:
        estimator = found(**parameters)
        if isinstance(getattr(found, "_parameter_constraints", None), dict):
            estimator._validate_params()  # scikit-learn's own, which it runs when it fits
    except (TypeError, ValueError) as error:
        raise UserError(f"{PLACE}{path}: {target} cannot be built: {error}") from None
    return estimator


def estimator_class(target: str, path: str) -> type:
    """Return the class that a target names.

    Raises
    ------
    UserError
        If its package is not installed, or it is anything but an estimator of an allowed package.
    """
    module, _, name = target.rpartition(".")
    where = f"{PLACE}{path}.{TARGET}: found {target!r}"
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        package = target.partition(".")[0]
        missing = isinstance(error, ModuleNotFoundError) and error.name == package
        hint = f"{package} is not installed: pip install 'takeback[{package}]'" if missing else f"no module {module}"
        raise UserError(f"{where}; {hint}.") from None
    from sklearn.base import BaseEstimator

    home = f"{getattr(found, '__module__', '')}."
    if not (isinstance(found, type) and issubclass(found, BaseEstimator)) or not home.startswith(
        tuple(f"{package}." for package in PACKAGES)
    ):
        raise UserError(f"{where}; expected the class of an estimator of {', '.join(PACKAGES)}.")
    return found


def parameter_names(estimator: type) -> list[str]:
    """Return the named parameters of a class, of its parents where it passes others on to them, and `PASSED_ON`."""
    names: dict[str, None] = {}
    for parent in inspect.getmro(estimator):
        if "__init__" not in vars(parent):
            continue
        parameters = inspect.signature(vars(parent)["__init__"]).parameters.values()
        names |= dict.fromkeys(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return [name for name in [*names, *PASSED_ON.get(estimator.__name__, ())] if name != "self"]
