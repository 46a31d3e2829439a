"""The libraries of this Python environment against those that a release was made with."""

from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from shlex import quote

from packaging.requirements import Requirement

from takeback.decisions.manifest import LIBRARIES


def pins(requirements: str) -> dict[str, str]:
    """Return name and version of every pin of a requirements file that holds for this Python and platform."""
    lines = (line.removesuffix("\\").strip() for line in requirements.splitlines())
    parsed = [Requirement(line) for line in lines if "==" in line and not line.startswith(("#", "--"))]
    kept = [pin for pin in parsed if pin.marker is None or pin.marker.evaluate()]
    return {pin.name: next(iter(pin.specifier)).version for pin in kept}


def installed(name: str) -> str:
    """Return the version of a library here, in words if there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "nothing"


def version_differences(
    requirements: str, libraries: Iterable[str] = LIBRARIES, here: Callable[[str], str] = installed
) -> list[str]:
    """Return a line for every library whose version here is not the pinned one; unpinned ones are left out."""
    pinned = pins(requirements)
    return [
        f"{name} {here(name)}, pinned {pinned[name]}"
        for name in libraries
        if name in pinned and here(name) != pinned[name]
    ]


def how_to_get(tag: str) -> str:
    """Return the commands that build the Python environment of a tag and verify in it."""
    tag = quote(tag)  # a name may hold what a shell would run
    return "\n".join(
        [
            "  python3 -m venv .venv-tag",
            f"  git show {tag}:requirements.lock > .venv-tag/requirements.lock",
            "  .venv-tag/bin/pip install --require-hashes -r .venv-tag/requirements.lock",
            "  .venv-tag/bin/pip install --no-deps --no-build-isolation -e .",
            f"  .venv-tag/bin/takeback verify {tag}",
        ]
    )
