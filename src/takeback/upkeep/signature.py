"""Who signed a tag, as Git says."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from takeback.repository.git import HERE, git, git_succeeds

BEGINS = ("-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----")


@dataclass(frozen=True)
class Signature:
    """What there is to say about a tag's signature, and whether it speaks against the tag."""

    text: str
    wrong: bool = False


def signature(revision: str, folder: Path = HERE) -> Signature:
    """Check a tag's signature with ``git verify-tag``; a revision that is no signed tag has none."""
    name = f"refs/tags/{revision.removeprefix('refs/tags/')}"
    if not git_succeeds("show-ref", "--verify", "--quiet", name, folder=folder):
        return Signature("not a tag")
    if git("cat-file", "-t", name, folder=folder) != "tag":
        return Signature("lightweight tag, not signed")
    content = git("cat-file", "tag", name, folder=folder)
    if not any(line in BEGINS for line in content.splitlines()):
        return Signature("not signed")
    return _checked(name, content, folder)


def _checked(name: str, content: str, folder: Path) -> Signature:
    done = subprocess.run(
        ["git", "verify-tag", name],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    said = " ".join((done.stderr + done.stdout).split())
    # Git checks what was signed, not under which name it lies here: an old signed tag could be passed off as a new one.
    signed = next(line.removeprefix("tag ") for line in content.splitlines() if line.startswith("tag "))
    if done.returncode == 0 and f"refs/tags/{signed}" != name:
        return Signature(f"not valid: it was signed as {signed}", wrong=True)
    if done.returncode:
        return Signature(f"not valid, or not by someone you trust: {said}. {_hint(said)}".rstrip(), wrong=True)
    return Signature(f"signature valid: {said}")


def _hint(said: str) -> str:
    if "allowedSignersFile" in said or "No principal matched" in said:
        return "Whom you trust is named in the file of `git config gpg.ssh.allowedSignersFile`."
    if "ssh-keygen" in said:
        return "It needs ssh-keygen, which comes with OpenSSH (Debian: apt install openssh-client)."
    return ""
