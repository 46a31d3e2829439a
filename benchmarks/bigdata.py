"""Many rows through `takeback score`: bounded memory, every row once and in order."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.clones import HOUR
from benchmarks.data import FIRST_ID, write_repeated
from benchmarks.machine import ROOT, without_places
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.common.errors import UserError
from takeback.data.contract import Contract
from takeback.decisions.bundle import load_release

MOST_BYTES = 2e9
RELEASE = ROOT / "models" / "release"
WAYS = {"from Parquet, without reasons": (".parquet", ["--no-reasons"]), "from CSV, with reasons": (".csv", [])}


def prove(rows: int = 10_000_000) -> list[Proof]:
    """Score so many rows in a process of its own, both ways."""
    contract = load_release(RELEASE).champion.contract
    return [_one(contract, words, ending, options, rows) for words, (ending, options) in WAYS.items()]


def _one(contract: Contract, words: str, ending: str, options: list[str], rows: int) -> Proof:
    claim = f"`takeback score` on {rows:,} rows peaks below {MOST_BYTES / 1e9:g} GB and gives every id once, in order"
    with tempfile.TemporaryDirectory(prefix="takeback-") as folder:
        source, target = Path(folder) / f"in{ending}", Path(folder) / f"out{ending}"
        say(f"bigdata: writes {rows:,} rows {words.split(',')[0]}")
        write_repeated(contract, source, rows)
        say(f"bigdata: scores {words}")
        measured = _score(source, target, options)
        in_order = _ids_in_order(contract, target, rows)
    speed = f"{rows / measured['seconds']:,.0f} rows/s, peak {measured['peak'] / 1e9:.2f} GB"
    seen = f"{speed}, ids {'complete and in order' if in_order else 'WRONG'}"
    return Proof(f"big data {words}", claim, seen, in_order and measured["peak"] < MOST_BYTES)


def _score(source: Path, target: Path, options: list[str]) -> dict[str, Any]:
    program = str(Path(sys.executable).parent / "takeback")
    command = [program, "score", str(source), str(target), "--release", str(RELEASE), *options]
    peak = [sys.executable, str(Path(__file__).with_name("peak.py")), *command]
    done = subprocess.run(peak, stdout=subprocess.PIPE, text=True, check=True, timeout=HOUR)
    measured = json.loads(done.stdout)
    if measured["code"]:
        raise UserError(without_places(f"takeback score ended with {measured['code']}"))
    return measured


def _ids_in_order(contract: Contract, path: Path, rows: int) -> bool:
    expected = FIRST_ID
    for batch in _batches(path, contract.id_name):
        ids = batch.column(0).cast(pa.int64()).to_numpy()
        if not np.array_equal(ids, np.arange(expected, expected + len(ids))):
            return False
        expected += len(ids)
    return expected - FIRST_ID == rows


def _batches(path: Path, name: str) -> Iterator[pa.RecordBatch]:
    if path.suffix == ".parquet":
        yield from pq.ParquetFile(path).iter_batches(columns=[name])
    else:
        only = pa_csv.ConvertOptions(include_columns=[name], column_types={name: pa.string()})
        yield from pa_csv.open_csv(path, convert_options=only)
