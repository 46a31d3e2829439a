"""Hostile tags, files behind them, arguments and texts: each is named and refused, or told and shown safely."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.bank import BANK, Bank, build_bank

from benchmarks.hostile_tag_lists import ARGUMENTS, COMMITS, FORGED, MOVES, TEXTS, Edit, swap, told
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.common.shown import line, markdown, plain

SHOWN = 160
LONGEST_SECONDS = 60
LATER = "not valid, or not by someone"  # promote asks for signatures
LISTS = ("environments", "environments --history", "notes", "trend", "trend --json", "release --dry-run")


class Seen(NamedTuple):
    """What a command printed, its exit code, and what is wrong with it whatever was asked."""

    out: str
    said: str
    code: int

    @property
    def wrong(self) -> str | None:
        """Name a traceback, a hang, or what a terminal would obey."""
        if "Traceback" in self.said:
            return "TRACEBACK"
        if self.code < 0:
            return "HANG"
        return "NOT SAFE TO SHOW" if plain(self.out + self.said) != self.out + self.said else None


def prove() -> list[Proof]:
    """Put all of them into one repository, and try each."""
    with tempfile.TemporaryDirectory(prefix="takeback-") as place:
        say("hostile tags: two releases")
        bank = built(Path(place) / BANK)
        say("hostile tags: tags")
        releases, moves = place_releases(bank), place_moves(bank)
        proofs = [*listed(bank, releases, moves), *(promoted(bank, name, *releases[name]) for name in releases)]
        say("hostile tags: files, arguments, texts")
        proofs += [behind(bank, number, *case) for number, case in enumerate(COMMITS)]
        proofs += [asked(bank, *case) for case in ARGUMENTS]
        proofs += [proof for name, text in TEXTS.items() for proof in reasoned(bank, name, text)]
        proofs += [released(bank), stayed(bank)]
    wrong = sum(proof.passed is False for proof in proofs)
    seen = f"{len(proofs)} cases, {wrong} not as expected"
    return [Proof("all hostile tags and messages", "no traceback, hang or wrong acceptance", seen, not wrong), *proofs]


def built(folder: Path) -> Bank:
    """Build a bank whose first release is in production, and leave it alone with itself."""
    build_bank(folder)
    bank = Bank(folder / "Ada")
    prepare(bank)
    return bank


def prepare(bank: Bank) -> None:
    """Bring the first release to production, and leave the bank alone with itself."""
    bank.git("remote remove origin")
    bank.takeback("promote v1.0.0 --to prod")
    bank.fix()


def run(bank: Bank, *command: str) -> Seen:
    """Run a command, whatever it does."""
    try:
        done = subprocess.run(
            command, cwd=bank.folder, env=bank.environment, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Seen("", "", -1)
    return Seen(done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.returncode)


def put(bank: Bank, name: str, content: bytes, kind: str = "tag") -> None:
    """Write an object as it is, and a ref that points at it."""
    command = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
    done = subprocess.run(
        command, cwd=bank.folder, env=bank.environment, input=content, capture_output=True, check=True
    )
    _loose(done.stdout)(bank, name)  # git update-ref refuses what Git itself cannot read


def sound(bank: Bank, name: str, like: str = "v1.1.0") -> bytes:
    """Return the bytes of a tag that another name was made with, changed to this name."""
    content = bank.run("git", "cat-file", "tag", like).encode()
    if like.startswith("credit#"):
        return told("Stage", name.split("#")[1])(swap("^tag .*$", f"tag {name}")(content))
    renamed = swap("^tag .*$", f"tag {name}")(content)
    return told("Release", name)(swap(rf"^{like}: ", f"{name}: ")(renamed))


def place_releases(bank: Bank) -> dict[str, tuple[str, str]]:
    """Put every hostile release tag there; return what each is and what must be said of it, by its name."""
    found = {}
    for number, (what, edit, expected) in enumerate(FORGED):
        name = f"v9.0.{number}"
        put(bank, name, edit(sound(bank, name)))
        found[name] = what, expected
    for number, (what, make, expected) in enumerate(SHAPES):
        name = f"v9.1.{number}"
        make(bank, name)
        found[name] = what, expected
    return found


def place_moves(bank: Bank) -> dict[str, tuple[str, str]]:
    """Put every hostile tag of a move there, each in an environment of its own."""
    found = {}
    for number, (what, edit, expected) in enumerate(MOVES):
        name = f"credit#s{number}#1"
        put(bank, name, edit(sound(bank, name, "credit#prod#1")))
        found[name] = what, expected
    return found


def listed(bank: Bank, releases: dict[str, tuple[str, str]], moves: dict[str, tuple[str, str]]) -> Iterator[Proof]:
    """List everything with all of them there: what is bad is named, all else is told."""
    seen = {command: run(bank, "takeback", *command.split()) for command in LISTS}
    for command, one in seen.items():
        # The last that is forged is a release as any other, so the next one comes after it.
        sound = {"release --dry-run": f"v9.0.{len(FORGED)}\n"}.get(command, "v1.1.0")
        good = not one.code and (command.startswith("environments") or sound in one.out)
        yield _proof(
            f"`takeback {command}` with all of them", "exit code 0", one, good, f"exit code {one.code}: {_last(one)}"
        )
    for name, (what, expected) in moves.items():
        row = next(
            (row for row in seen["environments"].out.splitlines() if row.startswith(f"{name.split('#')[1]} ")), ""
        )
        said = row or _about(name, seen["environments"].said)
        right = bool(row) and "UNCHECKED" in row if expected == "UNCHECKED" else bool(row) == (expected == "told")
        yield _proof(
            f"tag of a move: {what}", expected, seen["environments"], right and (bool(row) or expected in said), said
        )
    for name, (what, expected) in releases.items():
        is_told = f"## {name} " in seen["notes"].out
        if is_told != (expected == "accepted" or expected.startswith(LATER)):
            yield Proof(f"notes: {markdown(what)}", expected, "told" if is_told else "left out", False)


def promoted(bank: Bank, name: str, what: str, expected: str) -> Proof:
    """Promote it."""
    seen = run(bank, "takeback", "promote", name, "--to", "canary", "--bundle-only")
    right = "canary is at" in seen.out if expected == "accepted" else bool(seen.code) and expected in seen.said
    return _proof(f"release tag: {what}", expected, seen, right, _last(seen))


def behind(bank: Bank, number: int, what: str, path: str, edit: Edit, expected: str) -> Proof:
    """Change a file behind a tag that says what the changed commit has, and promote it."""
    name = f"v9.2.{number}"
    bank.git("checkout -q --detach v1.1.0")
    bank.path(path).write_bytes(edit(bank.path(path).read_bytes()))
    bank.git("commit -qam hostile --no-verify")
    commit, lock = bank.git("rev-parse HEAD"), sha256(bank.path("dvc.lock").read_bytes()).hexdigest()
    bank.git("checkout -q main")
    made = told("Commit", commit)(sound(bank, name))
    if lock.encode() not in made:  # it is the lock that was changed
        made = told("Lock-SHA256", lock)(made)
    put(bank, name, swap("^object .*$", f"object {commit}")(made))
    return promoted(bank, name, f"behind it, {what}", expected)


def asked(bank: Bank, command: tuple[str, ...], expected: str) -> Proof:
    """Run a command with hostile arguments."""
    seen = run(bank, "takeback", *command)
    return _proof(f"`{' '.join(command)[:60]}`", expected, seen, bool(seen.code) and expected in seen.said, _last(seen))


def reasoned(bank: Bank, name: str, text: str) -> Iterator[Proof]:
    """Move an environment for a hostile reason, by a person of a hostile name."""
    environment, person = f"t{list(TEXTS).index(name)}", bank.environment["GIT_COMMITTER_NAME"]
    bank.environment["GIT_COMMITTER_NAME"] = text
    seen = run(bank, "takeback", "promote", "v1.1.0", "--to", environment, f"--reason={text}", "--bundle-only")
    bank.environment["GIT_COMMITTER_NAME"] = person
    yield _proof(f"reason and name: {name}", "it moves", seen, not seen.code, _last(seen))
    told = run(bank, "takeback", "environments")
    row = next((row for row in told.out.splitlines() if row.startswith(f"{environment} ")), "")
    right = row.split()[1:2] == ["v1.1.0"] and row.endswith(line(text)) and "UNCHECKED" not in row
    yield _proof(f"reason and name, shown: {name}", "v1.1.0, and the reason in one line", told, right, row)


def released(bank: Bank) -> Proof:
    """Make a release of commits with hostile subjects; its trailers are those of any release."""
    for text in TEXTS.values():
        bank.run("git", "commit", "-q", "--allow-empty", "--no-verify", "--cleanup=verbatim", f"--message={text}")
    seen = run(bank, "takeback", "release", "v20.0.0")
    message = bank.run("git", "cat-file", "tag", "v20.0.0")
    keys = {row.partition(":")[0] for row in message.rstrip().rpartition("\n\n")[2].splitlines()}
    right = not seen.code and keys.isdisjoint({"Version", "Unchecked"}) and plain(message) == message
    return _proof("commits with hostile subjects", "a release as any other", seen, right, _last(seen))


def stayed(bank: Bank) -> Proof:
    """Look whether production is where it was."""
    seen = run(bank, "takeback", "environments")
    row = next(row for row in seen.out.splitlines() if row.startswith("prod "))
    return _proof("production, after all of them", "v1.0.0", seen, row.split()[1] == "v1.0.0", row)


def _proof(what: str, expected: str, seen: Seen, right: bool, shown: str) -> Proof:
    text = seen.wrong or " ".join(shown.split())[:SHOWN]
    return Proof(markdown(what), markdown(expected), markdown(text), right and not seen.wrong)


def _last(seen: Seen) -> str:
    return ([row for row in (seen.said or seen.out).splitlines() if not row.startswith("warning: ")] or [""])[-1]


def _about(name: str, said: str) -> str:
    return next((row for row in said.splitlines() if f"tag {name} " in row), "")


def _loose(text: bytes) -> Callable[[Bank, str], object]:
    return lambda bank, name: bank.path(f".git/refs/tags/{name}").write_bytes(text)


def _on(kind: str, what: str) -> Callable[[Bank, str], object]:
    """Make a sound tag of something that is no commit."""

    def make(bank: Bank, name: str) -> None:
        on = bank.git("rev-parse", what) if what else "1" * 40
        put(
            bank,
            name,
            swap(r"^object .*\ntype .*$", f"object {on}\ntype {kind}")(told("Commit", on)(sound(bank, name))),
        )

    return make


def _corrupt(bank: Bank, name: str) -> None:
    put(bank, name, sound(bank, name))
    oid = bank.git("rev-parse", name)
    path = bank.path(f".git/objects/{oid[:2]}/{oid[2:]}")
    path.chmod(0o644)
    path.write_bytes(b"garbage")


FILE, TREE, TAG = "v1.1.0:README.md", "v1.1.0^{tree}", "refs/tags/v1.1.0"
SHAPES: list[tuple[str, Callable[[Bank, str], object], str]] = [
    ("lightweight", lambda bank, name: bank.git("tag", name, "v1.1.0^{commit}"), "is a lightweight tag"),
    ("lightweight, on the tag v1.1.0", lambda bank, name: bank.git("tag", name, "v1.1.0"), "made as v1.1.0"),
    ("lightweight, on a file", lambda bank, name: bank.git("tag", name, FILE), "is on a blob"),
    ("lightweight, on a folder", lambda bank, name: bank.git("tag", name, TREE), "is on a tree"),
    ("on a file", _on("blob", FILE), "is on a blob"),
    ("on a folder", _on("tree", TREE), "is on a tree"),
    ("on a tag", _on("tag", TAG), "is on a tag"),
    ("on a file, and says it is a commit", _on("commit", FILE), "no such commit"),
    ("on a folder, and says it is a commit", _on("commit", TREE), "no such commit"),
    ("on a tag, and says it is a commit", _on("commit", TAG), "no such commit"),
    ("on a commit that is not there", _on("commit", ""), "no such commit"),
    (
        "another name for the tag v1.1.0",
        lambda bank, name: bank.git("symbolic-ref", f"refs/tags/{name}", TAG),
        "made as v1.1.0",
    ),
    (
        "another name for a branch",
        lambda bank, name: bank.git("symbolic-ref", f"refs/tags/{name}", "refs/heads/main"),
        "lightweight",
    ),
    (
        "another name for itself",
        lambda bank, name: _loose(f"ref: refs/tags/{name}\n".encode())(bank, name),
        "no such release",
    ),
    ("no hash in its file", _loose(b"\x1b[31mgarbage"), "no such release"),
    ("an empty file", _loose(b""), "no such release"),
    ("a hash of nothing", _loose(b"1" * 40 + b"\n"), "has no object here"),
    ("its object is corrupt", _corrupt, "has no object here"),
]
