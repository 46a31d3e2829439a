"""What Git itself says about a release; it needs neither DVC's cache nor its remote."""

from pathlib import Path

from takeback.common.errors import UserError
from takeback.config import PARAMS
from takeback.release.versions import Facts
from takeback.repository.committed import Committed
from takeback.repository.git import HERE, commit_of
from takeback.stages import layout


def facts_of(revision: str, folder: Path = HERE) -> Facts:
    """Return what decides the version of a release at a revision."""
    files = Committed(commit_of(revision, folder), revision, folder)
    try:
        return Facts(
            params={**files.yaml(PARAMS)},
            champion=str(files.json(layout.CHAMPION)["champion"]),
            features=tuple(map(str, files.json(layout.SELECTION)["selected"])),
            source_sha256=str(files.json(layout.DATA_METRICS)["source_sha256"]),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise UserError(f"{revision}: metrics/ is not what the pipeline writes ({error!r})") from None
