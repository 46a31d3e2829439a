"""`takeback tune`: search hyper-parameters of boosting by cross-validation; write conf/model/xgboost/NAME.yaml."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError

XGBOOST = "xgboost"


@app.command()
def tune(
    trials: Annotated[int, typer.Option(min=1, help="Finished trials the study shall have in all.")] = 40,
    name: Annotated[str, typer.Option(help="Name of the config file to write.")] = "tuned",
) -> None:
    """Search hyper-parameters of boosting by cross-validation; write conf/model/xgboost/NAME.yaml.

    Stop it at any time: the same command goes on where it stopped.

    \b
    Example:
      takeback tune --trials 40
      dvc exp run -S model/xgboost=tuned
    """
    from takeback.common import layout
    from takeback.common.files import read_json
    from takeback.config.candidate_settings import Boosting
    from takeback.config.params import PARAMS, load_params
    from takeback.models.training import training_of
    from takeback.models.tuning import tune as search
    from takeback.preparation.parts import read_part
    from takeback.repository.results import check_results

    check_results(layout.SPLIT["train"], layout.SELECTION, conf=False)
    settings = load_params()
    boosting, seed = settings.model.get(XGBOOST), settings.training.seed
    if not isinstance(boosting, Boosting):
        raise UserError(f"{PARAMS}: model.{XGBOOST}: expected our BoostingClassifier, whose parameters are searched.")
    selected = read_json(layout.SELECTION)["selected"]
    data = training_of(settings, XGBOOST, read_part(settings.data, layout.SPLIT["train"]), selected)
    path = search(boosting, seed, data, trials, name, Path(".takeback/studies"))
    say(f"{path} written. Try it: dvc exp run -S model/xgboost={name}")
