"""`takeback compose`: write params.yaml from conf/, as `dvc exp run` would."""

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def compose(
    overrides: Annotated[list[str] | None, typer.Argument(help="Hydra overrides, such as data=german.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit code 1 if params.yaml differs.")] = False,
) -> None:
    """Write params.yaml from conf/, as `dvc exp run` would.

    `dvc repro` runs conf/ as it stands. Overrides are for looking; `dvc exp run -S` runs them.

    \b
    Example:
      takeback compose
      takeback compose experiment=german
      takeback compose model/xgboost=shallow policy.max_referral_rate=0.1
      takeback compose --check
    """
    from takeback.common.files import write_text
    from takeback.config.composition import check_composed, composed
    from takeback.config.params import PARAMS, parse_config
    from takeback.models.targets import check_candidates

    if check and overrides:
        raise UserError("--check compares with conf/ as it is; expected no overrides.")
    if check:
        return check_composed()
    text = composed(overrides or ())
    check_candidates(parse_config(text, "conf/").model)
    write_text(PARAMS, text)
    if overrides:
        return say(f"{PARAMS} written to look at. To run it: dvc exp run -S {' -S '.join(overrides)}")
    return say(f"{PARAMS} written. `dvc repro` runs what that changes.")
