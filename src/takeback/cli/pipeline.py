"""Commands around the pipeline: compose, resolve, score, tune, track, summary."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError

RELEASE = Path("models/release")


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
    from takeback.compose import check_composed, composed
    from takeback.config import PARAMS

    if check and overrides:
        raise UserError("--check compares with conf/ as it is; expected no overrides.")
    if check:
        return check_composed()
    write_text(PARAMS, composed(overrides or ()))
    if overrides:
        return say(f"{PARAMS} written to look at. To run it: dvc exp run -S {' -S '.join(overrides)}")
    return say(f"{PARAMS} written. `dvc repro` runs what that changes.")


@app.command()
def resolve() -> None:
    """After `git merge other-branch`: make what the pipeline writes anew, and stage it.

    Files that people write come first: it names those that are in conflict, and changes nothing. Then it composes, runs
    `dvc repro`, and stages params.yaml, dvc.lock and the metrics. It is the same after `git pull`, in a rebase, a
    cherry-pick or a revert.

    \b
    Example:
      takeback resolve         # after `git merge other-branch`
      git commit --no-edit
    """
    from takeback.commands.resolve import resolve as settle

    staged = len(settle())
    say(f"\n{staged} generated files made anew and staged. `git status` says how to go on, after a merge `git commit`.")


@app.command()
def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Applications, .csv or .parquet.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The decisions, .csv or .parquet.")],
    release: Annotated[Path, typer.Option(help="The release to score with.")] = RELEASE,
    fallback: Annotated[bool, typer.Option("--fallback", help="Use the rule instead of the champion.")] = False,
    reasons: Annotated[bool, typer.Option(help="Give up to four reasons for what is not approved.")] = True,
    keep: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Copy a column to OUT; repeatable.")] = None,
) -> None:
    """Decide on every application of a file: decision, PD, reasons and the release that decided.

    IN may have more columns than a decision needs. A row that breaks the data contract, or whose id is empty or was
    there before, is referred.

    \b
    Example:
      takeback score applications.csv decisions.csv
      takeback score applications.csv decisions.csv --keep branch --keep "received on"
      takeback score applications.parquet decisions.parquet --no-reasons
    """
    from takeback.commands.batch import release_name, score_file
    from takeback.decisions.bundle import load_release
    from takeback.repository.lock_file import LOCK
    from takeback.repository.results import check_results

    if Path(LOCK).is_file() and release.resolve() == RELEASE.resolve():
        check_results(RELEASE)
    loaded = load_release(release)
    scorer, model = (loaded.fallback, "fallback") if fallback else (loaded.champion, loaded.name)
    decider = release_name(release, model)
    result = score_file(scorer, source, target, decider, keep or (), reasons)
    decisions = ", ".join(f"{count} {name}" for name, count in result.decisions.items())
    say(f"{result.rows} applications: {decisions}. Decided by {decider}.")
    if result.broken:
        by_id = f" ({result.broken_ids} by an id that is empty, not exact or repeated)" if result.broken_ids else ""
        where = f"{target} says why" if reasons else "without --no-reasons the result says why"
        say(f"{result.broken} of them break the data contract{by_id} and are referred; {where}.")
    if result.marked:
        what = "an apostrophe was put before them. Parquet output keeps them as they are"
        say(f"{result.marked} cells begin with = + - or @ and would run in a spreadsheet: {what}.")


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
    try:
        from takeback.commands.tuning import tune as search
    except ModuleNotFoundError as error:
        raise UserError(f"`takeback tune` needs {error.name}: pip install 'takeback[tune]'.") from None
    from takeback import config
    from takeback.repository.results import check_results
    from takeback.stages import layout
    from takeback.stages.train import training_data

    check_results(layout.SPLIT["train"], layout.SELECTION, conf=False)
    settings = config.load()
    path = search(settings.model.xgboost, training_data(settings, "xgboost"), trials, name, Path(".takeback/studies"))
    say(f"{path} written. Try it: dvc exp run -S model/xgboost={name}")


@app.command()
def track(name: Annotated[str, typer.Argument(help="A release's tag or an experiment's name.")]) -> None:
    """Log a release or an experiment to the MLflow server, for example after the server was down.

    Experiments are logged as they end. Logging the same again changes nothing.

    \b
    Example:
      takeback track v1.2.0
      takeback track puffy-daks
    """
    from takeback.commands.tracking import track as log

    say(f"The {log(name)} {name} is on the MLflow server.")


@app.command()
def summary() -> None:
    """Print what the last run of the pipeline gave.

    \b
    Example:
      takeback summary
    """
    from takeback.commands.summary import summary as text

    say(text())
