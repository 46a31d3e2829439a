"""Hostile curves: what the JSON of a sum of curves may not be."""

import json

from tests.hostile.spoiling import CURVES, Case, drop, put, raw, text

S = "splines"
ONE = ("inputs", 0)


def _replaced(**changes):
    return put(CURVES, *ONE, to=lambda one: {**one, **changes})


CURVE_CASES = [
    Case("a curve of another name", S, put(CURVES, *ONE, "name", to="salary")),
    Case("a curve of a protected attribute", S, put(CURVES, *ONE, "name", to="AGE")),
    Case("a curve without a name", S, put(CURVES, *ONE, "name", to="")),
    Case("a curve twice", S, put(CURVES, "inputs", to=lambda found: [found[0], *found])),
    Case("a curve left out", S, drop(CURVES, *ONE)),
    Case("no curve", S, put(CURVES, "inputs", to=[])),
    Case("an intercept of curves of NaN", S, put(CURVES, "intercept", to=float("nan"))),
    Case("an intercept of curves of text", S, put(CURVES, "intercept", to="0")),
    Case("a coefficient of infinity", S, put(CURVES, *ONE, "pieces", 0, 0, to=float("inf"))),
    Case("a coefficient of 10^308", S, _replaced(pieces=[[1e308, 1e308]], edges=[])),
    Case("a coefficient of true", S, put(CURVES, *ONE, "pieces", 0, 0, to=True)),
    Case("a coefficient of 10^400", S, text(CURVES, '"intercept": ', '"intercept": 1e400, "x": ')),
    Case("a million coefficients", S, put(CURVES, *ONE, "pieces", 0, to=[0.0] * 10**6)),
    Case("a thousand edges", S, _replaced(edges=[*range(1000)], pieces=[[0.0]] * 1001)),
    Case("a piece without coefficients", S, put(CURVES, *ONE, "pieces", 0, to=[])),
    Case("a piece left out", S, drop(CURVES, *ONE, "pieces", 0)),
    Case("edges of a curve that fall", S, put(CURVES, *ONE, "edges", to=lambda edges: edges[::-1])),
    Case("an edge of a curve twice", S, put(CURVES, *ONE, "edges", to=lambda edges: [edges[0], *edges[:-1]])),
    Case("edges further than float32", S, _replaced(edges=[-1e39, 1e39], pieces=[[0.0]] * 3)),
    Case("an edge of a curve of NaN", S, put(CURVES, *ONE, "edges", 0, to=float("nan"))),
    Case("no missing value", S, drop(CURVES, *ONE, "missing")),
    Case("a missing value of null", S, put(CURVES, *ONE, "missing", to=None)),
    Case("an unknown key of a curve", S, put(CURVES, *ONE, "code", to="import os")),
    Case("curves that are a list", S, raw(CURVES, b"[]")),
    Case("curves that are no JSON", S, raw(CURVES, b"{")),
    Case("other curves", S, put(CURVES, "intercept", to=lambda found: found + 5)),
    Case("curves beside points", S, raw("champion/scorecard.json", json.dumps({"intercept": 0}).encode())),
    Case("curves instead of the rule", S, raw("fallback/curves.json", b"{}")),
]
