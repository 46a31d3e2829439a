"""After a merge: what people write is theirs to settle, what the pipeline writes is made anew."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.files import write_text
from takeback.common.shown import plain
from takeback.config.composition import composed
from takeback.config.params import PARAMS
from takeback.repository.git import git, git_succeeds

LOCK = "dvc.lock"
REBUILT = "rebuilt"  # the attribute that .gitattributes gives to what the pipeline writes


def resolve() -> list[str]:
    """Compose, run the pipeline and stage what it wrote; return the names of the files that were staged.

    Raises
    ------
    UserError
        If a person has to settle something first; it names the files. Or if the pipeline fails.
    """
    conflicts = _paths("--unmerged", "--format=%(path)")
    generated = _rebuilt(conflicts)
    if written := sorted(set(conflicts) - set(generated)):
        raise UserError(_for_a_person(written))
    text = composed()
    for path in generated:
        _clear(path)
    write_text(PARAMS, text)
    _fetch_sources()
    _dvc("repro")
    changed = _rebuilt(sorted({*generated, *_paths("--modified", "--others", "--exclude-standard")}))
    if changed:
        git("add", "--all", "--", *changed)
    return changed


def _for_a_person(paths: Sequence[str]) -> str:
    names = "".join(f"\n  {plain(path)}" for path in paths)
    return (
        f"both sides changed these files, and what they shall say is for a person to decide:{names}\n"
        "Edit them (`git diff` shows the places; of a table or a dossier take one side: `git checkout --ours FILE` or "
        "`--theirs FILE`), then `git add` them and run `takeback resolve` again."
    )


def _clear(path: str) -> None:
    """Remove what will be made anew, so that an output which no stage has any more goes; keep one whole lock."""
    if path == LOCK and (git_succeeds("checkout", "--ours", "--", path) or git_succeeds("checkout", "--theirs", path)):
        return
    Path(path).unlink(missing_ok=True)


def _fetch_sources() -> None:
    """Bring the data that Git has by hash alone: `dvc repro` would take yesterday's file for a wanted change."""
    if sources := _paths("*.dvc"):
        _dvc("pull", *sources)


def _dvc(*command: str) -> None:
    """Run DVC before the user's eyes, with this environment's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run([sys.executable, "-m", "dvc", *command], env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise UserError(
            f"`dvc {command[0]}` failed and said why above. Nothing was staged: mend it, then `takeback resolve` again."
        )


def _paths(*arguments: str) -> list[str]:
    return list(dict.fromkeys(filter(None, git("ls-files", "-z", *arguments).split("\0"))))


def _rebuilt(paths: Sequence[str]) -> list[str]:
    """Return those of the paths that .gitattributes calls rebuilt."""
    if not paths:
        return []
    answers = git("check-attr", "-z", REBUILT, "--", *paths).split("\0")
    return [path for path, value in zip(answers[::3], answers[2::3], strict=False) if value == "set"]
