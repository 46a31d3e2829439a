"""Champion, fallback rule, contract and selection to the release bundle."""

from takeback import config
from takeback.common.files import read_json, replacing
from takeback.decisions.bundle import write_bundle
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    champion = read_json(layout.CHAMPION)["champion"]
    parts = {
        part: [layout.candidate(name), layout.decision(name)]
        for part, name in {"champion": champion, "fallback": "rule"}.items()
    }
    with replacing(layout.RELEASE) as folder:
        write_bundle(folder, settings.data, layout.SELECTION, champion, parts)
