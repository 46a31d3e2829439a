"""Signatures of tags: whether they are asked for, and whether one is valid. Git does the signing and the checking."""

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.strict import parse
from takeback.config.params import PARAMS, Governance
from takeback.releases.tags import Tag, find_tag
from takeback.repository.git import HERE, commit_of, git, git_said, git_succeeds
from takeback.repository.git_objects import Committed

REQUIRED = "required"


class Signature(NamedTuple):
    """What there is to say about a tag's signature, and whether it speaks against the tag."""

    text: str
    wrong: bool = False


def governance(folder: Path = HERE) -> Governance:
    """Return who may release and move, as the last commit of this clone says; what is not committed has no say."""
    head = Committed(commit_of("HEAD", folder), "HEAD", folder)
    content = head.yaml(PARAMS) if head.exists(PARAMS) else {}
    values = content.get("governance", {}) if isinstance(content, dict) else {}  # older settings do not have it
    return parse(Governance, values, f"HEAD: {PARAMS}", "governance")


def wanted(folder: Path = HERE) -> bool:
    """Say whether tags are to be signed: Git is configured to, or conf/governance requires it."""
    by_git = any(
        git_succeeds("config", "--get", "--bool", key, folder=folder)
        and git("config", "--get", "--bool", key, folder=folder) == "true"
        for key in ("tag.gpgSign", "tag.forceSignAnnotated")
    )
    return by_git or governance(folder).signatures == REQUIRED


def signature(revision: str, folder: Path = HERE) -> Signature:
    """Say what a revision's signature is worth; one that is no signed tag has none."""
    tag = find_tag(revision.removeprefix("refs/tags/"), folder)
    if not tag:
        return Signature("not a tag")
    if not tag.annotated:
        return Signature("lightweight tag, not signed")
    return Signature(f"not valid: it {tag.problem}", wrong=True) if tag.problem else _of(tag, folder)


def check_signature(tag: Tag, folder: Path = HERE) -> None:
    """Check a tag's signature, and that it has one where they are required.

    Raises
    ------
    UserError
        If not; what Git says.
    """
    found = _of(tag, folder)
    if found.wrong:
        raise UserError(f"{tag.name}: {found.text}.")


def _of(tag: Tag, folder: Path) -> Signature:
    rules = governance(folder)
    if not tag.signed:
        required = rules.signatures == REQUIRED
        return Signature("not signed" + ", and conf/governance requires it" * required, wrong=required)
    with tempfile.TemporaryDirectory() as place:
        environment = _trust(rules, Path(place), folder)
        valid, said = git_said("verify-tag", tag.object, folder=folder, environment=environment)
    said = " ".join(said.split())
    if valid:
        return Signature(f"signature valid: {said}")
    return Signature(f"not valid, or not by someone you trust: {said}. {_hint(said)}".rstrip(". "), wrong=True)


def _hint(said: str) -> str:
    if "allowedSignersFile" in said or "No principal matched" in said:
        return "Whom you trust is named in the file of conf/governance, or of `git config gpg.ssh.allowedSignersFile`"
    if "ssh-keygen" in said:
        return "It needs ssh-keygen, which comes with OpenSSH (Debian: apt install openssh-client)"
    return ""


def _trust(rules: Governance, place: Path, folder: Path) -> dict[str, str]:
    """Return Git's settings of whom to trust, as the environment passes them, after the user's own."""
    settings = {}
    if rules.signatures == REQUIRED:
        # Any key that GPG has ever seen verifies; required means one that the keyring's owner trusts.
        settings["gpg.minTrustLevel"] = "fully"
    if rules.allowed_signers:
        head = Committed(commit_of("HEAD", folder), "HEAD", folder)
        (place / "signers").write_bytes(head.bytes(Path(rules.allowed_signers)))
        settings["gpg.ssh.allowedSignersFile"] = str(place / "signers")
    first = int(os.environ.get("GIT_CONFIG_COUNT", "0"))
    pairs = {
        f"GIT_CONFIG_{part}_{first + i}": text
        for i, pair in enumerate(settings.items())
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return {**pairs, "GIT_CONFIG_COUNT": str(first + len(settings))}
