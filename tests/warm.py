"""Commands of Takeback and DVC from a process that has imported their libraries: a fork of it begins at once.

Each is a process of its own, with its own folder, environment and streams, as from a shell. Only the code is this
checkout's and not the clone's, which for every clone of the tests is the same.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = {"dvc": "dvc.cli", "takeback": "takeback.cli"}
LIBRARIES = (
    "dvc.repo",
    "dvc.stage",
    "fairlearn.metrics",
    "git",
    "hydra",
    "pandas",
    "pyarrow.parquet",
    "sklearn.metrics",
)


def run_warm(command: tuple[str, ...], folder: Path, environment: dict[str, str], timeout: int) -> tuple[int, str, str]:
    """Run ``takeback`` or ``dvc``, and return how it ended and what it printed on each stream."""
    with tempfile.TemporaryDirectory() as place:
        streams = [Path(place) / name for name in ("out", "err")]
        request = {"command": command, "folder": str(folder), "environment": environment, "timeout": timeout}
        server = _server()
        print(json.dumps({**request, "streams": [*map(str, streams)]}), file=server.stdin, flush=True)
        code = int(server.stdout.readline())
        return code, *(path.read_text(encoding="utf-8") for path in streams)


@cache
def _server() -> subprocess.Popen:
    """Start the process, once for each of pytest's workers; it ends with its input."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "tests.warm"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    atexit.register(server.stdin.close)
    return server


def _serve() -> None:
    for library in LIBRARIES:
        import_module(library)
    programs = {name: import_module(module).main for name, module in PROGRAMS.items()}
    for line in sys.stdin:
        request = json.loads(line)
        if not (child := os.fork()):
            _run(programs[request["command"][0]], **request)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(program, command, folder, environment, timeout, streams) -> None:
    code = 1
    for number, source in enumerate([os.devnull, *streams]):
        os.dup2(os.open(source, os.O_RDWR | os.O_CREAT, 0o600), number)
    signal.alarm(timeout)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = command
    try:
        code = program() or 0
    except SystemExit as end:
        print(*[end.code] * isinstance(end.code, str), file=sys.stderr, end="\n" * isinstance(end.code, str))
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
