"""Which features may enter the models, and which of them tell a protected attribute."""

from collections.abc import Mapping
from typing import Any

SHOWN = 8


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return all features, the selected first and by information value, and the strongest proxies among these."""
    rows = [{"name": name, **row, **_proxy(row)} for name, row in sorted(metrics["selection"]["features"].items())]
    rows.sort(key=lambda row: (not row["selected"], -(row["information_value"] or 0)))
    known = [row for row in rows if row["selected"] and row["proxy"] is not None]
    proxies = sorted(known, key=lambda row: -row["proxy"])[:SHOWN]
    return {"rows": rows, "selected": sum(row["selected"] for row in rows), "proxies": proxies}


def _proxy(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attribute that a feature tells most about, and how well."""
    known = {name: value for name, value in row["proxy_gini"].items() if value is not None}
    name = max(known, key=lambda key: (known[key], key), default=None)
    return {"proxy": known.get(name), "proxy_of": name} if name else {"proxy": None, "proxy_of": ""}
