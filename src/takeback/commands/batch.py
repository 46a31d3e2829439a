"""Scoring a file of applications with a packaged release, in pieces and with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from tqdm import tqdm

from takeback.common.errors import UserError
from takeback.common.files import replacing, thread_count
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.tables import check_header, count_rows, is_parquet, iter_tables, read_header
from takeback.data.validation import any_broken, explain, read_columns, text_of
from takeback.decisions import reasons
from takeback.decisions.policy import DECISIONS, REFER
from takeback.decisions.scoring import Scorer, score

Item = TypeVar("Item")
Result = TypeVar("Result")


class Summary(NamedTuple):
    """How many applications a file held, how many got each decision, and how many broke the contract."""

    rows: int
    decisions: dict[str, int]
    broken: int


def score_file(scorer: Scorer, source: Path, target: Path, with_reasons: bool = True) -> Summary:
    """Score a CSV or Parquet file.

    Parameters
    ----------
    scorer
        The champion or the fallback of a release.
    source
        The applications, with the id and every input column of the contract; protected columns and the outcome may
        be there and are not read.
    target
        The result, .csv or .parquet: one row per applicant, in the source's order, with the id, the decision, the PD
        and up to four reasons. It appears when all rows are done.
    with_reasons
        Without reasons it is faster.

    Returns
    -------
    Summary
        A row that breaks the contract is not scored: it is referred, with what is wrong as its reason.

    Raises
    ------
    UserError
        If the file is missing, not readable, or lacks a column.
    """
    needed = [*([scorer.contract.id] if scorer.contract.id else []), *scorer.contract.inputs]
    _check_files(scorer.contract, source, target, needed)
    schema = result_schema(scorer.contract, with_reasons)
    counts, broken = np.zeros(len(DECISIONS), dtype=np.int64), 0
    rows = count_rows(source)
    with _writing(target, schema) as write, tqdm(total=rows, unit="row", unit_scale=True, delay=2) as progress:
        pieces = _numbered(iter_tables(source, needed))
        for result, bad in in_order(lambda piece: _score_piece(scorer, *piece, schema), pieces, thread_count()):
            write(result)
            progress.update(result.num_rows)
            broken += bad
            counts += [(result["decision"].to_numpy() == name).sum() for name in DECISIONS]
    return Summary(int(counts.sum()), dict(zip(DECISIONS, counts.tolist(), strict=True)), broken)


def result_schema(contract: Contract, with_reasons: bool) -> pa.Schema:
    """Return the columns of a result."""
    names = [f"reason_{i + 1}" for i in range(reasons.MOST_REASONS)] if with_reasons else []
    fields = [(contract.id_name, pa.string()), ("decision", pa.string()), ("pd", pa.float64())]
    return pa.schema([*fields, *((name, pa.string()) for name in names)])


def score_table(scorer: Scorer, table: pa.Table, ids: pa.Array, schema: pa.Schema) -> tuple[pa.Table, int]:
    """Score one table of applications as received; return the result and how many rows broke the contract."""
    columns, violations = read_columns(scorer.contract, table, scorer.contract.inputs)
    broken = any_broken(violations, table.num_rows)
    scores = score(scorer, columns)
    decisions = pa.array(DECISIONS).take(pa.array(np.where(broken, DECISIONS.index(REFER), scores.decision)))
    parts = [ids, decisions, pa.array(scores.pd, mask=broken)]
    if len(schema) > len(parts):
        given = reasons.explain(scorer, columns, scores)
        for row in np.flatnonzero(broken).tolist():
            given[row] = (f"The application breaks the data contract: {explain(violations, table, row)}",)
        parts += [_nth(given, i) for i in range(reasons.MOST_REASONS)]
    return pa.table(parts, schema=schema), int(broken.sum())


def in_order(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """Apply a function to items in threads and yield the results in order, holding only a few at a time."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _score_piece(scorer: Scorer, first_row: int, table: pa.Table, schema: pa.Schema) -> tuple[pa.Table, int]:
    contract = scorer.contract
    if contract.id is None:
        ids = pa.array(np.arange(first_row, first_row + table.num_rows)).cast(pa.string())
    else:
        ids = text_of(table[contract.id])
    return score_table(scorer, table, ids, schema)


def _numbered(tables: Iterable[pa.Table]) -> Iterator[tuple[int, pa.Table]]:
    first = 1
    for table in tables:
        yield first, table
        first += table.num_rows


def _check_files(contract: Contract, source: Path, target: Path, needed: list[str]) -> None:
    is_parquet(target)
    if target.is_dir():
        raise UserError(f"{target}: is a folder; expected the name of a file.")
    if source.exists() and target.exists() and source.samefile(target):
        raise UserError(f"{target}: is the file to read; expected another name for the result.")
    check_header(source, read_header(source), needed, contract.header)


@contextmanager
def _writing(target: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], Any]]:
    try:
        with replacing(target) as new:
            writer = pq.ParquetWriter(new, schema) if is_parquet(target) else pa_csv.CSVWriter(new, schema)
            with writer:
                yield writer.write_table
    except OSError as error:
        raise UserError(f"{target}: cannot be written ({error.strerror or error}).") from None


def _nth(given: list[tuple[str, ...]], position: int) -> Array:
    return pa.array([row[position] if position < len(row) else None for row in given], pa.string())
