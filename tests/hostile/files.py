"""Hostile files and manifests: what a bundle may not consist of or claim."""

import json
import os
import shutil
import socket

from tests.hostile.spoiling import (
    CALIBRATION,
    CONTRACT,
    GOLDEN,
    INPUTS,
    MANIFEST,
    MODEL,
    POLICY,
    SELECTION,
    USUAL,
    Case,
    both,
    drop,
    instead,
    moved,
    put,
    raw,
    sparse,
    text,
)

T, L = "xgboost", "logistic"
GB = 2**30
ZEROS = "0" * 64


def nothing(folder):
    """Leave the files as they are: the manifest is spoiled afterwards."""


def _socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(".", os.O_RDONLY)
        try:  # a socket's path may have 107 characters only
            os.chdir(path.parent)
            server.bind(path.name)
        finally:
            os.fchdir(here)
            os.close(here)


def _copy(source, target):
    def change(folder):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / source, folder / target)

    return change


def _rename(source, target):
    return lambda folder: (folder / source).rename(folder / target)


def _remove(name):
    return lambda folder: (folder / name).unlink()


def _many(folder):
    for i in range(2000):
        (folder / f"extra{i}.json").write_text("{}")


def _deep(folder):
    place = folder / "champion"
    for _ in range(100):
        place /= "x"
        place.mkdir()


PLACES = [
    Case("a scorecard beside an ONNX model", T, _copy("fallback/scorecard.json", "champion/scorecard.json")),
    Case("an ONNX model beside a scorecard", L, raw(MODEL, b"x")),
    Case("inputs beside a scorecard", L, raw(INPUTS, b'["PAY_0"]')),
    Case("inputs without a model", T, _remove(MODEL)),
    Case("a model without inputs", T, _remove(INPUTS)),
    Case("no model", T, both(_remove(MODEL), _remove(INPUTS))),
    Case("the rule's points missing", T, _remove("fallback/scorecard.json")),
    Case(
        "the champion's model as fallback",
        T,
        both(
            _copy(MODEL, "fallback/model.onnx"),
            _copy(INPUTS, "fallback/inputs.json"),
            _remove("fallback/scorecard.json"),
        ),
    ),
    Case(
        "the rule as champion xgboost",
        T,
        both(_remove(MODEL), _remove(INPUTS), _copy("fallback/scorecard.json", "champion/scorecard.json")),
    ),
    Case("no calibration", T, _remove(CALIBRATION)),
    Case("no medians, with which reasons differ", T, _remove(USUAL)),
    Case("a median of no reason", T, put(USUAL, "median", to={"weather": 1.0})),
    Case("a median that is no number", T, put(USUAL, "median", "balance", to="high")),
    Case("a median of a reason without a measure", T, put(CONTRACT, "reasons", "balance", "measure", to=None)),
    Case("no policy", T, _remove(POLICY)),
    Case("no contract", T, _remove(CONTRACT)),
    Case("no selection", T, _remove(SELECTION)),
    Case("no fallback", T, lambda folder: shutil.rmtree(folder / "fallback")),
    Case("a manifest in the champion's folder", T, _copy(MANIFEST, "champion/manifest.json")),
    Case("a manifest in the fallback's folder", T, _copy(MANIFEST, "fallback/manifest.json")),
    Case("a contract in the champion's folder", T, _copy(CONTRACT, "champion/contract.json")),
    Case("a policy beside the contract", T, _copy(POLICY, "policy.json")),
    Case("an unknown file", T, raw("champion/run.py", b"print(1)")),
    Case("a hidden file", T, raw(".hidden", b"x")),
    Case("a shared library", T, raw("champion/model.so", b"\x7fELF")),
    Case("a pickle", T, raw("champion/model.pkl", b"x")),
    Case("the same name in capitals", T, _copy(CONTRACT, "Contract.json")),
    Case("a model in capitals", T, _rename(MODEL, "champion/MODEL.ONNX")),
    Case("an unknown folder", T, raw("other/policy.json", b"{}")),
    Case("an empty folder", T, lambda folder: (folder / "empty").mkdir()),
    Case("an empty folder in a part", T, lambda folder: (folder / "champion" / "empty").mkdir()),
    Case("100 folders in each other", T, _deep),
    Case("2,000 unknown files", T, _many),
    Case("a name with a line end", T, raw("champion/a\nb.json", b"{}")),
    Case("a name with a terminal escape", T, raw("champion/\x1b[2J.json", b"{}")),
    Case("a policy that is a link to itself elsewhere", T, moved(POLICY, True)),
    Case("a model that is a link", T, moved(MODEL, True)),
    Case("a contract that is a link to /etc/passwd", T, instead(CONTRACT, lambda p: p.symlink_to("/etc/passwd"))),
    Case("a link that leads nowhere", T, instead(POLICY, lambda p: p.symlink_to("nowhere"))),
    Case("a link that leads to itself", T, instead(POLICY, lambda p: p.symlink_to(p.name))),
    Case("a part that is a link", T, moved("champion", True)),
    Case("an unknown link", T, lambda folder: (folder / "extra").symlink_to("contract.json")),
    Case("a link to the bundle itself", T, lambda folder: (folder / "champion" / "loop").symlink_to("..")),
    Case("a manifest that is a link", T, nothing, moved(MANIFEST, True)),
    Case("a pipe as a policy", T, instead(POLICY, os.mkfifo)),
    Case("a pipe as a model", T, instead(MODEL, os.mkfifo)),
    Case("a pipe as the manifest", T, nothing, instead(MANIFEST, os.mkfifo)),
    Case("an unknown pipe", T, lambda folder: os.mkfifo(folder / "pipe")),
    Case("a socket as a policy", T, instead(POLICY, _socket)),
    Case("a link to /dev/zero as a policy", T, instead(POLICY, lambda p: p.symlink_to("/dev/zero"))),
    Case("a folder as a policy", T, instead(POLICY, lambda p: p.mkdir())),
    Case("a file as a part", T, both(lambda folder: shutil.rmtree(folder / "fallback"), raw("fallback", b"x"))),
    Case("a manifest of 3 GB", T, nothing, instead(MANIFEST, sparse(3 * GB))),
    Case("a policy of 20 GB that takes no room", T, instead(POLICY, sparse(20 * GB))),
    Case("a model of 20 GB that takes no room", T, instead(MODEL, sparse(20 * GB))),
    Case("a contract of 3 GB", T, instead(CONTRACT, sparse(3 * GB))),
    Case("golden decisions of 3 GB", T, instead(GOLDEN, sparse(3 * GB))),
    Case("a model of 65 MB of zeros", T, instead(MODEL, sparse(65 * 2**20))),
    Case("a folder as the manifest", T, nothing, instead(MANIFEST, lambda p: p.mkdir())),
]

MANIFESTS = [
    Case("schema 99", T, nothing, put(MANIFEST, "schema_version", to=99)),
    Case("schema true", T, nothing, put(MANIFEST, "schema_version", to=True)),
    Case("schema 3.0", T, nothing, put(MANIFEST, "schema_version", to=3.0)),
    Case("schema -1", T, nothing, put(MANIFEST, "schema_version", to=-1)),
    Case("schema in quotes", T, nothing, put(MANIFEST, "schema_version", to="3")),
    Case("a schema that is a list", T, nothing, put(MANIFEST, "schema_version", to=[3])),
    Case("schema 1 with later keys", T, nothing, put(MANIFEST, "schema_version", to=1)),
    Case("a champion of 31 letters", T, nothing, put(MANIFEST, "champion", to="x" * 31)),
    Case("a champion in capitals", T, nothing, put(MANIFEST, "champion", to="Neural")),
    Case("another champion of the same form", T, nothing, put(MANIFEST, "champion", to="rule")),
    Case("a champion that is a path", T, nothing, put(MANIFEST, "champion", to="../../other")),
    Case("no champion", T, nothing, drop(MANIFEST, "champion")),
    Case("another data set", T, nothing, put(MANIFEST, "data", to="german")),
    Case("an empty data set", T, nothing, put(MANIFEST, "data", to="")),
    Case("other features", T, nothing, put(MANIFEST, "features", to=["PAY_0"])),
    Case("a feature twice in the manifest", T, nothing, put(MANIFEST, "features", to=["PAY_0", "PAY_0"])),
    Case("an extra key in the manifest", T, nothing, text(MANIFEST, "{", '{"hook": "x", ')),
    Case("a key of the manifest twice", T, nothing, text(MANIFEST, "{", '{"champion": "rule", ')),
    Case(
        "a file twice in the manifest",
        T,
        nothing,
        text(MANIFEST, '"files": {', f'"files": {{"contract.json": "{ZEROS}", '),
    ),
    Case(
        "a name with .. in the manifest",
        T,
        nothing,
        put(MANIFEST, "files", to=lambda f: f | {"../../etc/passwd": ZEROS}),
    ),
    Case(
        "an absolute name in the manifest", T, nothing, put(MANIFEST, "files", to=lambda f: f | {"/etc/passwd": ZEROS})
    ),
    Case(
        "a Windows name in the manifest",
        T,
        nothing,
        put(MANIFEST, "files", to=lambda f: f | {"champion\\policy.json": ZEROS}),
    ),
    Case("./ before a name", T, nothing, put(MANIFEST, "files", to=lambda f: {f"./{k}": v for k, v in f.items()})),
    Case("an empty name", T, nothing, put(MANIFEST, "files", to=lambda f: f | {"": ZEROS})),
    Case("a name with a NUL", T, nothing, put(MANIFEST, "files", to=lambda f: f | {"a\0b": ZEROS})),
    Case("the manifest in the manifest", T, nothing, put(MANIFEST, "files", to=lambda f: f | {MANIFEST: ZEROS})),
    Case(
        "a file that is not there",
        T,
        nothing,
        put(MANIFEST, "files", to=lambda f: f | {"champion/scorecard.json": ZEROS}),
    ),
    Case("no files", T, nothing, put(MANIFEST, "files", to={})),
    Case("files as a list", T, nothing, put(MANIFEST, "files", to=list)),
    Case("hashes in capitals", T, nothing, put(MANIFEST, "files", to=lambda f: {k: v.upper() for k, v in f.items()})),
    Case("a hash of 63 digits", T, nothing, put(MANIFEST, "files", CONTRACT, to="a" * 63)),
    Case("a hash with a line end", T, nothing, put(MANIFEST, "files", CONTRACT, to=lambda h: h + "\n")),
    Case("a hash that is null", T, nothing, put(MANIFEST, "files", CONTRACT, to=None)),
    Case("another file's hash", T, nothing, put(MANIFEST, "files", CONTRACT, to=ZEROS)),
    Case("NaN in the metrics", T, nothing, put(MANIFEST, "metrics", to={"champion": float("nan")})),
    Case("metrics of nobody", T, nothing, put(MANIFEST, "metrics", to={"nobody": {}})),
    Case("settings that are a list", T, nothing, put(MANIFEST, "settings", to=[])),
    Case(
        "-1 rows",
        T,
        nothing,
        put(
            MANIFEST,
            "source",
            to={"file": "x", "sha256": ZEROS, "rows": {"source": -1, "accepted": 0, "quarantined": 0}},
        ),
    ),
    Case("a manifest that is a list", T, nothing, raw(MANIFEST, b"[1]")),
    Case("an empty manifest", T, nothing, raw(MANIFEST, b"")),
    Case("a manifest of 1,000,000 brackets", T, nothing, raw(MANIFEST, b"[" * 1_000_000)),
    Case("a manifest of 200 levels", T, nothing, put(MANIFEST, "settings", to=lambda _: _levels(200))),
    Case("a manifest of a 5,000-digit number", T, nothing, raw(MANIFEST, b'{"schema_version": ' + b"1" * 5000 + b"}")),
    Case("no manifest", T, nothing, _remove(MANIFEST)),
]


def _levels(depth):
    return {"a": _levels(depth - 1)} if depth else {}


def _as_schema_2(folder):
    (folder / GOLDEN).unlink()
    put(MANIFEST, "schema_version", to=2)(folder)


def _as_schema_1(folder):
    _as_schema_2(folder)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    of_schema_1 = {key: manifest[key] for key in ("champion", "data", "files")}
    (folder / MANIFEST).write_text(json.dumps({"schema_version": 1, **of_schema_1}))


def _rewritten(folder):
    """Write every JSON file without spaces, as another program would."""
    for path in folder.rglob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_bytes()), separators=(",", ":")))


def _hardlinked(folder):
    """Link every file from elsewhere, as DVC's cache.type hardlink does."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        os.link(path, folder.parent / f"link-of-{path.parent.name}-{path.name}")


FILES = [*PLACES, *MANIFESTS]
NAMED = Case("a candidate with a name of the team's own", T, nothing, put(MANIFEST, "champion", to="neural"))
VALID = [
    NAMED,
    *(
        Case(f"{what}, {base}", base, change)
        for base in ("xgboost", "forest", "logistic", "splines")
        for what, change in {
            "schema 4": nothing,
            "schema 3": put(MANIFEST, "schema_version", to=3),
            "schema 2": _as_schema_2,
            "schema 1": _as_schema_1,
            "JSON without spaces": _rewritten,
            "hard links": _hardlinked,
        }.items()
    ),
]
