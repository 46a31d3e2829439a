"""Run a command and print, as JSON, its exit code, seconds and peak memory in bytes.

A process of its own: a child's peak counts the memory that its parent had when it started, so that the parent has to
be small.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_DUP2, 2, 1)]  # what the command says goes to stderr, the measurement to stdout
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    seconds = time.perf_counter() - start
    print(
        json.dumps({"code": os.waitstatus_to_exitcode(status), "seconds": seconds, "peak": usage.ru_maxrss * unit}),
        flush=True,
    )
