"""Who approved a release, and in which role: annotated tags such as approval/v1.2.0/model_risk.

An approval names the object of the release's tag, so that it holds for this very release and for no other of its name.
Which roles an environment asks for, and who may speak for a role, is said by conf/governance in the last commit of the
clone where a command runs, never by the release.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.shown import line
from takeback.config.params import Governance
from takeback.releases.signing import governance, signature_problem
from takeback.releases.tags import Tag, read_tags
from takeback.repository.git import HERE

FOLDER = "approval"
APPROVAL = re.compile(rf"{FOLDER}/(?P<version>v[0-9.]{{5,30}})/(?P<role>[a-z][a-z0-9_]{{0,40}})")
APPROVED, ROLE, OBJECT, NOTE = "Approval", "Role", "Release-Object", "Note"


class Approval(NamedTuple):
    """One approval of a release, and what speaks against it."""

    role: str
    tag: Tag
    problem: str | None = None

    @property
    def by(self) -> str:
        """Say who approved, when and with what note."""
        return line(f"{self.tag.by}: {self.tag.value(NOTE) or self.tag.subject}")


def name_of(version: str, role: str) -> str:
    """Return the name of the tag of an approval."""
    return f"{FOLDER}/{version}/{role}"


def approvals(release: Tag, folder: Path = HERE) -> list[Approval]:
    """Return the approvals of a release by role, those that do not count with their problem."""
    rules, found = governance(folder), list[Approval]()
    for tag in read_tags(f"refs/tags/{FOLDER}/{release.name}/*", folder):
        if match := APPROVAL.fullmatch(tag.name):
            problem = _problem(tag, release, match["role"], rules, folder)
            found.append(Approval(match["role"], tag, problem or _twice(tag, found)))
    return found


def missing_roles(release: Tag, environment: str, folder: Path = HERE) -> dict[str, str]:
    """Return for each role that an environment asks for and that has not approved why not; empty if all have."""
    asked = governance(folder).approvals.get(environment, ())
    found = {each.role: each for each in approvals(release, folder)} if asked else {}
    return {
        role: found[role].problem or "" if role in found else "has not approved"
        for role in asked
        if role not in found or found[role].problem
    }


def check_approvals(release: Tag, environment: str, folder: Path = HERE) -> None:
    """Check that every role that an environment asks for has approved a release.

    Raises
    ------
    UserError
        If not: which, and how it would.
    """
    missing = missing_roles(release, environment, folder)
    if not missing:
        return
    said = "; ".join(f"{role} {why}" for role, why in missing.items())
    commands = ", ".join(f"`takeback approve {release.name} --role {role} --note ...`" for role in missing)
    raise UserError(
        f"{release.name} is not approved for {environment}: {said}. Nothing has moved. Whoever has that role: "
        f"{commands}"
    )


def may_approve(rules: Governance, role: str, email: str) -> str | None:
    """Say why somebody may not speak for a role; None if they may."""
    known: Mapping[str, Sequence[str]] = rules.approvers
    if role not in known:
        return f"no role of conf/governance: it has {', '.join(known) or 'none'}"
    if email not in known[role]:
        return f"{email} is not among its approvers in conf/governance: {', '.join(known[role]) or 'nobody'}"
    return None


def _problem(tag: Tag, release: Tag, role: str, rules: Governance, folder: Path) -> str | None:
    if tag.problem or not tag.annotated:
        return tag.problem or "is a lightweight tag, and nobody knows whose"
    stated = {key: tag.value(key) for key in (APPROVED, ROLE, OBJECT)}
    if any(len(tag.trailers.get(key, ())) != 1 for key in stated):
        return f"was not made by `takeback approve`: expected each of {', '.join(stated)} once"
    if (stated[APPROVED], stated[ROLE]) != (release.name, role):
        return f"was made for {stated[APPROVED]} as {stated[ROLE]}"
    if stated[OBJECT] != release.object or tag.commit != release.commit:
        return f"approves another {release.name} than the one that is here"
    if why := may_approve(rules, role, tag.email):
        return f"does not speak for {role}: {why}"
    return signature_problem(tag, folder)


def _twice(tag: Tag, earlier: Sequence[Approval]) -> str | None:
    """Say if the same person has approved in another role: two roles are two people."""
    same = [each.role for each in earlier if not each.problem and each.tag.email == tag.email]
    return f"is by {tag.email}, who has approved as {same[0]}; nobody approves twice" if same else None
