"""Approving a release: checked like a promotion but for its data, then a tag that everybody gets."""

from takeback.common.errors import UserError
from takeback.common.shown import line
from takeback.releases.approval_tags import APPROVED, NOTE, OBJECT, ROLE, Approval, approvals, may_approve, name_of
from takeback.releases.availability import check_made
from takeback.releases.sharing import fetch_tags, lacking, push
from takeback.releases.signing import check_key, governance, required, wanted
from takeback.releases.tags import Tag, check_identity, create_tag, delete_tag, find_tag, has_origin
from takeback.repository.git import git


def approve(version: str, role: str, note: str) -> tuple[Approval, bool]:
    """Approve a release in a role, and share that.

    Returns
    -------
    tuple
        The approval, and whether it is new: the same person may say the same again, which only pushes it.

    Raises
    ------
    UserError
        If there is no such release or its gate blocks, the role is none or not this person's, somebody else has spoken
        for it, this person has approved in another role, or the Git remote refuses. Then there is no tag more.
    """
    check_identity()
    if has_origin():
        fetch_tags()
    release, me = check_made(version), _me()
    _check_role(release, role, me)
    if made := next((each for each in approvals(release) if each.role == role), None):
        return _again(made, me), False
    if required():
        check_key()
    message = _message(release, role, note)
    create_tag(name_of(version, role), release.commit, message, sign=wanted())
    made = next(each for each in approvals(release) if each.role == role)
    try:
        if made.problem:
            raise UserError(f"{made.tag.name} {made.problem}. It is taken back.")
        _share(made.tag.name, release)
    except UserError:
        delete_tag(made.tag.name)
        raise
    return made, True


def _check_role(release: Tag, role: str, me: str) -> None:
    if why := may_approve(governance(), role, me):
        raise UserError(f"--role {role}: {why}. If it should be: add it there, `takeback compose`, commit.")
    others = [each for each in approvals(release) if each.tag.email == me and each.role != role and not each.problem]
    if others:
        raise UserError(f"{release.name}: you have approved it as {others[0].role}. Nobody approves twice.")


def _again(made: Approval, me: str) -> Approval:
    if made.problem:
        raise UserError(f"{made.tag.name} {made.problem}. `git tag -d {made.tag.name}` takes it back, also at origin.")
    if made.tag.email != me:
        raise UserError(f"{made.tag.name} is there already, by {made.by}. One approval of a role is enough.")
    release = find_tag(made.tag.value(APPROVED) or "")
    if has_origin() and release and lacking(made.tag.name, made.tag.object):
        _share(made.tag.name, release)
    return made


def _share(name: str, release: Tag) -> None:
    if has_origin():
        push(f"refs/tags/{release.name}", f"refs/tags/{name}")


def _me() -> str:
    return git("var", "GIT_COMMITTER_IDENT").rpartition(" <")[2].partition(">")[0]


def _message(release: Tag, role: str, note: str) -> str:
    trailers = {APPROVED: release.name, ROLE: role, OBJECT: release.object, NOTE: line(note)}
    ending = "\n".join(f"{key}: {value}" for key, value in trailers.items())
    return f"{release.name} approved as {role}\n\n{line(note)}\n\n{ending}\n"
