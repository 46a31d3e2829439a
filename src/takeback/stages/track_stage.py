"""A finished experiment to the MLflow server, if params.yaml asks for it. Writes nothing.

Only an experiment: whoever rebuilds a commit with `dvc repro`, such as CI, must not add runs to a shared server.
"""

import os
import sys

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.config.params import load_params


def main() -> None:
    """Run the stage. It never fails: an experiment must not be lost because a server is down."""
    name = os.environ.get("DVC_EXP_NAME")
    if not name or load_params().tracking == "none":
        return
    from takeback.extras.tracking.run import log_run
    from takeback.repository.results import check_results

    try:
        check_results(layout.METRICS, layout.RELEASE, conf=False)
        log_run(name, "experiment", os.environ["DVC_EXP_BASELINE_REV"])
    except UserError as error:
        print(f"warning: {error}\nThe experiment is complete. Log it later: takeback track {name}", file=sys.stderr)
