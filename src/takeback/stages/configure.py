"""Stop early: params.yaml is what conf/ composes, and the source file meets the contract. Writes nothing.

DVC removes a stage's outputs before it runs the stage. A check that has no outputs, and comes first, is what keeps
the earlier outputs when the input is wrong.
"""

import os
from pathlib import Path

from takeback import config
from takeback.compose import check_composed
from takeback.conf_files import check_conf
from takeback.data.ingestion import ingest
from takeback.stages.ingest import read_source


def main() -> None:
    """Run the checks. An experiment has overrides, so its params.yaml is not what conf/ alone composes."""
    settings = config.load()
    check_conf(Path("conf"))
    if not os.environ.get("DVC_EXP_NAME"):
        check_composed(config.PARAMS, Path("conf"))
    ingest(settings.data, read_source(settings.data))
