"""Hostile JSON: what a file of a bundle may not say."""

import json

from tests.hostile.spoiling import (
    CALIBRATION,
    CONTRACT,
    GOLDEN,
    INPUTS,
    MANIFEST,
    POINTS,
    POLICY,
    RULE,
    SELECTION,
    Case,
    both,
    drop,
    put,
    raw,
    text,
)

NAN, INF = float("nan"), float("inf")
T, L = "xgboost", "logistic"
DEEP = b"[" * 100_000 + b"]" * 100_000


def _swapped(values):
    return [values[1], values[0], *values[2:]]


CALIBRATIONS = [
    Case("a negative PD", T, put(CALIBRATION, "pds", 0, to=-0.1)),
    Case("every PD negated", T, put(CALIBRATION, "pds", to=lambda pds: [-p for p in pds])),
    Case("a PD above 1", T, put(CALIBRATION, "pds", -1, to=1.5)),
    Case("a PD barely above 1", T, put(CALIBRATION, "pds", -1, to=1.0000000000000002)),
    Case("NaN as a PD", T, put(CALIBRATION, "pds", 3, to=NAN)),
    Case("Infinity as a PD", T, put(CALIBRATION, "pds", -1, to=INF)),
    Case("a PD of 1e999", T, text(CALIBRATION, "[", "[1e999, ")),
    Case("a PD that is true", T, put(CALIBRATION, "pds", -1, to=True)),
    Case("a PD that is null", T, put(CALIBRATION, "pds", 0, to=None)),
    Case("a PD in quotes", T, put(CALIBRATION, "pds", 0, to="0.1")),
    Case("a PD that is a list", T, put(CALIBRATION, "pds", 0, to=[0.1])),
    Case("PDs that fall", T, put(CALIBRATION, "pds", to=lambda pds: pds[::-1])),
    Case("two PDs swapped", T, put(CALIBRATION, "pds", to=_swapped)),
    Case("all PDs 0", T, put(CALIBRATION, "pds", to=lambda pds: [0.0] * len(pds))),
    Case("two margins swapped", T, put(CALIBRATION, "margins", to=_swapped)),
    Case("margins that fall", T, put(CALIBRATION, "margins", to=lambda m: m[::-1])),
    Case("margins too far apart", T, raw(CALIBRATION, b'{"margins": [-1.7e308, 1.7e308], "pds": [0.0, 1.0]}')),
    Case("margins too close", T, raw(CALIBRATION, b'{"margins": [0.0, 1e-310], "pds": [0.0, 1.0]}')),
    Case("a margin twice", T, put(CALIBRATION, "margins", to=lambda m: [m[0], m[0], *m[2:]])),
    Case("NaN as a margin", T, put(CALIBRATION, "margins", 0, to=NAN)),
    Case("-Infinity as a margin", T, put(CALIBRATION, "margins", 0, to=-INF)),
    Case("a margin that is false", T, put(CALIBRATION, "margins", 0, to=False)),
    Case("one PD less than margins", T, drop(CALIBRATION, "pds", 0)),
    Case("one margin less than PDs", T, drop(CALIBRATION, "margins", 0)),
    Case("an empty calibration table", T, raw(CALIBRATION, b'{"margins": [], "pds": []}')),
    Case("no PDs", T, drop(CALIBRATION, "pds")),
    Case("margins as an object", T, put(CALIBRATION, "margins", to={"0": 1})),
    Case("an extra key in the calibration", T, text(CALIBRATION, "{", '{"method": "x", ')),
    Case("the rule's PDs negated", T, put("fallback/calibration.json", "pds", to=lambda pds: [-p for p in pds])),
    Case(
        "the champion's calibration under the rule",
        T,
        lambda f: (f / "fallback/calibration.json").write_bytes((f / CALIBRATION).read_bytes()),
    ),
    Case("a calibration that is a list", T, raw(CALIBRATION, b"[]")),
    Case("a calibration that is null", T, raw(CALIBRATION, b"null")),
]

POLICIES = [
    Case("thresholds reversed", T, raw(POLICY, b'{"approve_below": 0.4, "decline_from": 0.1}')),
    Case("approve below true", T, put(POLICY, "approve_below", to=True)),
    Case("decline from true", T, put(POLICY, "decline_from", to=True)),
    Case("approve below 1.5", T, raw(POLICY, b'{"approve_below": 1.5, "decline_from": 2.0}')),
    Case("approve below -0.1", T, put(POLICY, "approve_below", to=-0.1)),
    Case("decline from 1.5", T, put(POLICY, "decline_from", to=1.5)),
    Case("decline from 3", T, put(POLICY, "decline_from", to=3)),
    Case("approve below 2 (never decline)", T, raw(POLICY, b'{"approve_below": 2.0, "decline_from": 2.0}')),
    Case("NaN as a threshold", T, put(POLICY, "approve_below", to=NAN)),
    Case("Infinity as a threshold", T, put(POLICY, "decline_from", to=INF)),
    Case("a threshold in quotes", T, put(POLICY, "approve_below", to="0.1")),
    Case("a threshold that is null", T, put(POLICY, "decline_from", to=None)),
    Case("a threshold missing", T, drop(POLICY, "decline_from")),
    Case("an extra key in the policy", T, text(POLICY, "{", '{"override": "approve", ')),
    Case("a threshold twice", T, text(POLICY, "{", '{"approve_below": 0.9, ')),
    Case("a threshold twice, once escaped", T, text(POLICY, "{", '{"approve_b\\u0065low": 0.9, ')),
    Case("everybody approved", T, raw(POLICY, b'{"approve_below": 1.0, "decline_from": 1.0}')),
    Case("nobody declined", T, put(POLICY, "decline_from", to=2.0)),
    Case("thresholds of another policy", T, raw(POLICY, b'{"approve_below": 0.9, "decline_from": 0.95}')),
    Case("the rule approves", T, put("fallback/policy.json", "approve_below", to=0.2)),
    Case(
        "a whole number of 5,000 digits", T, raw(POLICY, b'{"approve_below": 0, "decline_from": ' + b"9" * 5000 + b"}")
    ),
    Case("a whole number of 400 digits", T, raw(POLICY, b'{"approve_below": 0, "decline_from": ' + b"9" * 400 + b"}")),
    Case("-1e400 as a threshold", T, raw(POLICY, b'{"approve_below": -1e400, "decline_from": 0.5}')),
    Case("a policy of 100,000 brackets", T, raw(POLICY, DEEP)),
    Case("a policy of 500 brackets", T, put(POLICY, "approve_below", to=json.loads("[" * 500 + "]" * 500))),
]

POINT_TABLES = [
    Case("points one more than fit", L, put(POINTS, "features", 0, "points", to=lambda p: [*p, 1.0])),
    Case("points one fewer than fit", L, put(POINTS, "features", 0, "points", to=lambda p: p[1:])),
    Case("no points", L, put(POINTS, "features", 0, "points", to=[])),
    Case("edges that fall", L, put(POINTS, "features", 0, "edges", to=lambda e: e[::-1])),
    Case("an edge twice", L, put(POINTS, "features", 0, "edges", to=lambda e: [e[0], *e[:-1]])),
    Case("NaN as an edge", L, put(POINTS, "features", 0, "edges", 0, to=NAN)),
    Case("an edge beyond float32", L, put(POINTS, "features", 0, "edges", -1, to=1e39)),
    Case("an edge that is true", L, put(POINTS, "features", 0, "edges", 0, to=True)),
    Case("NaN as points", L, put(POINTS, "features", 0, "points", 0, to=NAN)),
    Case("Infinity for a missing value", L, put(POINTS, "features", 0, "missing", to=INF)),
    Case("points in quotes", L, put(POINTS, "features", 0, "points", 0, to="1")),
    Case(
        "points that overflow together",
        L,
        put(POINTS, "features", to=lambda fs: [{**f, "points": [1.7e308] * len(f["points"])} for f in fs]),
    ),
    Case("a feature twice", L, put(POINTS, "features", to=lambda fs: [*fs, fs[0]])),
    Case("a feature that the contract does not know", L, put(POINTS, "features", 0, "name", to="salary")),
    Case("a protected attribute as a feature", L, put(POINTS, "features", 0, "name", to="SEX=male")),
    Case("a feature without a name", L, put(POINTS, "features", 0, "name", to="")),
    Case("features in another order", L, put(POINTS, "features", to=lambda fs: fs[::-1])),
    Case("a feature left out", L, put(POINTS, "features", to=lambda fs: fs[1:])),
    Case("no features", L, put(POINTS, "features", to=[])),
    Case("features as an object", L, put(POINTS, "features", to={})),
    Case("no intercept", L, drop(POINTS, "intercept")),
    Case("an intercept that is true", L, put(POINTS, "intercept", to=True)),
    Case("another intercept", L, put(POINTS, "intercept", to=lambda i: i - 1)),
    Case("an extra key beside points", L, put(POINTS, "features", 0, to=lambda f: {**f, "weight": 2})),
    Case("reasons of its own in a fitted scorecard", L, put(POINTS, "features", 0, "reason", to="Because")),
    Case("a reason that is a number", L, put(POINTS, "features", 0, "reason", to=1)),
    Case("the rule reads a protected attribute", T, put(RULE, "features", 0, "name", to="AGE")),
    Case("a rule's reason that is empty", T, put(RULE, "features", 0, "reason", to="")),
    Case("a rule's reason that nobody sees", T, put(RULE, "features", 0, "reason", to=" \u200b")),
    Case("the rule reads a feature twice", T, put(RULE, "features", 1, "name", to="PAY_0")),
    Case(
        "the rule has no points for late payments", T, put(RULE, "features", 0, "points", to=lambda p: [0.0] * len(p))
    ),
    Case("a rule's reason with a terminal escape", T, put(RULE, "features", 0, "reason", to="late\x1b]0;x\x07")),
    Case("a rule's reason that turns the text", T, put(RULE, "features", 0, "reason", to="late \u202e evil")),
]

NAMES = [
    Case("an input twice", T, raw(INPUTS, lambda b: json.dumps([json.loads(b)[0], *json.loads(b)[:-1]]).encode())),
    Case("an input too few", T, drop(INPUTS, 0)),
    Case("an input too many", T, raw(INPUTS, lambda b: json.dumps([*json.loads(b), "LIMIT_BAL"]).encode())),
    Case("inputs in another order", T, raw(INPUTS, lambda b: json.dumps(json.loads(b)[::-1]).encode())),
    Case("an input that the contract does not know", T, put(INPUTS, 0, to="salary")),
    Case("a protected attribute as an input", T, put(INPUTS, 0, to="AGE")),
    Case("the outcome as an input", T, put(INPUTS, 0, to="default payment next month")),
    Case("the id as an input", T, put(INPUTS, 0, to="ID")),
    Case("an empty input name", T, put(INPUTS, 0, to="")),
    Case("an input name with a NUL", T, put(INPUTS, 0, to="PAY_0\0")),
    Case("an input name in other letters that look alike", T, put(INPUTS, 0, to="РAY_0")),
    Case("an input that is a number", T, put(INPUTS, 0, to=7)),
    Case("an input that is a list", T, put(INPUTS, 0, to=["PAY_0"])),
    Case("inputs as an object", T, raw(INPUTS, b'{"PAY_0": 1}')),
    Case("inputs as a text", T, raw(INPUTS, b'"PAY_0"')),
    Case("no inputs", T, raw(INPUTS, b"[]")),
    Case("a selection without a selected feature", T, put(SELECTION, "selected", to=[])),
    Case("a selection that is another one", T, put(SELECTION, "selected", to=lambda names: names[1:])),
    Case("a selected feature twice", T, put(SELECTION, "selected", to=lambda names: [*names, names[0]])),
    Case("a protected attribute selected", T, put(SELECTION, "selected", 0, to="SEX")),
    Case("an extra key in the selection", T, text(SELECTION, "{", '{"by": "me", ')),
    Case("a selection that is a list", T, raw(SELECTION, b"[]")),
]

CONTRACTS = [
    Case("a contract without a column", T, drop(CONTRACT, "columns", "PAY_0")),
    Case("an extra key in the contract", T, text(CONTRACT, "{", '{"model": "x", ')),
    Case("a key of the contract twice", T, text(CONTRACT, "{", '{"name": "other", ')),
    Case("the id named like the PD", T, put(CONTRACT, "id", to="pd")),
    Case("words that nobody sees", T, put(CONTRACT, "thin_file", "words", to="\u200b ")),
    Case(
        "an expression that can be read and not written",
        T,
        put(CONTRACT, "thin_file", "expression", to="PAY_0" + ".b" * 600),
    ),
    Case("a column twice", T, text(CONTRACT, '"columns": {', '"columns": {"PAY_0": {"type": "number"}, ')),
    Case("a range of true", T, put(CONTRACT, "columns", "PAY_0", "min", to=True)),
    Case("a range of NaN", T, put(CONTRACT, "columns", "PAY_0", "min", to=NAN)),
    Case("a range upside down", T, put(CONTRACT, "columns", "PAY_0", "min", to=10.0)),
    Case("a range in quotes", T, put(CONTRACT, "columns", "PAY_0", "min", to="-2")),
    Case("a narrower range", T, put(CONTRACT, "columns", "PAY_0", "max", to=0.0)),
    Case("monotone: true", T, put(CONTRACT, "columns", "PAY_0", "monotone", to=True)),
    Case("monotone: 2", T, put(CONTRACT, "columns", "PAY_0", "monotone", to=2)),
    Case("an unknown role", T, put(CONTRACT, "columns", "PAY_0", "role", to="secret")),
    Case("an input made protected", T, put(CONTRACT, "columns", "PAY_0", "role", to="protected")),
    Case(
        "a category of 100,000 levels",
        T,
        put(CONTRACT, "columns", "SEX", "levels", to={str(i): str(i) for i in range(60_000)}),
    ),
    Case(
        "an expression that calls open()",
        T,
        put(CONTRACT, "derived", "headroom", "expression", to="open('/etc/passwd')"),
    ),
    Case("an expression with an attribute", T, put(CONTRACT, "derived", "headroom", "expression", to="().__class__")),
    Case("an expression with a power", T, put(CONTRACT, "derived", "headroom", "expression", to="9**9**9**9")),
    Case("an expression that shifts", T, put(CONTRACT, "derived", "headroom", "expression", to="1 << 99999999999")),
    Case("an expression of 5,000 digits", T, put(CONTRACT, "derived", "headroom", "expression", to="9" * 5000)),
    Case(
        "an expression of 100,000 brackets",
        T,
        put(CONTRACT, "derived", "headroom", "expression", to="(" * 100_000 + "1" + ")" * 100_000),
    ),
    Case(
        "an expression of 100,000 minuses",
        T,
        put(CONTRACT, "derived", "headroom", "expression", to="-" * 100_000 + "1"),
    ),
    Case(
        "an expression of 100,000 sums",
        T,
        put(CONTRACT, "derived", "headroom", "expression", to="+".join(["PAY_0"] * 100_000)),
    ),
    Case(
        "an expression of 900 sums", T, put(CONTRACT, "derived", "headroom", "expression", to="+".join(["PAY_0"] * 900))
    ),
    Case(
        "an expression of 100,000 arguments",
        T,
        put(CONTRACT, "derived", "headroom", "expression", to=f"sum({','.join(['PAY_0'] * 100_000)})"),
    ),
    Case(
        "an expression of a repeated text", T, put(CONTRACT, "derived", "headroom", "expression", to="'a' * 999999999")
    ),
    Case("an expression that reads the age", T, put(CONTRACT, "derived", "headroom", "expression", to="AGE")),
    Case("an empty expression", T, put(CONTRACT, "derived", "headroom", "expression", to="")),
    Case("an expression with a NUL", T, put(CONTRACT, "derived", "headroom", "expression", to="1\0")),
    Case("an expression of statements", T, put(CONTRACT, "derived", "headroom", "expression", to="1; import os")),
    Case("another derived feature", T, put(CONTRACT, "derived", "worst_delay", "expression", to="0 - PAY_0")),
    Case(
        "30,000 derived features",
        T,
        put(CONTRACT, "derived", to=lambda d: d | {f"d{i}": {"expression": "PAY_0"} for i in range(30_000)}),
    ),
    Case(
        "20,000 columns",
        T,
        put(CONTRACT, "columns", to=lambda c: c | {f"c{i}": {"type": "number"} for i in range(20_000)}),
    ),
    Case(
        "20,000 columns, each with a reason",
        T,
        both(
            put(CONTRACT, "columns", to=lambda c: c | {f"c{i}": {"type": "number"} for i in range(20_000)}),
            put(
                CONTRACT, "reasons", "credit_limit", "baseline", to=lambda b: b | {f"c{i}": "1" for i in range(20_000)}
            ),
        ),
    ),
    Case("reasons that name no column", T, put(CONTRACT, "reasons", "credit_limit", "baseline", to={"salary": "1"})),
    Case("no reasons", T, put(CONTRACT, "reasons", to={})),
    Case("a reason with empty words", T, put(CONTRACT, "reasons", "credit_limit", "words", to="")),
    Case("other words of a reason", T, put(CONTRACT, "reasons", "late_payments", "words", to="Just because")),
    Case("words with a terminal escape", T, put(CONTRACT, "reasons", "late_payments", "words", to="late\x1b[2J")),
    Case("words with half a character", T, put(CONTRACT, "reasons", "late_payments", "words", to="late \ud800")),
    Case("words of 500,000 characters", T, put(CONTRACT, "reasons", "late_payments", "words", to="x" * 500_000)),
    Case("another name of the contract", T, put(CONTRACT, "name", to="german")),
    Case("a name with a path", T, put(CONTRACT, "name", to="../../etc")),
    Case("good and bad the same", T, put(CONTRACT, "target", "good", to="1")),
    Case("nobody has a thin file", T, put(CONTRACT, "thin_file", "expression", to="0")),
    Case("a contract that is a list", T, raw(CONTRACT, b"[]")),
]

TEXTS = [
    *(
        Case(f"{name} in Latin-1", T, raw(name, b'{"caf\xe9": 1}'))
        for name in (CONTRACT, POLICY, SELECTION, RULE, INPUTS, GOLDEN)
    ),
    Case("a manifest in Latin-1", T, lambda f: None, raw(MANIFEST, b'{"caf\xe9": 1}')),
    Case("a policy in UTF-16", T, raw(POLICY, lambda b: b.decode().encode("utf-16"))),
    Case("a policy with a BOM", T, raw(POLICY, lambda b: b"\xef\xbb\xbf" + b)),
    Case("a policy with a comment", T, raw(POLICY, lambda b: b + b"// fine")),
    Case("a policy followed by another", T, raw(POLICY, lambda b: b + b)),
    Case("an empty policy", T, raw(POLICY, b"")),
    Case("a policy of zeros", T, raw(POLICY, bytes(1000))),
    Case("a policy cut short", T, raw(POLICY, lambda b: b[:-5])),
    Case("an overlong UTF-8 sequence", T, raw(POLICY, b'{"\xc0\xaf": 1}')),
    Case("a selection of 100,000 brackets", T, raw(SELECTION, DEEP)),
    Case("golden decisions of 100,000 brackets", T, raw(GOLDEN, DEEP)),
    Case("a policy of 2 MB of spaces", T, raw(POLICY, lambda b: b" " * 2**21 + b)),
]

GOLDENS = [
    Case("no golden decisions", T, lambda f: (f / GOLDEN).unlink()),
    Case("an empty list of golden decisions", T, put(GOLDEN, "applicants", to=[])),
    Case("a golden PD off by one bit", T, put(GOLDEN, "applicants", 0, "champion", "pd", to=lambda pd: pd + 2**-54)),
    Case("another golden decision", T, put(GOLDEN, "applicants", 2, "champion", "decision", to="decline")),
    Case("a golden decision that does not exist", T, put(GOLDEN, "applicants", 0, "champion", "decision", to="maybe")),
    Case("a golden reason less", T, put(GOLDEN, "applicants", 0, "champion", "reasons", to=[])),
    Case("another golden decision of the rule", T, put(GOLDEN, "applicants", 0, "fallback", "decision", to="approve")),
    Case("a golden cell more", T, put(GOLDEN, "applicants", 0, "cells", to=lambda c: c | {"SEX": "1"})),
    Case("a golden cell less", T, drop(GOLDEN, "applicants", 0, "cells", "PAY_0")),
    Case("a golden cell that breaks the contract", T, put(GOLDEN, "applicants", 0, "cells", "PAY_0", to="99")),
    Case("a golden cell that is a number", T, put(GOLDEN, "applicants", 0, "cells", "PAY_0", to=0)),
    Case("another golden cell", T, put(GOLDEN, "applicants", 2, "cells", "PAY_0", to="8")),
    Case("1,000 golden applicants", T, put(GOLDEN, "applicants", to=lambda a: a[:1] * 1000)),
    Case("golden decisions of a stranger", T, put(GOLDEN, "applicants", 0, to=lambda a: a | {"name": "Ada"})),
]

SETTINGS = [*CALIBRATIONS, *POLICIES, *POINT_TABLES, *NAMES, *CONTRACTS, *TEXTS, *GOLDENS]
