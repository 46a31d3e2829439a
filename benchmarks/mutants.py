"""Would a test notice? Small faults are put into the code one by one, and the tests of its room run."""

import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from tests.clones import Repository

from benchmarks.clones import clone
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say

# The rooms, and the tests that run if those of the same name notice nothing, nearest first.
ROOMS = {
    "decisions": ("decisions", "hostile", "models", "stages"),
    "assessment": ("assessment", "report", "stages"),
    "data": ("data", "preparation", "hostile", "stages"),
    "releases": ("releases", "compare"),
    "repository": ("repository", "releases", "privacy"),
}
EACH, SEED, LEAST = 12, 20, 0.92
# a mutant may loop for ever; a single test never takes that long, a room's tests may
TEST_SECONDS, ROOM_SECONDS = 600, 7200
NULL = "a comment"


class Mutant(NamedTuple):
    """One fault: the file, what was done where, and the file's text with it."""

    room: str
    path: Path
    what: str
    line: str
    text: str


def prove(each: int = EACH) -> list[Proof]:
    """Try a sample of each room's mutants on two clones at a time, and say which ones nobody noticed."""
    harmless: list[str] = []
    claim = f"at least {LEAST:.0%} of {each * len(ROOMS)} random mutants, {each} a room, are noticed by a test"
    seen: dict[str, Counter] = {room: Counter() for room in ROOMS}
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        clones: Queue[Repository] = Queue()
        for _ in range(2):
            clones.put(stack.enter_context(clone(PYTHONDONTWRITEBYTECODE="1")))
        for room in ROOMS:
            for mutant, noticed in pool.map(lambda one: (one, _tried(one, clones)), [_null(room), *sample(room, each)]):
                if mutant.what == NULL:
                    harmless += [noticed] if noticed else []
                    continue
                seen[room][noticed] += 1
                file = mutant.path.relative_to(ROOT)
                say(f"mutants: {noticed or 'NOT NOTICED'}: {file}: {mutant.what}: {mutant.line}")
    missed, tried = sum(found[""] for found in seen.values()), sum(found.total() for found in seen.values())
    rooms = ", ".join(f"{room} {found.total() - found['']} of {found.total()}" for room, found in seen.items())
    share = 1 - missed / tried
    sound = Proof(
        "no mutant", "the same tests pass with a comment added", ", ".join(harmless) or "all pass", not harmless
    )
    return [Proof("mutants", claim, f"{tried - missed} of {tried} ({share:.0%}): {rooms}", share >= LEAST), sound]


def sample(room: str, count: int) -> list[Mutant]:
    """Return random mutants of a room that can be imported, the same ones each time."""
    found, chosen = places(room), []
    random.Random(SEED).shuffle(found)
    while found and len(chosen) < count:
        mutant = _mutant(room, *found.pop())
        chosen += [mutant] if mutant and _imports(mutant) else []
    return chosen


def _null(room: str) -> Mutant:
    """Return a mutant that does nothing: a test that notices it would notice any change of the file."""
    path = max((ROOT / "src" / "takeback" / room).glob("*.py"), key=lambda path: path.stat().st_size)
    return Mutant(room, path, NULL, "", path.read_text(encoding="utf-8") + "\n# nothing\n")


def places(room: str) -> list[tuple[Path, str, int]]:
    """Return every place where an operator changes something: file, operator, and which of its places in the file."""
    result = []
    for path in sorted((ROOT / "src" / "takeback" / room).glob("*.py")):
        nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
        for name in operator_names():
            operator = get_operator(name)
            if not operator.arguments():
                count = sum(len(list(operator().mutation_positions(node))) for node in nodes)
                result += [(path, name, number) for number in range(count)]
    return result


def _mutant(room: str, path: Path, name: str, number: int) -> Mutant | None:
    before = path.read_text(encoding="utf-8")
    after = mutate_code(before, get_operator(name)(), number)
    if after is None or after == before:
        return None
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=False) if old != new]
    return Mutant(room, path, name.removeprefix("core/"), changed[0].strip() if changed else "", after)


def _imports(mutant: Mutant) -> bool:
    """Tell whether the file still runs when imported: an annotation that does not is noticed by nobody's merit."""
    code = "import sys; exec(compile(sys.stdin.read(), sys.argv[1], 'exec'), {'__name__': sys.argv[2]})"
    name = f"takeback.{mutant.room}.{mutant.path.stem}"
    command = [sys.executable, "-c", code, str(mutant.path), name]
    return not subprocess.run(command, input=mutant.text, text=True, capture_output=True, cwd=ROOT).returncode


def _tried(mutant: Mutant, clones: "Queue[Repository]") -> str:
    """Return which tests noticed a mutant; nothing if none did."""
    repository = clones.get()
    path = repository.path(str(mutant.path.relative_to(ROOT)))
    path.write_text(mutant.text, encoding="utf-8")
    own = Path("tests") / mutant.room / f"test_{mutant.path.stem}.py"
    nearest = [str(own)] if repository.path(str(own)).exists() else []
    tests = [*nearest, *(f"tests/{room}" for room in ROOMS[mutant.room])]
    try:
        return next((name for name in tests if not _passes(repository, name)), "")
    finally:
        path.write_bytes(mutant.path.read_bytes())
        clones.put(repository)


def _passes(repository: Repository, tests: str) -> bool:
    limit = ["-o", f"faulthandler_timeout={TEST_SECONDS}", "-o", "faulthandler_exit_on_timeout=true"]
    command = [sys.executable, "-m", "pytest", "-xqq", "-p", "no:cacheprovider", "-m", "not long", *limit, tests]
    try:
        done = subprocess.run(
            command, cwd=repository.folder, env=repository.environment, capture_output=True, timeout=ROOM_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
