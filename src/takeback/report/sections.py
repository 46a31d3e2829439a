"""The sections of the report, in the order in which a risk officer asks: each has a template of its name."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from takeback.report import people_sections as people
from takeback.report import performance_sections as performance


class Section(NamedTuple):
    """A section: its id, its words in the table of contents, and what its template needs beside the metrics."""

    name: str
    title: str
    content: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda metrics: {}


SECTIONS = (
    Section("business", "Business case", performance.business),
    Section("ranking", "Ranking", performance.ranking),
    Section("calibration", "Calibration", performance.calibration),
    Section("thresholds", "Thresholds", performance.thresholds),
    Section("groups", "Groups", people.groups),
    Section("intersections", "Intersections", people.intersections),
    Section("near_threshold", "Near a threshold", people.near_threshold),
    Section("slices", "Worst slices", people.slices),
    Section("selection", "Features", people.selection),
    Section("reasons", "Reasons", people.reasons),
    Section("learning", "Learning", performance.learning),
    Section("gate", "Gate"),
    Section("measures", "All measures"),
    Section("data", "Data"),
    Section("policy", "Policy"),
    Section("environment", "Environment"),
)
