"""Real servers on loopback, each on a free port, that end with the test."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 300  # seconds; the slowest server takes ten, and a minute while others use the machine


def program(name: str, install: str) -> str:
    """Find a program, or fail with the command that installs it."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed: {install}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command: Sequence[str], port: int, folder: Path, **environment: str) -> Iterator[None]:
    """Run a server until the block ends; it is up when its port answers."""
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=output, stderr=output)
    try:
        _wait_for(server, port, log)
        yield
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(server: subprocess.Popen, port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"{server.args} did not come up:\n{log.read_text(errors='replace')}")
