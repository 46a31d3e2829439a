"""Loading a bundle: what it costs to check everything in it before it decides."""

from pathlib import Path
from statistics import median

import onnxruntime

from benchmarks.clones import seconds
from benchmarks.machine import ROOT
from benchmarks.record import Limit, Result, say
from takeback.decisions.bundle import load_release
from takeback.models.tree_ensemble import TreeEnsemble

RELEASE = Path("models/release")


def run(rounds: int = 50) -> Result:
    """Measure loading the shipped bundle, in turns with what onnxruntime needs for its model alone."""
    say("bundle: loads it")
    champion = load_release(ROOT / RELEASE).champion.model
    assert isinstance(champion, TreeEnsemble)
    tasks = {
        "load and check all of it": lambda: load_release(ROOT / RELEASE),
        "onnxruntime's session of its model alone (floor)": lambda: _session(champion.onnx),
    }
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            took[name].append(seconds(task))
    rows = [[name, f"{median(times) * 1000:.1f} ms", f"{max(times) * 1000:.1f} ms"] for name, times in took.items()]
    whole, floor = (median(times) for times in took.values())
    size = sum(path.stat().st_size for path in (ROOT / RELEASE).rglob("*") if path.is_file())
    return Result(
        "Loading a bundle",
        f"The shipped bundle, {size / 1000:.0f} kB; hashes, forms, operators and golden decisions are checked. "
        f"{rounds} rounds in one process.",
        ["", "median", "slowest"],
        rows,
        [Limit("load and check the shipped bundle, ms", whole * 1000, 60, False)],
        [f"{whole / floor:.1f} times the floor."],
        took,
    )


def _session(onnx: bytes) -> object:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
