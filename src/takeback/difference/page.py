"""A comparison as one page that works offline, in the report's style."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takeback.difference.chart import approval
from takeback.difference.sections import sections
from takeback.report.page import environment


def as_html(result: Mapping[str, Any]) -> str:
    """Build the page: a result of `compare` in, one HTML document out that refers to nothing outside itself."""
    first, *rest = sections(result)
    known = "unavailable" not in result["fairness"]
    chart = approval(result["fairness"]) if known else None
    template = environment(Path(__file__).parent).get_template("page.html")
    return template.render(result=result, first=first, sections=rest, chart=chart)
