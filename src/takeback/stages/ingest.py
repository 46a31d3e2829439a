"""Source file to applications and quarantine."""

from pathlib import Path

import pyarrow as pa

from takeback import config
from takeback.common.files import sha256, write_csv, write_json, write_parquet
from takeback.data.contract import Contract
from takeback.data.ingestion import ingest
from takeback.data.tables import check_header, read_header, read_table
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    contract = config.load().data
    result = ingest(contract, read_source(contract))
    write_parquet(layout.APPLICATIONS, result.applications)
    write_csv(layout.QUARANTINE, result.quarantine)
    write_json(layout.DATA_METRICS, {**result.metrics, "source_sha256": sha256(Path(contract.source))})


def read_source(contract: Contract) -> pa.Table:
    """Read the source file that the contract names."""
    path = Path(contract.source)
    check_header(path, read_header(path), contract.header, contract.header)
    return read_table(path)
