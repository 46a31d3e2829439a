"""Scoring a file of applications with a packaged release, in pieces and with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from tqdm import tqdm

from takeback.common.errors import UserError
from takeback.common.files import sha256, thread_count
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.data.ids import Seen, read_ids
from takeback.data.tables import count_rows, iter_tables
from takeback.data.validation import Violation, any_broken, explain, read_columns
from takeback.decisions import reasons
from takeback.decisions.manifest import MANIFEST
from takeback.decisions.policy import DECISIONS, REFER
from takeback.decisions.result_file import check_files, result_schema, with_kept, writing
from takeback.decisions.scoring import Scorer, score

Item = TypeVar("Item")
Result = TypeVar("Result")
DIGITS = 12  # of the manifest's SHA-256


class Summary(NamedTuple):
    """How many applications a file held, how many got each decision, and what was odd.

    ``broken`` break the contract, ``broken_ids`` of them by their id; ``marked`` cells would have run in a spreadsheet.
    """

    rows: int
    decisions: dict[str, int]
    broken: int
    broken_ids: int
    marked: int


class Piece(NamedTuple):
    """Rows of a file as received, their ids, and what is wrong with the ids."""

    table: pa.Table
    ids: pa.Array
    violations: list[Violation]


class Decided(NamedTuple):
    """The result of a piece, how many of its rows break the contract, and how many do by their id."""

    result: pa.Table
    broken: int
    broken_ids: int


def release_name(folder: Path, model: str) -> str:
    """Name what decided: the model, and which bundle it is by the first digits of its manifest's SHA-256."""
    return f"{model}@{sha256(folder / MANIFEST)[:DIGITS]}"


def score_file(
    scorer: Scorer, source: Path, target: Path, release: str, keep: Sequence[str] = (), with_reasons: bool = True
) -> Summary:
    """Score a CSV or Parquet file.

    Parameters
    ----------
    scorer
        The champion or the fallback of a release.
    source
        The applications, with the id and every input column of the contract; any other column may be there and is
        not read.
    target
        The result, .csv or .parquet: one row per applicant, in the source's order, with the id, the decision, the PD,
        up to four reasons, the release and the kept columns. It appears when all rows are done.
    release
        The name of what decides, see `release_name`.
    keep
        Columns of the source to copy to the result.
    with_reasons
        Without reasons it is faster.

    Returns
    -------
    Summary
        A row that breaks the contract, or whose id is empty or was there before, is not scored: it is referred, with
        what is wrong as its reason.

    Raises
    ------
    UserError
        If the file is missing, not readable, or lacks a column.
    """
    contract, own = scorer.contract, result_schema(scorer.contract, with_reasons)
    needed = [*([contract.id] if contract.id else []), *contract.inputs]
    read = list(dict.fromkeys([*needed, *keep]))
    check_files(source, target, read)
    schema = with_kept(own, source, target, list(dict.fromkeys(keep)))
    counts, odd = np.zeros(len(DECISIONS), dtype=np.int64), np.zeros(3, dtype=np.int64)
    rows = count_rows(source)
    with writing(target, schema) as write, tqdm(total=rows, unit="row", unit_scale=True, delay=2) as progress:
        pieces = _pieces(contract, source, iter_tables(source, read))

        def decide(piece: Piece) -> Decided:
            with _about(source):
                return _decide(scorer, piece, schema, release, with_reasons)

        for done in in_order(decide, pieces, thread_count()):
            odd += (done.broken, done.broken_ids, write(done.result))
            progress.update(done.result.num_rows)
            counts += [(done.result["decision"].to_numpy() == name).sum() for name in DECISIONS]
    return Summary(int(counts.sum()), dict(zip(DECISIONS, counts.tolist(), strict=True)), *odd.tolist())


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


def _decide(scorer: Scorer, piece: Piece, schema: pa.Schema, release: str, with_reasons: bool) -> Decided:
    table = piece.table
    columns, violations = read_columns(scorer.contract, table, scorer.contract.inputs)
    violations = [*piece.violations, *violations]
    broken = any_broken(violations, table.num_rows)
    scores = score(scorer, columns)
    decisions = pa.array(DECISIONS).take(pa.array(np.where(broken, DECISIONS.index(REFER), scores.decision)))
    parts = [piece.ids, decisions, pa.array(scores.pd, mask=broken)]
    if with_reasons:
        given = reasons.explain(scorer, columns, scores)
        for row in np.flatnonzero(broken).tolist():
            given[row] = (f"The application breaks the data contract: {explain(violations, table, row)}",)
        parts += [_nth(given, i) for i in range(reasons.MOST_REASONS)]
    parts.append(pa.repeat(release, table.num_rows))
    kept = [table[name].cast(schema.field(name).type) for name in schema.names[len(parts) :]]
    broken_ids = any_broken(piece.violations, table.num_rows)
    return Decided(pa.table([*parts, *kept], schema=schema), int(broken.sum()), int(broken_ids.sum()))


@contextmanager
def _about(source: Path) -> Iterator[None]:
    """Say of which file it is that Arrow cannot read a cell."""
    try:
        yield
    except (pa.ArrowException, MemoryError) as error:
        raise UserError(f"{source}: {(str(error).splitlines() or ['too large for the memory'])[0]}.") from None


def _pieces(contract: Contract, source: Path, tables: Iterable[pa.Table]) -> Iterator[Piece]:
    """Read the ids of each piece in the file's order, so that a repeat is found however the work is shared."""
    first, seen = 1, Seen()
    for table in tables:
        if contract.id is None:
            ids = pa.array(np.arange(first, first + table.num_rows)).cast(pa.string())
            yield Piece(table, ids, [])
        else:
            with _about(source):
                piece = Piece(table, *read_ids(contract.id, table[contract.id], contract.missing, seen))
            yield piece
        first += table.num_rows


def _nth(given: list[tuple[str, ...]], position: int) -> Array:
    return pa.array([row[position] if position < len(row) else None for row in given], pa.string())
