"""Results as JSON, one file each, and the pages that show them; a page is rebuilt from all results that there are."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, machine
from takeback.common.files import read_json, write_json, write_text

RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True)
class Limit:
    """A limit that was set before measuring, and what was measured."""

    what: str
    value: float
    limit: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Tell whether the value is on the right side."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        """Return one line for the page."""
        bound = "at least" if self.at_least else "at most"
        return f"{self.what}: {self.value:.4g}, limit {bound} {self.limit:g}: {'met' if self.met else '**missed**'}"


@dataclass(frozen=True)
class Result:
    """One benchmark: a table, limits, and sentences on how to read them."""

    title: str
    about: str
    header: list[str]
    rows: list[list[str]]
    limits: list[Limit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)


def say(text: str) -> None:
    """Report progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def keep(name: str, content: dict[str, Any]) -> None:
    """Write a result, with the machine that it was measured on."""
    write_json(RESULTS / f"{name}.json", {**content, "machine": machine()})


def keep_result(name: str, result: Result) -> None:
    """Write a benchmark's result."""
    keep(name, asdict(result))


def write_page(path: Path, title: str, about: str, sections: Iterable[str]) -> None:
    """Write a page of sections."""
    write_text(path, "\n\n".join([f"# {title}", about, *sections]) + "\n")


def section(name: str) -> str | None:
    """Return a benchmark's part of the page; None if it was never run."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return None
    kept = read_json(path)
    lists = [f"- {line}" for line in [*(Limit(**limit).line() for limit in kept["limits"]), *kept["notes"]]]
    parts = [f"## {kept['title']}", kept["about"], table(kept["header"], kept["rows"]), "\n".join(lists)]
    return "\n\n".join(filter(None, [*parts, machine_line(kept["machine"])]))


def table(header: list[str], rows: list[list[str]], other_columns: str = "---:") -> str:
    """Return a Markdown table: the first column is words, the others are numbers, to the right, unless said."""
    lines = [header, ["---", *[other_columns] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)


def machine_line(facts: dict[str, str]) -> str:
    """Return the machine in one line."""
    return "Measured on " + ", ".join(f"{key} {value}" for key, value in sorted(facts.items())) + "."
