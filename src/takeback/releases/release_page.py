"""The dossier of a release: the report of its tag, with what changed, who approved it and where it runs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.compare.diff_sections import sections
from takeback.compare.diff_words import DiffSection, Table, plain
from takeback.compare.revisions import compare
from takeback.config.params import PARAMS, parse_config
from takeback.releases.approval_tags import approvals, missing_roles
from takeback.releases.availability import check_made
from takeback.releases.environment_tags import current, events
from takeback.releases.message import CHANGE, PREVIOUS
from takeback.releases.signing import governance, signature
from takeback.releases.tags import Tag
from takeback.report.page import render
from takeback.repository.git import HERE, root
from takeback.repository.report_files import beside_git, in_git
from takeback.repository.snapshot import Snapshot

# The sections of a comparison that the first screen has, and whether they are open there.
SHOWN = {"Settings": True, "Metrics of the champion": False, "Data": False, "Feature selection": False, "Gate": False}


def release_page(version: str, folder: Path = HERE) -> str:
    """Return the page of a release: one HTML document that refers to nothing outside itself.

    Raises
    ------
    UserError
        If there is no such release, its gate blocks, or something that the page shows cannot be had.
    """
    top = root(folder)
    tag = check_made(version)
    files = Snapshot(version, top)
    settings = parse_config(files.bytes(PARAMS).decode(), f"{version}: {PARAMS}")
    try:
        metrics = in_git(files, settings)
        # Who answers for it and may approve it is said by this clone's last commit, as for every command.
        asked = {"governance": governance(top).about()}
        return render({**metrics, **beside_git(files, metrics), **asked}, about(tag, top))
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{version}: its metrics are not what this code's page shows ({error!r}). With the code of its own tag: "
            f"`git checkout {version}`, `dvc checkout`, metrics/report.html."
        ) from None


def about(tag: Tag, folder: Path = HERE) -> dict[str, Any]:
    """Return what is known of a release beside its metrics.

    Returns
    -------
    dict
        ``version``, ``commit``, ``by``, ``signature``, ``previous`` and ``changes`` (as its tag says); ``summary`` and
        ``tables`` of how it differs from the previous one; ``runs`` (environments); ``approvals`` (``role``, ``by`` and
        ``problem``) and ``missing`` (the roles that each environment still waits for).
    """
    previous = tag.value(PREVIOUS)
    found = compare(previous, tag.name, folder=folder) if previous else {}
    compared = sections(found) if found else []
    return {
        "version": tag.name,
        "commit": tag.commit,
        "by": tag.by,
        "signature": signature(tag.name, folder).text,
        "previous": previous,
        "changes": [change.partition(": ")[2] for change in tag.trailers.get(CHANGE, [])],
        "summary": [*compared[0].lines, *_worse_off(found["decisions"])] if compared else [],
        "tables": [*_tables(compared)],
        "runs": [event.environment for event in current(events(folder)) if event.version == tag.name],
        "approvals": [{"role": each.role, "by": each.by, "problem": each.problem} for each in approvals(tag, folder)],
        "missing": {
            environment: [*missing]
            for environment in sorted(governance(folder).approvals)
            if (missing := missing_roles(tag, environment, folder))
        },
    }


def _worse_off(decisions: Mapping[str, Any]) -> Iterator[str]:
    """Say of which group most are worse off than before: the largest share to a stricter decision less to a milder."""
    known = [
        ((row["stricter"] - row["milder"]) / row["applicants"], attribute, group, row)
        for attribute, groups in decisions.get("groups", {}).items()
        for group, row in groups.items()
        if None not in (row["stricter"], row["milder"], row["applicants"])
    ]
    worst = max(known, key=lambda each: each[:3], default=None)
    if worst is None:
        return
    share, attribute, group, row = worst
    how = (
        "Worse off than before, most of all" if share > 0 else "No group that may be shown is worse off; nearest to it"
    )
    yield (
        f"{how}: {plain(attribute)} {plain(group)}, of {row['applicants']:,} there, "
        f"{row['stricter']:,} to a stricter decision and {row['milder']:,} to a milder one."
    )


def _tables(compared: Sequence[DiffSection]) -> Iterator[dict[str, Any]]:
    """Give the tables of the first screen: settings first, then who flips by group, then the rest."""
    found = {section.title: section for section in compared}
    for title, is_open in SHOWN.items():
        for table in found[title].tables if title in found else ():
            yield _shown(table, f"{title}{': ' + table.title if table.title else ''}", is_open)
        if title == "Settings" and "Decisions" in found:
            for table in found["Decisions"].tables:
                yield _shown(table, f"Decisions{': ' + table.title if table.title else ''}", is_open=False)


def _shown(table: Table, title: str, is_open: bool) -> dict[str, Any]:
    return {"title": title, "header": table.header, "rows": table.rows, "right": table.right, "open": is_open}
