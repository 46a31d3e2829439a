"""What a comparison reads of one revision, each part when it is asked for, once."""

from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from takeback.assessment.bootstrap import replicate_weights
from takeback.assessment.metric_names import flat_metrics
from takeback.assessment.scored import as_scored
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.common.strict import parse
from takeback.compare.data_changes import Applications
from takeback.compare.decision_changes import NO_REASON
from takeback.compare.measures import MeasuredChange
from takeback.config.params import PARAMS, Policy
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.bundle import load_release
from takeback.decisions.bundle_files import CONTRACT, POLICY
from takeback.decisions.manifest import MANIFEST, Manifest, read_manifest
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import score
from takeback.preparation.parts import frame_of, part_of
from takeback.repository.git import HERE, commit_of
from takeback.repository.results import check_results
from takeback.repository.snapshot import Snapshot

# Not the report: it is made from these, and takes as long as the rest.
READ = (
    layout.APPLICATIONS,
    layout.CHAMPION,
    layout.DATA_METRICS,
    layout.GATE,
    layout.RELEASE,
    layout.SCORES,
    layout.SELECTION,
    layout.TEST,
)
REPLICATES = 400
MOST_WEIGHTS = 20_000_000  # at once in memory: beyond 50,000 applicants in the test part there are fewer replicates


class Revision:
    """One revision, or the workspace if the name is None; every part may raise a `UserError` that says what is missing.

    Parameters
    ----------
    name
        A tag, branch or commit.
    bundle
        A folder that does not exist yet; the release is copied there.
    folder
        The top of the repository.
    """

    def __init__(self, name: str | None, bundle: Path, folder: Path = HERE) -> None:
        self.files = Snapshot(name, folder)
        self.name, self.commit = self.files.name, commit_of(name, folder) if name else None
        self._bundle = bundle
        if not name:
            check_results(*READ, folder=folder)
        if not self.files.exists(layout.CHAMPION):
            raise UserError(
                f"{self.name}: is no release, it has no {layout.CHAMPION}. Expected a revision in which the outcome of "
                "`dvc repro` is committed; `git tag` and `git log -- dvc.lock` list what there is."
            )

    @cached_property
    def champion(self) -> str:
        """The champion's name."""
        return str(self.files.json(layout.CHAMPION)["champion"])

    @cached_property
    def policy(self) -> Policy:
        """The economics of its decisions."""
        return parse(Policy, (self.files.yaml(str(PARAMS)) or {}).get("policy"), f"{self.name}: {PARAMS}", "policy")

    @cached_property
    def bundle(self) -> Path:
        """A copy of the release."""
        if not self.files.exists(layout.RELEASE):
            raise UserError(f"{self.name}: has no {layout.RELEASE}; nothing was packaged in this revision.")
        self.files.bytes(layout.RELEASE / MANIFEST)  # of a folder that nobody has, `get` would copy nothing in silence
        return self.files.get(layout.RELEASE, self._bundle)

    @cached_property
    def manifest(self) -> Manifest:
        """What the release says about itself."""
        return read_manifest(self.bundle / MANIFEST)

    @cached_property
    def contract(self) -> Contract:
        """The data contract of the release."""
        return parse(Contract, read_json(self.bundle / CONTRACT), f"{self.name}: {layout.RELEASE / CONTRACT}")

    @cached_property
    def applications(self) -> Applications:
        """The applications, with each one's group of every protected attribute."""
        table = frame_of(self._table(layout.APPLICATIONS, self.contract.id_name))
        part = part_of(self.contract, table)
        indexed = table.set_index(self.contract.id_name)
        return Applications(indexed, self.files.json(layout.DATA_METRICS), part.groups.set_axis(indexed.index))

    @cache  # noqa: B019  a revision lives as long as its comparison
    def scores(self, candidate: str) -> pd.DataFrame:
        """Return what a candidate gives each applicant of the test part."""
        path = layout.scores(candidate)
        if not self.files.exists(path):
            raise UserError(f"{self.name}: has no {path}; its pipeline did not write a score per applicant yet.")
        return as_scored(self._table(path, "id"))

    def _table(self, path: Path, key: str) -> pa.Table:
        table = self.files.table(path)
        if len(table[key].unique()) < len(table):
            raise UserError(f"{self.name}: {path}: an applicant stands there twice. `dvc repro` writes it again.")
        return table

    def measured(self, candidate: str) -> MeasuredChange:
        """Return a candidate's metrics on the test part, beside its scores if they can be had."""
        folder = layout.test_in(self.files.exists, candidate)
        parts = [self.files.json(folder / f"{name}.json") for name in ("performance", "fairness")]
        try:
            scores = self.scores(candidate)
        except UserError:
            scores = None
        weights = _weights(() if scores is None else tuple(scores["id"]))
        return MeasuredChange(candidate, flat_metrics(*parts), parts[1], scores, weights)

    def thresholds(self) -> dict[str, Any]:
        """Return the champion's thresholds."""
        return dict(read_json(self.bundle / "champion" / POLICY))

    def libraries(self) -> dict[str, Any]:
        """Return the versions of libraries and of Python with which the release was made."""
        return {**(self.manifest.libraries or {}), "python": self.manifest.python}

    def size(self) -> dict[str, int]:
        """Return the size in bytes of each file of the release."""
        files = (path for path in sorted(self.bundle.rglob("*")) if path.is_file())
        return {path.relative_to(self.bundle).as_posix(): path.stat().st_size for path in files}

    def main_reasons(self, ids: pd.Series) -> list[str]:
        """Return the first reason of the champion's decision on each of these applicants, in the contract's words."""
        if not len(ids):
            return []
        columns = part_of(self.contract, self.applications.table.loc[ids].reset_index()).columns
        scorer = load_release(self.bundle).champion
        return [reasons[0] if reasons else NO_REASON for reasons in explain(scorer, columns, score(scorer, columns))]


def stricter_reasons(before: Revision, after: Revision, flipped: pd.DataFrame) -> list[str]:
    """Return the main reason of the stricter of the two decisions on each applicant who flipped."""
    stricter = flipped["after"] > flipped["before"]
    reasons = pd.Series(index=flipped.index, dtype=object)
    for revision, rows in ((after, stricter), (before, ~stricter)):
        reasons[rows] = revision.main_reasons(flipped["id"][rows])
    return reasons.tolist()


@lru_cache(maxsize=2)  # the same applicants before and after, champion and rule: once
def _weights(ids: tuple[str, ...]) -> Array:
    return replicate_weights(np.array(ids), max(1, min(REPLICATES, MOST_WEIGHTS // max(len(ids), 1))))
