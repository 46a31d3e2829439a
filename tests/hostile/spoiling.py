"""Small changes of a bundle after which its manifest is right again: every hash is that of the changed file."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import onnx

MANIFEST, CONTRACT, SELECTION, GOLDEN = "manifest.json", "contract.json", "selection.json", "golden.json"
CALIBRATION, POLICY = "champion/calibration.json", "champion/policy.json"
USUAL = "champion/usual.json"
POINTS, RULE, INPUTS, MODEL = (
    "champion/scorecard.json",
    "fallback/scorecard.json",
    "champion/inputs.json",
    "champion/model.onnx",
)
CURVES = "champion/curves.json"
Spoil = Callable[[Path], Any]
SMALL = 200 * 2**20


class Case(NamedTuple):
    """A bundle that must be refused: what it is, which kind of champion, what is done to it, and after its hashes."""

    what: str
    base: str
    spoil: Spoil
    afterwards: Spoil = lambda folder: None


def spoil(case: Case, folder: Path) -> None:
    """Spoil a bundle and mend its manifest."""
    case.spoil(folder)
    rehash(folder)
    case.afterwards(folder)


def rehash(folder: Path) -> None:
    """Give the manifest the hash of every file that is there."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name != MANIFEST and not path.is_dir():
            files[name] = _hash(path)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "files": files}))


def _hash(path: Path) -> str:
    found = path.stat() if path.exists() else None  # follows a link
    if not found or not stat.S_ISREG(found.st_mode) or found.st_size > SMALL:
        return "0" * 64
    return hashlib.sha256(path.read_bytes()).hexdigest()


def put(name: str, *keys: Any, to: Any) -> Spoil:
    """Set a value; NaN and infinity are written as Python's JSON does."""

    def change(folder: Path) -> None:
        content = place = json.loads((folder / name).read_bytes())
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to(place[keys[-1]]) if callable(to) else to
        (folder / name).write_text(json.dumps(content))

    return change


def drop(name: str, *keys: Any) -> Spoil:
    """Remove a key or an item."""

    def change(folder: Path) -> None:
        content = place = json.loads((folder / name).read_bytes())
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]
        (folder / name).write_text(json.dumps(content))

    return change


def text(name: str, old: str, new: str) -> Spoil:
    """Replace a text once."""

    def change(folder: Path) -> None:
        content = (folder / name).read_text()
        assert old in content, (name, old)
        (folder / name).write_text(content.replace(old, new, 1))

    return change


def raw(name: str, content: bytes | Callable[[bytes], bytes]) -> Spoil:
    """Write bytes, or change them."""

    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(path.read_bytes()) if callable(content) else content)

    return change


def model(edit: Callable[[Any], Any]) -> Spoil:
    """Change the ONNX model."""

    def change(folder: Path) -> None:
        proto = onnx.load_model_from_string((folder / MODEL).read_bytes())
        edit(proto)
        (folder / MODEL).write_bytes(proto.SerializeToString(deterministic=True))

    return change


def attribute(name: str, edit: Callable[[Any], Any]) -> Spoil:
    """Change an attribute of the tree ensemble."""
    return model(lambda proto: edit(next(a for a in proto.graph.node[0].attribute if a.name == name)))


def number(name: str, position: int, to: Any) -> Spoil:
    """Change one number of a table of the tree ensemble."""

    def edit(found: Any) -> None:
        values = found.floats if len(found.floats) else found.ints
        values[position] = to(values[position]) if callable(to) else to

    return attribute(name, edit)


def graph_of(*nodes: Any, opset: int = 21, **more: Any) -> Spoil:
    """Write another graph with our input and output."""

    def change(folder: Path) -> None:
        width = len(json.loads((folder / INPUTS).read_bytes()))
        value = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            list(nodes), "takeback", [value("features", 1, [None, width])], [value("variable", 1, [None, 1])], **more
        )
        proto = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10)
        (folder / MODEL).write_bytes(proto.SerializeToString())

    return change


def instead(name: str, make: Callable[[Path], Any]) -> Spoil:
    """Put something else where a file was; ``make`` is given the path."""

    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


def sparse(size: int) -> Callable[[Path], None]:
    """Make a file that says it is large and takes no room."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            os.truncate(file.fileno(), size)

    return make


def moved(name: str, link: bool) -> Spoil:
    """Move a file or folder out of the bundle, and leave a link."""

    def change(folder: Path) -> None:
        outside = folder.parent / f"outside-{name.replace('/', '-')}"
        (folder / name).rename(outside)
        if link:
            (folder / name).symlink_to(outside)

    return change


def both(*spoils: Spoil) -> Spoil:
    """Do one after another."""

    def change(folder: Path) -> None:
        for each in spoils:
            each(folder)

    return change
