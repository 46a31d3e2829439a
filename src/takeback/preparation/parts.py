"""Applications as DataFrames, and one part of the split with its outcomes and groups."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from takeback.common.files import read_parquet, write_csv, write_parquet
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.ingestion import BAD, application_columns, groups_of


class Part(NamedTuple):
    """One part of the split, or some of its rows; row i of each is one applicant, and the index counts from 0.

    ``ids`` are text; ``columns`` are float64, a category the position of its level, NaN where missing; ``bad`` is 1.0
    for a default and else 0.0; ``groups`` has every applicant's group of each protected attribute, as text.
    """

    ids: pd.Series
    columns: pd.DataFrame
    bad: pd.Series
    groups: pd.DataFrame

    def rows(self, which: Array) -> "Part":
        """Return some rows, by their positions or as a mask."""
        return Part(*(each.iloc[np.asarray(which)].reset_index(drop=True) for each in self))


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file of an earlier stage."""
    return frame_of(read_parquet(path))


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a DataFrame. Types stay Arrow's: what is written again has the same bytes."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a Parquet file without the index and without what pandas says of itself, its version among it."""
    write_parquet(path, pa.Table.from_pandas(frame, preserve_index=False))


def write_csv_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a CSV file without the index, floats rounded."""
    write_csv(path, pa.Table.from_pandas(frame, preserve_index=False))


def read_part(contract: Contract, path: Path) -> Part:
    """Read the train, calibration or test part."""
    return part_of(contract, read_frame(path))


def part_of(contract: Contract, applications: pd.DataFrame) -> Part:
    """Return applications as numbers, with their outcomes and groups."""
    columns = application_columns(contract, pa.Table.from_pandas(applications, preserve_index=False))
    groups = {attribute: groups_of(contract, columns, attribute) for attribute in contract.protected}
    bad = pd.Series(applications[BAD].to_numpy(dtype=float))
    return Part(applications[contract.id_name].reset_index(drop=True), pd.DataFrame(columns), bad, pd.DataFrame(groups))


def joined(*parts: Part) -> Part:
    """Return several parts as one, in their order."""
    return Part(*(pd.concat(pieces, ignore_index=True) for pieces in zip(*parts, strict=True)))
