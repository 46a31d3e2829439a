"""Signatures of tags: whether they are asked for, making sure of one, and checking one. Git does the signing."""

import os
import tempfile
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.strict import parse
from takeback.config import PARAMS, Governance
from takeback.release.tags import Tag
from takeback.repository.committed import Committed
from takeback.repository.git import HERE, commit_of, git, git_succeeds

REQUIRED = "required"


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


def check_signature(tag: Tag, folder: Path = HERE) -> None:
    """Check a tag's signature, and that it has one where they are required.

    Raises
    ------
    UserError
        If not; what Git says.
    """
    rules = governance(folder)
    if not tag.signed and rules.signatures == REQUIRED:
        raise UserError(f"{tag.name}: is not signed, and conf/governance requires it. `takeback release` signs.")
    if not tag.signed:
        return
    with tempfile.TemporaryDirectory() as place:
        try:
            git("verify-tag", tag.object, folder=folder, environment=_trust(rules, Path(place), folder))
        except UserError as error:
            raise UserError(
                f"{tag.name}: its signature is not valid, or not by somebody whom this clone allows. {error}"
            ) from None


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
