"""What Git itself says about a release; it needs neither DVC's cache nor its remote."""

import json
from pathlib import Path

from takeback.common.yaml_text import load_yaml
from takeback.config import PARAMS
from takeback.release.versions import Facts
from takeback.repository.git import HERE, commit_of, git
from takeback.stages import layout


def facts_of(revision: str, folder: Path = HERE) -> Facts:
    """Return what decides the version of a release at a revision."""
    commit = commit_of(revision, folder)

    def text(path: Path) -> str:
        return git("show", f"{commit}:{path.as_posix()}", folder=folder)

    return Facts(
        params=load_yaml(text(PARAMS)),
        champion=json.loads(text(layout.CHAMPION))["champion"],
        features=tuple(json.loads(text(layout.SELECTION))["selected"]),
        source_sha256=json.loads(text(layout.DATA_METRICS))["source_sha256"],
    )
