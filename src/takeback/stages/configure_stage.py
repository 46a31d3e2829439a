"""Stop early: params.yaml is what conf/ composes, no candidate was forgotten, the source file meets the contract.

Writes nothing. DVC removes a stage's outputs before it runs the stage. A check that has no outputs, and comes first,
is what keeps the earlier outputs when the input is wrong.
"""

import os
from pathlib import Path

from takeback.common import layout
from takeback.config.composition import check_composed
from takeback.config.conf_files import check_conf
from takeback.config.params import PARAMS, load_params
from takeback.data.ingestion import ingest
from takeback.models.targets import check_candidates
from takeback.stages.ingest_stage import read_source


def main() -> None:
    """Run the checks. An experiment has overrides, so its params.yaml is not what conf/ alone composes."""
    settings = load_params()
    check_candidates(settings.model)
    check_conf(Path("conf"))
    if not os.environ.get("DVC_EXP_NAME"):
        check_composed(PARAMS, Path("conf"))
    layout.refuse_removed(settings.candidates)
    ingest(settings.data, read_source(settings.data))
