"""What a measurement ran on: enough to judge the numbers, nothing that says whose machine it was."""

import os
import platform
import re
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from takeback.common.files import thread_count

ROOT = Path(__file__).parents[1]
PACKAGES = ("numpy", "pyarrow", "xgboost-cpu", "onnxruntime", "scikit-learn", "dvc")


def machine() -> dict[str, str]:
    """Return processor, cores, memory, Python and the versions that matter, and the date."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    facts = {
        "CPU": _cpu(),
        "cores": str(len(os.sched_getaffinity(0))),
        "threads used": str(thread_count()),
        "memory": f"{gigabytes:.0f} GB",
        "Python": platform.python_version(),
    }
    return {**facts, **{name: version(name) for name in PACKAGES}, "date": date.today().isoformat()}


def without_places(text: str) -> str:
    """Cut folders, addresses and the host's name out of a message: results and pages may not hold any."""
    for place in (str(ROOT), tempfile.gettempdir(), str(Path.home())):
        text = re.sub(rf"(?<![\w.]){re.escape(place)}\b", "...", text)  # not the tmp of .dvc/tmp
    text = re.sub(r"\w+://\S+", "...", text)
    if host := platform.node():
        text = re.sub(rf"\b{re.escape(host)}\b", "...", text)
    # What still looks absolute, an interpreter's library for example; dvc.lock/x or rows/s stays.
    return re.sub(r"(?<![\w./])/(?:[\w.+-]+/)+", ".../", text)


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
