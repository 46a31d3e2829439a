"""Signatures of tags: whether they are asked for, and whether one is valid. Git does the signing and the checking."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
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
    return by_git or required(folder)


def signature(revision: str, folder: Path = HERE) -> Signature:
    """Say what a revision's signature is worth; one that is no signed tag has none."""
    tag = find_tag(revision.removeprefix("refs/tags/"), folder)
    if not tag:
        return Signature("not a tag")
    if not tag.annotated:
        return Signature("lightweight tag, not signed")
    return Signature(f"not valid: it {tag.problem}", wrong=True) if tag.problem else _of(tag, folder)


def required(folder: Path = HERE) -> bool:
    """Say whether releases and moves need a valid signature."""
    return governance(folder).signatures == REQUIRED


def signature_problem(tag: Tag, folder: Path = HERE) -> str | None:
    """Say what speaks against a tag's signature."""
    found = _of(tag, folder)
    return found.text if found.wrong else None


def check_signature(tag: Tag, folder: Path = HERE) -> None:
    """Check a tag's signature, and that it has one where they are required.

    Raises
    ------
    UserError
        If not; what Git says.
    """
    if problem := signature_problem(tag, folder):
        raise UserError(f"{tag.name}: {problem}.")


def check_key(folder: Path = HERE) -> None:
    """Check that what this person signs is trusted, by a commit that no ref names.

    Raises
    ------
    UserError
        If not, or if there is no key; where it belongs.
    """
    rules = governance(folder)
    made = git("commit-tree", "-S", "-m", "Is this key trusted?", "HEAD^{tree}", folder=folder)
    valid, said = _verified("verify-commit", made, rules, folder)
    if not valid:
        who = git("var", "GIT_COMMITTER_IDENT", folder=folder).rpartition(" <")[2].partition(">")[0]
        why = said or "Git did not sign"
        raise UserError(f"the key you sign with is not trusted ({why}): {_where_keys_belong(rules, who, folder)}")


def _where_keys_belong(rules: Governance, who: str, folder: Path) -> str:
    if not git_succeeds("config", "--get", "gpg.format", "^ssh$", folder=folder):
        return "`gpg --edit-key` and `trust` in the keyring of everybody who promotes, or sign with another key"
    line = f"a line `{who} KEY`, as in the file of your public key"
    if rules.allowed_signers:
        return f"add {line}, to {rules.allowed_signers}, which conf/governance names, and commit it"
    return f"add {line}, to the file that `git config gpg.ssh.allowedSignersFile` names, everywhere it is checked"


def _of(tag: Tag, folder: Path) -> Signature:
    rules = governance(folder)
    if not tag.signed:
        required = rules.signatures == REQUIRED
        return Signature("not signed" + ", and conf/governance requires it" * required, wrong=required)
    valid, said = _verified("verify-tag", tag.object, rules, folder)
    if valid:
        return Signature(f"signature valid: {said}")
    return Signature(f"not valid, or not by someone you trust: {said}. {_hint(said)}".rstrip(". "), wrong=True)


def _verified(command: str, identifier: str, rules: Governance, folder: Path) -> tuple[bool, str]:
    return _verified_once(command, identifier, rules.signatures, rules.allowed_signers, folder.resolve())


@cache  # each is two more processes, and a command looks at every move several times
def _verified_once(
    command: str, identifier: str, signatures: str, allowed_signers: str | None, folder: Path
) -> tuple[bool, str]:
    with _trust(signatures, allowed_signers, folder) as settings:
        valid, said = git_said(*settings, command, identifier, folder=folder)
    return valid, " ".join(said.split())


def _hint(said: str) -> str:
    if "allowedSignersFile" in said or "No principal matched" in said:
        return "Whom you trust is named in the file of conf/governance, or of `git config gpg.ssh.allowedSignersFile`"
    if "ssh-keygen" in said:
        return "It needs ssh-keygen, which comes with OpenSSH (Debian: apt install openssh-client)"
    return ""


@contextmanager
def _trust(signatures: str, allowed_signers: str | None, folder: Path) -> Iterator[list[str]]:
    """Give the options that tell Git whom to trust, whatever the user's own settings say."""
    # Any key that GPG has ever seen verifies; required means one that the keyring's owner trusts.
    settings = ["-c", "gpg.minTrustLevel=fully"] if signatures == REQUIRED else []
    with tempfile.TemporaryDirectory() as place:
        if allowed_signers:
            head = Committed(commit_of("HEAD", folder), "HEAD", folder)
            signers = Path(place) / "signers"
            signers.write_bytes(head.bytes(Path(allowed_signers)))
            settings += ["-c", f"gpg.ssh.allowedSignersFile={signers}"]
        yield settings
