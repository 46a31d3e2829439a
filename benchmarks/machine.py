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
    """Cut this machine's folders out of a message: neither results nor pages may hold an absolute path."""
    for place in (str(ROOT), tempfile.gettempdir(), str(Path.home())):
        text = text.replace(place, "...")
    # What is left and looks absolute, an interpreter's library for example; a lone / or a unit such as rows/s stays.
    return re.sub(r"(?<![\w./])/(?:[\w.+-]+/)+", ".../", text).replace(platform.node() or "\0", "...")


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
