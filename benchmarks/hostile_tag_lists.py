"""What is wrong with each hostile tag: a change of the bytes of a sound one, and what must be said of it.

`FORGED` are tags of releases and `MOVES` tags of moves; `COMMITS` are files in a release's commit, `ARGUMENTS` what a
person types, and `TEXTS` what stands in reasons, names and subjects.
"""

import re
from collections.abc import Callable

Edit = Callable[[bytes], bytes]

ESCAPES = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202egnp.exe \x9b2J"
MARKUP = "@ada ![x](https://evil.example/p.png) <img src=x onerror=alert(1)> | a | [y](javascript:x) #12 `z`"
KEYS = ("Release", "Commit", "Lock-SHA256", "Champion", "Gate", "Data-SHA256")


def swap(old: str, new: str | bytes) -> Edit:
    """Replace what a regular expression finds, once; a change that changes nothing is a mistake of this list."""
    after = new if isinstance(new, bytes) else new.encode()

    def edit(content: bytes) -> bytes:
        changed = re.sub(old.encode(), lambda _: after, content, count=1, flags=re.MULTILINE)
        assert changed != content, old
        return changed

    return edit


def below(edit: Edit) -> Edit:
    """Change the last paragraph alone, which has the trailers."""

    def edited(content: bytes) -> bytes:
        above, line_ends, trailers = content.rpartition(b"\n\n")
        return above + line_ends + edit(trailers)

    return edited


def told(key: str, value: str | bytes) -> Edit:
    """Give a trailer another value."""
    after = value if isinstance(value, bytes) else value.encode()
    return below(swap(rf"^{key}: .*$", key.encode() + b": " + after))


def added(text: str | bytes) -> Edit:
    """Add to the end, where the trailers are."""
    return lambda content: content + (text if isinstance(text, bytes) else text.encode())


def _message(text: str | bytes) -> Edit:
    """Put another message behind the head."""
    return lambda content: content[: content.index(b"\n\n") + 2] + (text if isinstance(text, bytes) else text.encode())


def _twice(key: str) -> Edit:
    return lambda content: content + next(line for line in content.splitlines(True) if line.startswith(key.encode()))


TAGGER, DATE = r"^tagger .*$", r"[0-9]+ [+-][0-9]{4}$"
AUC = r"^Metric: champion\.ranking\.auc .*$"
NONE, NOT_MADE = "is no tag object", "was not made by `takeback release`"
SIGNED = "-----BEGIN {0} SIGNATURE-----\nAAAA\n-----END {0} SIGNATURE-----\n"

FORGED: list[tuple[str, Edit, str]] = [
    ("made by hand: `git tag -a -m x`", _message("x\n"), NOT_MADE),
    ("no message", _message(""), NOT_MADE),
    *(
        (f"no trailer {key}", below(swap(rf"^{key}: .*\n", "")), NOT_MADE if key == "Release" else "has no trailer")
        for key in KEYS
    ),
    *((f"trailer {key} twice", _twice(key), f"has more than one trailer {key}") for key in KEYS),
    ("Release of another version", told("Release", "v1.1.0"), "has the message of v1.1.0"),
    ("Release with a space behind it", told("Release", "v1.1.0 "), "has the message of"),
    ("Release in small letters", below(swap("^Release:", "release:")), NOT_MADE),
    ("Release with a Cyrillic letter", below(swap("^Release:", "R\u0435lease:")), NOT_MADE),
    ("Commit of another commit", told("Commit", "1" * 40), "was made for the commit 1111"),
    ("Commit shortened", told("Commit", "abcdef0"), "was made for the commit abcdef0"),
    ("Lock-SHA256 of another lock", told("Lock-SHA256", "0" * 64), "says Lock-SHA256 0000"),
    ("Lock-SHA256 empty", told("Lock-SHA256", ""), "Lock-SHA256"),
    ("another Champion", told("Champion", "rule"), "says Champion rule"),
    ("Champion as a path", told("Champion", "../../../etc/passwd"), "says Champion ../../../etc/passwd"),
    ("Champion with terminal escapes", told("Champion", ESCAPES), "says Champion"),
    ("another verdict of the gate", told("Gate", "blocked"), "says Gate blocked"),
    ("Gate with markup", told("Gate", MARKUP), "says Gate @ada"),
    ("data of somebody else", told("Data-SHA256", "f" * 64), "says Data-SHA256 ffff"),
    ("a better AUC", swap(AUC, "Metric: champion.ranking.auc 0.99"), "says champion.ranking.auc 0.99"),
    ("no AUC", swap(AUC + "\n", ""), "says champion.ranking.auc nothing"),
    ("AUC NaN", swap(AUC, "Metric: champion.ranking.auc NaN"), "has a trailer Metric that is none"),
    ("AUC of 5,000 digits", swap(AUC, f"Metric: champion.ranking.auc {'9' * 5000}"), "has a trailer Metric"),
    ("AUC twice", added("Metric: champion.ranking.auc 0.99\n"), "more than one Metric champion.ranking.auc"),
    ("a Metric that no file has", added("Metric: champion.a.b 1\n"), "say nothing"),
    ("a Metric that is an expression", added("Metric: __import__('os') 1\n"), "has a trailer Metric that is none"),
    ("a Metric that walks", added("Metric: champion.../../x 1\n"), "has a trailer Metric that is none"),
    ("trailers not at the end", added("\nAnd so on.\n"), NOT_MADE),
    ("trailers with a blank line in between", below(swap("^Gate: ", "\nGate: ")), NOT_MADE),
    ("trailers folded", below(swap("^Gate: ", "Gate:\n ")), "has no trailer Gate"),
    ("trailers with CR", below(swap(r"^Gate: ", "\rGate: ")), "has no trailer Gate"),
    ("trailers behind U+2028", below(swap("^Gate: ", "\u2028Gate: ")), "has no trailer Gate"),
    ("line ends of Windows", lambda content: content.replace(b"\n", b"\r\n"), NONE),
    ("Latin-1 in the message", added(b"Note: \xe4\xf6\xfc\n"), "is not UTF-8"),
    ("Latin-1 in the tagger's name", swap(TAGGER, b"tagger J\xfcrgen <j@example.org> 1 +0000"), "is not UTF-8"),
    ("UTF-16", lambda content: content.decode().encode("utf-16"), "is not UTF-8"),
    ("bytes at random", lambda _: bytes(range(256)) * 4, "is not UTF-8"),
    ("a surrogate", added(b"Note: \xed\xa0\x80\n"), "is not UTF-8"),
    ("NUL in the message", added(b"Note: a\0b\n"), "holds a NUL"),
    ("NUL in the head", swap("^type ", b"type\0"), "holds a NUL"),
    ("empty object", lambda _: b"", NONE),
    ("one line end", lambda _: b"\n", NONE),
    ("head alone, cut off", lambda content: content[:60], NONE),
    *((f"no line {key}", swap(rf"^{key} .*\n", ""), NONE) for key in ("object", "type", "tag", "tagger")),
    ("line object twice", lambda content: content.split(b"\n")[0] + b"\n" + content, NONE),
    ("lines in another order", swap(r"^(type commit)\n(tag .*)\n", "tag v9.9.9\ntype commit\n"), NONE),
    ("no blank line before the message", swap(r"\n\n", "\n"), NONE),
    ("object is no hash", swap("^object .*$", "object HEAD"), NONE),
    ("object is a path", swap("^object .*$", "object ../../../etc/passwd"), NONE),
    ("object is an option", swap("^object .*$", "object --upload-pack=x"), NONE),
    ("type of capital letters", swap("^type commit", "type COMMIT"), NONE),
    ("type unknown", swap("^type commit", "type commits"), "is on a commits"),
    ("made as v3.0.0 and put here", swap("^tag .*$", "tag v3.0.0"), "was made as v3.0.0"),
    ("made as an escape", swap("^tag .*$", "tag \x1b[31mv9"), "was made as"),
    ("made as a path", swap("^tag .*$", "tag ../v1.0.0"), "was made as ../v1.0.0"),
    ("no date", swap(TAGGER, "tagger Ada <ada@example.org>"), NONE),
    ("date of 400 digits", swap(TAGGER, f"tagger Ada <a@example.org> {'9' * 400} +0000"), NONE),
    ("date beyond the calendar", swap(DATE, "999999999999 +0000"), "has no date"),
    ("date before time", swap(DATE, "-1 +0000"), NONE),
    ("time zone of 99 hours", swap(DATE, "1 +9999"), "has no date"),
    ("time zone of words", swap(DATE, "1 UTC"), NONE),
    ("tagger with < and >", swap(TAGGER, "tagger A <b> <c@example.org> 1 +0000"), NONE),
    ("a signature of nothing (SSH)", added(SIGNED.format("SSH")), "not valid, or not by someone"),
    ("a signature of nothing (PGP)", added(SIGNED.format("PGP")), "not valid, or not by someone"),
    ("a signature before the trailers", below(swap("^Release: ", SIGNED.format("SSH") + "Release: ")), NOT_MADE),
    ("2 MB of message", added("x" * (2 << 20)), "has 2"),
    ("100,000 trailers", added("A: b\n" * 100_000), "accepted"),
    ("tagger with terminal escapes", swap("^tagger Ada ", f"tagger {ESCAPES} "), "accepted"),
    ("subject with terminal escapes", swap(": logistic on taiwan$", f": {ESCAPES}"), "accepted"),
    ("subject with markup", swap(": logistic on taiwan$", f": {MARKUP}"), "accepted"),
    ("Change with markup", told("Change", MARKUP), "accepted"),
    ("Gate-Criterion with escapes", added(f"Gate-Criterion: {ESCAPES}\n"), "accepted"),
    ("Data-File with markup", told("Data-File", MARKUP), "accepted"),
    ("Scenario with markup", added(f"Scenario: {MARKUP}\n"), "accepted"),
    ("everything right, in a second tag of one commit", added(""), "accepted"),
]

DEEP = b"[" * 100_000
NO_VERSION = "names no version"
# "told" is a move that `takeback environments` shows; GTO's own tags have no trailers, and count as unchecked.
MOVES: list[tuple[str, Edit, str]] = [
    ("Version twice", _twice("Version"), NO_VERSION),
    ("Version that is none", told("Version", "latest"), NO_VERSION),
    ("Version as an option", told("Version", "--upload-pack=x"), NO_VERSION),
    ("Version of 5,000 digits", told("Version", f"v{'9' * 5000}.0.0"), NO_VERSION),
    ("Version with terminal escapes", told("Version", f"v1.0.0{ESCAPES}"), NO_VERSION),
    ("Version empty", told("Version", ""), NO_VERSION),
    ("Version of a release on another commit", told("Version", "v1.1.0"), "says v1.1.0 and is on another commit"),
    ("made for another environment", told("Stage", "canary"), "was made for the environment canary"),
    ("Latin-1 in the reason", told("Reason", b"gr\xfcn"), "is not UTF-8"),
    ("NUL in the reason", told("Reason", b"a\0b"), "holds a NUL"),
    ("put under another name", swap("^tag .*$", "tag credit#prod#1"), "was made as credit#prod#1"),
    ("date beyond the calendar", swap(DATE, "999999999999 +0000"), "has no date"),
    ("empty object", lambda _: b"", NONE),
    ("reason with terminal escapes", told("Reason", ESCAPES), "told"),
    ("reason of 100,000 letters", told("Reason", "x" * 100_000), "told"),
    ("tagger with terminal escapes", swap("^tagger Test |^tagger Ada ", f"tagger {ESCAPES} "), "told"),
    ("no trailers, as GTO makes it", _message("x\n"), "UNCHECKED"),
    ("made by hand with a Version", _message("x\n\nVersion: v1.0.0\n"), "UNCHECKED"),
    ("made by hand, escapes in the subject", _message(f"{ESCAPES}\n"), "UNCHECKED"),
]

# Files of a commit with a sound tag: what is written there, and what promote says.
COMMITS: list[tuple[str, str, Edit, str]] = [
    ("the lock edited by hand", "dvc.lock", swap(r"md5: [0-9a-f]{32}$", f"md5: {'0' * 32}"), "does not belong to its"),
    ("the lock no YAML", "dvc.lock", lambda _: b"a: [", "dvc.lock: not readable as YAML"),
    ("the lock empty", "dvc.lock", lambda _: b"", "dvc.lock: found no stages"),
    (
        "another parameter",
        "params.yaml",
        swap("max_referral_rate: .*", "max_referral_rate: 0.99"),
        "does not belong to",
    ),
    ("parameters no YAML", "params.yaml", lambda _: b"a: [", "params.yaml: not readable as YAML"),
    ("parameters that refer to themselves", "params.yaml", lambda _: b"a: &a [*a]", "is an alias"),
    ("parameters 100,000 deep", "params.yaml", lambda _: DEEP, "not readable as YAML"),
    ("parameters with a date that is none", "params.yaml", added("x: 2001-99-99\n"), "not readable as YAML"),
    ("the pipeline 100,000 deep", "dvc.yaml", lambda _: DEEP, "not readable as YAML"),
    ("a limit of the gate gone", "params.yaml", swap("^  min_auc:\n", "  min_au:\n"), "gate"),
    (
        "the gate's limit raised, and the verdict left",
        "params.yaml",
        None or swap("limit: 0.75\n    blocks: never", "limit: 0.99\n    blocks: fail"),
        "the gate blocks, computed again",
    ),
    (
        "metrics improved by hand",
        "metrics/test/logistic/reasons.json",
        swap(r"[0-9]\.[0-9]+", "0.999"),
        "does not belong",
    ),
    ("metrics no JSON", "metrics/test/logistic/performance.json", lambda _: b"{", "not readable as JSON"),
    ("metrics of NaN", "metrics/test/logistic/performance.json", swap(r"[0-9]\.[0-9]+", "NaN"), "which is no JSON"),
    ("metrics 100,000 deep", "metrics/test/logistic/fairness.json", lambda _: b"[" * 100_000, "not readable as JSON"),
    (
        "metrics of another form",
        "metrics/test/logistic/fairness.json",
        lambda _: b"[1]",
        "are not what this code's gate",
    ),
    (
        "the champion's name a path",
        "metrics/champion.json",
        lambda _: b'{"champion": "../x"}',
        "says Champion logistic",
    ),
    ("the champion a number", "metrics/champion.json", lambda _: b'{"champion": 3}', "says Champion logistic"),
    (
        "code changed behind the lock",
        "src/takeback/assessment/gate_verdict.py",
        added("# x\n"),
        "does not belong to its files",
    ),
    ("bundle of another lock", "metrics/data.json", swap('"rows"', '"row"'), "does not"),
]

# What a person types where a version, an environment or a span belongs.
NO_RELEASE, NO_ENVIRONMENT = "there is no such release", "is no name for an environment"
ARGUMENTS: list[tuple[tuple[str, ...], str]] = [
    *(
        (("promote", name, "--to", "prod"), NO_RELEASE)
        for name in (
            "HEAD",
            "main",
            "v1.1.0^{}",
            "refs/tags/v1.1.0",
            "v1.1.0~0",
            "v01.1.0",
            "v1.1",
            "",
            " v1.1.0",
            "v1.1.0\n",
            "v1.*",
            "../v1.1.0",
            "v1.1.0\x1b[2J",
            "v1.1.0\u202e",
            "$(touch x)",
            f"v{'9' * 5000}.0.0",
        )
    ),
    *(
        (("promote", "v1.1.0", "--to", name), NO_ENVIRONMENT)
        for name in (
            "",
            "a b",
            "../x",
            "a#b",
            "x\x1b[2J",
            "pr\u202eod",
            "a\nb",
            "--",
            "a!",
            "*",
            "x" * 5000 + "/",
        )
    ),
    (("promote", "v1.1.0", "--to", "prod", "--reason", ""), "--reason: says nothing"),
    (("promote", "v1.1.0", "--to", "prod", "--reason", " \n\t"), "--reason: says nothing"),
    (("promote", "v1.1.0", "--to", "prod", "--unchecked"), "--reason: says nothing"),
    (("rollback", "prod", "--to", "HEAD", "--reason", "x"), NO_RELEASE),
    (("rollback", "a b", "--reason", "x"), NO_ENVIRONMENT),
    (("notes", "--", "--upload-pack=x"), "there is no such tag"),
    (("notes", "v1.0.0\x1b[2J"), "there is no such tag"),
    (("notes", "v1.0.0..$(touch x)"), "there is no such tag"),
    (("release", "v9"), "is no version"),
    (("release", "v9.0.0\x1b[2J"), "is no version"),
]

# Reasons, names and subjects of commits, which may be anything: kept, shown safely, and never a trailer.
TEXTS = {
    "terminal escapes": ESCAPES,
    "markup": MARKUP,
    "a trailer": "x\n\nVersion: v9.9.9\nUnchecked: no",
    "a signature": f"x\n{SIGNED.format('PGP')}",
    "one line of 20,000 letters": "x" * 20_000,
    "an option": "--file=/etc/passwd",
}
