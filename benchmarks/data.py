"""The Taiwan data for measurements: whole as the pipeline reads it, or repeated to as many rows as it takes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.machine import ROOT
from takeback.config.composition import composed
from takeback.config.params import Config, parse_config
from takeback.data.contract import Contract
from takeback.data.encoding import directions, encoded_names, feature_of, matrix
from takeback.data.expressions import names
from takeback.data.ingestion import ingest
from takeback.data.tables import read_table
from takeback.models.training import Training, reweighing
from takeback.preparation.parts import Part, frame_of, part_of
from takeback.preparation.selection import select

FIRST_ID = 1_000_001
BLOCK_ROWS = 120_000


def shipped(*overrides: str) -> Config:
    """Return the settings as they are shipped, or with overrides, whatever params.yaml holds."""
    return parse_config(composed(overrides, conf=ROOT / "conf"), "conf/")


def applications(contract: Contract) -> Part:
    """Read the source file as the stage ingest does; no row may be lost, or folds would not be those of the file."""
    table = read_table(ROOT / contract.source)
    accepted = ingest(contract, table).applications
    assert accepted.num_rows == table.num_rows, "rows in quarantine"
    part = part_of(contract, frame_of(accepted))
    return part._replace(columns=part.columns[[*contract.inputs]])  # whoever reads a protected column fails


def training(settings: Config, name: str, part: Part) -> Training:
    """Return what a candidate trains on: features are selected on these rows alone."""
    contract = settings.data
    chosen = select(contract, settings.features, part.columns, part.bad, part.groups)["selected"]
    inputs = tuple(settings.rule.points) if name == "rule" else encoded_names(contract, chosen)
    check_no_protected_input(contract, inputs)
    bad = part.bad.to_numpy()
    weight = reweighing(bad, [part.groups[attribute] for attribute in settings.training.reweigh])
    return Training(matrix(contract, part.columns, inputs), bad, inputs, directions(contract, inputs), {}, weight)


def check_no_protected_input(contract: Contract, inputs: tuple[str, ...]) -> None:
    """Check that no model input is a protected column or computed from one."""
    for feature in map(feature_of, inputs):
        derived = contract.derived.get(feature)
        read = names(derived.expression) if derived else {feature}
        assert read <= set(contract.inputs), f"{feature} reads a column that is no input"


def write_repeated(contract: Contract, path: Path, rows: int) -> None:
    """Write the source rows again and again, each with a new id and without the outcome, in pieces."""
    parquet = path.suffix == ".parquet"
    source = read_table(ROOT / contract.source).drop_columns([contract.target.column])
    if parquet:
        source = _typed(contract, source)
    plain = pa_csv.WriteOptions(quoting_style="none")
    schema = source.schema
    with pq.ParquetWriter(path, schema) if parquet else pa_csv.CSVWriter(path, schema, write_options=plain) as writer:
        for piece in _pieces(contract, source, rows):
            writer.write_table(piece)


def _typed(contract: Contract, table: pa.Table) -> pa.Table:
    types = {
        name: pa.string() if column.type == "category" else pa.float64() for name, column in contract.columns.items()
    }
    return table.cast(pa.schema([(name, types.get(name, pa.string())) for name in table.column_names]))


def _pieces(contract: Contract, source: pa.Table, rows: int) -> Iterator[pa.Table]:
    at = source.column_names.index(contract.id_name)
    for start in range(0, rows, BLOCK_ROWS):
        index = np.arange(start, min(start + BLOCK_ROWS, rows))
        ids = pa.array(index + FIRST_ID).cast(pa.string())
        yield source.take(pa.array(index % source.num_rows)).set_column(at, contract.id_name, ids)
