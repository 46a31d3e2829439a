"""Champion, fallback rule, contract and selection to the release bundle."""

from typing import Any

from takeback.common import layout
from takeback.common.files import read_json, replacing, sha256
from takeback.config.params import Config, load_params
from takeback.decisions.bundle import write_bundle
from takeback.preparation.scenario import describe


def main() -> None:
    """Run the stage."""
    settings = load_params()
    layout.refuse_removed(settings.candidates)
    names = {"champion": read_json(layout.CHAMPION)["champion"], "fallback": "rule"}
    parts = {part: [layout.candidate(name), layout.decision(name)] for part, name in names.items()}
    with replacing(layout.RELEASE) as folder:
        write_bundle(folder, settings.data, layout.SELECTION, parts, _about(settings, names))


def _about(settings: Config, names: dict[str, str]) -> dict[str, Any]:
    data = read_json(layout.DATA_METRICS)
    return {
        "champion": names["champion"],
        "scenario": describe(settings.scenario),
        "source": {"file": settings.data.source, "sha256": data["source_sha256"], "rows": data["rows"]},
        "parts": {part: sha256(path) for part, path in layout.SPLIT.items()},
        "features": read_json(layout.SELECTION)["selected"],
        "settings": _settings(settings, names),
        "metrics": {part: _metrics(name) for part, name in names.items()},
        "governance": settings.governance.about(),
    }


def _settings(settings: Config, names: dict[str, str]) -> dict[str, Any]:
    content = settings.model_dump(by_alias=True)
    models = {part: content["model"][name] for part, name in names.items()}
    models["reweigh"] = settings.training.reweigh
    return {**models, **{key: content[key] for key in ("split", "features", "calibration", "policy")}}


def _metrics(name: str) -> dict[str, Any]:
    return {key: read_json(layout.test(name) / f"{key}.json") for key in ("performance", "fairness")}
