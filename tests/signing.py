"""Keys for signed tags. Git leaves SSH signatures to ssh-keygen, which most machines with Git have, but not all."""

import shutil
import subprocess
from pathlib import Path

import pytest


def new_key(path: Path) -> str:
    """Make a key pair and return the public key; a machine that cannot sign skips the test and says what to install."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("signed tags: ssh-keygen is not installed: apt-get install openssh-client")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.with_name(f"{path.name}.pub").read_text()
