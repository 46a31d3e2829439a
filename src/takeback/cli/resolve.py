"""`takeback resolve`: after a merge, make what the pipeline writes anew."""

from takeback.cli.app import app, say


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
    from takeback.repository.merge_results import resolve as settle

    staged = len(settle())
    say(f"\n{staged} generated files made anew and staged. `git status` says how to go on, after a merge `git commit`.")
