"""How many decisions a release would flip."""

import tempfile
from pathlib import Path

from takeback.common.errors import UserError
from takeback.compare.decision_changes import flips, paired_decisions
from takeback.compare.revision import Revision
from takeback.config.params import PARAMS, parse_config
from takeback.releases.versions import Flips
from takeback.repository.git import HERE, root


def flipped_since(tag: str, folder: Path = HERE) -> Flips | None:
    """Count the applicants of both test parts whom the workspace's champion gives another decision than a release's.

    None where that cannot be known: the release's scores are gone or of an earlier form, or it is about other people.
    The checks of a release say what is missing.
    """
    with tempfile.TemporaryDirectory() as bundles:
        top = root(folder)
        try:
            before, after = Revision(tag, Path(bundles) / "before", top), Revision(None, Path(bundles) / "after", top)
            paired = paired_decisions(before.scores(before.champion), after.scores(after.champion))
            minor = parse_config(after.files.bytes(PARAMS).decode(), str(PARAMS)).release.minor_flips
        except UserError:
            return None
    return Flips(len(paired), len(flips(paired)), minor) if len(paired) else None
