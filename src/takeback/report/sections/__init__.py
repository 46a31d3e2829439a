"""The sections of the report, in the order in which a risk officer asks: each has a template of its name."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from takeback.report.sections import (
    business,
    calibration,
    groups,
    intersections,
    learning,
    near_threshold,
    ranking,
    reasons,
    selection,
    slices,
    thresholds,
)


class Section(NamedTuple):
    """A section: its id, its words in the table of contents, and what its template needs beside the metrics."""

    name: str
    title: str
    content: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda metrics: {}


SECTIONS = (
    Section("business", "Business case", business.content),
    Section("ranking", "Ranking", ranking.content),
    Section("calibration", "Calibration", calibration.content),
    Section("thresholds", "Thresholds", thresholds.content),
    Section("groups", "Groups", groups.content),
    Section("intersections", "Intersections", intersections.content),
    Section("near_threshold", "Near a threshold", near_threshold.content),
    Section("slices", "Worst slices", slices.content),
    Section("selection", "Features", selection.content),
    Section("reasons", "Reasons", reasons.content),
    Section("learning", "Learning", learning.content),
    Section("gate", "Gate"),
    Section("measures", "All measures"),
    Section("data", "Data"),
    Section("policy", "Policy"),
    Section("environment", "Environment"),
)
