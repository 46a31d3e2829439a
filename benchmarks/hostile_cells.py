"""Hostile cells and files, from CSV and from Parquet: each is read, referred or refused as written here."""

import csv
import io
import signal
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.hostile_files import FILES, PARQUET_FILES, TARGETS
from benchmarks.hostile_lists import DATES, FORMULAS, IDS, LEVELS, NUMBERS, OUTCOMES, TYPED
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from takeback.common.errors import UserError
from takeback.common.shown import markdown
from takeback.data.cells import dates_of
from takeback.data.ingestion import target_column
from takeback.data.tables import check_columns, read_table
from takeback.data.validation import read_column
from takeback.decisions.batch import score_file
from takeback.decisions.bundle import load_release
from takeback.decisions.scoring import Scorer

LONGEST_SECONDS = 30
ROW = 2  # where the hostile cell stands
SHOWN = 200


class Case(NamedTuple):
    """One hostile input: what it is, what must be seen, and how to see it; a folder is given to work in."""

    name: str
    expected: str
    see: Callable[[Path], str]


class Hang(BaseException):
    """A case took too long. No Exception, so that no handler of the code under test takes it."""


def prove() -> list[Proof]:
    """Try every case with the champion of models/release and the first rows of the demo file."""
    scorer = load_release(ROOT / "models" / "release").champion
    table = read_table(ROOT / "data" / "source" / "taiwan_default.csv").slice(0, 6)
    proofs = [attempt(case) for case in cases(scorer, table)]
    wrong = sum(proof.passed is False for proof in proofs)
    seen = f"{len(proofs)} cases, {wrong} not as expected"
    return [Proof("all hostile cells and files", "no traceback, hang or wrong acceptance", seen, not wrong), *proofs]


def attempt(case: Case) -> Proof:
    """Try one case: a `UserError` is what its message says, any other exception, warning or wait is a failure."""
    signal.signal(signal.SIGALRM, _hang)
    signal.alarm(LONGEST_SECONDS)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            seen, sound = case.see(Path(folder)), True
        except UserError as error:
            seen, sound = f"refused: {error}".replace(f"{folder}/", ""), True
        except Hang:
            seen, sound = "HANG", False
        except Exception as error:
            seen, sound = f"TRACEBACK: {type(error).__name__}: {error}", False
        finally:
            signal.alarm(0)
    return Proof(markdown(case.name), markdown(case.expected), markdown(seen[:SHOWN]), sound and case.expected in seen)


def cases(scorer: Scorer, table: pa.Table) -> list[Case]:
    """Return every case."""
    wide = _without_limits(scorer)
    made = [_scored(wide, table, "LIMIT_BAL", *one) for one in NUMBERS]
    made += [_scored(scorer, table, "PAY_0", *one) for one in LEVELS]
    made += [_identified(scorer, table, *one) for one in IDS]
    made += [_outcome(scorer, *one) for one in OUTCOMES]
    made += [Case(f"{_name(cell)} as a date", expected, _see_date(cell)) for cell, expected in DATES]
    made += [_typed(scorer, table, *one) for one in TYPED]
    made += [_formula(scorer, table, *one) for one in FORMULAS]
    made += [_file(scorer, _text(table), *one) for one in FILES]
    made += [_parquet_file(scorer, table, *one) for one in PARQUET_FILES]
    return made + [_target(scorer, table, *one) for one in TARGETS]


def _scored(scorer: Scorer, table: pa.Table, column: str, cell: str, expected: str) -> Case:
    """Read a cell from CSV and from Parquet; `read as X` is expected to decide as the text X does."""

    def see(folder: Path) -> str:
        rows = [_decide(scorer, table, column, cell, folder, ending) for ending in ("csv", "parquet")]
        if rows[0] != rows[1]:
            return f"CSV and Parquet differ: {rows[0]}, {rows[1]}"
        if expected.startswith("read as "):
            same = rows[0] == _decide(scorer, table, column, expected.removeprefix("read as "), folder, "csv")
            return expected if same else f"not {expected}: {rows[0]}"
        return f"{rows[0]['decision']}: {rows[0]['reason_1']}"

    return Case(f"{_name(cell)} in {column}", expected, see)


def _identified(scorer: Scorer, table: pa.Table, cell: str, expected: str) -> Case:
    def see(folder: Path) -> str:
        rows = [_decide(scorer, table, "ID", cell, folder, ending) for ending in ("csv", "parquet")]
        if rows[0] != rows[1]:
            return f"CSV and Parquet differ: {rows[0]}, {rows[1]}"
        referred = rows[0]["pd"] is None
        return f"refer: {rows[0]['reason_1']}" if referred else f"id {rows[0]['ID']}"

    return Case(f"{_name(cell)} as an id", expected, see)


def _outcome(scorer: Scorer, cell: str, expected: str) -> Case:
    def see(folder: Path) -> str:
        codes, broken = read_column("outcome", target_column(scorer.contract), pa.array([cell]))
        return f"broken: expected {broken[0].expected}" if broken else {0.0: "good", 1.0: "bad"}[float(codes[0])]

    return Case(f"{_name(cell)} as an outcome", expected, see)


def _see_date(cell: Any) -> Callable[[Path], str]:
    return lambda _: str(dates_of(cell if isinstance(cell, pa.Array) else pa.array([cell]))[0].as_py() or "no day")


def _typed(scorer: Scorer, table: pa.Table, name: str, column: str, values: pa.Array, expected: str) -> Case:
    """Put a typed column into a Parquet file; seen are the ids, what was referred, or that it decides as before."""

    def see(folder: Path) -> str:
        before = _score(scorer, table, folder, "parquet")
        position = table.column_names.index(column)
        rows = _score(scorer, table.set_column(position, column, [values]), folder, "parquet")
        referred = [row["reason_1"] for row in rows if row["pd"] is None]
        ids = " ".join(row["ID"] or "-" for row in rows)
        same = ", decides as before" if [row["pd"] for row in rows] == [row["pd"] for row in before] else ""
        return f"{len(referred)} referred {referred[:1]}, ids {ids}{same}"

    return Case(f"Parquet, {column}: {name}", expected, see)


def _formula(scorer: Scorer, table: pa.Table, cell: str, expected: str) -> Case:
    def see(folder: Path) -> str:
        changed = _with(table, "ID", cell)
        _score(scorer, changed, folder, "parquet")
        done = score_file(scorer, folder / "in.parquet", folder / "out.csv", "test")
        with (folder / "out.csv").open(newline="", encoding="utf-8") as file:
            return f"{list(csv.DictReader(file))[ROW]['ID']!r}, {done.marked} marked"

    return Case(f"id {_name(cell)} in a CSV result", expected, see)


def _file(scorer: Scorer, text: str, name: str, change: Callable[[str], str | bytes], expected: str) -> Case:
    def see(folder: Path) -> str:
        content = change(text)
        (folder / "in.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        done = score_file(scorer, folder / "in.csv", folder / "out.csv", "test")
        return f"{done.rows} decided, {done.broken} referred for the contract"

    return Case(f"CSV file: {name}", expected, see)


def _parquet_file(
    scorer: Scorer, table: pa.Table, name: str, change: Callable[[Path, pa.Table], Any], expected: str
) -> Case:
    def see(folder: Path) -> str:
        change(folder / "in.parquet", table)
        done = score_file(scorer, folder / "in.parquet", folder / "out.csv", "test")
        check_columns(folder / "in.parquet", [])
        return f"{done.rows} decided, {done.broken} referred for the contract"

    return Case(f"Parquet file: {name}", expected, see)


def _target(
    scorer: Scorer, table: pa.Table, name: str, make: Callable[[Path], tuple[Path, Path]], expected: str
) -> Case:
    def see(folder: Path) -> str:
        pa_csv.write_csv(table, folder / "in.csv")
        done = score_file(scorer, *make(folder), "test")
        return f"{done.rows} decided"

    return Case(f"paths: {name}", expected, see)


def _decide(scorer: Scorer, table: pa.Table, column: str, cell: str, folder: Path, ending: str) -> dict[str, Any]:
    return _score(scorer, _with(table, column, cell), folder, ending)[ROW]


def _score(scorer: Scorer, table: pa.Table, folder: Path, ending: str) -> list[dict[str, Any]]:
    source = folder / f"in.{ending}"
    (pq.write_table if ending == "parquet" else pa_csv.write_csv)(table, source)
    score_file(scorer, source, folder / "out.parquet", "test")
    return list(pq.read_table(folder / "out.parquet").to_pylist())


def _with(table: pa.Table, column: str, cell: str) -> pa.Table:
    cells = table[column].to_pylist()
    cells[ROW] = cell
    return table.set_column(table.column_names.index(column), column, [pa.array(cells, pa.string())])


def _without_limits(scorer: Scorer) -> Scorer:
    """Return the scorer with a contract that sets no limit to numbers, so that only the reading refuses."""
    free = {
        name: column.model_copy(update={"min": None, "max": None}) for name, column in scorer.contract.columns.items()
    }
    return Scorer(
        scorer.contract.model_copy(update={"columns": free}), scorer.model, scorer.calibrator, scorer.thresholds
    )


def _text(table: pa.Table) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(
        [table.column_names, *zip(*table.to_pydict().values(), strict=True)]
    )
    return target.getvalue()


def _name(cell: Any) -> str:
    text = f"{cell.type} {cell.view(f'int{cell.type.bit_width}')[0]}" if isinstance(cell, pa.Array) else ascii(cell)
    return text if len(text) < 50 else f"{text[:40]}... ({len(text)} characters)"


def _hang(*_: object) -> None:
    raise Hang
