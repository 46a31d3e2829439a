"""Source file to applications and quarantine."""

import json
from pathlib import Path

import pyarrow as pa

from takeback.common import layout
from takeback.common.files import sha256, write_csv, write_json, write_parquet, write_text
from takeback.config.params import load_params
from takeback.data.contract import Contract
from takeback.data.ingestion import ingest
from takeback.data.tables import check_columns, read_table


def main() -> None:
    """Run the stage."""
    settings = load_params()
    contract, privacy = settings.data, settings.privacy
    result = ingest(contract, read_source(contract), privacy.min_cell, privacy.quarantine_rows)
    write_parquet(layout.APPLICATIONS, result.applications)
    write_csv(layout.QUARANTINE, result.quarantine)
    write_text(layout.SCHEMA, schema(contract))
    write_json(layout.DATA_METRICS, {**result.metrics, "source_sha256": sha256(Path(contract.source))})


def schema(contract: Contract) -> str:
    """Return as JSON what a row is: the contract's columns and derived features, in its order, without their labels.

    Later stages depend on this file instead of the two parameters. DVC would write those into dvc.lock for each of 13
    stages, and takes half a second per stage to rewrite a lock of that size.
    """
    labels = {"__all__": {"label"}}
    content = contract.model_dump(include={"columns", "derived"}, exclude={"columns": labels, "derived": labels})
    return json.dumps(content, indent=2) + "\n"  # not with sorted keys: the order of levels is their coding


def read_source(contract: Contract) -> pa.Table:
    """Read the source file that the contract names."""
    path = Path(contract.source)
    check_columns(path, contract.header, contract.header)
    return read_table(path)
