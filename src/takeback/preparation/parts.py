"""Reading one part of the split as arrays."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from takeback.common.files import read_parquet
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.ingestion import BAD, application_columns, groups_of


class Part(NamedTuple):
    """Ids, columns and outcomes of one part of the split, and every applicant's group of each protected attribute."""

    ids: pa.Array
    columns: dict[str, Array]
    bad: Array
    groups: dict[str, Array]


def read_part(contract: Contract, path: Path) -> Part:
    """Read the train, calibration or test part."""
    return part_of(contract, read_parquet(path))


def part_of(contract: Contract, table: pa.Table) -> Part:
    """Return applications as arrays."""
    columns = application_columns(contract, table)
    groups = {attribute: groups_of(contract, columns, attribute) for attribute in contract.protected}
    bad = table[BAD].cast(pa.float64()).to_numpy()
    return Part(table[contract.id_name], columns, bad, groups)
